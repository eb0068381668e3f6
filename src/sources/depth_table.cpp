// SPDX-License-Identifier: MIT
#include "sources/depth_table.hpp"

#include "base/error.hpp"
#include "base/stop.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>

namespace swather {

namespace {

constexpr std::size_t bytes_at_once = 1 << 20;
constexpr Index lines_at_once = 4'096;

} // namespace

DepthTable::DepthTable(const std::string& path)
{
    if (path == "-") {
        std::signal(SIGPIPE, SIG_IGN); // to be told by EPIPE
        return;
    }
    whole_.emplace(path);
    writer_.emplace(whole_->file(), path.ends_with(".gz") ? "w1" : "wu", path);
}

void DepthTable::begin(const Segment& segment, bool /*has_reads*/)
{
    contig_.assign(segment.contig);
    contig_ += '\t';
}

void DepthTable::add(std::span<const DepthRun> runs)
{
    for (const DepthRun& run : runs) {
        const std::string rest = fmt::format("\t{}\n", run.depth);
        for (Index first = run.start + 1; first <= run.end && !is_closed_; first += lines_at_once) {
            append_lines(first, std::min(run.end, first + lines_at_once - 1), rest);
            if (lines_.size() >= bytes_at_once) flush();
        }
    }
}

void DepthTable::append_lines(Index first, Index last, std::string_view rest)
{
    for (Index position = first; position <= last; ++position) {
        const fmt::format_int digits(position);
        lines_ += contig_;
        lines_.append(digits.data(), digits.size());
        lines_ += rest;
    }
}

void DepthTable::flush()
{
    throw_if_stopped();
    if (writer_)
        writer_->write(lines_);
    else
        print();
    lines_.clear();
}

/// Whoever does not read on has what it wanted, which is no error.
void DepthTable::print()
{
    errno = 0;
    if (std::fwrite(lines_.data(), 1, lines_.size(), stdout) == lines_.size() && std::fflush(stdout) == 0)
        return;
    if (errno != EPIPE) throw system_error(Exit::io, errno, "write to the standard output");
    is_closed_ = true;
}

void DepthTable::finish()
{
    if (!is_closed_) flush();
    if (writer_) writer_->close();
}

void DepthTable::publish()
{
    if (whole_) whole_->publish();
}

} // namespace swather
