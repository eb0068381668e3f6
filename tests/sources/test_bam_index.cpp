// SPDX-License-Identifier: MIT
#include "sources/bam_index.hpp"
#include "support/bam_samples.hpp"

#include <functional>

using namespace swather;

namespace {

using HtsIndex = std::unique_ptr<hts_idx_t, Closer<hts_idx_destroy>>;
using HtsIterator = std::unique_ptr<hts_itr_t, Closer<hts_itr_destroy>>;

const std::vector<BamSample>& samples()
{
    constexpr Index million = 1'000'000;
    static const std::vector<BamSample> all{
        {.name = "deep", .contigs = {100'000}, .reads = 20'000, .longest_skip = 50'000, .unplaced = 10},
        {.name = "sparse",
         .contigs = {90 * million, 0, 300 * million, 1},
         .reads = 6'000,
         .longest_skip = 20 * million,
         .unmapped = 20},
        {.name = "alternating",
         .contigs = {400'000, 400'000},
         .reads = 8'000,
         .unmapped = 2,
         .unplaced = 500},
        {.name = "many", .contigs = std::vector<Index>(3'000, 500), .reads = 4'000, .unplaced = 1},
        {.name = "unplaced", .contigs = {1'000, 2'000}, .unplaced = 30},
        {.name = "empty", .contigs = {1'000}},
        {.name = "no_contigs", .contigs = {}},
    };
    return all;
}

const BamSample long_contigs{.name = "long",
                             .contigs = {2'000'000'000, 700'000'000, 5'000},
                             .reads = 6'000,
                             .longest_skip = 100'000'000,
                             .unmapped = 50,
                             .unplaced = 3};

/// Asks both indexes for many regions.
void compare(const std::string& bam, const std::string& path, const std::vector<Index>& lengths,
             Random& random)
{
    SCOPED_TRACE(path);
    const HtsFile file(hts_open(bam.c_str(), "r"));
    const HtsIndex reference(sam_index_load3(file.get(), bam.c_str(), path.c_str(), 0));
    ASSERT_TRUE(reference);
    const BamIndex index(path, bam);
    ASSERT_EQ(index.contigs(), hts_idx_nseq(reference.get()));
    ASSERT_EQ(index.contigs(), std::ssize(lengths));

    for (Index i = 0; i < (lengths.empty() ? 0 : 1'000); ++i) {
        const Index contig = uniform(random, 0, std::ssize(lengths) - 1);
        const Index length = std::max<Index>(lengths[static_cast<std::size_t>(contig)], 1);
        const Index size = i % 50 == 0 ? length : any_size(random, length);
        Index start = uniform(random, 0, length - size);
        if (i % 3 == 0) start &= ~Index{(1 << 14) - 1};
        Index end = std::min(start + size, length);
        if (i % 20 == 1) end = 3'000'000'000; // behind the contig, and all that a .bai can tell
        if (i % 100 == 1) start = 2'900'000'000;
        const HtsIterator reads(sam_itr_queryi(reference.get(), static_cast<int>(contig), start, end));
        std::vector<std::pair<std::uint64_t, std::uint64_t>> expected;
        for (int k = 0; reads && k < reads->n_off; ++k)
            if (reads->off[k].u < reads->off[k].v) expected.emplace_back(reads->off[k].u, reads->off[k].v);
        std::vector<BgzfRange> ranges;
        index.append_ranges(contig, start, end, ranges);
        std::vector<std::pair<std::uint64_t, std::uint64_t>> got;
        for (const BgzfRange& range : joined(std::move(ranges))) {
            EXPECT_EQ(range.contig, contig);
            got.emplace_back(range.begin, range.end);
        }
        ASSERT_EQ(got, expected) << "contig " << contig << ": " << start << " to " << end;
    }
}

/// The first and the last offset of placed reads, as htslib tells; 0 and 0 where no read is placed.
std::pair<std::uint64_t, std::uint64_t> placed_of(const std::string& bam, const std::string& path)
{
    const HtsFile file(hts_open(bam.c_str(), "r"));
    const HtsIndex index(sam_index_load3(file.get(), bam.c_str(), path.c_str(), 0));
    const HtsIterator first(sam_itr_queryi(index.get(), HTS_IDX_START, 0, 0));
    const HtsIterator unplaced(sam_itr_queryi(index.get(), HTS_IDX_NOCOOR, 0, 0));
    return {first ? first->curr_off : 0, unplaced ? unplaced->curr_off : 0};
}

} // namespace

TEST_F(BamIndexTest, FindsTheRangesThatHtslibFinds)
{
    for (const BamSample& sample : samples()) {
        const std::string bam = bam_of(sample);
        for (const int window_shift : {0, 14, 8, 17}) {
            const std::string path = index_of(bam, window_shift);
            compare(bam, path, sample.contigs, random_);
        }
    }
}

TEST_F(BamIndexTest, FindsThemOnLongContigs)
{
    const std::string bam = bam_of(long_contigs);
    for (const int window_shift : {14, 12, 20})
        compare(bam, index_of(bam, window_shift), long_contigs.contigs, random_);
}

TEST_F(BamIndexTest, KnowsWherePlacedReadsBeginAndEnd)
{
    for (const BamSample& sample : samples()) {
        const std::string bam = bam_of(sample);
        for (const int window_shift : {0, 14}) {
            const std::string path = index_of(bam, window_shift);
            const auto placed = BamIndex(path, bam).placed();
            EXPECT_EQ(placed.has_value(), sample.reads > 0) << path;
            if (!placed) continue;
            EXPECT_EQ(std::pair(placed->begin, placed->end), placed_of(bam, path)) << path;
        }
    }
}

TEST_F(BamIndexTest, ReadsWhatOtherProgramsWrite)
{
    using Change = std::function<void(Bai&)>;
    const auto each_contig = [](auto change) -> Change {
        return [change](Bai& bai) { std::ranges::for_each(bai.contigs, change); };
    };
    const std::pair<const char*, Change> changes[] = {
        {"no pseudo-bins", each_contig([](Bai::Contig& contig) {
             std::erase_if(contig.bins, [](const Bai::Bin& bin) { return bin.number == Bai::pseudo_bin; });
         })},
        {"bins in order",
         each_contig([](Bai::Contig& contig) { std::ranges::sort(contig.bins, {}, &Bai::Bin::number); })},
        {"no number of unplaced reads", [](Bai& bai) { bai.unplaced.clear(); }},
        {"empty bins", each_contig([](Bai::Contig& contig) {
             for (const std::uint32_t number : {4681U, 4690U, 9U, 37'448U})
                 if (std::ranges::find(contig.bins, number, &Bai::Bin::number) == contig.bins.end())
                     contig.bins.push_back({number, {}});
         })},
        {"half of the windows",
         each_contig([](Bai::Contig& contig) { contig.windows.resize(contig.windows.size() / 2); })},
        {"no windows", each_contig([](Bai::Contig& contig) { contig.windows.clear(); })},
        {"windows without reads are 0", each_contig([](Bai::Contig& contig) {
             auto& windows = contig.windows;
             for (std::size_t i = 0; i + 1 < windows.size(); ++i)
                 if (windows[i] == windows[i + 1]) windows[i] = 0;
         })},
        {"the first reads are in no window", each_contig([](Bai::Contig& contig) {
             std::fill_n(contig.windows.begin(), contig.windows.size() / 2, 0);
         })},
        {"windows without reads are all ones", each_contig([](Bai::Contig& contig) {
             auto& windows = contig.windows;
             for (std::size_t i = 0; i + 1 < windows.size(); ++i)
                 if (windows[i] == windows[i + 1]) windows[i] = ~std::uint64_t{0};
         })},
    };
    for (const BamSample& sample : samples()) {
        const std::string bam = bam_of(sample);
        const Bai good = Bai::read(index_of(bam, 0));
        for (const auto& [name, change] : changes) {
            Bai changed = good;
            change(changed);
            compare(bam, file_of(sample.name + " " + name + ".bai", changed.bytes()), sample.contigs,
                    random_);
        }
    }
}
