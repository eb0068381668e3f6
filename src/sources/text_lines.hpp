// SPDX-License-Identifier: MIT
#pragma once

#include "base/file.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace swather {

/// The lines of a text in UTF-8, one after the other: of a text of any size, a line is in memory. A byte
/// order mark, CR before LF and blank lines do not count.
class TextLines {
public:
    /// Local. `Exit::cannot_read`: no such file.
    explicit TextLines(const std::string& path);

    /// Local. Goes to the next line; whether there is one. `Exit::bad_data`: no UTF-8, or far too long a
    /// line.
    bool next();
    [[nodiscard]] std::string_view text() const { return line_; } ///< until the next
    [[nodiscard]] std::size_t number() const { return number_; }  ///< of the line in the file, from 1 on
    [[nodiscard]] const std::string& path() const { return file_.path(); }

private:
    bool read_on();

    File file_;
    std::uint64_t offset_ = 0; ///< behind what was read of the file
    std::string buffer_;
    std::size_t begin_ = 0; ///< in the buffer, of the line behind this
    std::string_view line_;
    std::size_t number_ = 0;
};

} // namespace swather
