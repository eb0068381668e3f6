// SPDX-License-Identifier: MIT
#pragma once

#include "base/hash.hpp"
#include "base/stop.hpp"
#include "base/stopwatch.hpp"
#include "base/units.hpp"
#include "output/encode.hpp"
#include "results/kernel.hpp"
#include "run/options.hpp"
#include "run/samples.hpp"
#include "sources/source.hpp"

#include <algorithm>
#include <cstdio>
#include <limits>

namespace swather {

namespace detail {
template <class T>
double bytes_per_element(const DenseOutput<T>& output)
{
    return static_cast<double>(sizeof(T)) * static_cast<double>(output.depth());
}
template <class T>
double bytes_per_element(const std::vector<DenseOutput<T>>& outputs)
{
    double bytes = 0;
    for (const DenseOutput<T>& output : outputs) bytes += bytes_per_element(output);
    return bytes;
}
template <class S>
double bytes_per_element(const ScalarOutput<S>&)
{
    return 0;
}
inline double bytes_per_element(const RowsOutput& output) { return output.bytes_per_element; }
// Groups take no more than the rows of which they are.
inline double bytes_per_element(const KeyedOutput&) { return 1; }
// Tables beside what there is of each element take little.
inline double bytes_per_element(const std::vector<KeyedOutput>&) { return 0; }

template <class Output>
double dense_bytes(const Output&)
{
    return 0;
}
template <class T>
double dense_bytes(const DenseOutput<T>& output)
{
    return bytes_per_element(output);
}
template <class T>
double dense_bytes(const std::vector<DenseOutput<T>>& outputs)
{
    double most = 0;
    for (const DenseOutput<T>& output : outputs) most = std::max(most, dense_bytes(output));
    return most;
}

template <class Output>
double range_bytes(const Output&)
{
    return 0;
}
inline double range_bytes(const RowsOutput&) { return std::numeric_limits<double>::infinity(); }
inline double range_bytes(const KeyedOutput& output) { return output.range_bytes; }
inline double range_bytes(const std::vector<KeyedOutput>& outputs)
{
    double most = 0;
    for (const KeyedOutput& output : outputs) most = std::max(most, output.range_bytes);
    return most;
}
} // namespace detail

/// Local. Bytes of results that a kernel makes for each element of the domain.
template <class... Outputs>
double bytes_per_element(const std::tuple<Outputs...>& outputs)
{
    return std::apply([](const auto&... output) { return (0.0 + ... + detail::bytes_per_element(output)); },
                      outputs);
}

/// Local. Bytes of an element in the largest of a kernel's Dense outputs.
template <class... Outputs>
double dense_bytes(const std::tuple<Outputs...>& outputs)
{
    return std::apply(
        [](const auto&... output) {
            return std::max({0.0, detail::dense_bytes(output)...});
        },
        outputs);
}

/// Local. Bytes of groups that a kernel's outputs let a rank merge at a time.
template <class... Outputs>
double range_bytes(const std::tuple<Outputs...>& outputs)
{
    return std::apply(
        [](const auto&... output) {
            return std::max({0.0, detail::range_bytes(output)...});
        },
        outputs);
}

/// Local. Bytes that a kernel needs while it computes so many elements; a kernel that needs many tells.
template <Kernel K>
double working_bytes(const K& kernel, Index elements)
{
    if constexpr (requires { kernel.working_bytes(elements); }) return kernel.working_bytes(elements);
    return 0;
}

/// Local. Bytes that a kernel has from the beginning; one that has many tells.
template <Kernel K>
double held_bytes(const K& kernel)
{
    if constexpr (requires { kernel.held_bytes(); }) return kernel.held_bytes();
    return 0;
}

/// Local. On root, when the inputs are surveyed: bytes of the tables that a kernel makes of the regions that
/// the source was asked for.
template <Source S, Kernel K>
double bytes_of_regions(const S& source, const K& kernel)
{
    if constexpr (requires { kernel.bytes_of_regions(source.regions()); })
        return kernel.bytes_of_regions(source.regions());
    return 0;
}

/// What a plan will take, before it is begun. All is local, and of use on root.
class Forecast {
public:
    /// To be made when the inputs are surveyed. `working_bytes`: of memory while a block is computed,
    /// beside its results, `held_bytes`: that the kernel has all the time. `source_memory`: bytes that
    /// reading one block takes. `gathering_memory`: that a rank needs when all blocks are computed.
    /// `table_bytes`: of results beside those of each element. `chunk_bytes`: of the largest chunk.
    Forecast(const Plan& plan, double bytes_per_cell, double working_bytes, double held_bytes,
             double source_memory, double gathering_memory, double table_bytes, double chunk_bytes);

