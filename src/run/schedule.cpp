// SPDX-License-Identifier: MIT
#include "run/schedule.hpp"

#include "base/stop.hpp"

#include <algorithm>
#include <numeric>
#include <queue>

namespace swather {

namespace {

void pack(const Descriptor& descriptor, Bytes& bytes)
{
    put(bytes, descriptor.block);
    put(bytes, std::span<const std::byte>(descriptor.where));
}

std::vector<double> costs_of(const std::vector<Descriptor>& descriptors)
{
    std::vector<double> costs;
    for (const Descriptor& descriptor : descriptors) costs.push_back(cost_of(descriptor.block));
    return costs;
}

std::size_t packed_size(const Descriptor& descriptor)
{
    return sizeof descriptor.block + sizeof(std::uint64_t) + descriptor.where.size();
}

} // namespace

// What is read is most of a block's work, but a cell costs something even where there is nothing to read.
double cost_of(const Block& block) { return block.cost + 0.3 * static_cast<double>(block.core.size()); }

std::vector<std::size_t> dearest_first(std::span<const double> costs)
{
    std::vector<std::size_t> order(costs.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return costs[a] > costs[b]; });
    return order;
}

std::vector<int> assign(std::span<const double> costs, int ranks)
{
    using Load = std::pair<double, int>;
    std::priority_queue<Load, std::vector<Load>, std::greater<>> least_loaded;
    for (int rank = 0; rank < ranks; ++rank) least_loaded.emplace(0, rank);

    std::vector<int> rank_of(costs.size());
    for (const std::size_t block : dearest_first(costs)) {
        const auto [load, rank] = least_loaded.top();
        least_loaded.pop();
        rank_of[block] = rank;
        least_loaded.emplace(load + costs[block], rank);
    }
    return rank_of;
}

Schedule::Schedule(const Communicator& comm, std::vector<Descriptor> descriptors, Dealing dealing,
                   int ranks_of_a_server)
    : comm_(comm)
    , root_only_serves_(comm.size() >= ranks_of_a_server)
{
    blocks_of_all_ = comm.broadcast(static_cast<Index>(descriptors.size()));
    cost_of_all_ =
        comm.broadcast(std::accumulate(descriptors.begin(), descriptors.end(), 0.0,
                                       [](double sum, const auto& d) { return sum + d.block.cost; }));
    std::deque<Bytes> later;
    std::vector<Bytes> of_ranks;
    if (comm.is_root())
        of_ranks = dealing == Dealing::beforehand ? deal(std::move(descriptors))
                                                  : deal_first(std::move(descriptors), later);
    mine_ = comm.scatter(of_ranks);
    rest_ = BytesReader(mine_);
    if (dealing == Dealing::on_demand) dispatcher_.emplace(comm, std::move(later), root_only_serves_);
}

std::vector<Bytes> Schedule::deal(std::vector<Descriptor> descriptors) const
{
    const auto rank_of = assign(costs_of(descriptors), comm_.size());
    std::vector<std::size_t> sizes(static_cast<std::size_t>(comm_.size()));
    for (std::size_t i = 0; i < descriptors.size(); ++i)
        sizes[static_cast<std::size_t>(rank_of[i])] += packed_size(descriptors[i]);
    std::vector<Bytes> of_ranks(sizes.size());
    for (std::size_t rank = 0; rank < sizes.size(); ++rank) of_ranks[rank].reserve(sizes[rank]);
    for (std::size_t i = 0; i < descriptors.size(); ++i) {
        const Descriptor descriptor = std::move(descriptors[i]); // which is packed, and gone
        pack(descriptor, of_ranks[static_cast<std::size_t>(rank_of[i])]);
    }
    return of_ranks;
}

std::vector<Bytes> Schedule::deal_first(std::vector<Descriptor> descriptors, std::deque<Bytes>& later) const
{
    std::vector<Bytes> of_ranks(static_cast<std::size_t>(comm_.size()));
    std::size_t rank = root_only_serves_ ? 1 : 0;
    for (const std::size_t i : dearest_first(costs_of(descriptors))) {
        const Descriptor descriptor = std::move(descriptors[i]);
        pack(descriptor, rank < of_ranks.size() ? of_ranks[rank++] : later.emplace_back());
    }
    return of_ranks;
}

std::optional<Descriptor> Schedule::next(const std::function<void()>& idle)
{
    if (comm_.alarm_raised()) return std::nullopt;
    throw_if_stopped();
    if (rest_.at_end()) {
        mine_ = Bytes(); // nobody asks for them again
        if (auto block = dispatcher_ ? dispatcher_->take(idle) : std::nullopt) mine_ = std::move(*block);
        rest_ = BytesReader(mine_);
        if (mine_.empty()) return std::nullopt;
    }
    const auto block = rest_.get<Block>();
    Descriptor descriptor{block, rest_.get_vector<std::byte>()};
    if (dispatcher_) dispatcher_->ask();
    return descriptor;
}

void Schedule::serve()
{
    if (dispatcher_) dispatcher_->serve();
}

void Schedule::finish()
{
    if (dispatcher_) dispatcher_->finish();
}

} // namespace swather
