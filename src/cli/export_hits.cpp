// SPDX-License-Identifier: MIT
#include "cli/export_hits.hpp"

#include "base/log.hpp"
#include "base/stop.hpp"
#include "cli/export_place.hpp"
#include "output/read_hits.hpp"
#include "sources/bed_writer.hpp"

namespace swather {

void export_hits(const std::string& path, const std::string& bed, bool force)
{
    StoredHits hits(path);
    std::optional<BedIndex> index;
    if (bed.ends_with(".gz")) index = BedIndex::like_tabix(hits.longest_contig());
    ExportPlaces places(path, force);
    places.add(bed, "--bed");
    if (index) places.add(bed + index->extension(), "--bed");

    BedWriter writer(bed, index);
    std::string contig;
    std::string rest;
    Index count = 0;
    for (auto hit = hits.next(); hit; hit = hits.next(), ++count) {
        if (count % 65'536 == 0) throw_if_stopped();
        if (count == 0 || hit->contig != contig) writer.set_contig(contig = hit->contig);
        rest = hit->pattern;
        rest += hit->strand == '-' ? "\t0\t-" : "\t0\t+";
        writer.write(hit->start, hit->end, rest);
    }
    writer.finish();
    writer.publish();
    spdlog::info("the hits of '{}' are exported", path);
}

} // namespace swather
