// SPDX-License-Identifier: MIT
#include "sources/bigwig_writer.hpp"

#include "base/error.hpp"
#include "base/units.hpp"

// What is remote to the library is of no use here.
#define NOCURL
#include <bigWig.h>
extern "C" { // which this one does not say
#include <bwCommon.h>
}

#include <algorithm>
#include <cerrno>
#include <limits>

namespace swather {

namespace {

// The names of more contigs would lie in several leaves of a tree, which readers search as if it was sorted.
constexpr std::size_t most_contigs = 0x7fff;
constexpr Index longest_contig = std::numeric_limits<std::uint32_t>::max();
constexpr int zoom_levels = 10;
// Of the finest level, each of 32 bytes; the library makes it of 4 · 4 runs of mean length.
constexpr Index most_zoom_bins = 1 << 21;
constexpr Index runs_of_zoom_bin = 16;

} // namespace

struct BigwigWriter::Handle {
    bigWigFile_t* file = nullptr;

    explicit Handle(const std::string& path)
        : file(bwOpen(path.c_str(), nullptr, "w"))
    {
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle()
    {
        if (!file) return;
        file->isWrite = 0; // bwClose() would complete it, and tell nobody how that went
        bwClose(file);
    }

    [[nodiscard]] std::FILE* stream() const { return file->URL->x.fp; }
};

BigwigWriter::BigwigWriter(const std::string& path, const std::vector<Contig>& contigs)
    : whole_(path)
    , handle_(std::make_unique<Handle>(whole_.file().path()))
{
    if (!handle_->file) throw failed();
    make_header(contigs);
}

BigwigWriter::~BigwigWriter() = default;

void BigwigWriter::make_header(const std::vector<Contig>& contigs)
{
    std::vector<const char*> names;
    std::vector<std::uint32_t> lengths;
    for (const Contig& contig : contigs) {
        if (contig.length == 0) continue;
        if (contig.length > longest_contig)
            throw Error(Exit::bad_data, "the contig '{}' of {} positions is too long for a bigWig",
                        contig.name, with_commas(contig.length));
        names.push_back(contig.name.c_str());
        lengths.push_back(static_cast<std::uint32_t>(contig.length));
    }
    if (names.empty())
        throw Error(Exit::bad_data, "there are no positions of which '{}' could tell", whole_.path());
    if (names.size() > most_contigs)
        throw Error(Exit::bad_data, "{} contigs are too many for a bigWig, which takes {}",
                    with_commas(std::ssize(names)), with_commas(most_contigs))
            .remedy("take --bedgraph");
    errno = 0;
    if (bwCreateHdr(handle_->file, zoom_levels) != 0) throw failed();
    handle_->file->cl = bwCreateChromList(names.data(), lengths.data(), std::ssize(names));
    if (!handle_->file->cl || bwWriteHdr(handle_->file) != 0) throw failed();
}

void BigwigWriter::begin(const Segment& segment, bool /*has_reads*/)
{
    if (segment.contig == contig_) return;
    contig_ = segment.contig;
    is_new_ = true;
}

void BigwigWriter::add(std::span<const DepthRun> runs)
{
    starts_.clear();
    ends_.clear();
    depths_.clear();
    for (const DepthRun& run : runs) {
        starts_.push_back(static_cast<std::uint32_t>(run.start));
        ends_.push_back(static_cast<std::uint32_t>(run.end));
        depths_.push_back(static_cast<float>(run.depth));
        const auto depth = static_cast<double>(depths_.back());
        const auto size = static_cast<double>(run.size());
        min_ = positions_ == 0 ? depth : std::min(min_, depth);
        max_ = std::max(max_, depth);
        sum_ += size * depth;
        sum_of_squares_ += size * depth * depth;
        positions_ += run.size();
    }
    errno = 0;
    std::uint32_t done = 0;
    if (is_new_) {
        const char* contig = contig_.c_str();
        if (bwAddIntervals(handle_->file, &contig, starts_.data(), ends_.data(), depths_.data(), 1) != 0)
            throw failed();
        is_new_ = false;
        done = 1;
    }
    const auto left = static_cast<std::uint32_t>(runs.size()) - done;
    if (bwAppendIntervals(handle_->file, starts_.data() + done, ends_.data() + done, depths_.data() + done,
                          left) != 0)
        throw failed();
    // It does not look at what its own calls for writing say.
    if (std::ferror(handle_->stream()) != 0) throw failed();
}

/// The library takes 16 runs of mean length for the finest level of zoom: so many of them may take all
/// memory.
void BigwigWriter::coarsen_zoom()
{
    bwWriteBuffer_t& buffer = *handle_->file->writeBuffer;
    const Index mean = positions_ / (runs_of_zoom_bin * most_zoom_bins) + 1;
    buffer.runningWidthSum =
        std::max(buffer.runningWidthSum, buffer.nEntries * static_cast<std::uint64_t>(mean));
}

void BigwigWriter::finish()
{
    // The library adds up floats, and takes no value but the first for the largest of them.
    bigWigHdr_t& header = *handle_->file->hdr;
    header.minVal = min_;
    header.maxVal = max_;
    header.sumData = sum_;
    header.sumSquared = sum_of_squares_;
    coarsen_zoom();
    errno = 0;
    const bool is_done = bwFinalize(handle_->file) == 0 && std::fflush(handle_->stream()) == 0 &&
                         std::ferror(handle_->stream()) == 0;
    if (!is_done) {
        handle_->file = nullptr; // half made, it cannot be taken apart
        throw failed();
    }
    handle_.reset();
    check();
}

/// Reads its header, contigs and index again.
void BigwigWriter::check()
{
    bigWigFile_t* file = bwOpen(whole_.file().path().c_str(), nullptr, "r");
    const bool is_same = file && static_cast<Index>(file->hdr->nBasesCovered) == positions_ &&
                         file->hdr->maxVal == max_ && file->idx;
    bwClose(file);
    if (!is_same) throw Error(Exit::io, "'{}' does not read as it was written", whole_.path());
}

void BigwigWriter::publish() { whole_.publish(); }

Error BigwigWriter::failed() const
{
    return system_error(Exit::io, errno == 0 ? EIO : errno, "write", whole_.path());
}

} // namespace swather
