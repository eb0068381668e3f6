// SPDX-License-Identifier: MIT
#include "sources/table_header.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "sources/csv_reader.hpp"

#include <algorithm>
#include <array>

namespace swather {

namespace {

/// The first row as `columns` fields.
std::vector<std::string> fields_of(std::string_view row, char delimiter, int columns, Index max_row)
{
    CsvReader::Piece piece{.columns = {}, .column_count = columns, .size = static_cast<Index>(row.size())};
    for (int i = 0; i < columns; ++i) piece.columns.push_back(i);
    CsvReader reader({.delimiter = delimiter, .max_row = max_row});
    reader.start(std::move(piece), [row](std::span<char> bytes) mutable {
        const std::size_t count = row.copy(bytes.data(), bytes.size());
        row.remove_prefix(count);
        return count;
    });
    const RowBatch batch = reader.next_batch();
    const auto fields = batch.fields.first(static_cast<std::size_t>(columns));
    return {fields.begin(), fields.end()};
}

struct Extent {
    std::size_t size = 0; ///< of the row and its end
    Index lines = 0;
    int fields = 1;
    bool open = false; ///< a quote is
};

/// How far the first row goes.
Extent extent_of(std::string_view text, char delimiter)
{
    Extent extent;
    CsvState state = CsvState::field_start;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool quoted = state == CsvState::quoted;
        const bool ends_line = c == '\n' || (c == '\r' && text.substr(i + 1, 1) != "\n");
        extent.lines += ends_line;
        extent.size = i + 1;
        if (ends_line && !quoted) return extent;
        if (c == delimiter && !quoted) ++extent.fields;
        state = next_state(state, c, delimiter);
    }
    extent.open = state == CsvState::quoted;
    return extent;
}

char guess_delimiter(std::string_view text)
{
    char best = ',';
    int most = 1;
    for (const char candidate : {',', '\t', ';', '|'})
        if (const int fields = extent_of(text, candidate).fields; fields > most) {
            most = fields;
            best = candidate;
        }
    return best;
}

} // namespace

std::optional<TableHeader> read_header(std::string_view front, const std::string& path,
                                       std::optional<char> delimiter, bool whole, Index max_row)
{
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    TableHeader header;
    if (front.starts_with(byte_order_mark)) header.begin = byte_order_mark.size();
    // Blank lines before it are no header.
    std::string_view text = front.substr(static_cast<std::size_t>(header.begin));
    const std::size_t blank = std::min(text.find_first_not_of("\r\n"), text.size());
    for (std::size_t i = 0; i < blank; ++i) header.lines += text[i] == '\n' || text.substr(i + 1, 1) != "\n";
    text.remove_prefix(blank);
    if (text.empty() && !whole && std::ssize(front) <= max_row) return std::nullopt;
    if (text.empty()) throw Error(Exit::bad_data, "'{}' is empty: it has no header", path);

    header.delimiter = delimiter ? *delimiter : guess_delimiter(text);
    const Extent extent = extent_of(text, header.delimiter);
    const std::string_view row = text.substr(0, extent.size);
    if (row.find('\0') != std::string_view::npos)
        throw Error(Exit::bad_data, "'{}' is not a table: its first row has a NUL byte", path);
    if (extent.open && whole)
        throw Error(Exit::bad_data, "'{}': a quote that opens in line 1 is not closed", path);
    if (std::ssize(row.substr(0, row.find_last_not_of("\r\n") + 1)) > max_row)
        throw Error(Exit::bad_data, "'{}', line {}: a row longer than {}", path, header.lines + 1,
                    human_bytes(static_cast<double>(max_row)))
            .remedy("if it is meant so, allow it by --max-row; else look for a quote that is not closed");
    if (extent.size == text.size() && !whole) return std::nullopt;
    header.names = fields_of(row, header.delimiter, extent.fields, max_row);
    header.lines += extent.lines;
    header.data_begin = header.begin + static_cast<Index>(blank + extent.size);
    return header;
}

} // namespace swather
