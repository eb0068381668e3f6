// SPDX-License-Identifier: MIT
// What CsvReader must give, by the shortest automaton that goes from byte to byte.
#pragma once

#include "sources/csv_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace swather::csv_reference {

/// A row with all of its fields; `begin` and `end` are its bytes without the line end.
struct Row {
    Index begin = 0;
    Index end = 0;
    std::vector<std::string> fields;

    [[nodiscard]] bool blank() const { return begin == end; }
};

/// One step of the automaton: the state behind `byte`.
inline CsvState step(CsvState state, char byte, char delimiter)
{
    if (state == CsvState::quoted) return byte == '"' ? CsvState::quote_in_quoted : CsvState::quoted;
    if (byte == delimiter || byte == '\n' || byte == '\r') return CsvState::field_start;
    if (byte == '"' && state != CsvState::unquoted) return CsvState::quoted;
    return CsvState::unquoted;
}

inline CsvState state_behind(CsvState state, std::string_view bytes, char delimiter)
{
    for (const char byte : bytes) state = step(state, byte, delimiter);
    return state;
}

inline CsvStateMap map_of(std::string_view bytes, char delimiter)
{
    CsvStateMap map;
    for (CsvState& state : map.to) state = state_behind(state, bytes, delimiter);
    return map;
}

/// All rows of a file, blank ones too.
inline std::vector<Row> rows_of(std::string_view bytes, char delimiter)
{
    std::vector<Row> rows;
    CsvState state = CsvState::field_start;
    bool in_row = false;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const char byte = bytes[i];
        if (!in_row) {
            if (byte == '\n' && i > 0 && bytes[i - 1] == '\r') continue; // the second half of a row's end
            rows.push_back({static_cast<Index>(i), 0, {""}});
            in_row = true;
        }
        Row& row = rows.back();
        row.end = static_cast<Index>(i);
        const CsvState before = state;
        state = step(state, byte, delimiter);
        if (state == CsvState::field_start && byte == delimiter)
            row.fields.emplace_back();
        else if (state == CsvState::field_start)
            in_row = false;
        else if (state == CsvState::quote_in_quoted ||
                 (state == CsvState::quoted && before == CsvState::field_start))
            ; // a quote that opens, or may close
        else
            row.fields.back() += byte;
    }
    if (in_row) rows.back().end = static_cast<Index>(bytes.size());
    return rows;
}

/// For each byte, and for the end, how many lines have their last byte before it.
inline std::vector<Index> lines_before(std::string_view bytes)
{
    std::vector<Index> lines{0};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const bool ends =
            bytes[i] == '\n' || (bytes[i] == '\r' && (i + 1 == bytes.size() || bytes[i + 1] != '\n'));
        lines.push_back(lines.back() + ends);
    }
    return lines;
}

/// How a file is read.
struct Task {
    std::string bytes;
    CsvReader::Options options;
    std::vector<int> columns;
    int column_count = 1;
    std::vector<Index> cuts;             ///< where pieces begin and end: first 0, last the size, not falling
    std::size_t most_supplied = 1 << 20; ///< bytes that the supply gives at a time
};

/// What reading a piece gives.
struct Result {
    std::vector<std::vector<std::string>> rows;
    std::vector<Index> lines;
    RowAudit audit;
    CsvStateMap map;
    Index overlong_line = -1;

    friend bool operator==(const Result& a, const Result& b)
    {
        const auto same = [](const OddRows& x, const OddRows& y) {
            return x.count == y.count && x.lines == y.lines;
        };
        return a.rows == b.rows && a.lines == b.lines && a.audit.lines == b.audit.lines &&
               a.audit.rows == b.audit.rows && same(a.audit.blank, b.audit.blank) &&
               same(a.audit.short_rows, b.audit.short_rows) && same(a.audit.long_rows, b.audit.long_rows) &&
               a.map == b.map && a.overlong_line == b.overlong_line;
    }

    [[nodiscard]] std::string text() const
    {
        const auto odd = [](const OddRows& o) {
            const auto known = std::min<Index>(o.count, static_cast<Index>(OddRows::most_lines));
            return fmt::format("{}: {}", o.count, fmt::join(o.lines.begin(), o.lines.begin() + known, " "));
        };
        return fmt::format(
            "rows {}\nlines {}\naudit {} lines, {} rows, blank {}, short {}, long {}\nmap {}{}{}{}, too "
            "long {}",
            rows, lines, audit.lines, audit.rows, odd(audit.blank), odd(audit.short_rows),
            odd(audit.long_rows), static_cast<int>(map.to[0]), static_cast<int>(map.to[1]),
            static_cast<int>(map.to[2]), static_cast<int>(map.to[3]), overlong_line);
    }
};

