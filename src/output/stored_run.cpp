// SPDX-License-Identifier: MIT
#include "output/stored_run.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace swather {

namespace {

constexpr std::size_t bytes_at_a_time = 1 << 20;

// Marks stay in memory: of long keys there are fewer.
constexpr std::uint64_t least_records_for_a_key = 64;

} // namespace

Marker::Marker(Index run)
{
    const double turns = static_cast<double>(run) * std::numbers::phi;
    next_ = 1 + static_cast<std::uint64_t>((turns - std::floor(turns)) * double{Mark::distance});
}

void Marker::mark(std::string_view key, std::uint64_t begin)
{
    marks_.push_back({std::string(key), begin});
    const std::uint64_t wanted = begin + least_records_for_a_key * key.size();
    while (next_ <= begin || next_ < wanted) next_ += Mark::distance;
}

void RunWriter::append(const Record& record)
{
    marker_.look(record.key, run_.size + records_.records().size());
    records_.append(record);
    if (records_.records().size() >= bytes_at_a_time) put_aside();
}

void RunWriter::put_aside()
{
    const auto bytes = std::as_bytes(std::span(records_.records()));
    const Place place = journal_.put_aside(bytes);
    if (run_.size == 0) run_.place = place;
    run_.size += bytes.size();
    hasher_.add(bytes);
    records_.clear();
}

StoredRun RunWriter::finish() &&
{
    if (!records_.records().empty()) put_aside();
    run_.order = std::numeric_limits<Index>::max();
    run_.hash = hasher_.value();
    run_.marks = std::move(marker_).marks();
    return std::move(run_);
}

} // namespace swather
