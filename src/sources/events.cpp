// SPDX-License-Identifier: MIT
#include "sources/events.hpp"

#include "base/log.hpp"
#include "base/number.hpp"
#include "sources/field_rows.hpp"
#include "sources/small_table.hpp"

namespace swather {

std::vector<Event> read_events(const std::string& path)
{
    const SmallTable table = SmallTable::read(path);
    const std::vector<double> onsets = table.numbers("onset");
    const std::vector<double> durations = table.numbers("duration");
    if (onsets.empty()) throw Error(Exit::bad_data, "'{}' has no events, only a header", path);

    std::vector<Event> events(onsets.size());
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (durations[i] < 0)
            throw table.error_at(i, "duration", fmt::format("{} is negative", durations[i]));
        events[i].onset = onsets[i];
        events[i].duration = durations[i];
    }
    if (table.has("trial_type")) {
        const std::vector<std::string>& trial_types = table.texts("trial_type");
        for (std::size_t i = 0; i < events.size(); ++i) {
            if (is_missing(trial_types[i]))
                throw table.error_at(i, "trial_type", "the value is missing")
                    .remedy("name its condition, or remove the line");
            events[i].trial_type = trial_types[i];
        }
    }
    if (table.has("modulation")) {
        spdlog::info("'{}': the heights of its events are those of column 'modulation'", path);
        const std::vector<double> heights = table.numbers("modulation");
        for (std::size_t i = 0; i < events.size(); ++i) events[i].modulation = heights[i];
    }
    return events;
}

} // namespace swather
