// SPDX-License-Identifier: MIT
#include "output/print_columns.hpp"

#include "base/number.hpp"
#include "mpi/agree.hpp"

#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdio>

namespace swather {

namespace {

void append_text(std::string& line, std::string_view text)
{
    constexpr std::string_view special = "\t\n\r\\";
    constexpr std::string_view letters = "tnr\\";
    for (std::size_t at = text.find_first_of(special); at != text.npos; at = text.find_first_of(special)) {
        line.append(text.substr(0, at));
        line += '\\';
        line += letters[special.find(text[at])];
        text.remove_prefix(at + 1);
    }
    line.append(text);
}

void append_cell(std::string& line, const Cells& cells, std::size_t row)
{
    if (const auto* integers = std::get_if<std::vector<Index>>(&cells))
        fmt::format_to(std::back_inserter(line), "{}", (*integers)[row]);
    else if (const auto* reals = std::get_if<std::vector<double>>(&cells)) {
        if (!std::isnan((*reals)[row]))
            append_repr(line, (*reals)[row]); // and so a canonical key is its text
    } else if (const auto* characters = std::get_if<std::vector<char>>(&cells))
        append_text(line, {&(*characters)[row], 1});
    else
        append_text(line, std::get<Texts>(cells)[row]);
}

std::string header_of(const std::vector<CellColumn>& columns)
{
    std::string header;
    for (const CellColumn& column : columns) {
        append_text(header, column.name);
        header += &column == &columns.back() ? '\n' : '\t';
    }
    return header;
}

std::string lines_of(const std::vector<Cells>& columns)
{
    std::string lines;
    for (std::size_t row = 0; row < rows_of(columns.front()); ++row)
        for (const Cells& column : columns) {
            append_cell(lines, column, row);
            lines += &column == &columns.back() ? '\n' : '\t';
        }
    return lines;
}

/// Whether it was written; not where nobody reads any more, which is no error.
bool print(std::string_view text)
{
    if (text.empty()) return true;
    errno = 0;
    if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0)
        return true;
    if (errno == EPIPE) return false;
    throw system_error(Exit::io, errno, "write to the standard output");
}

} // namespace

TableText tab_separated() { return {.header = header_of, .lines = lines_of}; }

void print_columns(const Communicator& comm, const std::vector<CellColumn>& columns, const NextCells& next,
                   const TableText& as)
{
    std::signal(SIGPIPE, SIG_IGN); // to be told by EPIPE
    bool is_read = share(comm, [&] { return print(as.header(columns)); });
    while (is_read) {
        const auto cells = next();
        if (!cells) return;
        const std::string lines = as.lines(*cells);
        Bytes mine;
        append(mine, std::as_bytes(std::span(lines)));
        gather_in_turn(comm, mine, [&](const Bytes& of_rank) {
            is_read = is_read && print({reinterpret_cast<const char*>(of_rank.data()), of_rank.size()});
        });
        is_read = share(comm, [&] { return is_read; });
    }
}

} // namespace swather
