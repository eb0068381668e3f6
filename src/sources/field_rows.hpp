// SPDX-License-Identifier: MIT
#pragma once

#include "base/error.hpp"
#include "sources/text_lines.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace swather {

/// A table of any size, read row by row: a header, and rows of as many fields. Separated by tabs; in a .txt
/// without any in its header, by runs of blanks. A field in double quotes loses them.
class FieldRows {
public:
    /// Local. Reads the header. `Exit::cannot_read`: no such file. `Exit::bad_data`: what TextLines refuses,
    /// two columns of one name.
    explicit FieldRows(const std::string& path);

    [[nodiscard]] const std::string& path() const { return lines_.path(); }
    [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

    /// Local. Goes to the next row; whether there is one. `Exit::bad_data`: one of another length.
    bool next();
    /// Local. Where the row stands in the file, from 1 on.
    [[nodiscard]] std::size_t line() const { return lines_.number(); }
    /// Local. A field of the row, without quotes.
    [[nodiscard]] std::string text(std::size_t column) const;
    /// Local. The same as a number. `Exit::bad_data` where it is missing or is none.
    [[nodiscard]] double number(std::size_t column) const;

private:
    TextLines lines_;
    bool by_blanks_ = false;
    std::vector<std::string> names_;
    std::vector<std::string_view> fields_; ///< of the row, with their quotes
};

/// Where a field stands, for errors about it.
struct FieldPlace {
    const std::string& path;
    std::size_t line; ///< from 1 on
    const std::string& column;
};

/// Local. `Exit::bad_data` about a field: where it stands, and what was found.
Error error_at(const FieldPlace& place, const std::string& finding);
/// Local. A field as a number. `Exit::bad_data` where it is missing or is none.
double number_of(std::string_view field, const FieldPlace& place);

/// Local. The place of a column among those of a table. `Exit::bad_data` where there is none of this name: it
/// tells those that are there.
std::size_t find_column(const std::string& name, const std::vector<std::string>& names,
                        const std::string& path);

/// Local. The fields of a line between runs of blanks; they are in quotes if they are there.
std::vector<std::string_view> between_blanks(std::string_view line);

} // namespace swather
