// SPDX-License-Identifier: MIT
#include "sources/philox.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sources/philox.cpp"
// There are no arrays of vectors whose size is not known before the program runs.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#include <hwy/foreach_target.h>
// Behind foreach_target.h, which includes this file again for each instruction set.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace swather::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::CappedTag<std::uint64_t, 8>;
using Words = hn::Vec<Tag>;

/// The product of the lower halves of each lane.
HWY_INLINE Words multiply(Words a, Words b)
{
#if HWY_TARGET == HWY_SCALAR
    return hn::Set(Tag(), std::uint64_t{static_cast<std::uint32_t>(hn::GetLane(a))} * hn::GetLane(b));
#else
    const hn::Repartition<std::uint32_t, Tag> halves;
    return hn::MulEven(hn::BitCast(halves, a), hn::BitCast(halves, b));
#endif
}

/// Four words of some counters, each in the lower half of a lane; the upper halves are anything.
struct State {
    Words x0, x1, x2, x3;
};

// Independent of each other, so that the long latency of a product does not count.
constexpr std::size_t states = 4;

/// Counters whose words are made at once.
HWY_INLINE std::size_t counters_of_batch() { return states * hn::Lanes(Tag()); }

/// Makes the words of a batch of counters.
HWY_INLINE void make(std::uint64_t seed, std::uint64_t first, std::uint64_t* pairs)
{
    const Tag tag;
    const Words m0 = hn::Set(tag, std::uint64_t{0xd2511f53});
    const Words m1 = hn::Set(tag, std::uint64_t{0xcd9e8d57});
    std::array<State, states> all;
    for (std::size_t i = 0; i < states; ++i) {
        const Words counter = hn::Iota(tag, first + i * hn::Lanes(tag));
        all[i] = {counter, hn::ShiftRight<32>(counter), hn::Zero(tag), hn::Zero(tag)};
    }
    auto key0 = static_cast<std::uint32_t>(seed);
    auto key1 = static_cast<std::uint32_t>(seed >> 32);
    for (int round = 0; round < 10; ++round) {
        const Words k0 = hn::Set(tag, std::uint64_t{key0});
        const Words k1 = hn::Set(tag, std::uint64_t{key1});
        for (State& s : all) {
            const Words p0 = multiply(s.x0, m0);
            const Words p1 = multiply(s.x2, m1);
            s = {hn::Xor(hn::Xor(hn::ShiftRight<32>(p1), s.x1), k0), p1,
                 hn::Xor(hn::Xor(hn::ShiftRight<32>(p0), s.x3), k1), p0};
        }
        key0 += 0x9e3779b9;
        key1 += 0xbb67ae85;
    }
    const Words lower = hn::Set(tag, std::uint64_t{0xffffffff});
    for (const State& s : all) {
        hn::StoreInterleaved2(hn::Or(hn::And(s.x0, lower), hn::ShiftLeft<32>(s.x1)),
                              hn::Or(hn::And(s.x2, lower), hn::ShiftLeft<32>(s.x3)), tag, pairs);
        pairs += 2 * hn::Lanes(tag);
    }
}

/// Calls `take(words, count)` with the words of the counters from `first` on, `size` words in all, batch by
/// batch.
template <class Take>
HWY_INLINE void for_each_batch(std::uint64_t seed, std::uint64_t first, std::size_t size, Take&& take)
{
    alignas(64) std::array<std::uint64_t, 2 * states * 8> pairs; // two words each
    const std::size_t batch = 4 * counters_of_batch();
    for (; size > 0; first += counters_of_batch()) {
        make(seed, first, pairs.data());
        const std::size_t count = std::min(size, batch);
        take(pairs.data(), count);
        size -= count;
    }
}

void make_words(std::uint64_t seed, std::uint64_t first, std::uint32_t* words, std::size_t size)
{
    for_each_batch(seed, first, size, [&](const std::uint64_t* pairs, std::size_t count) {
        std::memcpy(words, pairs, count * sizeof *words);
        words += count;
    });
}

void make_floats(std::uint64_t seed, std::uint64_t first, float* values, std::size_t size)
{
    for_each_batch(seed, first, size, [&](const std::uint64_t* pairs, std::size_t count) {
        alignas(64) std::array<std::uint32_t, 4 * states * 8> words;
        std::memcpy(words.data(), pairs, sizeof words);
        for (std::size_t i = 0; i < count; ++i)
            values[i] = static_cast<float>(static_cast<std::int32_t>(words[i] >> 8)) * 0x1p-24F;
        values += count;
    });
}

void make_doubles(std::uint64_t seed, std::uint64_t first, double* values, std::size_t size)
{
    for_each_batch(seed, first, 2 * size, [&](const std::uint64_t* pairs, std::size_t count) {
        for (std::size_t i = 0; i < count / 2; ++i)
            values[i] = static_cast<double>(static_cast<std::int64_t>(pairs[i] >> 11)) * 0x1p-53;
        values += count / 2;
    });
}

} // namespace swather::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace swather {

HWY_EXPORT(make_words);
HWY_EXPORT(make_floats);
HWY_EXPORT(make_doubles);

namespace {

/// Numbers may begin and end in the middle of a counter's.
template <class T, class Make>
void make_from(std::uint64_t first, std::size_t per_counter, std::span<T> values, Make&& make)
{
    if (const std::size_t before = first % per_counter; before > 0) {
        std::array<T, 4> front;
        make(first / per_counter, front.data(), per_counter);
        const std::size_t taken = std::min(per_counter - before, values.size());
        std::copy_n(front.data() + before, taken, values.data());
        values = values.subspan(taken);
        first += taken;
    }
    if (!values.empty()) make(first / per_counter, values.data(), values.size());
}

} // namespace

void philox(std::uint64_t seed, std::uint64_t first, std::span<std::uint32_t> words)
{
    HWY_DYNAMIC_DISPATCH(make_words)(seed, first, words.data(), words.size());
}

void random_reals(std::uint64_t seed, std::uint64_t first, std::span<float> values)
{
    make_from(first, 4, values, [&](std::uint64_t counter, float* to, std::size_t size) {
        HWY_DYNAMIC_DISPATCH(make_floats)(seed, counter, to, size);
    });
}

void random_reals(std::uint64_t seed, std::uint64_t first, std::span<double> values)
{
    make_from(first, 2, values, [&](std::uint64_t counter, double* to, std::size_t size) {
        HWY_DYNAMIC_DISPATCH(make_doubles)(seed, counter, to, size);
    });
}

} // namespace swather
#endif
