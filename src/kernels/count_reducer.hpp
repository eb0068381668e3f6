// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/counts.hpp"

namespace swather {

/// What must be known of the values of all blocks before a column has its type. Each fact holds of a block,
/// and of the whole table where it holds of all blocks.
struct CountTraits {
    struct Key {
        bool integers = true; ///< every text is just what its int64 prints as
        bool reals = true;    ///< the same of Python's floats
    };
    struct Sum {
        bool integers = true;
    };
    struct Range {
        bool numbers = true;  ///< all values but those that are missing
        bool integers = true; ///< all values, and none is missing
    };
    bool empty = true; ///< there are no groups
    std::vector<Key> keys;
    std::vector<Sum> sums;
    std::vector<Range> ranges;

    explicit CountTraits(const Counts::Layout& layout);
    void merge(const CountTraits& other);
    [[nodiscard]] Bytes pack() const;
    void unpack(const Bytes& bytes);
};

/// The groups of a table: how their values merge, and their columns.
class CountReducer : public Reducer {
public:
    CountReducer(Counts::Options options, Counts::Layout layout);

    void merge(std::string& value, std::string_view later) const override;
    [[nodiscard]] std::size_t member_sets() const override { return layout_.distinct.size(); }
    [[nodiscard]] std::string group_of(std::string_view member) const override;
    [[nodiscard]] std::string counted(std::size_t set, Index members) const override;
    [[nodiscard]] bool reorders() const override { return options_.order_by_count; }
    [[nodiscard]] std::uint64_t order_of(const Record& group) const override;
    [[nodiscard]] std::vector<CellColumn> columns(const std::vector<Bytes>& traits) const override;
    void append(const Record& group, const std::vector<CellColumn>& columns,
                std::vector<Cells>& cells) const override;

private:
    Counts::Options options_;
    Counts::Layout layout_;
    GroupValue empty_;
    std::vector<std::size_t> sums_, means_, mins_,
        maxs_; // of the columns asked for, their places in the layout
    bool counts_only_;
};

} // namespace swather
