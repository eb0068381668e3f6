// SPDX-License-Identifier: MIT
#include "base/hash.hpp"

#include <fmt/format.h>
#define XXH_STATIC_LINKING_ONLY // for the size of a state
#include <xxhash.h>

namespace swather {

std::uint64_t hash_of(std::span<const std::byte> bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

Hash128 hash128_of(std::span<const std::byte> bytes, std::uint64_t seed)
{
    const XXH128_hash_t hash = XXH3_128bits_withSeed(bytes.data(), bytes.size(), seed);
    return {hash.low64, hash.high64};
}

struct Hasher::State {
    XXH3_state_t xxh3;
};

Hasher::Hasher()
    : state_(std::make_unique<State>())
{
    XXH3_64bits_reset(&state_->xxh3);
}

Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;
Hasher::~Hasher() = default;

void Hasher::add(std::span<const std::byte> bytes)
{
    XXH3_64bits_update(&state_->xxh3, bytes.data(), bytes.size());
}

std::uint64_t Hasher::value() const { return XXH3_64bits_digest(&state_->xxh3); }

std::string Hasher::hex() const { return fmt::format("{:016x}", value()); }

} // namespace swather
