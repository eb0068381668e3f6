// SPDX-License-Identifier: MIT
#include "kernels/floor_quotients.hpp"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <random>
#include <vector>

namespace swather {

namespace {

/// As Python's //: the quotient of the processor rounds to zero.
Index floor_of(Index value, Index by) { return value / by - (value % by < 0 ? 1 : 0); }

/// Integers of so many bits around multiples of the divisor, and any.
std::vector<Index> values_of(int bits, Index by, std::mt19937_64& random)
{
    const Index most = Index{1} << bits;
    std::vector<Index> values{0, 1, -1, most, -most, most - 1, 1 - most};
    std::uniform_int_distribution<Index> any(-most, most);
    for (int i = 0; i < 500; ++i) {
        const Index value = any(random);
        const Index multiple = value - value % by;
        for (const Index near : {value, multiple - 1, multiple, multiple + 1})
            if (-most <= near && near <= most) values.push_back(near);
    }
    return values;
}

} // namespace

TEST(FloorQuotients, AreRoundedDownByAnyInstructions)
{
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
        hwy::SetSupportedTargetsForTest(target);
        hwy::GetChosenTarget().Update(target);
        std::mt19937_64 random(1);
        for (const int bits : {1, 20, 51, 52, 53, 61}) {
            const Index most = Index{1} << bits;
            std::vector<Index> divisors{1, 2, 3, 5, 7, 1000, 1023, 1024, 65'537, most - 1, most, most + 1};
            std::uniform_int_distribution<Index> any(1, most);
            for (int i = 0; i < 50; ++i) divisors.push_back(any(random));
            for (const Index by : divisors) {
                const std::vector<Index> values = values_of(bits, by, random);
                std::vector<Index> quotients = values;
                floor_quotients(quotients, by, bits);
                for (std::size_t i = 0; i < values.size(); ++i)
                    ASSERT_EQ(quotients[i], floor_of(values[i], by))
                        << values[i] << " // " << by << " by " << hwy::TargetName(target);
            }
        }
    }
    hwy::SetSupportedTargetsForTest(0);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

} // namespace swather
