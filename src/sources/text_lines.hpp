// SPDX-License-Identifier: MIT
#pragma once

#include "base/file.hpp"
#include "sources/inflater.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace swather {

/// The lines of a text in UTF-8, packed by gzip or not, one after the other: of a text of any size, a line is
/// in memory. A byte order mark, CR before LF and blank lines do not count.
class TextLines {
public:
    /// Local. `Exit::cannot_read`: no such file. `Exit::bad_data`: a file of bgzip without its end.
    explicit TextLines(const std::string& path);

    /// Local. Goes to the next line; whether there is one. `Exit::bad_data`: no UTF-8, far too long a line,
    /// a damaged gzip file.
    bool next();
    [[nodiscard]] std::string_view text() const { return line_; } ///< until the next
    [[nodiscard]] std::size_t number() const { return number_; }  ///< of the line in the file, from 1 on
    [[nodiscard]] const std::string& path() const { return file_.path(); }

private:
    bool read_on();

    File file_;
    std::optional<Inflater> inflater_; ///< of a packed file
    std::uint64_t offset_ = 0;         ///< behind what was read of a plain file
    std::string buffer_;
    std::size_t begin_ = 0; ///< in the buffer, of the line behind this
    std::string_view line_;
    std::size_t number_ = 0;
};

} // namespace swather
