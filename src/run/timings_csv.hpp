// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"
#include "run/timings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace swather {

/// What a line of a CSV file says of a run, before its timings.
struct RunFacts {
    std::string date;
    std::string version;
    std::string command_line;
    std::string hosts; ///< with blanks between
    Index nodes = 0;
    Index ranks = 0;
    std::string schedule;
    Index blocks = 0;
    double bytes_in = 0;
    double bytes_out = 0;
    double wall = 0; ///< seconds
};

/// Local. `Exit::cannot_create` where nothing could be written to the file of an option, or where what is
/// there does not begin with this header.
void check_csv_place(std::string_view option, const std::string& path, std::string_view header);

/// Local. The same of a file to which append_timings is to append.
void check_timings_place(const std::string& path);

/// Local. Appends a line about a run, and the names of its columns where the file is new: the facts, then the
/// wall and CPU seconds of each phase, max and mean over the ranks. Runs at a time may append to one file.
/// `Exit::io`: nothing was appended.
void append_timings(const std::string& path, const RunFacts& facts,
                    const std::vector<Timings::OfRank>& ranks);

} // namespace swather
