// SPDX-License-Identifier: MIT
#include "run/schedule.hpp"

#include "base/stop.hpp"

#include <algorithm>
#include <numeric>
#include <queue>

namespace swather {

// What is read is most of a block's work, but a cell costs something even where there is nothing to read.
double cost_of(const Block& block) { return block.cost + 0.3 * static_cast<double>(block.core.size()); }

std::vector<int> assign(std::span<const double> costs, int ranks)
{
    std::vector<std::size_t> dearest_first(costs.size());
    std::iota(dearest_first.begin(), dearest_first.end(), std::size_t{0});
    std::stable_sort(dearest_first.begin(), dearest_first.end(),
                     [&](std::size_t a, std::size_t b) { return costs[a] > costs[b]; });

    using Load = std::pair<double, int>;
    std::priority_queue<Load, std::vector<Load>, std::greater<>> least_loaded;
    for (int rank = 0; rank < ranks; ++rank) least_loaded.emplace(0, rank);

    std::vector<int> rank_of(costs.size());
    for (const std::size_t block : dearest_first) {
        const auto [load, rank] = least_loaded.top();
        least_loaded.pop();
        rank_of[block] = rank;
        least_loaded.emplace(load + costs[block], rank);
    }
    return rank_of;
}

Schedule::Schedule(const Communicator& comm, std::vector<Descriptor> descriptors)
    : comm_(comm)
{
    blocks_of_all_ = comm.broadcast(static_cast<Index>(descriptors.size()));
    cost_of_all_ =
        comm.broadcast(std::accumulate(descriptors.begin(), descriptors.end(), 0.0,
                                       [](double sum, const auto& d) { return sum + d.block.cost; }));
    std::vector<Bytes> of_ranks(comm.is_root() ? static_cast<std::size_t>(comm.size()) : 0);
    if (comm.is_root()) {
        std::vector<double> costs;
        for (const Descriptor& descriptor : descriptors) costs.push_back(cost_of(descriptor.block));
        const auto rank_of = assign(costs, comm.size());
        for (std::size_t i = 0; i < descriptors.size(); ++i) {
            const Descriptor descriptor = std::move(descriptors[i]); // which is packed, and gone
            Bytes& bytes = of_ranks[static_cast<std::size_t>(rank_of[i])];
            put(bytes, descriptor.block);
            put(bytes, std::span<const std::byte>(descriptor.where));
        }
    }
    mine_ = comm.scatter(of_ranks);
    rest_ = BytesReader(mine_);
}

std::optional<Descriptor> Schedule::next()
{
    if (rest_.at_end()) mine_ = Bytes(); // nobody asks for them again
    if (mine_.empty() || comm_.alarm_raised()) return std::nullopt;
    throw_if_stopped();
    const auto block = rest_.get<Block>();
    return Descriptor{block, rest_.get_vector<std::byte>()};
}

} // namespace swather
