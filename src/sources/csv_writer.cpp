// SPDX-License-Identifier: MIT
#include "sources/csv_writer.hpp"

#include "base/number.hpp"

#include <fmt/format.h>

#include <cmath>

namespace swather {

namespace {

constexpr std::size_t bytes_at_once = 1 << 20;

void append_text(std::string& lines, std::string_view text)
{
    if (text.find_first_of(",\"\r\n") == text.npos) {
        lines += text;
        return;
    }
    lines += '"';
    for (const char c : text) {
        if (c == '"') lines += '"';
        lines += c;
    }
    lines += '"';
}

void append_cell(std::string& lines, const Cells& column, std::size_t row)
{
    if (const auto* integers = std::get_if<std::vector<Index>>(&column)) {
        const fmt::format_int digits((*integers)[row]);
        lines.append(digits.data(), digits.size());
    } else if (const auto* reals = std::get_if<std::vector<double>>(&column)) {
        if (!std::isnan((*reals)[row])) append_repr(lines, (*reals)[row]);
    } else if (const auto* characters = std::get_if<std::vector<char>>(&column)) {
        append_text(lines, {&(*characters)[row], 1});
    } else {
        append_text(lines, std::get<Texts>(column)[row]);
    }
}

/// In place of the last comma. A row of one empty field would be a blank line, which is no row.
void end_row(std::string& lines, std::size_t begin)
{
    if (lines.size() == begin + 1) lines.insert(begin, "\"\"");
    if (lines.size() > begin) lines.pop_back();
    lines += '\n';
}

} // namespace

void append_csv_header(std::string& lines, std::span<const std::string> names)
{
    const std::size_t begin = lines.size();
    for (const std::string& name : names) {
        append_text(lines, name);
        lines += ',';
    }
    end_row(lines, begin);
}

void append_csv_row(std::string& lines, std::span<const Cells> columns, std::size_t row)
{
    const std::size_t begin = lines.size();
    for (const Cells& column : columns) {
        append_cell(lines, column, row);
        lines += ',';
    }
    end_row(lines, begin);
}

TableText comma_separated()
{
    return {.header =
                [](const std::vector<CellColumn>& columns) {
                    std::vector<std::string> names;
                    for (const CellColumn& column : columns) names.push_back(column.name);
                    std::string line;
                    append_csv_header(line, names);
                    return line;
                },
            .lines =
                [](const std::vector<Cells>& columns) {
                    std::string lines;
                    for (std::size_t row = 0; row < rows_of(columns.front()); ++row)
                        append_csv_row(lines, columns, row);
                    return lines;
                }};
}

CsvWriter::CsvWriter(const std::string& path)
    : whole_(path)
    , writer_(whole_.file(), path.ends_with(".gz") ? "w1" : "wu", path)
{
}

void CsvWriter::write_header(std::span<const std::string> names) { append_csv_header(lines_, names); }

void CsvWriter::write(std::span<const Cells> columns)
{
    if (columns.empty()) return;
    const std::size_t rows = rows_of(columns.front());
    for (std::size_t row = 0; row < rows; ++row) {
        append_csv_row(lines_, columns, row);
        if (lines_.size() >= bytes_at_once) flush();
    }
}

void CsvWriter::flush()
{
    writer_.write(lines_);
    lines_.clear();
}

void CsvWriter::finish()
{
    flush();
    writer_.close();
}

void CsvWriter::publish() { whole_.publish(); }

} // namespace swather
