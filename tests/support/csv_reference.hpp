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

/// How many lines have their last byte before `end`.
inline Index lines_before(std::string_view bytes, Index end)
{
    Index lines = 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(end); ++i)
        lines += bytes[i] == '\n' || (bytes[i] == '\r' && (i + 1 == bytes.size() || bytes[i + 1] != '\n'));
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

inline Result expected(const Task& task, const std::vector<Row>& rows, Index begin, Index end)
{
    const std::string_view bytes = task.bytes;
    const Index lines = lines_before(bytes, begin);
    Result result;
    result.map = map_of(bytes.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)),
                        task.options.delimiter);
    result.audit.lines = lines_before(bytes, end) - lines;
    for (const Row& row : rows) {
        if (row.begin < begin || row.begin >= end) continue;
        const Index line = lines_before(bytes, row.begin) - lines;
        if (row.end - row.begin > task.options.max_row) {
            result.overlong_line = line;
            break;
        }
        if (row.blank()) {
            result.audit.blank.add(line);
            continue;
        }
        const auto count = static_cast<int>(row.fields.size());
        if (count < task.column_count) result.audit.short_rows.add(line);
        if (count > task.column_count) result.audit.long_rows.add(line);
        ++result.audit.rows;
        result.lines.push_back(line);
        auto& fields = result.rows.emplace_back();
        for (const int column : task.columns)
            fields.push_back(column < count ? row.fields[static_cast<std::size_t>(column)] : "");
    }
    return result;
}

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

/// Reads a file piece by piece, each in the state that the maps of those before it tell, and again in all
/// states that are wrong; the first thing that is not as the reference has it, or nothing.
inline std::string difference(const Task& task)
{
    const std::vector<Row> rows = rows_of(task.bytes, task.options.delimiter);
    const auto differs = [&](const Result& is, const Result& should, const std::string& where) {
        return is.text() == should.text() ? ""
                                          : fmt::format("{} of {:?}:\n{}\nbut should be\n{}", where,
                                                        task.bytes, is.text(), should.text());
    };
    CsvReader reader(task.options);
    CsvStateMap map;
    RowAudit audit;
    bool overlong = false;
    for (std::size_t i = 0; i + 1 < task.cuts.size(); ++i) {
        const Index begin = task.cuts[i];
        const Index end = task.cuts[i + 1];
        const CsvState state = map(CsvState::field_start);
        const Result should = expected(task, rows, begin, end);
        for (int s = 0; s < 4; ++s) {
            const auto assumed = static_cast<CsvState>(s);
            const std::string where = fmt::format("piece {}-{} in state {}", begin, end, s);
            Result is = actual(task, reader, begin, end, assumed);
            if (assumed != state) {
                const Index lines = is.audit.lines;
                const CsvStateMap guessed = is.map;
                is = should;
                is.audit.lines = lines;
                is.map = guessed;
            } else {
                audit.merge(is.audit);
                overlong = overlong || is.overlong_line >= 0;
            }
            if (std::string text = differs(is, should, where); !text.empty()) return text;
        }
        map = map.then(should.map);
    }
    if (overlong) return "";
    Result whole = expected(task, rows, 0, static_cast<Index>(task.bytes.size()));
    Result merged = whole;
    merged.audit = audit;
    merged.map = map;
    return differs(merged, whole, "all pieces");
}

} // namespace swather::csv_reference
