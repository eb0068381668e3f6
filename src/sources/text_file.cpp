// SPDX-License-Identifier: MIT
#include "sources/text_file.hpp"

#include "base/file.hpp"
#include "base/stop.hpp"
#include "base/units.hpp"
#include "sources/hts.hpp"
#include "sources/identity.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

namespace swather {

namespace {

HtsBgzf open_bgzf(const std::string& path)
{
    errno = 0;
    HtsBgzf file(bgzf_open(path.c_str(), "r"));
    if (!file) throw system_error(Exit::cannot_read, errno, "open", path);
    return file;
}

Error damaged(const std::string& path)
{
    return Error(Exit::bad_data, "'{}' is damaged or truncated", path)
        .remedy("gzip -t '{}' tells whether it is whole", path);
}

unsigned little_endian(std::span<const std::byte> bytes)
{
    unsigned number = 0;
    for (std::size_t i = bytes.size(); i > 0; --i)
        number = number << 8 | std::to_integer<unsigned>(bytes[i - 1]);
    return number;
}

/// Whether zeros follow the block that ends a BGZF file: to gzip they are nothing, htslib does not read them.
bool is_padded(const std::string& path)
{
    // SAM specification, 4.1.2: the end-of-file block; nine zeros end it.
    constexpr std::array<std::uint8_t, 19> end_block{0x1f, 0x8b, 8,    4,    0, 0, 0,    0, 0, 0xff,
                                                     6,    0,    0x42, 0x43, 2, 0, 0x1b, 0, 3};
    constexpr std::uint64_t zeros_of_end_block = 9;
    constexpr std::uint64_t window = 64 << 10;
    const File file = File::open(path, File::Mode::read, Exit::cannot_read);
    std::uint64_t end = file.size(); // zeros follow
    for (std::vector<std::byte> bytes; end > 0 && (bytes.empty() || bytes.back() == std::byte{0});) {
        throw_if_stopped();
        bytes.resize(std::min(window, end));
        file.read(end - bytes.size(), bytes);
        while (!bytes.empty() && bytes.back() == std::byte{0}) {
            bytes.pop_back();
            --end;
        }
    }
    if (end < end_block.size() || file.size() - end <= zeros_of_end_block) return false;
    std::array<std::uint8_t, end_block.size()> last{};
    file.read(end - last.size(), std::as_writable_bytes(std::span(last)));
    return last == end_block;
}

/// Whether a file that is too short for a header of gzip begins as one: it was cut, and is no plain text.
bool is_cut_gzip(const std::string& path)
{
    const File file = File::open(path, File::Mode::read, Exit::cannot_read);
    std::array<std::byte, 2> front{};
    return file.read_up_to(0, front) == front.size() && front[0] == std::byte{0x1f} &&
           front[1] == std::byte{0x8b};
}

} // namespace

Error junk_behind_gzip(const std::string& path, std::uint64_t end, std::uint64_t size)
{
    return Error(Exit::bad_data,
                 "'{}' has junk behind its gzip data: they end at byte {}, and {} more follow", path,
                 with_commas(static_cast<std::int64_t>(end)),
                 with_commas(static_cast<std::int64_t>(size - end)))
        .remedy("head -c {} '{}' prints what is sound", end, path);
}

Packing packing_of(const std::string& path)
{
    check_input(path);
    switch (bgzf_compression(open_bgzf(path).get())) {
    case 1:
        return Packing::gzip;
    case 2:
        return is_padded(path) ? Packing::gzip : Packing::bgzf;
    default:
        return is_cut_gzip(path) ? Packing::gzip : Packing::plain;
    }
}

TextIndex::TextIndex(const std::string& path)
{
    // htslib makes such an index too, but tells nobody its addresses. What is read here are sizes alone:
    // inflating is left to it. SAM specification, 4.1: BSIZE at byte 16 of a block, ISIZE in its last four.
    constexpr std::size_t header = 18;
    const File file = File::open(path, File::Mode::read, Exit::cannot_read);
    const std::uint64_t end = file.size();
    Index last_text = 0; // of the last block
    std::array<std::byte, header> front{};
    std::array<std::byte, 4> back{};
    for (std::uint64_t begin = 0; begin < end;) {
        throw_if_stopped();
        front.fill(std::byte{0});
        const bool is_whole = file.read_up_to(begin, front) == header;
        const bool is_gzip = front[0] == std::byte{0x1f} && front[1] == std::byte{0x8b};
        if (!is_gzip && begin > 0 && last_text == 0) throw junk_behind_gzip(path, begin, end);
        const bool is_block =
            is_whole && is_gzip && front[12] == std::byte{'B'} && front[13] == std::byte{'C'};
        const std::uint64_t size = little_endian(std::span(front).subspan(16, 2)) + 1;
        if (!is_block || size < header + 8 || size > end - begin) throw damaged(path);
        file.read(begin + size - back.size(), back);
        const auto text = static_cast<Index>(little_endian(back));
        if (text > 0) blocks_.push_back({begin, size_});
        size_ += text;
        begin += size;
        last_text = text;
    }
    if (last_text > 0)
        throw Error(Exit::bad_data, "'{}' has no end-of-file block: it is truncated", path)
            .remedy("copy or make it again; nothing tells how much is missing");
}

std::uint64_t TextIndex::address_of(Index offset) const
{
    if (blocks_.empty()) return static_cast<std::uint64_t>(offset);
    const auto behind = std::partition_point(blocks_.begin(), blocks_.end(),
                                             [&](const Block& block) { return block.in_text <= offset; });
    const Block& block = *std::prev(behind);
    return block.in_file << 16 | static_cast<std::uint64_t>(offset - block.in_text);
}

struct TextFile::State {
    std::string path;
    HtsBgzf packed;
    std::optional<File> plain;
    std::uint64_t offset = 0; ///< in a plain file
};

TextFile::TextFile(const std::string& path, Packing packing)
    : state_(std::make_unique<State>())
{
    state_->path = path;
    if (packing == Packing::bgzf)
        state_->packed = open_bgzf(path);
    else
        state_->plain = File::open(path, File::Mode::read, Exit::cannot_read);
}

TextFile::TextFile(TextFile&&) noexcept = default;
TextFile& TextFile::operator=(TextFile&&) noexcept = default;
TextFile::~TextFile() = default;

void TextFile::seek(std::uint64_t address)
{
    state_->offset = address;
    if (state_->packed && bgzf_seek(state_->packed.get(), static_cast<std::int64_t>(address), SEEK_SET) != 0)
        throw damaged(state_->path);
}

bool TextFile::skip(std::size_t bytes)
{
    std::array<char, 16 << 10> skipped;
    for (std::size_t got = 1; bytes > 0 && got > 0; bytes -= got)
        got = read(std::span(skipped).first(std::min(bytes, skipped.size())));
    return bytes == 0;
}

std::size_t TextFile::read(std::span<char> bytes)
{
    if (state_->packed) {
        const ssize_t got = bgzf_read(state_->packed.get(), bytes.data(), bytes.size());
        if (got < 0) throw damaged(state_->path);
        return static_cast<std::size_t>(got);
    }
    const std::size_t got = state_->plain->read_up_to(state_->offset, std::as_writable_bytes(bytes));
    state_->offset += got;
    return got;
}

} // namespace swather
