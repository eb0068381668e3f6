// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/depth_histogram.hpp"
#include "results/kernel.hpp"
#include "sources/regions_view.hpp"

#include <span>
#include <vector>

namespace swather {

/// The regions of a block while they are summed up. Of one that lies on other blocks too, the histogram of
/// its part is kept: only that of the whole tells the median.
class BlockRegionSums {
public:
    /// `thresholds`: depths; the positions that have at least so much are counted.
    explicit BlockRegionSums(const std::vector<Index>& thresholds)
        : thresholds_(thresholds)
    {
    }

    /// Local. The next region, and the depths of the positions that the block has of it.
    void add(const Region& region, const DepthHistogram& histogram);
    [[nodiscard]] Keyed result() &&;

private:
    const std::vector<Index>& thresholds_;
    RecordWriter records_;
    bool has_names_ = false;
    std::string key_, value_; ///< of the region at hand
};

/// What is known of regions: how parts of one become the whole, and the columns.
class RegionReducer : public Reducer {
public:
    explicit RegionReducer(std::vector<Index> thresholds)
        : thresholds_(std::move(thresholds))
    {
    }

    void merge(std::string& value, std::string_view later) const override;
    [[nodiscard]] std::vector<CellColumn> columns(const std::vector<Bytes>& traits) const override;
    void append(const Record& region, const std::vector<CellColumn>& columns,
                std::vector<Cells>& cells) const override;

private:
    std::vector<Index> thresholds_;
};

} // namespace swather
