// SPDX-License-Identifier: MIT
#pragma once

#include "base/stop.hpp"
#include "base/stopwatch.hpp"
#include "run/forecast.hpp"
#include "run/scaling_model.hpp"

#include <limits>

namespace swather {

namespace detail {
template <class T>
Index datasets(const DenseOutput<T>&)
{
    return 1;
}
template <class T>
Index datasets(const std::vector<DenseOutput<T>>& outputs)
{
    return std::ssize(outputs);
}
template <class Output>
Index datasets(const Output&)
{
    return 0;
}
} // namespace detail

/// Local. The datasets of a kernel that have the cells of the domain.
template <class... Outputs>
Index dense_datasets(const std::tuple<Outputs...>& outputs)
{
    return std::apply([](const auto&... output) { return (Index{0} + ... + detail::datasets(output)); },
                      outputs);
}

/// Local. The chunks of a dataset of all cells.
Index chunks_of(const Plan& plan);
/// Local. Sets what gathering takes of an output with so many chunks: to place them in the file, which is
/// root's, and to copy and verify them, which all ranks do. `on_one_rank`: seconds of all of it there; none:
/// by the chunks.
void set_gathering(Work& work, Index chunks, std::optional<double> on_one_rank);
/// Local. The id of the block than which dearer blocks have half of the cost of all: those that a sample
/// without reads has are many, but tell little. `blocks`: not empty.
Index middle_block(const std::vector<Block>& blocks);

/// Local. Warns where timings from a file tell little of this work: of another plan, or of many ranks.
void warn_of_timings(const std::string& path, const Work& work, std::span<const BlockTiming> measured);

/// What is printed of a model, beside its figures.
struct ModelFacts {
    Index blocks = 0;
    Index block_size = 0;
    std::string unit;           ///< of the domain
    std::string seconds_from;   ///< where the seconds of blocks are from
    std::string gathering_from; ///< the same of the gathering
    double memory = 0;          ///< of a rank, in bytes
    double memory_of_root = 0;
};

/// Local. Prints, on stdout, what a run would take on each of the numbers of ranks, and how many are enough.
void print_model(const Work& work, const ModelFacts& facts, const ModelOptions& options, Dealing dealing);

/// Local. What one block takes, by doing it: of two times the lesser. Nothing is kept.
template <Source S, Kernel K>
BlockTiming time_block(S& source, const K& kernel, const Plan& plan, const RunOptions& options, Index id)
{
    const Descriptor descriptor = source.describe(plan.block(id));
    const Block& block = descriptor.block;
    BlockTiming least{.block = id,
                      .cells = block.core.size(),
                      .bytes = block.cost,
                      .cpu = std::numeric_limits<double>::infinity()};
    Encoder encode{plan, options.compress};
    for (int trial = 0; trial < 2; ++trial) { // the first one pays for pages and tables that all others have
        double seconds = 0;
        {
            const CpuStopwatch stopwatch{seconds};
            const Payload payload = encode(block, kernel(source.read(descriptor)));
            least.stored = static_cast<double>(payload.body.size());
        }
        least.cpu = std::min(least.cpu, seconds);
    }
    return least;
}

/// Local. On root, when the inputs are surveyed, which took `planning` seconds of CPU: prints what a run
/// would take on other numbers of ranks. What a block takes is from a file, or from a block of middle cost,
/// which is tried now.
template <Source S, Kernel K>
void model_run(S& source, const K& kernel, const Plan& plan, const RunOptions& options, double planning)
{
    const ModelOptions& wanted = *options.model;
    std::vector<Block> blocks;
    double bytes_of_descriptors = 0;
    {
        const CpuStopwatch describing{planning};
        for (Index id = 0; id < plan.size(); ++id) {
            throw_if_stopped();
            const Descriptor descriptor = source.describe(plan.block(id));
            blocks.push_back(descriptor.block);
            bytes_of_descriptors += static_cast<double>(sizeof descriptor.block + descriptor.where.size());
        }
    }
    const Forecast forecast = forecast_of(plan, source, kernel, options);
    ModelFacts facts{.blocks = plan.size(),
                     .block_size = plan.block_size(),
                     .unit = source.domain().unit(),
                     .seconds_from = wanted.per_block,
                     .gathering_from = "--gathering",
                     .memory = forecast.memory(),
                     .memory_of_root = forecast.memory_of_root()};
    std::vector<BlockTiming> measured;
    if (!wanted.per_block.empty()) {
        measured = read_block_timings(wanted.per_block);
    } else if (!blocks.empty()) {
        const Index middle = middle_block(blocks);
        measured.push_back(time_block(source, kernel, plan, options, middle));
        facts.seconds_from = fmt::format("block {} ({}), tried now", middle,
                                         label_of(source, blocks[static_cast<std::size_t>(middle)]));
    }
    Work work = work_of(blocks, measured);
    if (!wanted.per_block.empty()) warn_of_timings(wanted.per_block, work, measured);
    const auto passes = static_cast<double>(passes_of(kernel)); // what scouts takes as long as what computes
    for (double& seconds : work.seconds) seconds *= passes;
    work.bytes_to_read *= passes;
    work.planning = planning;
    work.bytes_of_descriptors = bytes_of_descriptors;
    const Index chunks = dense_datasets(kernel.outputs()) * chunks_of(plan);
    set_gathering(work, chunks, wanted.gathering);
    if (!wanted.gathering)
        facts.gathering_from =
            chunks > 0 ? counted(chunks, "chunk") : "groups and rows are not modelled: --gathering tells";
    print_model(work, facts, wanted, options.dealing);
}

} // namespace swather
