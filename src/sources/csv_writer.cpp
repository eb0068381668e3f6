// SPDX-License-Identifier: MIT
#include "sources/csv_writer.hpp"

#include "base/number.hpp"

#include <fmt/format.h>

#include <cmath>

namespace swather {

namespace {

constexpr std::size_t bytes_at_once = 1 << 20;

} // namespace

CsvWriter::CsvWriter(const std::string& path)
    : whole_(path)
    , writer_(whole_.file(), path.ends_with(".gz") ? "w1" : "wu", path)
{
}

void CsvWriter::write_header(std::span<const std::string> names)
{
    for (const std::string& name : names) {
        append_text(name);
        lines_ += ',';
    }
    end_row();
}

void CsvWriter::write(std::span<const Cells> columns)
{
    if (columns.empty()) return;
    const std::size_t rows = rows_of(columns.front());
    for (std::size_t row = 0; row < rows; ++row) {
        for (const Cells& column : columns) {
            append(column, row);
            lines_ += ',';
        }
        end_row();
    }
}

void CsvWriter::append(const Cells& column, std::size_t row)
{
    if (const auto* integers = std::get_if<std::vector<Index>>(&column)) {
        const fmt::format_int digits((*integers)[row]);
        lines_.append(digits.data(), digits.size());
    } else if (const auto* reals = std::get_if<std::vector<double>>(&column)) {
        if (!std::isnan((*reals)[row])) append_repr(lines_, (*reals)[row]);
    } else if (const auto* characters = std::get_if<std::vector<char>>(&column)) {
        append_text({&(*characters)[row], 1});
    } else {
        append_text(std::get<Texts>(column)[row]);
    }
}

void CsvWriter::append_text(std::string_view text)
{
    if (text.find_first_of(",\"\r\n") == text.npos) {
        lines_ += text;
        return;
    }
    lines_ += '"';
    for (const char c : text) {
        if (c == '"') lines_ += '"';
        lines_ += c;
    }
    lines_ += '"';
}

/// In place of the last comma. A row of one empty field would be a blank line, which is no row.
void CsvWriter::end_row()
{
    if (lines_.size() == row_begin_ + 1) lines_.insert(row_begin_, "\"\"");
    if (lines_.size() > row_begin_) lines_.pop_back();
    lines_ += '\n';
    if (lines_.size() >= bytes_at_once) flush();
    row_begin_ = lines_.size();
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
