// SPDX-License-Identifier: MIT
#pragma once

#include "base/error.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace swather {

/// A table that fits in memory many times: a header, and rows of as many fields. Separated by tabs; in a .txt
/// without any in its header, by runs of blanks. A field in double quotes loses them, a byte order mark, CR
/// before LF and blank lines do not count.
class SmallTable {
public:
    /// Local. `Exit::cannot_read`: no such file. `Exit::bad_data`: no UTF-8, a row of another length, two
    /// columns of one name; the error names the line.
    static SmallTable read(const std::string& path);

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
    [[nodiscard]] std::size_t rows() const { return lines_.size(); }
    [[nodiscard]] bool has(std::string_view name) const;

    /// Local. The fields of a column. `Exit::bad_data` where there is none of this name: it tells those that
    /// are there.
    [[nodiscard]] const std::vector<std::string>& texts(const std::string& name) const;
    /// Local. The same as numbers. `Exit::bad_data` at the first field that is missing or is no number.
    [[nodiscard]] std::vector<double> numbers(const std::string& name) const;
    /// Local. `Exit::bad_data` about a field: the file, its line, its column, and what was found.
    [[nodiscard]] Error error_at(std::size_t row, const std::string& name, const std::string& finding) const;

private:
    std::string path_;
    std::vector<std::string> names_;
    std::vector<std::vector<std::string>> columns_;
    std::vector<std::size_t> lines_; ///< on which each row stands, from 1 on
};

/// Local. Whether a field says that there is no value: "n/a", as BIDS has it, or what pandas.read_csv takes.
bool is_missing(std::string_view field);

/// Local. The numbers of a file without header, in one line or one in each line: the b-values of a diffusion
/// series. `Exit::cannot_read`; `Exit::bad_data`, with line and field.
std::vector<double> read_numbers(const std::string& path);

/// Local. The vectors of such a file: three lines x, y, z as FSL writes them, or a line for each vector. Of
/// 3 × 3 numbers the lines are x, y, z. A vector of no direction may be of NaNs. Errors as of read_numbers.
std::vector<std::array<double, 3>> read_vectors(const std::string& path);

} // namespace swather
