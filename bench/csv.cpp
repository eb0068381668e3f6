// SPDX-License-Identifier: MIT
// Speed of reading CSV from memory, the copy into the reader's window included. Each benchmark checks its
// answer before it is timed.
#include "sources/csv_reader.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstring>
#include <random>
#include <string>

using namespace swather;

namespace {

constexpr std::size_t file_size = 32 << 20;

enum Table : int { two_columns, twenty_columns, all_quoted, some_doubled_quotes };

/// A table whose column 1 of row i is i in decimal, behind an S.
struct File {
    std::string bytes;
    int columns = 0;
    std::size_t rows = 0;

    explicit File(Table table)
        : columns(table == twenty_columns ? 20 : 2)
    {
        std::mt19937 random(1);
        while (bytes.size() < file_size) {
            const std::string id = fmt::format("S{:05}", rows++);
            const auto day = random() % 28 + 1, hour = random() % 24, minute = random() % 60;
            const std::string time = fmt::format("{}/3/2021 {}:{:02}", day, hour, minute);
            if (table == two_columns)
                bytes += fmt::format("{},{}\n", time, id);
            else if (table == all_quoted)
                bytes += fmt::format("\"{}\",\"{}\"\n", time, id);
            else if (table == some_doubled_quotes)
                bytes += fmt::format("\"{}, \"\"{}\"\"\",\"S\"{}\n", day, time, id.substr(1));
            else {
                bytes += fmt::format("{},{}", time, id);
                for (int i = 2; i < 20; ++i) bytes += fmt::format(",{}", random() % 10'000);
                bytes += "\n";
            }
        }
    }

    [[nodiscard]] CsvReader::Supply supply() const
    {
        return [rest = std::string_view(bytes)](std::span<char> room) mutable {
            const std::size_t size = std::min(room.size(), rest.size());
            std::memcpy(room.data(), rest.data(), size);
            rest.remove_prefix(size);
            return size;
        };
    }
};

bool right(CsvReader& reader, const File& file)
{
    std::size_t rows = 0;
    for (RowBatch batch = reader.next_batch(); batch.rows > 0; batch = reader.next_batch())
        for (const std::string_view field : batch.fields)
            if (field != fmt::format("S{:05}", rows++)) return false;
    const RowAudit& audit = reader.audit();
    return rows == file.rows && audit.lines == static_cast<Index>(rows) && audit.blank.count == 0 &&
           audit.short_rows.count == 0 && audit.long_rows.count == 0;
}

void BM_csv_rows(benchmark::State& state)
{
    const File file(static_cast<Table>(state.range(0)));
    const CsvReader::Piece piece{
        .columns = {1}, .column_count = file.columns, .size = Index(file.bytes.size())};
    CsvReader reader({});
    reader.start(piece, file.supply());
    if (!right(reader, file)) return state.SkipWithError("wrong rows");
    for (auto _ : state) {
        reader.start(piece, file.supply());
        std::size_t rows = 0;
        for (RowBatch batch = reader.next_batch(); batch.rows > 0; batch = reader.next_batch()) {
            benchmark::DoNotOptimize(batch.fields.data());
            rows += batch.rows;
        }
        if (rows != file.rows) return state.SkipWithError("rows are missing");
    }
    state.SetBytesProcessed(state.iterations() * static_cast<Index>(file.bytes.size()));
    state.counters["rows"] =
        benchmark::Counter(static_cast<double>(file.rows), benchmark::Counter::kIsIterationInvariantRate);
    state.SetLabel(
        std::array{"2 columns", "20 columns", "quoted", "doubled quotes"}[std::size_t(state.range(0))]);
}
BENCHMARK(BM_csv_rows)->DenseRange(two_columns, some_doubled_quotes)->Unit(benchmark::kMillisecond);

void BM_csv_state_map(benchmark::State& state)
{
    const File file(static_cast<Table>(state.range(0)));
    // The file begins and ends between two rows.
    if (state_map(file.bytes, ',')(CsvState::field_start) != CsvState::field_start)
        return state.SkipWithError("wrong state");
    const std::string_view bytes = std::string_view(file.bytes).substr(0, 1 << 20);
    for (auto _ : state) benchmark::DoNotOptimize(state_map(bytes, ','));
    state.SetBytesProcessed(state.iterations() * static_cast<Index>(bytes.size()));
    state.SetLabel(
        std::array{"no quotes", "no quotes", "quoted", "doubled quotes"}[std::size_t(state.range(0))]);
}
BENCHMARK(BM_csv_state_map)->DenseRange(two_columns, some_doubled_quotes)->Unit(benchmark::kMicrosecond);

} // namespace
