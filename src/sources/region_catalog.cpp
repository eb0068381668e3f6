// SPDX-License-Identifier: MIT
#include "sources/region_catalog.hpp"

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/units.hpp"
#include "results/records.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace swather {

namespace {

/// The positions of a segment on which a region is looked for: one that is empty is found on the position
/// behind it, or on the last.
Box extent_of(const BedRegion& region, const Segment& segment)
{
    const Index begin = std::min<Index>(region.start, segment.end - 1);
    return {begin, std::max<Index>(region.end, begin + 1)};
}

/// The regions on the pieces of one block, as RegionCatalog packed them.
class BlockRegions {
public:
    BlockRegions(std::string packed, std::vector<BamPiece> pieces, Index window)
        : packed_(std::move(packed))
        , rest_(packed_)
        , pieces_(std::move(pieces))
        , window_(window)
    {
    }
    BlockRegions(const BlockRegions&) = delete; // the rest points to what is packed
    BlockRegions& operator=(const BlockRegions&) = delete;

    std::optional<Region> next()
    {
        while (left_ == 0) {
            if (next_piece_ == pieces_.size()) return std::nullopt;
            begin_piece(pieces_[next_piece_++].piece);
        }
        --left_;
        const BamPiece& on = pieces_[next_piece_ - 1];
        Region region{.segment = on.piece.segment};
        if (window_ > 0)
            take_window(region);
        else
            take_listed(region);
        region.cells = intersect({on.piece.cell(region.start), on.piece.cell(region.end)}, on.piece.cells);
        region.begins = region.start >= on.piece.start;
        region.contig = on.name;
        return region;
    }

private:
    void begin_piece(const Piece& piece)
    {
        start_ = line_ = 0;
        if (window_ == 0) {
            left_ = static_cast<Index>(take_varint(rest_));
            return;
        }
        const auto segment_start = static_cast<Index>(take_varint(rest_));
        segment_end_ = static_cast<Index>(take_varint(rest_));
        const Index first = (piece.start - segment_start) / window_;
        start_ = segment_start + first * window_;
        left_ = (piece.end() - start_ + window_ - 1) / window_;
    }

    void take_window(Region& region)
    {
        region.start = start_;
        start_ += window_;
        region.end = std::min(start_, segment_end_);
    }

    void take_listed(Region& region)
    {
        region.start = start_ += static_cast<Index>(take_varint(rest_));
        region.end = region.start + static_cast<Index>(take_varint(rest_));
        region.line = line_ += take_signed(rest_);
        region.name = take_text(rest_);
    }

    std::string packed_;
    std::string_view rest_;
    std::vector<BamPiece> pieces_;
    std::size_t next_piece_ = 0;
    Index window_;
    Index segment_end_ = 0; // of windows
    Index left_ = 0;        // regions on the piece before the next
    Index start_ = 0;       // of the next window, or of the region before
    Index line_ = 0;        // of the region before
};

} // namespace

RegionCatalog::RegionCatalog(Bed bed, const ConcatAxis& axis)
    : bed_(std::move(bed))
{
    reach_.reserve(bed_.regions.size());
    for (std::size_t i = 0; i < bed_.regions.size(); ++i) {
        const BedRegion& region = bed_.regions[i];
        const Segment segment = axis.segments()[region.place];
        const auto end = static_cast<std::int32_t>(extent_of(region, segment).end);
        const bool is_first = i == 0 || bed_.regions[i - 1].place != region.place;
        reach_.push_back(is_first ? end : std::max(end, reach_.back()));
    }
}

Index RegionCatalog::size(const ConcatAxis& axis) const
{
    if (window_ == 0) return std::ssize(bed_.regions);
    Index windows = 0;
    for (const Segment& segment : axis.segments()) windows += (segment.size() + window_ - 1) / window_;
    return windows;
}

std::uint64_t RegionCatalog::hash(const ConcatAxis& axis) const
{
    Hasher hasher;
    std::string packed;
    const auto add = [&](const Segment& segment, Index start, Index end, std::string_view name) {
        packed.clear();
        put_text(packed, segment.contig);
        put_signed(packed, start);
        put_signed(packed, end);
        put_text(packed, name);
        hasher.add(std::as_bytes(std::span(packed)));
    };
    hasher.add(std::as_bytes(std::span(&window_, 1)));
    if (window_ > 0)
        for (const Segment& segment : axis.segments()) add(segment, segment.start, segment.end, "");
    for (const BedRegion& region : bed_.regions)
        add(axis.segments()[region.place], region.start, region.end, bed_.name(region.line));
    return hasher.value();
}

