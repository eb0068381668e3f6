// SPDX-License-Identifier: MIT
#pragma once

#include "base/error.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace swather {

/// A table that fits in memory many times, as FieldRows reads it.
class SmallTable {
public:
    /// Local. `Exit::cannot_read`: no such file. `Exit::bad_data`: too large a file, and what FieldRows
    /// refuses.
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

/// Local. The numbers of a file without header, in one line or one in each line: the b-values of a diffusion
/// series. `Exit::cannot_read`; `Exit::bad_data`, with line and field.
std::vector<double> read_numbers(const std::string& path);

/// Local. The vectors of such a file: three lines x, y, z as FSL writes them, or a line for each vector. Of
/// 3 × 3 numbers the lines are x, y, z. A vector of no direction may be of NaNs. Errors as of read_numbers.
std::vector<std::array<double, 3>> read_vectors(const std::string& path);

} // namespace swather
