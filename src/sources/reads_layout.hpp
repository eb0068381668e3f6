// SPDX-License-Identifier: MIT
#pragma once

#include "grid/concat_axis.hpp"
#include "sources/region_catalog.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace swather {

class BamHeader;
class Reference;

/// Where reads are counted and what is summed up: what the contigs of a header, the options and a reference
/// make together. Files of the same contigs share it.
struct ReadsLayout {
    std::shared_ptr<const ConcatAxis> axis;
    std::vector<std::int32_t> contig_of_segment;   ///< its number in the header
    std::vector<std::int32_t> sequence_of_segment; ///< in the reference; empty without one
    RegionCatalog regions;                         ///< that are summed up
    Index region_count = 0;
    std::uint64_t hash_of_regions = 0; ///< two layouts with the same one have the same regions
};

/// Local. Lays the regions end to end, or without any all contigs, or the union of the regions that are to be
/// summed up, `by`. `path`: the file whose header it is; `reference`: null where there is none.
///
/// `Exit::bad_data`: a reference that lacks one of the contigs or has another sequence for it; what read_bed
/// and unite refuse. `Exit::usage`: a region of an unknown contig, or outside of its contig; a CRAM without
/// reference; what keep_inside refuses.
ReadsLayout lay_out(BamHeader& header, const std::string& path, const std::vector<std::string>& regions,
                    const RegionOptions& by, const Reference* reference);

} // namespace swather
