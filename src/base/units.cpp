// SPDX-License-Identifier: MIT
#include "base/units.hpp"

#include "base/error.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

namespace swather {

std::int64_t parse_size(std::string_view option, std::string_view text, int base)
{
    constexpr std::string_view suffixes = "KMGT";
    double number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
    double factor = 1;
    if (!rest.empty()) {
        const auto power =
            suffixes.find(static_cast<char>(std::toupper(static_cast<unsigned char>(rest.front()))));
        if (power != std::string_view::npos) {
            factor = std::pow(base, static_cast<double>(power + 1));
            rest.remove_prefix(1);
        }
    }
    const double size = number * factor;
    if (failure != std::errc{} || !rest.empty() || !(size >= 1) || size > 9e18 || size != std::floor(size))
        throw Error(Exit::usage, "{} '{}' is not a positive size", option, text)
            .remedy("give a number, with K, M, G or T if you like: {} 256K", option);
    return static_cast<std::int64_t>(size);
}

namespace {

/// Takes a number off the front of a text; none where there is none.
std::optional<double> take_number(std::string_view& text)
{
    std::uint32_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{}) return {};
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

bool take(std::string_view& text, char wanted)
{
    if (text.empty() || text.front() != wanted) return false;
    text.remove_prefix(1);
    return true;
}

/// "1h30m": units from the largest on, each at most once.
std::optional<double> duration_by_units(std::string_view text)
{
    constexpr std::array<std::pair<char, double>, 4> units{{{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}}};
    double seconds = 0;
    for (auto unit = units.begin(); !text.empty(); ++unit) {
        const auto number = take_number(text);
        while (unit != units.end() && (text.empty() || unit->first != text.front())) ++unit;
        if (!number || unit == units.end()) return {};
        take(text, unit->first);
        seconds += *number * unit->second;
    }
    return seconds;
}

/// [D-]H:M:S or M:S.
std::optional<double> duration_by_colons(std::string_view text)
{
    double days = 0;
    if (text.find('-') != text.npos) {
        const auto number = take_number(text);
        if (!number || !take(text, '-')) return {};
        days = *number;
    }
    double seconds = 0;
    int parts = 0;
    do {
        const auto number = take_number(text);
        if (!number) return {};
        seconds = 60 * seconds + *number;
        ++parts;
    } while (take(text, ':'));
    if (!text.empty() || parts < 2 || parts > 3) return {};
    return 86400 * days + seconds;
}

} // namespace

double parse_duration(std::string_view option, std::string_view text)
{
    const bool by_colons = text.find(':') != text.npos;
    const auto seconds = by_colons ? duration_by_colons(text) : duration_by_units(text);
    constexpr double ten_years = 3653.0 * 24 * 3600; // beyond, clocks and timers overflow
    if (!seconds || !(*seconds > 0) || *seconds > ten_years)
        throw Error(Exit::usage, "{} '{}' is not a duration", option, text)
            .remedy("say 90s, 30m, 1h30m or 2d, or 1:30:00 as SLURM does");
    return *seconds;
}

std::string with_commas(std::int64_t number)
{
    std::string digits = std::to_string(number);
    for (auto i = static_cast<std::ptrdiff_t>(digits.size()) - 3; i > (number < 0 ? 1 : 0); i -= 3)
        digits.insert(static_cast<std::size_t>(i), 1, ',');
    return digits;
}

std::string counted(std::int64_t number, std::string_view noun)
{
    return fmt::format("{} {}{}", with_commas(number), noun, number == 1 ? "" : "s");
}

std::string times_in_words(std::int64_t number)
{
    return number == 1 ? "once" : with_commas(number) + " times";
}

std::string human_bytes(double bytes)
{
    constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    std::size_t unit = 0;
    while (bytes >= 1024 && unit + 1 < units.size()) {
        bytes /= 1024;
        ++unit;
    }
    return unit == 0 ? fmt::format("{:.0f} B", bytes) : fmt::format("{:.1f} {}", bytes, units[unit]);
}

std::string human_seconds(double seconds)
{
    if (seconds < 60) return fmt::format("{:.1f} s", seconds);
    const auto whole = static_cast<std::int64_t>(std::llround(seconds));
    if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
    return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

} // namespace swather
