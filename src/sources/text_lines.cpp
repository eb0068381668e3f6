// SPDX-License-Identifier: MIT
#include "sources/text_lines.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "base/utf8.hpp"
#include "sources/identity.hpp"
#include "sources/text_file.hpp"

#include <algorithm>
#include <span>

namespace swather {

namespace {

File open(const std::string& path)
{
    check_input(path);
    return File::open(path, File::Mode::read, Exit::cannot_read);
}

} // namespace

TextLines::TextLines(const std::string& path)
    : file_(open(path))
{
    const Packing packing = packing_of(path);
    if (packing != Packing::plain) inflater_.emplace(path);
    if (packing == Packing::bgzf) TextIndex{path}; // whose end must be there
}

bool TextLines::read_on()
{
    constexpr std::size_t bytes_at_once = 256 << 10;
    constexpr std::size_t most = 64 << 20;
    buffer_.erase(0, begin_);
    begin_ = 0;
    if (buffer_.size() > most)
        throw Error(Exit::bad_data, "'{}', line {} has more than {}", path(), number_ + 1, human_bytes(most))
            .remedy("is it a text?");
    if (inflater_) {
        const auto text = inflater_->next();
        buffer_.append(reinterpret_cast<const char*>(text.data()), text.size());
        return !text.empty();
    }
    const std::size_t there = buffer_.size();
    buffer_.resize(there + bytes_at_once);
    const auto got = file_.read_up_to(offset_, std::as_writable_bytes(std::span(buffer_).subspan(there)));
    buffer_.resize(there + got);
    offset_ += got;
    return got > 0;
}

bool TextLines::next()
{
    constexpr std::string_view mark = "\xEF\xBB\xBF", blanks = " \t";
    while (true) {
        while (buffer_.find('\n', begin_) == std::string::npos && read_on()) {
        }
        const std::size_t end = std::min(buffer_.find('\n', begin_), buffer_.size());
        if (begin_ == buffer_.size()) return false;
        line_ = std::string_view(buffer_).substr(begin_, end - begin_);
        begin_ = std::min(end + 1, buffer_.size());
        ++number_;
        if (!is_utf8(line_) || line_.find('\0') != std::string_view::npos)
            throw Error(Exit::bad_data, "'{}' is no text in UTF-8", path())
                .remedy("save it as plain text in UTF-8");
        if (number_ == 1 && line_.starts_with(mark)) line_.remove_prefix(mark.size());
        if (line_.ends_with('\r')) line_.remove_suffix(1);
        if (line_.find_first_not_of(blanks) != std::string_view::npos) return true;
    }
}

} // namespace swather
