// SPDX-License-Identifier: MIT
#include "sources/bam_index.hpp"

#include "base/error.hpp"
#include "sources/hts.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

namespace swather {

namespace {

using Magic = std::array<char, 4>;
constexpr Magic bai_magic{'B', 'A', 'I', '\1'};
constexpr Magic csi_magic{'C', 'S', 'I', '\1'};

// The tree of bins: each has eight children.
constexpr std::uint32_t first_bin_of(int level) { return ((std::uint32_t{1} << (3 * level)) - 1) / 7; }
constexpr std::uint32_t parent_of(std::uint32_t bin) { return (bin - 1) / 8; }
constexpr bool is_first_child(std::uint32_t bin) { return bin % 8 == 1; }
// So that the numbers of bins have 32 bits, and positions 63.
constexpr int largest_depth = 9;
constexpr int largest_span = 62;

/// The first window of a bin.
std::uint64_t first_window_of(std::uint32_t bin, int depth)
{
    int level = 0;
    while (bin >= first_bin_of(level + 1)) ++level;
    return std::uint64_t{bin - first_bin_of(level)} << (3 * (depth - level));
}

/// The items of a list from `begin` on, those before `end`.
template <class List>
auto part_of(List& list, std::uint64_t begin, std::uint64_t end)
{
    const auto at = [&](std::uint64_t place) { return list.begin() + static_cast<std::ptrdiff_t>(place); };
    return std::ranges::subrange(at(begin), at(end));
}

} // namespace

/// The bytes of an index, inflated where it is packed. Nothing is kept for a count until its items are there.
class BamIndex::File {
public:
    File(const std::string& path, const std::string& bam)
        : path_(path)
        , bam_(bam)
    {
        errno = 0;
        file_.reset(bgzf_open(path.c_str(), "r"));
        if (!file_) throw system_error(Exit::cannot_read, errno, "open", path);
    }

    [[nodiscard]] Error damaged() const
    {
        return Error(Exit::bad_data, "the index '{}' is damaged", path_)
            .remedy("make it again: samtools index '{}'", bam_);
    }

    template <Plain T>
    [[nodiscard]] T get() const
    {
        T value;
        if (bgzf_read(file_.get(), &value, sizeof value) != sizeof value) throw damaged();
        return value;
    }

    /// A number of items. One that is too large, or was negative, ends with the bytes.
    [[nodiscard]] std::uint32_t count() const { return get<std::uint32_t>(); }

