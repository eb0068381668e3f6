// SPDX-License-Identifier: MIT
#include "sources/field_rows.hpp"

#include "base/nearest.hpp"
#include "base/number.hpp"
#include "base/utf8.hpp"

#include <algorithm>

namespace swather {

namespace {

constexpr std::string_view blanks = " \t";

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

std::vector<std::string_view> between_tabs(std::string_view line)
{
    std::vector<std::string_view> fields;
    for (auto end = line.find('\t'); end != std::string_view::npos; end = line.find('\t')) {
        fields.push_back(line.substr(0, end));
        line.remove_prefix(end + 1);
    }
    fields.push_back(line);
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

} // namespace

FieldRows::FieldRows(const std::string& path)
    : lines_(path)
{
    if (!lines_.next())
        throw Error(Exit::bad_data, "'{}' is empty", path)
            .remedy("a line with the names of its columns was expected");
    by_blanks_ = path.ends_with(".txt") && lines_.text().find('\t') == std::string_view::npos;
    fields_ = by_blanks_ ? between_blanks(lines_.text()) : between_tabs(lines_.text());
    std::transform(fields_.begin(), fields_.end(), std::back_inserter(names_), unquoted);
    if (const std::string name = doubled(names_); !name.empty())
        throw Error(Exit::bad_data, "'{}', line {}: two columns are named '{}'", path, line(),
                    printable(name))
            .remedy("rename one of them");
}

bool FieldRows::next()
{
    if (!lines_.next()) return false;
    fields_ = by_blanks_ ? between_blanks(lines_.text()) : between_tabs(lines_.text());
    if (fields_.size() != names_.size())
        throw Error(Exit::bad_data, "'{}', line {}: {} fields, but the header has {}", path(), line(),
                    fields_.size(), names_.size())
            .remedy("fields are separated by {}", by_blanks_ ? "blanks" : "one tab each");
    return true;
}

std::string FieldRows::text(std::size_t column) const { return unquoted(fields_[column]); }

double FieldRows::number(std::size_t column) const
{
    return number_of(text(column), {path(), line(), names_[column]});
}

Error error_at(const FieldPlace& place, const std::string& finding)
{
    return {Exit::bad_data, "'{}', line {}, column '{}': {}", place.path,
            place.line,     printable(place.column),          finding};
}

double number_of(std::string_view field, const FieldPlace& place)
{
    if (is_missing(field)) throw error_at(place, "the value is missing");
    const Number number = parse_number(field);
    if (number.kind != Number::Kind::integer && number.kind != Number::Kind::real)
        throw error_at(place, fmt::format("'{}' is no number", printable(field)));
    return number.real;
}

std::size_t find_column(const std::string& name, const std::vector<std::string>& names,
                        const std::string& path)
{
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    Error error(Exit::bad_data, "'{}' has no column '{}', only {}", path, printable(name),
                printable(fmt::format("{}", fmt::join(names, ", "))));
    if (const std::string like = nearest(name, names); !like.empty()) error.remedy("is it '{}'?", like);
    throw error;
}

std::vector<std::string_view> between_blanks(std::string_view line)
{
    std::vector<std::string_view> fields;
    for (auto begin = line.find_first_not_of(blanks); begin != std::string_view::npos;
         begin = line.find_first_not_of(blanks)) {
        line.remove_prefix(begin);
        const std::size_t end = std::min(line.find_first_of(blanks), line.size());
        fields.push_back(line.substr(0, end));
        line.remove_prefix(end);
    }
    return fields;
}

} // namespace swather
