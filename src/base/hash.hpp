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

/// The same of bytes that come piece by piece.
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
