// SPDX-License-Identifier: MIT
#include "sources/inflater.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/stop.hpp"
#include "sources/text_file.hpp"

#include <isa-l/igzip_lib.h>

#include <array>
#include <vector>

namespace swather {

namespace {

constexpr std::size_t window = 1 << 20;

} // namespace

struct Inflater::State {
    explicit State(const std::string& path)
        : file(File::open(path, File::Mode::read, Exit::cannot_read))
        , packed(window)
        , text(window)
    {
        isal_inflate_init(&inflate);
        begin_member();
    }

    void begin_member()
    {
        isal_inflate_reset(&inflate); // what is left of input and output stays
        inflate.crc_flag = ISAL_GZIP; // headers and checksums are looked at
    }

    /// gzip files may be laid end to end, and padded with zeros.
    bool next_member()
    {
        const std::uint64_t end = place();
        for (;;) {
            if (inflate.avail_in == 0 && !read_on()) return false;
            if (*inflate.next_in != 0) break;
            ++inflate.next_in;
            --inflate.avail_in;
        }
        constexpr std::array magic{std::byte{0x1f}, std::byte{0x8b}};
        std::array<std::byte, magic.size()> front{};
        file.read_up_to(place(), front);
        if (front != magic) throw junk_behind_gzip(file.path(), end, file.size());
        begin_member();
        return true;
    }

    /// Of the next byte of the file that is not taken yet.
    [[nodiscard]] std::uint64_t place() const { return offset - inflate.avail_in; }

    bool read_on()
    {
        throw_if_stopped();
        const std::size_t got = file.read_up_to(offset, packed);
        offset += got;
        inflate.next_in = reinterpret_cast<std::uint8_t*>(packed.data());
        inflate.avail_in = static_cast<std::uint32_t>(got);
        return got > 0;
    }

    [[nodiscard]] Error damaged(const char* finding) const
    {
        return Error(Exit::bad_data, "'{}' is damaged or truncated: {}", file.path(), finding)
            .remedy("gzip -t '{}' tells whether it is whole", file.path());
    }

    File file;
    std::uint64_t offset = 0;
    std::vector<std::byte> packed, text;
    inflate_state inflate{};
};

Inflater::Inflater(const std::string& path)
    : state_(std::make_unique<State>(path))
{
}

Inflater::Inflater(Inflater&&) noexcept = default;
Inflater& Inflater::operator=(Inflater&&) noexcept = default;
Inflater::~Inflater() = default;

std::span<const std::byte> Inflater::next()
{
    State& s = *state_;
    s.inflate.next_out = reinterpret_cast<std::uint8_t*>(s.text.data());
    s.inflate.avail_out = static_cast<std::uint32_t>(s.text.size());
    while (s.inflate.avail_out > 0) {
        if (s.inflate.block_state == ISAL_BLOCK_FINISH && !s.next_member()) break;
        if (s.inflate.avail_in == 0 && !s.read_on()) throw s.damaged("it ends in the middle");
        if (isal_inflate(&s.inflate) != ISAL_DECOMP_OK) throw s.damaged("it cannot be inflated");
    }
    return std::span(s.text).first(s.text.size() - s.inflate.avail_out);
}

} // namespace swather
