// SPDX-License-Identifier: MIT
#include "sources/identity.hpp"

#include "base/bytes.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

namespace swather {

namespace {

constexpr std::uint64_t sample = 64 << 10;

void add_part(Hasher& hasher, const File& file, std::uint64_t begin, std::uint64_t end)
{
    Bytes buffer(1 << 20);
    while (begin < end) {
        const auto part = std::span(buffer).first(std::min<std::uint64_t>(buffer.size(), end - begin));
        file.read(begin, part);
        hasher.add(part);
        begin += part.size();
    }
}

} // namespace

Identity identify(const std::string& path, bool whole)
{
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) throw system_error(Exit::cannot_read, errno, "open", path);

    const File file = File::open(path, File::Mode::read);
    const auto size = file.size();
    Hasher hash;
    if (whole || size <= 2 * sample) {
        add_part(hash, file, 0, size);
    } else {
        add_part(hash, file, 0, sample);
        add_part(hash, file, size - sample, size);
    }
    return {.path = std::filesystem::canonical(path).string(),
            .size = static_cast<std::int64_t>(size),
            .modified = fmt::format("{}.{:09}", status.st_mtim.tv_sec, status.st_mtim.tv_nsec),
            .hash = hash.hex()};
}

void add(Fingerprint& fingerprint, const Identity& identity)
{
    const std::string input = "input " + identity.path;
    fingerprint.add(input + " size", std::to_string(identity.size));
    fingerprint.add(input + " modified", identity.modified);
    fingerprint.add(input + " hash", identity.hash);
}

} // namespace swather
