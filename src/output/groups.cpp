// SPDX-License-Identifier: MIT
#include "output/groups.hpp"

#include "base/stop.hpp"
#include "mpi/agree.hpp"
#include "output/encode.hpp"
#include "output/traits.hpp"

#include <algorithm>

namespace swather {

Groups::Groups(const Communicator& comm, Journal& journal, const Box& blocks, const KeyedOutput& output,
               std::size_t number, double range_bytes)
    : comm_(comm)
    , journal_(journal)
    , reducer_(*output.reducer)
    , range_bytes_(range_bytes)
{
    std::vector<Runs> runs(1 + reducer_.member_sets());
    std::vector<Bytes> traits;
    agree(comm_, [&] { read_entries(blocks, number, runs, traits); });
    traits = traits_of_all(comm_, traits);
    agree(comm_, [&] { columns_ = reducer_.columns(traits); });

    Runs& of_groups = runs.front();
    for (std::size_t set = 0; set < reducer_.member_sets(); ++set)
        for (StoredRun& run : count_members(set, std::move(runs[1 + set])))
            of_groups.push_back(std::move(run));
    RunMerger by_key = merger(std::move(of_groups));
    if (reducer_.reorders())
        merger_.emplace(merger(reorder(std::move(by_key))));
    else
        merger_.emplace(std::move(by_key));
}

void Groups::read_entries(const Box& blocks, std::size_t number, std::vector<Runs>& runs,
                          std::vector<Bytes>& traits) const
{
    for (const Journal::Entry& entry : journal_.entries_of(blocks)) {
        throw_if_stopped();
        StoredKeyed stored =
            stored_keyed(part_of(journal_.read_head(entry), number), entry.block, entry.body());
        traits.push_back(std::move(stored.traits));
        for (std::size_t i = 0; i < runs.size(); ++i)
            if (stored.runs.at(i).size > 0) runs[i].push_back(std::move(stored.runs[i]));
    }
}

RunMerger Groups::merger(Runs runs) const
{
    const auto merge_values = [&reducer = reducer_](std::string& value, std::string_view later) {
        reducer.merge(value, later);
    };
    return {comm_, journal_, std::move(runs), merge_values, range_bytes_};
}

/// Members of one group stand side by side: they are counted, and the counts make runs of the groups.
Groups::Runs Groups::count_members(std::size_t set, Runs runs)
{
    const auto keep_one = [](std::string&, std::string_view) {};
    RunMerger members(comm_, journal_, std::move(runs), keep_one, range_bytes_);
    Runs counts;
    while (const auto merged = members.next()) {
        agree(comm_, [&] {
            RunWriter run(journal_, std::ssize(counts));
            std::string group;
            Index count = 0;
            const auto end_group = [&] {
                if (count > 0) run.append({group, reducer_.counted(set, count)});
                count = 0;
            };
            for (std::string_view rest = *merged; !rest.empty(); ++count) {
                std::string of_this = reducer_.group_of(take_record(rest).key);
                if (of_this == group) continue;
                end_group();
                group = std::move(of_this);
            }
            end_group();
            counts.push_back(std::move(run).finish());
        });
    }
    return counts;
}

/// Runs of the merged groups by their number in the order, and then their key; each value is the whole
/// record.
Groups::Runs Groups::reorder(RunMerger by_key)
{
    Runs runs;
    while (const auto merged = by_key.next())
        agree(comm_, [&] { runs.push_back(in_order(*merged, std::ssize(runs))); });
    return runs;
}

StoredRun Groups::in_order(std::string_view groups, Index number)
{
    // Their keys are in order: of equal numbers the group that begins first is the first.
    std::vector<std::pair<std::uint64_t, std::size_t>> order;
    for (std::string_view rest = groups; !rest.empty();) {
        const std::size_t begin = groups.size() - rest.size();
        order.emplace_back(reducer_.order_of(take_record(rest)), begin);
    }
    std::sort(order.begin(), order.end());

    RunWriter run(journal_, number);
    std::string key;
    for (const auto& [of_group, begin] : order) {
        std::string_view rest = groups.substr(begin);
        const Record group = take_record(rest);
        key.clear();
        for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>(of_group >> shift);
        run.append({key.append(group.key), groups.substr(begin, groups.size() - rest.size() - begin)});
    }
    return std::move(run).finish();
}

std::optional<std::vector<Cells>> Groups::next()
{
    const auto merged = merger_->next();
    if (!merged) return std::nullopt;
    std::vector<Cells> cells = no_cells(columns_);
    agree(comm_, [&] {
        for (std::string_view rest = *merged; !rest.empty();) {
            Record group = take_record(rest);
            if (reducer_.reorders()) group = take_record(group.value);
            reducer_.append(group, columns_, cells);
        }
    });
    return cells;
}

} // namespace swather
