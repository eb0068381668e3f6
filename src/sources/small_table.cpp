// SPDX-License-Identifier: MIT
#include "sources/small_table.hpp"

#include "base/file.hpp"
#include "base/nearest.hpp"
#include "base/number.hpp"
#include "base/utf8.hpp"
#include "sources/identity.hpp"

#include <algorithm>
#include <limits>

namespace swather {

namespace {

constexpr std::string_view blanks = " \t";

/// A line that is not blank.
struct Line {
    std::size_t number = 0; ///< from 1 on
    std::string_view text;
};

std::string text_of(const std::string& path)
{
    check_input(path);
    const File file = File::open(path, File::Mode::read, Exit::cannot_read);
    constexpr std::uint64_t most = std::uint64_t{256} << 20;
    if (file.size() > most)
        throw Error(Exit::bad_data, "'{}' has {} bytes: it is no small table", path, file.size())
            .remedy("at most {} are read", most);
    std::string text(file.size(), '\0');
    file.read(0, std::as_writable_bytes(std::span(text)));
    if (!is_utf8(text) || text.find('\0') != std::string::npos)
        throw Error(Exit::bad_data, "'{}' is no text in UTF-8", path)
            .remedy("save it as plain text in UTF-8");
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    return text;
}

std::vector<Line> lines_of(std::string_view text)
{
    std::vector<Line> lines;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.find_first_not_of(blanks) != std::string_view::npos) lines.push_back({number, line});
    }
    return lines;
}

std::string unquoted(std::string_view field)
{
    if (field.size() < 2 || !field.starts_with('"') || !field.ends_with('"')) return std::string(field);
    std::string text;
    for (std::size_t i = 1; i + 1 < field.size(); ++i) {
        text += field[i];
        if (field[i] == '"' && field[i + 1] == '"' && i + 2 < field.size()) ++i;
    }
    return text;
}

std::vector<std::string> between_tabs(std::string_view line)
{
    std::vector<std::string> fields;
    for (auto end = line.find('\t'); end != std::string_view::npos; end = line.find('\t')) {
        fields.push_back(unquoted(line.substr(0, end)));
        line.remove_prefix(end + 1);
    }
    fields.push_back(unquoted(line));
    return fields;
}

std::vector<std::string> between_blanks(std::string_view line)
{
    std::vector<std::string> fields;
    for (auto begin = line.find_first_not_of(blanks); begin != std::string_view::npos;
         begin = line.find_first_not_of(blanks)) {
        line.remove_prefix(begin);
        const std::size_t end = std::min(line.find_first_of(blanks), line.size());
        fields.push_back(unquoted(line.substr(0, end)));
        line.remove_prefix(end);
    }
    return fields;
}

/// The first name that occurs twice; empty where none does. A column without a name is no matter.
std::string doubled(std::vector<std::string> names)
{
    std::sort(names.begin(), names.end());
    const auto behind_empty = std::upper_bound(names.begin(), names.end(), "");
    const auto found = std::adjacent_find(behind_empty, names.end());
    return found == names.end() ? "" : *found;
}

/// What a row of numbers may hold beside them.
enum class Nans { refused, taken };

/// Rows of numbers, all of one length. At least one.
std::vector<std::vector<double>> rows_of_numbers(const std::string& path, Nans nans)
{
    const std::string text = text_of(path);
    std::vector<std::vector<double>> rows;
    for (const Line& line : lines_of(text)) {
        std::vector<double> row;
        for (const std::string& field : between_blanks(line.text)) {
            if (nans == Nans::taken && (field == "nan" || field == "NaN")) {
                row.push_back(std::numeric_limits<double>::quiet_NaN());
                continue;
            }
            const Number number = parse_number(field);
            if (number.kind != Number::Kind::integer && number.kind != Number::Kind::real)
                throw Error(Exit::bad_data, "'{}', line {}, field {}: '{}' is no number", path, line.number,
                            row.size() + 1, printable(field))
                    .remedy("numbers separated by blanks were expected, without a header");
            row.push_back(number.real);
        }
        if (!rows.empty() && row.size() != rows.front().size())
            throw Error(Exit::bad_data, "'{}', line {}: {} numbers, {} in the lines before", path,
                        line.number, row.size(), rows.front().size());
        rows.push_back(std::move(row));
    }
    if (rows.empty()) throw Error(Exit::bad_data, "'{}' is empty", path).remedy("numbers were expected");
    return rows;
}

} // namespace

