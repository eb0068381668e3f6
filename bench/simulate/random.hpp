// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <random>

namespace simulate {

/// Random numbers that are the same on every platform: the C++ standard defines the engine to the bit but
/// leaves the distributions to each library.
class Random {
public:
    explicit Random(uint64_t seed)
        : engine_(seed)
    {
    }
    uint64_t bits() { return engine_(); }
    char base() { return "ACGT"[bits() >> 62]; }
    /// 0 ≤ uniform() < 1
    double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
    bool chance(double probability) { return uniform() < probability; }
    /// low ≤ between(low, high) ≤ high
    int between(int low, int high) { return low + static_cast<int>(uniform() * (high - low + 1)); }
    /// Mean 0 and deviation 1, by the sum of twelve uniform numbers: logarithms too differ between platforms.
    double normal()
    {
        double sum = -6;
        for (int i = 0; i < 12; ++i) sum += uniform();
        return sum;
    }

private:
    std::mt19937_64 engine_;
};

} // namespace simulate
