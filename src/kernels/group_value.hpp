// SPDX-License-Identifier: MIT
#pragma once

#include "base/int128.hpp"
#include "base/number.hpp"
#include "results/records.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace swather {

/// The sum of the numbers of one column. Of integers it is exact; of others compensated (Neumaier 1974,
/// doi:10.1002/zamm.19740540106).
struct NumberSum {
    Index numbers = 0;
    Int128 integers = 0;
    double reals = 0;
    double lost = 0; ///< what rounding has taken from `reals`

    void add(const Number& number);
    void merge(const NumberSum& later);
    /// Local. Of all numbers; the exact one only where all were integers. Beyond a double's range it is
    /// infinite.
    [[nodiscard]] double total() const;

private:
    void add_real(double number);
};

/// The smallest and the largest value of one column: as numbers, of those that are, and as text, of all.
struct Extremes {
    Index texts = 0;
    Index numbers = 0;
    Number least, most;
    std::string first, last; ///< by their bytes

    void add(std::string_view text, const Number* number);
    void merge(const Extremes& later);
};

/// What is known of a group, beside its key.
struct GroupValue {
    std::uint64_t count = 0;
    std::vector<NumberSum> sums;
    std::vector<Extremes> extremes;
    std::vector<std::uint64_t> members; ///< number of different ones, of each set

    void merge(const GroupValue& later);
};

/// Local. A value as it stands in a record, and back; `layout` has the sizes of its lists.
void encode(const GroupValue& value, std::string& bytes);
GroupValue decode(std::string_view bytes, const GroupValue& layout);

} // namespace swather