    /// Local. Bytes that a rank will use at most.
    [[nodiscard]] double memory() const;
    /// Local. The same of root, which has the headers and indexes of the inputs too.
    [[nodiscard]] double memory_of_root() const;
    /// Local. Whether all ranks can do with the memory that was given.
    [[nodiscard]] bool fits(const RunOptions& options) const
    {
        return !options.memory || memory_of_root() <= static_cast<double>(*options.memory);
    }
    /// Local. `Exit::usage` where the options cannot be met: too little memory, a block that is not there.
    /// `unit`: the domain's.
    void check(const RunOptions& options, const std::string& unit) const;

    /// Local. Prints blocks, cost and memory of each rank, and size of the output, on stdout; blocks are read
    /// in so many passes.
    template <Source S>
    void print(S& source, Index passes, int ranks, Dealing dealing) const
    {
        std::vector<Block> blocks;
        for (Index id = 0; id < plan_.size(); ++id) {
            throw_if_stopped();
            blocks.push_back(source.describe(plan_.block(id)).block);
        }
        print(blocks, source.domain().unit(), passes, ranks, dealing);
    }

private:
    void print(const std::vector<Block>& blocks, const std::string& unit, Index passes, int ranks,
               Dealing dealing) const;
    [[nodiscard]] double memory_of_work() const;

    Plan plan_;
    double bytes_per_cell_;
    double working_bytes_;
    double held_bytes_;
    double source_memory_;
    double gathering_memory_;
    double table_bytes_;
    double chunk_bytes_;
    double used_; ///< of memory by this rank, so far
};

/// Local. On root, when the inputs are surveyed: what a plan of them will take.
template <Source S, Kernel K>
Forecast forecast_of(const Plan& plan, const S& source, const K& kernel, const RunOptions& options)
{
    const Index width = source.domain().width();
    const double tables = bytes_of_regions(source, kernel);
    const double tables_of_block = tables * static_cast<double>(plan.block_size()) /
                                   static_cast<double>(std::max<Index>(plan.cells(), 1));
    // Of a small table, the groups are no range.
    const auto outputs = kernel.outputs();
    double groups = GroupingKernel<K> ? working_bytes(kernel, width * plan.cells()) : tables;
    // A packed row is a few bytes, its cells some ten times as many.
    if constexpr (RowsKernel<K>)
        groups += 10 * bytes_per_element(outputs) * static_cast<double>(width * plan.cells());
    const double range = std::min({options.assembly().range_bytes, range_bytes(outputs), groups});
    const double gathering =
        AssemblyOptions::copies_of_a_range * range + std::min(AssemblyOptions::bytes_of_texts, range);
    return {plan,
            static_cast<double>(width) * bytes_per_element(outputs),
            working_bytes(kernel, width * plan.block_size()) + 2 * tables_of_block,
            held_bytes(kernel),
            source.memory(),
            gathering,
            tables,
            static_cast<double>(width * plan.chunk()) * dense_bytes(outputs)};
}

/// Local. Reads and computes one block, and prints on stdout what came out of it; writes nothing.
template <Source S, Kernel K>
void try_block(S& source, const K& kernel, const Plan& plan, const RunOptions& options)
{
    const Descriptor descriptor = source.describe(plan.block(*options.only_block));
    const Block& block = descriptor.block;
    double seconds = 0;
    const auto results = timed(seconds, [&] { return kernel(source.read(descriptor)); });
    const Payload payload = Encoder{plan, options.compress}(block, results);
    fmt::print("block    {} of {}: {}\n", block.id, plan.size(), label_of(source, block));
    fmt::print("cost     {:.0f} bytes to read\n", block.cost);
    Bytes stored = payload.head; // what is small is there alone
    append(stored, payload.body);
    fmt::print("results  {} bytes, XXH3 {:016x}\n", stored.size(), hash_of(stored));
    fmt::print("time     {:.3f} s, {:.3f} of them reading\n", seconds, source.seconds_reading());
}

/// Local. Size of a file in words, or "unknown size".
std::string human_size_of(const std::string& path);

} // namespace swather
