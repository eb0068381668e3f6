// SPDX-License-Identifier: MIT
#include "run/block_timings.hpp"

#include "base/file.hpp"
#include "base/number.hpp"
#include "run/timings_csv.hpp"
#include "sources/text_lines.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace swather {

namespace {

constexpr std::string_view header = "block,rank,cells,bytes,stored,read,compute,journal,cpu\n";
constexpr std::size_t columns = 9;
constexpr std::size_t whole_columns = 3; // block, rank, cells
constexpr double most = 1e18;            // of bytes, and far more than seconds of a block

double seconds_of_work(const Timings& timings)
{
    return timings.cpu(Phase::compute) + timings.cpu(Phase::journal);
}

Error no_timings(const std::string& path, const std::string& finding)
{
    return Error(Exit::bad_data, "'{}': {}", path, finding)
        .remedy("--timings-blocks of a run writes such a file");
}

/// The numbers of a line.
std::array<double, columns> numbers_of(const TextLines& lines)
{
    std::array<double, columns> numbers{};
    std::string_view rest = lines.text();
    for (std::size_t i = 0; i < columns; ++i) {
        const std::size_t comma = rest.find(',');
        const Number number = parse_number(rest.substr(0, comma));
        const bool is_last = comma == rest.npos;
        const bool is_whole = number.kind == Number::Kind::integer;
        if ((i < whole_columns ? !is_whole : number.kind == Number::Kind::none) ||
            !(number.real >= 0 && number.real <= most) || is_last != (i + 1 == columns))
            throw no_timings(lines.path(),
                             fmt::format("line {} is no timing of a block: {} numbers that are not "
                                         "negative were expected",
                                         lines.number(), columns));
        numbers[i] = number.real;
        if (!is_last) rest.remove_prefix(comma + 1);
    }
    return numbers;
}

} // namespace

Block BlockTiming::as_block() const
{
    return {.id = block, .core = {0, cells}, .reach = {0, cells}, .cost = bytes};
}

bool BlockTiming::is_of(const Block& of_plan) const
{
    return block == of_plan.id && cells == of_plan.core.size() &&
           std::round(bytes) == std::round(of_plan.cost);
}

void BlockTimings::begin(const Timings& timings, double seconds_reading)
{
    before_ = timings;
    read_before_ = seconds_reading;
}

void BlockTimings::end(const Block& of_plan, std::size_t stored, const Timings& timings,
                       double seconds_reading)
{
    const double read = seconds_reading - read_before_;
    blocks_.push_back({.block = of_plan.id,
                       .cells = of_plan.core.size(),
                       .bytes = of_plan.cost,
                       .stored = static_cast<double>(stored),
                       .read = read,
                       .compute = timings[Phase::compute] - before_[Phase::compute] - read,
                       .journal = timings[Phase::journal] - before_[Phase::journal],
                       .cpu = seconds_of_work(timings) - seconds_of_work(before_)});
}

std::vector<BlockTiming> BlockTimings::gathered(const Communicator& comm) const
{
    std::vector<BlockTiming> all;
    Index rank = 0;
    for (const auto& of_rank : comm.gather(blocks_)) {
        for (BlockTiming one : of_rank) {
            one.rank = rank;
            all.push_back(one);
        }
        ++rank;
    }
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.block < b.block; });
    return all;
}

void check_block_timings_place(const std::string& path) { check_csv_place("--timings-blocks", path, header); }

void write_block_timings(const std::string& path, const std::vector<BlockTiming>& blocks)
{
    std::string text(header);
    for (const BlockTiming& one : blocks)
        text += fmt::format("{},{},{},{:.0f},{:.0f},{:.6f},{:.6f},{:.6f},{:.6f}\n", one.block, one.rank,
                            one.cells, one.bytes, one.stored, one.read, std::max(one.compute, 0.0),
                            one.journal, one.cpu);
    write_whole(
        path, [&](const File& file) { file.append(std::as_bytes(std::span(text))); }, Durable::no);
}

std::vector<BlockTiming> read_block_timings(const std::string& path)
{
    TextLines lines(path);
    if (!lines.next() || lines.text() != header.substr(0, header.size() - 1))
        throw no_timings(path, "these are no timings of blocks");
    std::vector<BlockTiming> blocks;
    while (lines.next()) {
        const auto numbers = numbers_of(lines);
        blocks.push_back({.block = static_cast<Index>(numbers[0]),
                          .rank = static_cast<Index>(numbers[1]),
                          .cells = static_cast<Index>(numbers[2]),
                          .bytes = numbers[3],
                          .stored = numbers[4],
                          .read = numbers[5],
                          .compute = numbers[6],
                          .journal = numbers[7],
                          .cpu = numbers[8]});
    }
    if (blocks.empty()) throw no_timings(path, "there is no block in it");
    return blocks;
}

} // namespace swather
