// SPDX-License-Identifier: MIT
#include "kernels/table_audit.hpp"

#include "base/log.hpp"
#include "base/units.hpp"

namespace swather {

namespace {

/// Calls `tell` with each kind of odd rows that a file has and that --strict refuses, and what they are.
template <class Tell>
void for_each_error(const TableAudit& audit, Tell&& tell)
{
    const auto look = [&](const OddRows& rows, const char* kind, const char* why) {
        if (rows.count > 0) tell(rows, kind, why);
    };
    look(audit.rows.blank, "blank", "");
    look(audit.rows.short_rows, "short", ": fewer fields than the header");
    look(audit.rows.long_rows, "long", ": more fields than the header");
    look(audit.not_numbers, "wrong", ": no number where one is wanted");
}

std::string on_lines(const OddRows& rows)
{
    return (rows.count == 1 ? "on line " : "on lines ") + lines_of(rows);
}

void warn_of(const OddRows& rows, std::string_view kind, std::string_view why, const std::string& file)
{
    if (rows.count == 0) return;
    spdlog::warn("'{}': {} {}{}, {}", file, kind, rows.count == 1 ? "row" : "rows", why,
                 rows.count == 1 ? on_lines(rows)
                                 : fmt::format("{} of them, {}", rows.count, on_lines(rows)));
}

void warn_of_values(const TableAudit& audit, const std::string& file)
{
    warn_of(audit.by_zero, "odd", ": a division by zero", file);
    warn_of(audit.too_large, "odd",
            ": a number beyond float64 (or an integer beyond 64 bits), which became a float", file);
}

} // namespace

std::string lines_of(const OddRows& rows)
{
    std::string text;
    const Index listed = std::min<Index>(rows.count, OddRows::most_lines);
    for (Index i = 0; i < listed; ++i)
        text += fmt::format("{}{}", i == 0 ? "" : ", ", rows.lines[static_cast<std::size_t>(i)] + 1);
    return rows.count > listed ? text + ", …" : text;
}

void throw_if_odd(const TableAudit& audit, const std::string& file)
{
    for_each_error(audit, [&](const OddRows& rows, const char* kind, const char* why) {
        throw Error(Exit::bad_data, "'{}', line {}: a {} row{} (--strict)", file, rows.lines.front() + 1,
                    kind, why)
            .remedy("{} like this, {}; without --strict they are counted and told",
                    counted(rows.count, "row"), on_lines(rows));
    });
    warn_of_values(audit, file);
}

void warn_if_odd(const TableAudit& audit, const std::string& file)
{
    for_each_error(audit, [&](const OddRows& rows, const char* kind, const char* why) {
        warn_of(rows, kind, why, file);
    });
    warn_of_values(audit, file);
}

} // namespace swather
