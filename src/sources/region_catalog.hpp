// SPDX-License-Identifier: MIT
#pragma once

#include "grid/concat_axis.hpp"
#include "sources/bam_place.hpp"
#include "sources/bed_regions.hpp"
#include "sources/regions_view.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace swather {

/// Which regions of the segments are to be summed up; by default none.
struct RegionOptions {
    std::string bed{};         ///< those of a BED; empty: none
    Index window = 0;          ///< windows of so many positions, from the first of each segment on; 0: none
    bool skip_unknown = false; ///< lines of the BED that do not lie on a contig are left out
    bool only = false;         ///< the segments are the union of the regions
};

/// The regions as rank 0 has them, and as they come to the ranks: of each block those that lie on it.
class RegionCatalog {
public:
    RegionCatalog() = default; ///< of no regions
    /// Local. Windows of so many positions.
    explicit RegionCatalog(Index window)
        : window_(window)
    {
    }
    /// Local. The regions of a BED, where each place is the number of a segment.
    RegionCatalog(Bed bed, const ConcatAxis& axis);

    /// Local. How many there are on an axis.
    [[nodiscard]] Index size(const ConcatAxis& axis) const;
    /// Local. XXH3 of them all: on two axes they are the same where it is.
    [[nodiscard]] std::uint64_t hash(const ConcatAxis& axis) const;
    /// Local. Those that lie on the pieces of a block, for its descriptor.
    [[nodiscard]] std::string pack(const std::vector<BamPiece>& pieces, const ConcatAxis& axis) const;

private:
    void pack_listed(const Piece& piece, const Segment& segment, std::string& packed) const;

    Index window_ = 0;
    Bed bed_;
    std::vector<std::int32_t> reach_; ///< of each region, the last end of those up to it on its segment
};

/// Local. The regions on the pieces of a block, as they were packed; `window` that of the options.
NextRegion regions_of(std::string packed, std::vector<BamPiece> pieces, Index window);

/// Local. The union of regions, those that touch as one; the place of each becomes the number of its
/// interval. `Exit::bad_data`: a region without a position that touches no other.
std::vector<BedRegion> unite(Bed& bed);

/// Local. The place of each region becomes the number of the first segment on which it lies whole; those that
/// lie on none are left out, which is logged. `Exit::usage`: one that lies on a segment in part.
void keep_inside(Bed& bed, const ConcatAxis& axis, std::span<const std::int32_t> contig_of_segment);

} // namespace swather
