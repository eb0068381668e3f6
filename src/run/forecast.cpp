// SPDX-License-Identifier: MIT
#include "run/forecast.hpp"

#include "run/schedule.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numeric>

namespace swather {

namespace {

// A block is there as results, padded and shuffled by chunk, and encoded.
constexpr double copies_of_a_block = 3;

/// The most memory, in bytes, that this process has had so far. getrusage would count that of the process
/// from which it was started, too.
double peak_memory()
{
    std::ifstream status("/proc/self/status");
    for (std::string name; status >> name; status.ignore(std::numeric_limits<std::streamsize>::max(), '\n'))
        if (double kib = 0; name == "VmHWM:" && status >> kib) return 1024 * kib;
    return 0;
}

/// The work of each rank where blocks are dealt beforehand.
std::string work_beforehand(const std::vector<double>& costs, int ranks)
{
    std::vector<double> of_rank(static_cast<std::size_t>(ranks));
    const auto rank_of = assign(costs, ranks);
    for (std::size_t i = 0; i < costs.size(); ++i) of_rank[static_cast<std::size_t>(rank_of[i])] += costs[i];
    const double mean = std::accumulate(of_rank.begin(), of_rank.end(), 0.0) / ranks;
    const auto [least, most] = std::minmax_element(of_rank.begin(), of_rank.end());
    return fmt::format("work of {} to {} each, max/mean {:.2f}", human_bytes(*least), human_bytes(*most),
                       mean > 0 ? *most / mean : 1.0);
}

/// Of blocks that are dealt on demand, nobody knows beforehand which rank gets how many.
std::string work_on_demand(const std::vector<double>& costs)
{
    const double dearest = costs.empty() ? 0 : *std::max_element(costs.begin(), costs.end());
    return fmt::format("work of {} in all, dealt on demand, {} in the dearest block",
                       human_bytes(std::accumulate(costs.begin(), costs.end(), 0.0)), human_bytes(dearest));
}

} // namespace

Forecast::Forecast(const Plan& plan, double bytes_per_cell, double working_bytes, double held_bytes,
                   double source_memory, double gathering_memory, double table_bytes, double chunk_bytes)
    : plan_(plan)
    , bytes_per_cell_(bytes_per_cell)
    , working_bytes_(working_bytes)
    , held_bytes_(held_bytes)
    , source_memory_(source_memory)
    , gathering_memory_(gathering_memory)
    , table_bytes_(table_bytes)
    , chunk_bytes_(chunk_bytes)
    , used_(peak_memory())
{
}

double Forecast::memory_of_work() const
{
    return source_memory_ + working_bytes_ +
           copies_of_a_block * bytes_per_cell_ * static_cast<double>(plan_.block_size());
}

double Forecast::memory() const
{
    return process_memory + held_bytes_ + std::max(memory_of_work(), gathering_memory_);
}

double Forecast::memory_of_root() const
{
    // What the survey took is free again when the results are gathered; what the kernel has is in it.
    return std::max(std::max(process_memory + held_bytes_, used_) + memory_of_work(), memory());
}

void Forecast::check(const RunOptions& options, const std::string& unit) const
{
    if (const double always = process_memory + held_bytes_;
        options.memory && always > static_cast<double>(*options.memory))
        throw Error(Exit::usage, "--memory {} is too little: each rank takes {}, whatever its blocks",
                    human_bytes(static_cast<double>(*options.memory)), human_bytes(always))
            .remedy("give more");
    if (options.memory && memory() > static_cast<double>(*options.memory))
        throw Error(Exit::usage, "--memory {} is too little: a block of {} takes {} on each rank",
                    human_bytes(static_cast<double>(*options.memory)), counted(plan_.block_size(), unit),
                    human_bytes(memory()))
            .remedy("give more, or smaller blocks with --block-size");
    if (options.memory && memory_of_root() > static_cast<double>(*options.memory))
        throw Error(Exit::usage,
                    "--memory {} is too little: rank 0 takes {}, for the headers and indexes too",
                    human_bytes(static_cast<double>(*options.memory)), human_bytes(memory_of_root()))
            .remedy("give more");
    constexpr double most_of_a_chunk = 4294967295; // HDF5 counts them in 32 bits
    if (chunk_bytes_ > most_of_a_chunk)
        throw Error(Exit::usage, "the results of {} take {}, and a chunk of HDF5 has at most 4 GiB",
                    counted(plan_.chunk(), unit), human_bytes(chunk_bytes_))
            .remedy("what is cut along its first axis must be longer there, or have less on each coordinate");
    if (options.only_block && (*options.only_block < 0 || *options.only_block >= plan_.size()))
        throw Error(Exit::usage, "--only-block {}: the plan has {}{}", *options.only_block,
                    counted(plan_.size(), "block"), plan_.size() > 0 ? ", from 0 on" : "");
}

void Forecast::print(const std::vector<Block>& blocks, const std::string& unit, Index passes, int ranks,
                     Dealing dealing) const
{
    std::vector<double> costs;
    double to_read = 0;
    for (const Block& block : blocks) {
        costs.push_back(cost_of(block));
        to_read += block.cost;
    }

    if (const Index samples = std::ssize(plan_.parts()); samples > 1)
        fmt::print("samples      {}\n", with_commas(samples));
    fmt::print("{:<12} {}\n", unit + "s", with_commas(plan_.cells()));
    if (plan_.size() == 0)
        fmt::print("blocks       none: there is nothing to compute\n");
    else
        fmt::print("blocks       {} of {} each, {} in a chunk\n", with_commas(plan_.size()),
                   counted(plan_.block_size(), unit), with_commas(plan_.chunk()));
    fmt::print("to read      {}{}\n", human_bytes(to_read),
               passes > 1 ? fmt::format(", in {} passes at most", passes) : "");
    fmt::print("ranks        {}: {}\n", ranks,
               dealing == Dealing::on_demand ? work_on_demand(costs) : work_beforehand(costs, ranks));
    fmt::print("memory       {} a rank at most, {} on rank 0\n", human_bytes(memory()),
               human_bytes(memory_of_root()));
    fmt::print("output       about {} before compression\n",
               human_bytes(bytes_per_cell_ * static_cast<double>(plan_.cells()) + table_bytes_));
    fmt::print("nothing was written (--dry-run)\n");
}

std::string human_size_of(const std::string& path)
{
    std::error_code failure;
    const auto size = std::filesystem::file_size(path, failure);
    return failure ? "unknown size" : human_bytes(static_cast<double>(size));
}

} // namespace swather
