// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/depth_histogram.hpp"
#include "results/kernel.hpp"

#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

namespace swather {

/// The histograms of a block, of each contig and of all together, while its parts are added.
class BlockHistograms {
public:
    /// Local. Adds positions of a contig, which has a number in the header, and a name that lives as long as
    /// this. Quick where those of one contig follow each other.
    void add(Index contig, std::string_view name, const DepthHistogram& histogram);

    /// Local. By contigs, and of all of them.
    [[nodiscard]] std::array<Keyed, 2> tables() &&;

private:
    struct OfContig {
        std::string_view name;
        DepthHistogram histogram;
    };
    void end_contig();

    std::map<Index, OfContig> contigs_;
    std::optional<Index> last_; ///< the contig that was added to last
    DepthCounter of_last_;      ///< what it does not have yet
};

/// What is known of histograms: how those of blocks become one, and the columns.
class HistogramReducer : public Reducer {
public:
    enum class Of { contigs, total };

    explicit HistogramReducer(Of of)
        : of_(of)
    {
    }

    void merge(std::string& value, std::string_view later) const override;
    [[nodiscard]] std::vector<CellColumn> columns(const std::vector<Bytes>& traits) const override;
    void append(const Record& row, const std::vector<CellColumn>& columns,
                std::vector<Cells>& cells) const override;

private:
    Of of_;
};

} // namespace swather