/// What the reference reads in a file.
struct Reference {
    const Task& task;
    std::vector<Row> rows = rows_of(task.bytes, task.options.delimiter);
    std::vector<Index> lines = lines_before(task.bytes);

    [[nodiscard]] Result result(Index begin, Index end) const
    {
        const auto line_of = [&](Index byte) {
            return lines[static_cast<std::size_t>(byte)] - lines[static_cast<std::size_t>(begin)];
        };
        Result result;
        result.map =
            map_of(std::string_view(task.bytes)
                       .substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)),
                   task.options.delimiter);
        result.audit.lines = line_of(end);
        for (const Row& row : rows) {
            if (row.begin < begin || row.begin >= end) continue;
            if (row.end - row.begin > task.options.max_row) {
                result.overlong_line = line_of(row.begin);
                break;
            }
            if (row.blank())
                result.audit.blank.add(line_of(row.begin));
            else
                add(result, row, line_of(row.begin));
        }
        return result;
    }

private:
    void add(Result& result, const Row& row, Index line) const
    {
        const auto count = static_cast<int>(row.fields.size());
        if (count < task.column_count) result.audit.short_rows.add(line);
        if (count > task.column_count) result.audit.long_rows.add(line);
        ++result.audit.rows;
        result.lines.push_back(line);
        auto& fields = result.rows.emplace_back();
        for (const int column : task.columns)
            fields.push_back(column < count ? row.fields[static_cast<std::size_t>(column)] : "");
    }
};

/// What the reader gives for a piece, in the state that is assumed before it.
inline Result actual(const Task& task, CsvReader& reader, Index begin, Index end, CsvState state)
{
    CsvReader::Piece piece{task.columns, task.column_count, end - begin, state,
                           begin > 0 ? task.bytes[static_cast<std::size_t>(begin) - 1] : '\n'};
    reader.start(std::move(piece),
                 [&task, rest = std::string_view(task.bytes).substr(static_cast<std::size_t>(begin))](
                     std::span<char> room) mutable {
                     const std::size_t size = std::min({room.size(), rest.size(), task.most_supplied});
                     std::copy_n(rest.begin(), size, room.begin());
                     rest.remove_prefix(size);
                     return size;
                 });
    Result result;
    for (RowBatch batch = reader.next_batch(); batch.rows > 0; batch = reader.next_batch())
        for (std::size_t row = 0; row < batch.rows; ++row) {
            const auto fields = batch.fields.subspan(row * task.columns.size(), task.columns.size());
            result.rows.emplace_back(fields.begin(), fields.end());
            result.lines.push_back(reader.line_of(row));
        }
    result.audit = reader.audit();
    result.map = reader.map();
    if (reader.overlong()) result.overlong_line = reader.overlong_line();
    return result;
}

/// Reads a file piece by piece, each in the state that the maps of those before it tell, and in all others,
/// which only lines and maps must not mind; the first thing that is not as the reference has it, or nothing.
inline std::string difference(const Task& task)
{
    const Reference reference{task};
    const auto differ = [&](const Result& is, const Result& should, Index begin, Index end, CsvState state) {
        return fmt::format("bytes {}-{} in state {} of {:?}:\n{}\nbut should be\n{}\n", begin, end,
                           static_cast<int>(state), task.bytes, is.text(), should.text());
    };
    CsvReader reader(task.options);
    CsvStateMap map;
    RowAudit audit;
    bool overlong = false;
    for (std::size_t i = 0; i + 1 < task.cuts.size(); ++i) {
        const Index begin = task.cuts[i];
        const Index end = task.cuts[i + 1];
        const CsvState state = map(CsvState::field_start);
        const Result should = reference.result(begin, end);
        for (const CsvState assumed : CsvStateMap{}.to) {
            const Result is = actual(task, reader, begin, end, assumed);
            const bool same = assumed == state ? is == should
                                               : is.map == should.map && is.audit.lines == should.audit.lines;
            if (!same) return differ(is, should, begin, end, assumed);
        }
        map = map.then(should.map);
        audit.merge(should.audit);
        overlong = overlong || should.overlong_line >= 0;
    }
    const auto size = static_cast<Index>(task.bytes.size());
    const Result whole = reference.result(0, size);
    Result merged = whole;
    merged.audit = audit;
    merged.map = map;
    return overlong || merged == whole ? "" : differ(merged, whole, 0, size, CsvState::field_start);
}

} // namespace swather::csv_reference
