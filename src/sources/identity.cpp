// SPDX-License-Identifier: MIT
#include "sources/identity.hpp"

#include "base/bytes.hpp"
#include "base/file.hpp"

#include <sys/stat.h>
#include <xxhash.h>

#include <cerrno>
#include <filesystem>
#include <memory>

namespace swather {

namespace {

constexpr std::uint64_t sample = 64 << 10;

class Hash {
public:
    Hash()
        : state_(XXH3_createState(), XXH3_freeState)
    {
        XXH3_64bits_reset(state_.get());
    }

    void add(const File& file, std::uint64_t begin, std::uint64_t end)
    {
        Bytes buffer(1 << 20);
        while (begin < end) {
            const auto part = std::span(buffer).first(std::min<std::uint64_t>(buffer.size(), end - begin));
            file.read(begin, part);
            XXH3_64bits_update(state_.get(), part.data(), part.size());
            begin += part.size();
        }
    }

    [[nodiscard]] std::string hex() const { return fmt::format("{:016x}", XXH3_64bits_digest(state_.get())); }

private:
    std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state_;
};

} // namespace

Identity identify(const std::string& path, bool whole)
{
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) throw system_error(Exit::cannot_read, errno, "open", path);

    const File file = File::open(path, File::Mode::read);
    const auto size = file.size();
    Hash hash;
    if (whole || size <= 2 * sample) {
        hash.add(file, 0, size);
    } else {
        hash.add(file, 0, sample);
        hash.add(file, size - sample, size);
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
