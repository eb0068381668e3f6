// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace swather {

/// Local. XXH3 (64 bits) of bytes: what identifies inputs, and what journal and read-back compare.
std::uint64_t hash_of(std::span<const std::byte> bytes);

/// So many bits that different bytes have different ones, for all that comes in a run.
struct Hash128 {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    bool operator==(const Hash128&) const = default;
};

/// Local. XXH3 (128 bits) of bytes; other for each seed.
Hash128 hash128_of(std::span<const std::byte> bytes, std::uint64_t seed);

/// The 64 bits of bytes that come piece by piece.
class Hasher {
public:
    Hasher();
    Hasher(Hasher&&) noexcept;
    Hasher& operator=(Hasher&&) noexcept;
    ~Hasher();

    /// Local. The next bytes.
    void add(std::span<const std::byte> bytes);
    [[nodiscard]] std::uint64_t value() const;
    [[nodiscard]] std::string hex() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace swather
