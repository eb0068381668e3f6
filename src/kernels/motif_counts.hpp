// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/motif_pattern.hpp"
#include "results/reducer.hpp"
#include "results/shapes.hpp"

#include <memory>

namespace swather {

/// Counts the hits of each pattern on each contig of a block.
class MotifCounts {
public:
    explicit MotifCounts(std::size_t patterns)
        : counts_(patterns)
    {
    }

    /// Local. The contig of the hits that follow; contigs come in order, and each has a row also without
    /// hits.
    void begin(Index contig, std::string_view name, Index length);
    void add(std::uint32_t pattern) { ++counts_[pattern]; }
    [[nodiscard]] Keyed result() &&;

private:
    void end();

    Index contig_ = -1; ///< none yet
    std::string name_;
    Index length_ = 0;
    std::vector<Index> counts_; ///< of each pattern
    RecordWriter records_;
};

/// Makes a row of each contig: its name and length, and for each pattern the number of its hits.
class MotifCountReducer : public Reducer {
public:
    explicit MotifCountReducer(std::shared_ptr<const std::vector<MotifPattern>> patterns)
        : patterns_(std::move(patterns))
    {
    }

    void merge(std::string& value, std::string_view later) const override;
    [[nodiscard]] std::vector<CellColumn> columns(const std::vector<Bytes>& traits) const override;
    void append(const Record& group, const std::vector<CellColumn>& columns,
                std::vector<Cells>& cells) const override;

private:
    std::shared_ptr<const std::vector<MotifPattern>> patterns_;
};

} // namespace swather
