// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/motif_pattern.hpp"
#include "results/cells.hpp"
#include "results/shapes.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace swather {

/// A pattern on one of its strands, as a number: hits on one base are ordered by it.
constexpr std::uint32_t forward_of(std::uint32_t pattern) { return 2 * pattern; }
constexpr std::uint32_t reverse_of(std::uint32_t pattern) { return 2 * pattern + 1; }
constexpr std::uint32_t pattern_of(std::uint32_t strand) { return strand / 2; }
constexpr bool is_reverse(std::uint32_t strand) { return strand % 2 != 0; }

/// Packs hits: of those of a contig the name once, of each the distance from the one before and the number of
/// its strand; three bytes, as a rule.
class MotifRows {
public:
    /// Local. A hit that begins at `start` of a contig, behind those that are there.
    void append(std::string_view contig, Index start, std::uint32_t strand);
    [[nodiscard]] Rows result() &&;

    [[nodiscard]] static std::vector<CellColumn> columns();
    /// Local. Appends the cells of the hits of a batch.
    static void unpack(std::string_view packed, const std::vector<MotifPattern>& patterns,
                       std::vector<Cells>& cells);

private:
    void end_contig();
    void end_batch();

    Rows rows_;
    Rows::Batch batch_;
    std::string contig_;
    std::string hits_; ///< of the contig, in this batch
    Index count_ = 0;  ///< of these
    Index last_ = 0;   ///< start of the hit before
};

} // namespace swather
