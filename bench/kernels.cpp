// SPDX-License-Identifier: MIT
// Speed of the parts that run for every block. Each benchmark checks its answer before it is timed.
#include "base/memory.hpp"
#include "kernels/coverage.hpp"
#include "mpi/environment.hpp"
#include "output/encode.hpp"
#include "run/schedule.hpp"

#include <benchmark/benchmark.h>

#include <numeric>
#include <random>

using namespace swather;

namespace {

constexpr Index cells = 262'144;
constexpr Index read_length = 150;

/// Reads of one block in the order of their start, as a BAM of `depth`-fold coverage has them, a few with a
/// deletion.
class Pile {
public:
    explicit Pile(Index depth)
    {
        std::mt19937_64 random(1);
        starts_.resize(static_cast<std::size_t>(cells * depth / read_length));
        for (Index& start : starts_) start = static_cast<Index>(random() % (cells - read_length));
        std::sort(starts_.begin(), starts_.end());
        for (const Index start : starts_)
            reads_.push_back({.start = start,
                              .end = start + read_length + (start % 50 == 0 ? 3 : 0),
                              .clip = {0, cells},
                              .flag = 0,
                              .mapq = 60,
                              .cigar = start % 50 == 0 ? std::span<const Cigar>(with_deletion_)
                                                       : std::span<const Cigar>(plain_),
                              .qualities = {}});
    }

    [[nodiscard]] ReadsView view() const
    {
        return {{0, cells}, {{{0, {0, cells}, 0}}}, [rest = std::span<const Read>(reads_)]() mutable {
                    const auto batch = rest.first(std::min<std::size_t>(rest.size(), 2048));
                    rest = rest.subspan(batch.size());
                    return batch;
                }};
    }

    [[nodiscard]] std::size_t size() const { return reads_.size(); }
    [[nodiscard]] Index aligned_bases() const { return static_cast<Index>(reads_.size()) * read_length; }

private:
    static Cigar run(Index length, CigarOperation operation)
    {
        return Cigar(static_cast<std::uint32_t>(length) << 4 | static_cast<std::uint32_t>(operation));
    }

    std::vector<Cigar> plain_{run(read_length, CigarOperation::match)};
    // As many aligned bases as `plain_`, so that the sum of all depths is known.
    std::vector<Cigar> with_deletion_{run(70, CigarOperation::match), run(3, CigarOperation::deletion),
                                      run(read_length - 70, CigarOperation::match)};
    std::vector<Index> starts_;
    std::vector<Read> reads_;
};

void coverage_kernel(benchmark::State& state)
{
    const Pile pile(state.range(0));
    const Coverage kernel({});
    const auto [depth, bases, tables, summary] = kernel(pile.view());
    // A read whose deletion pushes its end over the border loses up to 3 bases.
    const Index sum = std::accumulate(depth.at(0).cells.begin(), depth.at(0).cells.end(), Index{0});
    if (sum > pile.aligned_bases() || sum < pile.aligned_bases() - 30)
        return state.SkipWithError("wrong depth");
    for (auto _ : state) benchmark::DoNotOptimize(kernel(pile.view()));
    state.SetItemsProcessed(state.iterations() * static_cast<Index>(pile.size()));
    state.SetLabel("reads");
}
BENCHMARK(coverage_kernel)->Arg(0)->Arg(1)->Arg(30)->Arg(1000)->Unit(benchmark::kMillisecond);

void encode_block(benchmark::State& state)
{
    const Plan plan = split(cells, cells, 0);
    const auto results = std::tuple(std::get<0>(Coverage({})(Pile(30).view())));
    Encoder encode(plan, static_cast<int>(state.range(0)));
    const Payload payload = encode(plan.block(0), results);
    const auto chunks = BytesReader(part_of(payload.head, 0).head).get_vector<EncodedChunk>();
    if (chunks.size() != 1 || chunks[0].hash != hash_of(payload.body))
        return state.SkipWithError("wrong chunk");
    for (auto _ : state) benchmark::DoNotOptimize(encode(plan.block(0), results));
    state.SetBytesProcessed(state.iterations() * cells * 4);
    state.counters["ratio"] = static_cast<double>(cells) * 4 / static_cast<double>(payload.body.size());
}
BENCHMARK(encode_block)->Arg(0)->Arg(1)->Arg(4)->Arg(6)->Arg(9)->Unit(benchmark::kMillisecond);

void split_genome(benchmark::State& state)
{
    // A human genome in blocks of the default size, every block and its piece.
    ConcatAxis axis;
    for (int contig = 0; contig < 25; ++contig) axis.append("chr", 0, 124'000'000, 124'000'000);
    const Plan plan = split(axis.size(), cells, 0);
    Index covered = 0;
    for (Index id = 0; id < plan.size(); ++id)
        for (const Piece& piece : axis.pieces(plan.block(id).core)) covered += piece.cells.size();
    if (covered != axis.size()) return state.SkipWithError("blocks do not tile the genome");
    for (auto _ : state)
        for (Index id = 0; id < plan.size(); ++id) benchmark::DoNotOptimize(axis.pieces(plan.block(id).core));
    state.SetItemsProcessed(state.iterations() * plan.size());
    state.SetLabel("blocks");
}
BENCHMARK(split_genome)->Unit(benchmark::kMillisecond);

void schedule_blocks(benchmark::State& state)
{
    std::vector<double> costs(static_cast<std::size_t>(state.range(0)));
    std::mt19937_64 random(1);
    for (double& cost : costs) cost = static_cast<double>(random() % 1'000'000);
    const auto ranks = static_cast<int>(state.range(1));
    if (assign(costs, ranks).size() != costs.size()) return state.SkipWithError("blocks are missing");
    for (auto _ : state) benchmark::DoNotOptimize(assign(costs, ranks));
    state.SetItemsProcessed(state.iterations() * state.range(0));
    state.SetLabel("blocks");
}
BENCHMARK(schedule_blocks)->Args({12'000, 64})->Args({1'000'000, 10'000})->Unit(benchmark::kMillisecond);

} // namespace

/// As benchmark's own, and first what swather does: MPI, which the journal wants, memory that is kept.
int main(int argc, char** argv)
{
    keep_freed_memory();
    const Environment environment(argc, argv);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
