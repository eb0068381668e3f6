// SPDX-License-Identifier: MIT
#include "sources/identity.hpp"

#include "base/bytes.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"

#include <sys/stat.h>
#include <unistd.h>

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

void check_input(const std::string& path)
{
    std::error_code failure;
    const auto status = std::filesystem::status(path, failure);
    if (path == "-")
        throw Error(Exit::cannot_read,
                    "the standard input (stdin) is not a file that every rank can open and seek in")
            .remedy("save it to a file first");
    if (!std::filesystem::exists(status))
        throw system_error(Exit::cannot_read, failure ? failure.value() : ENOENT, "open", path);
    if (std::filesystem::is_directory(status)) throw system_error(Exit::cannot_read, EISDIR, "open", path);
    if (!std::filesystem::is_regular_file(status))
        throw Error(Exit::cannot_read, "'{}' is not a file that every rank can open and seek in", path)
            .remedy("name a file on disk: what comes through a pipe or from an address must be saved first");
    if (::access(path.c_str(), R_OK) != 0) throw system_error(Exit::cannot_read, errno, "open", path);
}

std::int64_t size_of_input(const std::string& path)
{
    return static_cast<std::int64_t>(File::open(path, File::Mode::read, Exit::cannot_read).size());
}

Identity identify(const std::string& path, bool whole)
{
    check_input(path);
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) throw system_error(Exit::cannot_read, errno, "open", path);

    const File file = File::open(path, File::Mode::read, Exit::cannot_read);
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

void warn_of_older(const std::string& index, const std::string& path)
{
    if (std::filesystem::last_write_time(index) < std::filesystem::last_write_time(path))
        spdlog::warn("the index '{}' is older than '{}': is it of this one?", index, path);
}

void add(Fingerprint& fingerprint, const Identity& identity)
{
    const std::string input = "input " + identity.path;
    fingerprint.add(input + " size", std::to_string(identity.size));
    fingerprint.add(input + " modified", identity.modified);
    fingerprint.add(input + " hash", identity.hash);
}

} // namespace swather
