// SPDX-License-Identifier: MIT
#include "sources/small_table.hpp"

#include "base/number.hpp"
#include "base/utf8.hpp"
#include "sources/field_rows.hpp"
#include "sources/identity.hpp"

#include <algorithm>
#include <limits>

namespace swather {

namespace {

void check_size(const std::string& path)
{
    check_input(path);
    constexpr std::int64_t most = std::int64_t{256} << 20;
    const std::int64_t size = size_of_input(path);
    if (size > most)
        throw Error(Exit::bad_data, "'{}' has {} bytes: it is no small table", path, size)
            .remedy("at most {} are read", most);
}

/// What a row of numbers may hold beside them.
enum class Nans { refused, taken };

/// Rows of numbers, all of one length. At least one.
std::vector<std::vector<double>> rows_of_numbers(const std::string& path, Nans nans)
{
    check_size(path);
    std::vector<std::vector<double>> rows;
    for (TextLines line(path); line.next();) {
        std::vector<double> row;
        for (const std::string_view field : between_blanks(line.text())) {
            if (nans == Nans::taken && (field == "nan" || field == "NaN")) {
                row.push_back(std::numeric_limits<double>::quiet_NaN());
                continue;
            }
            const Number number = parse_number(field);
            if (number.kind != Number::Kind::integer && number.kind != Number::Kind::real)
                throw Error(Exit::bad_data, "'{}', line {}, field {}: '{}' is no number", path, line.number(),
                            row.size() + 1, printable(field))
                    .remedy("numbers separated by blanks were expected, without a header");
            row.push_back(number.real);
        }
        if (!rows.empty() && row.size() != rows.front().size())
            throw Error(Exit::bad_data, "'{}', line {}: {} numbers, {} in the lines before", path,
                        line.number(), row.size(), rows.front().size());
        rows.push_back(std::move(row));
    }
    if (rows.empty()) throw Error(Exit::bad_data, "'{}' is empty", path).remedy("numbers were expected");
    return rows;
}

} // namespace

SmallTable SmallTable::read(const std::string& path)
{
    check_size(path);
    FieldRows rows(path);
    SmallTable table;
    table.path_ = path;
    table.names_ = rows.names();
    table.columns_.resize(table.names_.size());
    while (rows.next()) {
        for (std::size_t i = 0; i < table.columns_.size(); ++i) table.columns_[i].push_back(rows.text(i));
        table.lines_.push_back(rows.line());
    }
    return table;
}

bool SmallTable::has(std::string_view name) const
{
    return std::find(names_.begin(), names_.end(), name) != names_.end();
}

const std::vector<std::string>& SmallTable::texts(const std::string& name) const
{
    return columns_[find_column(name, names_, path_)];
}

std::vector<double> SmallTable::numbers(const std::string& name) const
{
    const std::vector<std::string>& fields = texts(name);
    std::vector<double> values;
    for (const std::string& field : fields)
        values.push_back(number_of(field, {path_, lines_[values.size()], name}));
    return values;
}

Error SmallTable::error_at(std::size_t row, const std::string& name, const std::string& finding) const
{
    return swather::error_at({path_, lines_[row], name}, finding);
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
