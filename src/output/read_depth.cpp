// SPDX-License-Identifier: MIT
#include "output/read_depth.hpp"

#include "h5/columns.hpp"
#include "output/complete_file.hpp"

#include <algorithm>

namespace swather {

struct StoredDepth::File {
    h5::Id file;
    h5::Id sample;
    h5::Id depth;
};

namespace {

constexpr const char* depth_path = "coverage/depth";
// 4 MiB, and up to six times that of runs.
constexpr Index cells_at_once = 1 << 20;

bool exists(hid_t file, const char* path) { return H5Lexists(file, path, H5P_DEFAULT) > 0; }

h5::Id open_depth(hid_t file, hid_t sample, const std::string& path)
{
    const bool is_coverage = exists(sample, "coverage");
    if (is_coverage && !exists(sample, depth_path))
        throw Error(Exit::bad_data, "'{}' was made with --no-per-base, and has no depth of positions", path)
            .remedy("make it again without");
    if (!is_coverage)
        throw Error(Exit::bad_data, "'{}' has no depth: it holds the {}", path,
                    h5::read_text_attribute(file, "title"))
            .remedy("depth is what 'swather coverage' makes");
    return {h5::check(H5Dopen2(sample, depth_path, H5P_DEFAULT), "open the depth"), H5Dclose};
}

/// As many whole chunks as make some MiB.
Index slab_size_of(hid_t dataset)
{
    const h5::Id properties(H5Dget_create_plist(dataset), H5Pclose);
    hsize_t chunk = 1;
    if (H5Pget_layout(properties) == H5D_CHUNKED)
        h5::check(H5Pget_chunk(properties, 1, &chunk), "get the chunk");
    const auto size = static_cast<Index>(chunk);
    return size * std::max<Index>(1, cells_at_once / size);
}

} // namespace

StoredDepth::StoredDepth(const std::string& path, const std::string& sample)
    : path_(path)
{
    h5::in_complete(path_, [&] {
        file_ = std::make_unique<File>();
        file_->file = h5::open_complete(path_);
        file_->sample = h5::open_sample(file_->file, path_, sample);
        file_->depth = open_depth(file_->file, file_->sample, path_);
        slab_size_ = slab_size_of(file_->depth);
        read_segments();
    });
}

StoredDepth::~StoredDepth() = default;

void StoredDepth::read_segments()
{
    const auto open_group = [&](const char* name) {
        return h5::Id(h5::check(H5Gopen2(file_->sample, name, H5P_DEFAULT), fmt::format("open {}", name)),
                      H5Gclose);
    };
    const h5::Id coverage = open_group("coverage");
    const h5::Id summary = open_group("summary");
    if (!exists(coverage, "contig_length") || !exists(summary, "reads"))
        throw Error(Exit::bad_data, "'{}' was made by an earlier swather, and lacks the lengths of contigs",
                    path_)
            .remedy("make it again");
    const Box rows{0, h5::rows_of(coverage, "contig")};
    const Texts contigs = h5::read_texts(coverage, "contig", rows);
    const std::vector<Index> starts = h5::read_integers(coverage, "start", rows);
    const std::vector<Index> ends = h5::read_integers(coverage, "end", rows);
    const std::vector<Index> lengths = h5::read_integers(coverage, "contig_length", rows);
    reads_ = h5::read_integers(summary, "reads", rows);
    axis_.reserve(rows.size(), std::ssize(contigs.bytes()));
    for (std::size_t i = 0; i < contigs.size(); ++i) axis_.append(contigs[i], starts[i], ends[i], lengths[i]);
    if (h5::sizes_of(file_->depth) != std::vector<hsize_t>{static_cast<hsize_t>(axis_.size())})
        throw Error(Exit::io, "the depth is not that of the segments");
}

void StoredDepth::start(const Segment& segment)
{
    segment_ = segment;
    cell_ = segment.offset;
    open_ = {segment.start, segment.start, 0};
}

std::span<const DepthRun> StoredDepth::next()
{
    runs_.clear();
    const Index end = segment_.offset + segment_.size();
    while (runs_.empty() && cell_ < end) {
        const auto depth = cells(cell_, end);
        append_runs(segment_.start + (cell_ - segment_.offset), depth);
        cell_ += std::ssize(depth);
        if (cell_ == end) runs_.push_back(open_);
    }
    return runs_;
}

std::span<const std::int32_t> StoredDepth::cells(Index begin, Index end)
{
    if (begin < slab_.begin || begin >= slab_.end) {
        const Index first = begin / slab_size_ * slab_size_;
        slab_ = {first, std::min(first + slab_size_, axis_.size())};
        slab_cells_.resize(static_cast<std::size_t>(slab_.size()));
        h5::in_complete(path_, [&] { h5::read_cells(file_->depth, slab_, slab_cells_); });
    }
    return std::span<const std::int32_t>(slab_cells_)
        .subspan(static_cast<std::size_t>(begin - slab_.begin),
                 static_cast<std::size_t>(std::min(end, slab_.end) - begin));
}

/// Cuts depth into runs; the last stays open.
void StoredDepth::append_runs(Index start, std::span<const std::int32_t> depth)
{
    if (open_.size() == 0) open_.depth = depth.front();
    for (const std::int32_t here : depth) {
        if (here != open_.depth) {
            runs_.push_back({open_.start, start, open_.depth});
            open_ = {start, start, here};
        }
        ++start;
    }
    open_.end = start;
}

} // namespace swather