std::string RegionCatalog::pack(const std::vector<BamPiece>& pieces, const ConcatAxis& axis) const
{
    std::string packed;
    if (window_ == 0 && bed_.regions.empty()) return packed;
    for (const BamPiece& one : pieces) {
        const Segment segment = axis.segments()[one.piece.segment];
        if (window_ == 0) {
            pack_listed(one.piece, segment, packed);
            continue;
        }
        put_varint(packed, static_cast<std::uint64_t>(segment.start));
        put_varint(packed, static_cast<std::uint64_t>(segment.end));
    }
    return packed;
}

void RegionCatalog::pack_listed(const Piece& piece, const Segment& segment, std::string& packed) const
{
    const auto& regions = bed_.regions;
    const auto first = std::partition_point(regions.begin(), regions.end(), [&](const BedRegion& region) {
        const auto i = static_cast<std::size_t>(&region - regions.data());
        return region.place < piece.segment || (region.place == piece.segment && reach_[i] <= piece.start);
    });
    const auto end = std::partition_point(first, regions.end(), [&](const BedRegion& region) {
        return region.place == piece.segment && extent_of(region, segment).begin < piece.end();
    });
    const auto is_on_piece = [&](const BedRegion& region) {
        return extent_of(region, segment).end > piece.start;
    };
    put_varint(packed, static_cast<std::uint64_t>(std::count_if(first, end, is_on_piece)));
    std::int64_t start = 0;
    std::int64_t line = 0;
    for (auto region = first; region != end; ++region) {
        if (!is_on_piece(*region)) continue;
        put_varint(packed, static_cast<std::uint64_t>(region->start - std::exchange(start, region->start)));
        put_varint(packed, static_cast<std::uint64_t>(region->end - region->start));
        put_signed(packed, region->line - std::exchange(line, region->line));
        put_text(packed, region->start >= piece.start ? bed_.name(region->line) : "");
    }
}

NextRegion regions_of(std::string packed, std::vector<BamPiece> pieces, Index window)
{
    if (packed.empty()) return [] { return std::nullopt; };
    const auto regions = std::make_shared<BlockRegions>(std::move(packed), std::move(pieces), window);
    return [regions] { return regions->next(); };
}

std::vector<BedRegion> unite(Bed& bed)
{
    std::vector<BedRegion> intervals;
    const auto check = [&] {
        if (intervals.empty() || intervals.back().start < intervals.back().end) return;
        throw Error(Exit::bad_data, "'{}', line {}: a region without a position has no depth", bed.path,
                    intervals.back().line)
            .remedy("remove the line, or leave --regions-only out");
    };
    for (BedRegion& region : bed.regions) {
        const bool touches = !intervals.empty() && intervals.back().place == region.place &&
                             region.start <= intervals.back().end;
        if (touches) {
            intervals.back().end = std::max(intervals.back().end, region.end);
        } else {
            check();
            intervals.push_back(region);
        }
    }
    check();
    // Only now: what is united is told apart by the number of its contig.
    std::size_t number = 0;
    for (BedRegion& region : bed.regions) {
        while (intervals[number].place != region.place || intervals[number].end < region.start) ++number;
        region.place = static_cast<std::int32_t>(number);
    }
    return intervals;
}

void keep_inside(Bed& bed, const ConcatAxis& axis, std::span<const std::int32_t> contig_of_segment)
{
    const auto segments = axis.segments();
    const auto segment_of = [&](const BedRegion& region) -> std::int32_t {
        bool in_part = false;
        for (std::size_t i = 0; i < segments.size(); ++i) {
            if (contig_of_segment[i] != region.place) continue;
            const Segment segment = segments[static_cast<Index>(i)];
            if (segment.start <= region.start && region.end <= segment.end)
                return static_cast<std::int32_t>(i);
            in_part = in_part || (segment.start < region.end && region.start < segment.end);
        }
        if (in_part)
            throw Error(Exit::usage, "'{}', line {}: only a part of it lies on a --region", bed.path,
                        region.line)
                .remedy("ask for whole regions of the BED, or leave --region out");
        return -1;
    };
    const std::size_t all = bed.regions.size();
    for (BedRegion& region : bed.regions) region.place = segment_of(region);
    std::erase_if(bed.regions, [](const BedRegion& region) { return region.place < 0; });
    std::sort(bed.regions.begin(), bed.regions.end());
    if (bed.regions.empty() && all > 0)
        spdlog::warn("'{}': none of {} lies on a --region", bed.path,
                     counted(static_cast<Index>(all), "region"));
    else if (bed.regions.size() < all)
        spdlog::info("'{}': {} of {} lie on a --region, the others are left out", bed.path,
                     bed.regions.size(), counted(static_cast<Index>(all), "region"));
}

} // namespace swather