SmallTable SmallTable::read(const std::string& path)
{
    const std::string text = text_of(path);
    const std::vector<Line> lines = lines_of(text);
    if (lines.empty())
        throw Error(Exit::bad_data, "'{}' is empty", path)
            .remedy("a line with the names of its columns was expected");
    const bool by_blanks = path.ends_with(".txt") && lines.front().text.find('\t') == std::string_view::npos;
    const auto fields_of = by_blanks ? between_blanks : between_tabs;

    SmallTable table;
    table.path_ = path;
    table.names_ = fields_of(lines.front().text);
    if (const std::string name = doubled(table.names_); !name.empty())
        throw Error(Exit::bad_data, "'{}', line {}: two columns are named '{}'", path, lines.front().number,
                    printable(name))
            .remedy("rename one of them");
    table.columns_.resize(table.names_.size());
    for (const Line& line : std::span(lines).subspan(1)) {
        std::vector<std::string> fields = fields_of(line.text);
        if (fields.size() != table.names_.size())
            throw Error(Exit::bad_data, "'{}', line {}: {} fields, but the header has {}", path, line.number,
                        fields.size(), table.names_.size())
                .remedy("fields are separated by {}", by_blanks ? "blanks" : "one tab each");
        for (std::size_t i = 0; i < fields.size(); ++i) table.columns_[i].push_back(std::move(fields[i]));
        table.lines_.push_back(line.number);
    }
    return table;
}

bool SmallTable::has(std::string_view name) const
{
    return std::find(names_.begin(), names_.end(), name) != names_.end();
}

const std::vector<std::string>& SmallTable::texts(const std::string& name) const
{
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found != names_.end()) return columns_[static_cast<std::size_t>(found - names_.begin())];
    Error error(Exit::bad_data, "'{}' has no column '{}', only {}", path_, printable(name),
                printable(fmt::format("{}", fmt::join(names_, ", "))));
    if (const std::string like = nearest(name, names_); !like.empty()) error.remedy("is it '{}'?", like);
    throw error;
}

std::vector<double> SmallTable::numbers(const std::string& name) const
{
    const std::vector<std::string>& fields = texts(name);
    std::vector<double> values;
    for (const std::string& field : fields) {
        const Number number = parse_number(field);
        if (is_missing(field)) throw error_at(values.size(), name, "the value is missing");
        if (number.kind != Number::Kind::integer && number.kind != Number::Kind::real)
            throw error_at(values.size(), name, fmt::format("'{}' is no number", printable(field)));
        values.push_back(number.real);
    }
    return values;
}

Error SmallTable::error_at(std::size_t row, const std::string& name, const std::string& finding) const
{
    return {Exit::bad_data, "'{}', line {}, column '{}': {}", path_, lines_[row], printable(name), finding};
}

bool is_missing(std::string_view field)
{
    // Of those that pandas takes, the ones that do not come from an old C library.
    constexpr std::array<std::string_view, 11> words{"",    "n/a", "N/A",  "NA",   "<NA>", "#N/A",
                                                     "nan", "NaN", "null", "NULL", "#NA"};
    return std::find(words.begin(), words.end(), field) != words.end();
}

std::vector<double> read_numbers(const std::string& path)
{
    const auto rows = rows_of_numbers(path, Nans::refused);
    if (rows.size() == 1) return rows.front();
    if (rows.front().size() != 1)
        throw Error(Exit::bad_data, "'{}' has {} lines of {} numbers", path, rows.size(), rows.front().size())
            .remedy("one line of numbers, or one number in each line, was expected");
    std::vector<double> column;
    for (const auto& row : rows) column.push_back(row.front());
    return column;
}

std::vector<std::array<double, 3>> read_vectors(const std::string& path)
{
    const auto rows = rows_of_numbers(path, Nans::taken);
    const std::size_t width = rows.front().size();
    if (rows.size() != 3 && width != 3)
        throw Error(Exit::bad_data, "'{}' has {} lines of {} numbers", path, rows.size(), width)
            .remedy("three lines (x, y, z), or three numbers in each line, were expected");
    std::vector<std::array<double, 3>> vectors;
    if (rows.size() == 3)
        for (std::size_t i = 0; i < width; ++i) vectors.push_back({rows[0][i], rows[1][i], rows[2][i]});
    else
        for (const auto& row : rows) vectors.push_back({row[0], row[1], row[2]});
    return vectors;
}

} // namespace swather
