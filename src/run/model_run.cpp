// SPDX-License-Identifier: MIT
#include "run/model_run.hpp"

#include "base/log.hpp"
#include "base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace swather {

namespace {

// As far as models are looked for.
constexpr int most_ranks = 16'384;

/// "0.113 s", "12 µs": of less than a hundredth of a second, human_seconds says nothing.
std::string short_seconds(double seconds)
{
    if (seconds >= 60) return human_seconds(seconds);
    if (seconds >= 1) return fmt::format("{:.2f} s", seconds);
    if (seconds >= 1e-3) return fmt::format("{:.3g} ms", 1e3 * seconds);
    return fmt::format("{:.3g} µs", 1e6 * seconds);
}

std::string human_rate(double bytes_a_second) { return fmt::format("{:g} GB/s", 1e-9 * bytes_a_second); }

void print_facts(const Work& work, const ModelFacts& facts, const ModelOptions& options)
{
    const double sum = std::accumulate(work.seconds.begin(), work.seconds.end(), 0.0);
    const double dearest = *std::max_element(work.seconds.begin(), work.seconds.end());
    const Index others = facts.blocks - work.measured;
    fmt::print(
        "Modelled, not measured: CPU seconds of single blocks, dealt to ranks as a run deals them.\n\n");
    fmt::print("blocks       {} of {} each, {} to read\n", with_commas(facts.blocks),
               counted(facts.block_size, facts.unit), human_bytes(work.bytes_to_read));
    fmt::print("a block      {} of CPU in the mean, {} the dearest\n",
               short_seconds(sum / static_cast<double>(facts.blocks)), short_seconds(dearest));
    fmt::print("             {} measured: {}{}\n", with_commas(work.measured), facts.seconds_from,
               others > 0 ? fmt::format("; {} by their bytes", with_commas(others)) : "");
    fmt::print("rank 0       {} to plan, measured now; {} to place chunks\n", short_seconds(work.planning),
               short_seconds(work.placing));
    fmt::print("all ranks    {} of gathering in all ({})\n", short_seconds(work.gathering),
               facts.gathering_from);
    fmt::print("network      {} a message, {} from rank 0 (--latency, --bandwidth)\n",
               short_seconds(options.machine.latency), human_rate(options.machine.bandwidth));
    if (options.machine.io_bandwidth)
        fmt::print("files        {} for all ranks together\n", human_rate(*options.machine.io_bandwidth));
    else
        fmt::print("files        keep nobody waiting: no --io-bandwidth was given\n");
    fmt::print("memory       {} a rank at most, {} on rank 0, of any number of ranks\n",
               human_bytes(facts.memory), human_bytes(facts.memory_of_root));
}

void print_table(const Work& work, const ModelOptions& options, Dealing dealing)
{
    const double alone = estimate(work, options.machine, dealing, 1).time();
    fmt::print("\n{:>8}{:>14}{:>12}{:>11}   limit\n", "ranks", "time", "efficiency", "imbalance");
    for (const int ranks : options.ranks) {
        const Estimate of = estimate(work, options.machine, dealing, ranks);
        fmt::print("{:>8}{:>14}{:>10.0f} %{:>11.2f}   {}\n", with_commas(ranks), short_seconds(of.time()),
                   100 * alone / of.time() / ranks, of.imbalance(), of.limit());
    }
}

void print_csv(const Work& work, const ModelFacts& facts, const ModelOptions& options, Dealing dealing)
{
    fmt::print("ranks,time,planning,messages,computing,mean_work,files,gathering,imbalance,limit,memory,"
               "memory_rank_0\n");
    for (const int ranks : options.ranks) {
        const Estimate of = estimate(work, options.machine, dealing, ranks);
        fmt::print("{},{:.6f},{:.6f},{:.6f},{:.6f},{:.6f},{:.6f},{:.6f},{:.3f},{},{:.0f},{:.0f}\n", ranks,
                   of.time(), of.planning, of.messages, of.computing, of.mean_work, of.files, of.gathering,
                   of.imbalance(), of.limit(), facts.memory, facts.memory_of_root);
    }
}

} // namespace

Index chunks_of(const Plan& plan)
{
    Index chunks = 0;
    for (const PlanPart& part : plan.parts()) chunks += (part.cells + part.chunk - 1) / part.chunk;
    return chunks;
}

// Of 51,500 chunks of depth on an EPYC of 2026, rank 0 of 4 and of 8 took 0.26 s of CPU more than each of the
// others; written and verified by one rank they take 20 µs each.
void set_gathering(Work& work, Index chunks, std::optional<double> on_one_rank)
{
    constexpr double placing = 5e-6;
    constexpr double writing = 15e-6;
    const auto count = static_cast<double>(chunks);
    const double all = on_one_rank.value_or((placing + writing) * count);
    work.placing = std::min(all, placing * count);
    work.gathering = all - work.placing;
}

Index middle_block(const std::vector<Block>& blocks)
{
    std::vector<double> costs;
    for (const Block& block : blocks) costs.push_back(cost_of(block));
    const auto order = dearest_first(costs);
    double rest = std::accumulate(costs.begin(), costs.end(), 0.0) / 2;
    for (const std::size_t number : order) {
        rest -= costs[number];
        if (rest <= 0) return blocks[number].id;
    }
    return blocks[order.back()].id;
}

void warn_of_timings(const std::string& path, const Work& work, std::span<const BlockTiming> measured)
{
    if (work.measured == 0 && !work.costs.empty())
        spdlog::warn(
            "'{}' has no block of this plan: it is of another input, or of other options; seconds are "
            "by bytes alone",
            path);
    const auto is_of_another_rank = [](const BlockTiming& one) { return one.rank > 0; };
    if (std::any_of(measured.begin(), measured.end(), is_of_another_rank))
        spdlog::warn("'{}' is of a run on several ranks, which kept each other waiting for memory: one rank "
                     "alone tells more",
                     path);
}

void print_model(const Work& work, const ModelFacts& facts, const ModelOptions& options, Dealing dealing)
{
    if (options.as_csv) return print_csv(work, facts, options, dealing);
    if (facts.blocks == 0) return fmt::print("blocks       none: there is nothing to compute\n");
    print_facts(work, facts, options);
    print_table(work, options, dealing);
    const int most = std::max(most_ranks, *std::max_element(options.ranks.begin(), options.ranks.end()));
    const int enough = enough_ranks(work, options.machine, dealing, most);
    if (enough == most)
        fmt::print("\nUp to {}, more of them help.\n", counted(most, "rank"));
    else
        fmt::print(
            "\nMore than {} do not help: on so many it takes {}, and on any number no twentieth less.\n",
            counted(enough, "rank"), short_seconds(estimate(work, options.machine, dealing, enough).time()));
    fmt::print("Not in it: starting the ranks, and whatever else they would wait for.\n");
}

} // namespace swather
