// SPDX-License-Identifier: MIT
#pragma once

#include "grid/element.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace swather {

/// Quantiles of a few results, each of any number of elements, by counting (radix selection): from pass to
/// pass over all elements, more of the first bits are known that the keys of the wanted elements have. A pass
/// counts, of the elements whose keys begin so, how many there are of each value of the next bits. The counts
/// of all elements are sums of those of parts, in any order.
class RadixSelection {
public:
    RadixSelection() = default; ///< of no quantiles: it counts nothing
    /// Local. Quantiles of each of so many results, of so many elements each. `is_approximate`: of the
    /// elements rounded to 9 binary digits, for which few passes do; those of 16 bits at most are not
    /// rounded. There must be room.
    RadixSelection(Element element, Index results, Index elements, std::vector<double> quantiles,
                   bool is_approximate);

    /// Local. Whether there is room for the counts of so many quantiles of so many results: 32 MB.
    static bool has_room(Index results, Index quantiles)
    {
        // All neighbours of quantiles may begin otherwise.
        return results <= room / least_counts / 2 / std::max<Index>(quantiles, 1);
    }

    /// Local. Counts of each result in this pass.
    [[nodiscard]] Index counts_of_result() const { return tables_ << digit_bits_; }
    /// Local. Of all results, in this pass or a later one, at most.
    [[nodiscard]] Index most_counts() const;
    /// Local. The passes from this on, at most.
    [[nodiscard]] Index passes() const;
    /// Local. Whether all bits are known when this pass is counted.
    [[nodiscard]] bool is_last_pass() const { return known_bits_ + digit_bits_ == key_bits_; }
    /// Local. Counts elements of a result. NaN is not counted.
    void count(Index result, std::span<const std::byte> part, std::span<Index> counts_of_result) const;
    /// Local. Of the elements that would be counted, appends the numbers of their counts.
    void find(Index result, std::span<const std::byte> part, std::vector<std::uint32_t>& counts) const;

    /// Local. Ends a pass, of which these are the counts of all results. `Exit::bad_data`: its elements are
    /// not those of the passes before.
    void narrow(std::span<const Index> counts);
    /// Local. "22 of 64 bits"
    [[nodiscard]] std::string what_is_known() const;
    /// Local. From the counts of the last pass: all quantiles of each result. NaN, where a result has no
    /// elements but NaN, or has NaN and this is not to be skipped. Errors as above.
    [[nodiscard]] std::vector<double> quantiles(std::span<const Index> counts, bool skip_nan) const;

private:
    static constexpr Index room = Index{1} << 22;
    static constexpr Index least_counts = Index{1} << 8; ///< of elements that begin alike

    /// An element, by its number among all of the result when they are sorted.
    struct Wanted {
        Index number = 0;
        Index before = 0;       ///< elements whose keys begin with less
        std::uint64_t head = 0; ///< the bits of its key that are known
    };
    struct OfResult {
        Index elements = 0;         ///< that are not NaN, once they are counted
        std::vector<Wanted> wanted; ///< in their order
        std::vector<std::uint64_t>
            heads; ///< those that they have, in their order: a table of counts for each
    };

    template <class Add>
    void for_each(Index result, std::span<const std::byte> part, Add&& add) const;
    void want(OfResult& result) const;
    void narrow(OfResult& result, std::span<const Index> counts) const;
    void choose_digit();
    [[nodiscard]] static unsigned bits_for(Index tables);
    [[nodiscard]] double value(const OfResult& result, double quantile) const;
    [[nodiscard]] bool is_rounded() const;

    Element element_ = Element::float64;
    Index elements_ = 0;
    std::vector<double> quantiles_;
    bool is_approximate_ = false;
    unsigned key_bits_ = 0;
    unsigned known_bits_ = 0;
    unsigned digit_bits_ = 0; ///< of this pass
    Index tables_ = 0;        ///< of the result that has most
    std::vector<OfResult> results_;
};

} // namespace swather
