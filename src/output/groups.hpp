// SPDX-License-Identifier: MIT
#pragma once

#include "output/merge_runs.hpp"
#include "results/kernel.hpp"

namespace swather {

/// The groups of all blocks, each once and in their final order, round by round: in each, every rank has the
/// next of them.
class Groups {
public:
    /// Collective. From output number `number` of these blocks. `range_bytes` as for RunMerger.
    Groups(const Communicator& comm, Journal& journal, const Box& blocks, const KeyedOutput& output,
           std::size_t number, double range_bytes);

    /// Local. The columns of the groups, the same on all ranks.
    [[nodiscard]] const std::vector<CellColumn>& columns() const { return columns_; }
    /// Collective. The cells of this rank's groups in the next round, for each column. None, on all ranks,
    /// when there are no more.
    std::optional<std::vector<Cells>> next();

private:
    using Runs = std::vector<StoredRun>;

    void read_entries(const Box& blocks, std::size_t number, std::vector<Runs>& runs,
                      std::vector<Bytes>& traits) const;
    [[nodiscard]] RunMerger merger(Runs runs) const;
    [[nodiscard]] Runs count_members(std::size_t set, Runs runs);
    [[nodiscard]] Runs reorder(RunMerger by_key);
    [[nodiscard]] StoredRun in_order(std::string_view groups, Index number);

    const Communicator& comm_;
    Journal& journal_;
    const Reducer& reducer_;
    double range_bytes_;
    std::vector<CellColumn> columns_;
    std::optional<RunMerger> merger_;
};

} // namespace swather
