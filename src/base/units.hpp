// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace swather {

/// Local. "64", "4K", "1.5M", "2G": a positive number with a suffix in powers of `base` (1000 or 1024).
/// Throws `Exit::usage` naming `option` where `text` is none or does not fit.
std::int64_t parse_size(std::string_view option, std::string_view text, int base);

/// Local. Seconds of a duration: "90s", "30m", "1h30m", "2d", or as SLURM writes it, "30:00", "1:30:00",
/// "1-12:00:00". Throws `Exit::usage` naming `option` where `text` is none.
double parse_duration(std::string_view option, std::string_view text);

/// Local. 1234567 → "1,234,567".
std::string with_commas(std::int64_t number);

/// Local. "1 rank", "2 ranks".
std::string counted(std::int64_t number, std::string_view noun);

/// Local. "once", "3 times".
std::string times_in_words(std::int64_t number);

/// Local. Bytes for people: "3.2 MiB".
std::string human_bytes(double bytes);

/// Local. Seconds for people: "0.8 s", "4 min 10 s", "2 h 05 min".
std::string human_seconds(double seconds);

} // namespace swather