    [[nodiscard]] Chunk chunk() const
    {
        const auto chunk = get<Chunk>();
        if (chunk.end < chunk.begin) throw damaged();
        return chunk;
    }

private:
    std::string path_;
    std::string bam_;
    HtsBgzf file_;
};

BamIndex::BamIndex(const std::string& path, const std::string& bam)
{
    File file(path, bam);
    const auto magic = file.get<Magic>();
    is_csi_ = magic == csi_magic;
    if (!is_csi_ && magic != bai_magic) throw file.damaged();
    if (is_csi_) {
        window_shift_ = file.get<std::int32_t>();
        depth_ = file.get<std::int32_t>();
        if (window_shift_ < 0 || depth_ < 0 || depth_ > largest_depth ||
            window_shift_ > largest_span - 3 * depth_)
            throw file.damaged();
        for (auto extra = file.get<std::uint32_t>(); extra > 0; --extra) (void)file.get<char>();
    }
    const std::uint32_t contigs = file.count();
    for (std::uint32_t contig = 0; contig < contigs; ++contig) read_contig(file);
    contigs_.push_back({bins_.size(), windows_.size()});
}

void BamIndex::read_contig(File& file)
{
    const std::size_t first_bin = bins_.size();
    contigs_.push_back({.first_bin = first_bin, .first_window = windows_.size()});
    may_have_unmapped_.push_back(true);
    for (auto bins = file.count(); bins > 0; --bins) read_bin(file);
    const auto of_contig = part_of(bins_, first_bin, bins_.size());
    std::ranges::sort(of_contig, {}, &Bin::number);
    if (std::ranges::adjacent_find(of_contig, {}, &Bin::number) != of_contig.end()) throw file.damaged();
    if (!is_csi_) read_windows(file, first_bin);
}

void BamIndex::read_bin(File& file)
{
    const std::uint32_t behind_last = first_bin_of(depth_ + 1);
    Bin bin{.loffset = 0, .first_chunk = chunks_.size(), .number = file.get<std::uint32_t>(), .chunks = 0};
    if (is_csi_) bin.loffset = file.get<std::uint64_t>();
    bin.chunks = file.count();
    if (bin.number == behind_last + 1) {
        // No bin: from where to where the contig's reads are, and how many of them are mapped, and unmapped.
        if (bin.chunks != 2) throw file.damaged();
        for (int unused = 0; unused < 3; ++unused) (void)file.get<std::uint64_t>();
        may_have_unmapped_.back() = file.get<std::uint64_t>() > 0;
        return;
    }
    if (bin.number >= behind_last) throw file.damaged();
    for (std::uint32_t i = 0; i < bin.chunks; ++i) chunks_.push_back(file.chunk());
    bins_.push_back(bin);
}

/// Reads the linear index of a contig, and gives each bin the loffset that a .csi would have.
void BamIndex::read_windows(const File& file, std::uint64_t first_bin)
{
    constexpr std::uint64_t none = ~std::uint64_t{0};
    const std::size_t first_window = windows_.size();
    for (auto windows = file.count(); windows > 0; --windows) windows_.push_back(file.get<std::uint64_t>());

    // A window without reads has the offset of the next that has some; of older programs it has 0, or all
    // ones.
    const auto windows = part_of(windows_, first_window, windows_.size());
    const auto with_reads = std::ranges::find_if(windows, [](std::uint64_t offset) { return offset != 0; });
    for (auto next = windows.end(); next - windows.begin() > 1;) {
        --next;
        const auto window = next - 1;
        if (*window == none || (*window == 0 && window > with_reads)) *window = *next;
    }
    for (Bin& bin : part_of(bins_, first_bin, bins_.size())) {
        const std::uint64_t window = first_window_of(bin.number, depth_);
        bin.loffset = window < windows.size() ? windows[window] : 0;
    }
}

BamIndex::Part<BamIndex::Bin> BamIndex::bins_of(Index contig) const
{
    const auto i = static_cast<std::size_t>(contig);
    return part_of(bins_, contigs_[i].first_bin, contigs_[i + 1].first_bin);
}

BamIndex::Part<std::uint64_t> BamIndex::windows_of(Index contig) const
{
    const auto i = static_cast<std::size_t>(contig);
    return part_of(windows_, contigs_[i].first_window, contigs_[i + 1].first_window);
}

const BamIndex::Bin* BamIndex::find(const Part<Bin>& bins, std::uint32_t number)
{
    const auto bin = std::ranges::lower_bound(bins, number, {}, &Bin::number);
    return bin != bins.end() && bin->number == number ? &*bin : nullptr;
}

std::optional<BgzfRange> BamIndex::placed() const
{
    if (chunks_.empty()) return std::nullopt;
    return BgzfRange{.begin = std::ranges::min(chunks_, {}, &Chunk::begin).begin,
                     .end = std::ranges::max(chunks_, {}, &Chunk::end).end};
}

/// No read that overlaps a position from `start` on begins before this offset.
std::uint64_t BamIndex::lowest(Index contig, Index start) const
{
    // The bin of the window or, without one, the next bin before it or above.
    const auto bins = bins_of(contig);
    const auto window = static_cast<std::uint64_t>(start) >> window_shift_;
    auto number = static_cast<std::uint32_t>(first_bin_of(depth_) + window);
    const Bin* bin = find(bins, number);
    while (!bin && number > 0) {
        number = is_first_child(number) ? parent_of(number) : number - 1;
        bin = find(bins, number);
    }
    const std::uint64_t loffset = bin ? bin->loffset : 0;

    const auto windows = windows_of(contig);
    if (window >= windows.size()) return loffset;
    const std::uint64_t offset = windows[window];
    if (!may_have_unmapped_[static_cast<std::size_t>(contig)]) return offset;
    // Older programs leave unmapped reads out of the windows: the offset before this one is sure to be low
    // enough.
    for (auto earlier = windows.begin() + static_cast<std::ptrdiff_t>(window); earlier != windows.begin();)
        if (*--earlier < offset) return std::max(loffset, *earlier);
    return offset;
}

/// No read that overlaps a position before `end` begins at this offset, or behind it.
std::uint64_t BamIndex::highest(Index contig, Index end) const
{
    // The next bin behind, on any level, begins with a read that begins behind.
    const auto bins = bins_of(contig);
    const auto last_window = static_cast<std::uint64_t>(end - 1) >> window_shift_;
    auto number = static_cast<std::uint32_t>(first_bin_of(depth_) + last_window);
    do {
        ++number;
        while (is_first_child(number))
            number = parent_of(number); // its parent's bins end where this one begins
        const Bin* bin = number > 0 ? find(bins, number) : nullptr;
        if (bin && bin->chunks > 0) return chunks_[bin->first_chunk].begin;
    } while (number > 0);
    return std::numeric_limits<std::uint64_t>::max();
}

void BamIndex::append_ranges(Index contig, Index start, Index end, std::vector<BgzfRange>& ranges) const
{
    const Index span = Index{1} << (window_shift_ + 3 * depth_);
    end = std::min(end, span); // beyond, no read can be
    if (start >= end) return;
    const auto bins = bins_of(contig);
    const std::uint64_t from = lowest(contig, start);
    const std::uint64_t to = highest(contig, end);
    for (int level = 0; level <= depth_; ++level) {
        const int shift = window_shift_ + 3 * (depth_ - level);
        const std::uint32_t first = first_bin_of(level) + static_cast<std::uint32_t>(start >> shift);
        const std::uint32_t last = first_bin_of(level) + static_cast<std::uint32_t>((end - 1) >> shift);
        auto bin = std::ranges::lower_bound(bins, first, {}, &Bin::number);
        for (; bin != bins.end() && bin->number <= last; ++bin)
            for (const Chunk& chunk : part_of(chunks_, bin->first_chunk, bin->first_chunk + bin->chunks)) {
                const BgzfRange range{std::max(chunk.begin, from), std::min(chunk.end, to), contig};
                if (range.begin < range.end) ranges.push_back(range);
            }
    }
}

std::vector<BgzfRange> joined(std::vector<BgzfRange> ranges)
{
    std::ranges::sort(ranges, {}, &BgzfRange::begin);
    std::vector<BgzfRange> joined;
    for (const BgzfRange& range : ranges) {
        if (!joined.empty() && (range.begin >> 16) <= (joined.back().end >> 16))
            joined.back().end = std::max(joined.back().end, range.end);
        else
            joined.push_back(range);
    }
    return joined;
}

} // namespace swather
