// SPDX-License-Identifier: MIT
#include "run/scaling_model.hpp"

#include "base/stop.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <queue>
#include <unordered_map>

namespace swather {

namespace {

// As run() calls them: broadcasts, agreements, sums.
constexpr double trees_of_a_run = 40;
// The schedule; and at the end heads of blocks, timings and addresses.
constexpr double messages_to_each = 5;
// Root's, of a rank that asks for a block (Dispatcher::ranks_of_a_server).
constexpr double seconds_of_an_answer = 15e-6;
// The journal is read, the output written, and read back.
constexpr double passes_of_gathering = 3;

double sum_of(const std::vector<double>& values)
{
    return std::accumulate(values.begin(), values.end(), 0.0);
}

/// Seconds until the busiest of the ranks is done with the blocks that assign() gives it.
double computed_beforehand(const Work& work, int ranks)
{
    std::vector<double> of_rank(static_cast<std::size_t>(ranks));
    const auto rank_of = assign(work.costs, ranks);
    for (std::size_t i = 0; i < rank_of.size(); ++i)
        of_rank[static_cast<std::size_t>(rank_of[i])] += work.seconds[i];
    return *std::max_element(of_rank.begin(), of_rank.end());
}

/// Ranks that ask for blocks, and root that answers.
class OnDemand {
public:
    OnDemand(const Work& work, double latency, int ranks)
        : work_(work)
        , latency_(latency)
        , order_(dearest_first(work.costs))
        , workers_(ranks - 1)
    {
    }

    /// Seconds until the last block is done, where root computes too.
    double with_root_at_work()
    {
        double root = begin_first(true);
        while (next_ < order_.size()) {
            const double now = root;
            while (next_ < order_.size() && !requests_.empty() && requests_.top().asked + latency_ <= now) {
                root += seconds_of_an_answer;
                answer(root);
            }
            if (next_ < order_.size()) root += seconds_of_next();
            end_ = std::max(end_, root);
        }
        return end_;
    }

    /// The same where root only answers.
    double with_root_as_server()
    {
        double root = begin_first(false);
        while (next_ < order_.size()) {
            root = std::max(root, requests_.top().asked + latency_) + seconds_of_an_answer;
            answer(root);
        }
        return end_;
    }

private:
    /// A rank asks for its next block when it begins one.
    struct Request {
        double asked;
        double free; ///< when it is done with what it has
        bool operator>(const Request& other) const { return asked > other.asked; }
    };

    /// The first blocks are scattered; returns when root is done with its own.
    double begin_first(bool root_computes)
    {
        const double root = root_computes && next_ < order_.size() ? seconds_of_next() : 0;
        end_ = root;
        for (int worker = 0; worker < workers_ && next_ < order_.size(); ++worker) begin(0);
        return root;
    }
    double seconds_of_next() { return work_.seconds[order_[next_++]]; }
    void begin(double now)
    {
        const double free = now + seconds_of_next();
        requests_.push({now, free});
        end_ = std::max(end_, free);
    }
    void answer(double now)
    {
        const Request request = requests_.top();
        requests_.pop();
        begin(std::max(request.free, now + latency_));
    }

    const Work& work_;
    double latency_;
    std::vector<std::size_t> order_;
    int workers_;
    std::size_t next_ = 0; ///< in the order of blocks
    double end_ = 0;
    std::priority_queue<Request, std::vector<Request>, std::greater<>> requests_;
};

double computing(const Work& work, const Machine& machine, Dealing dealing, int ranks)
{
    if (dealing == Dealing::beforehand) return computed_beforehand(work, ranks);
    OnDemand dealt(work, machine.latency, ranks);
    return ranks < Dispatcher::ranks_of_a_server ? dealt.with_root_at_work() : dealt.with_root_as_server();
}

} // namespace

Work work_of(std::span<const Block> blocks, std::span<const BlockTiming> measured)
{
    // A block that was computed twice stands there twice.
    std::unordered_map<Index, BlockTiming> of_block;
    BlockTiming all;
    double cost = 0;
    for (const BlockTiming& one : measured) {
        const auto [at, is_new] = of_block.try_emplace(one.block, one);
        if (is_new) {
            cost += cost_of(one.as_block());
            all.stored += one.stored;
        } else {
            at->second.cpu += one.cpu;
        }
        all.cpu += one.cpu;
    }
    const double seconds_by_cost = cost > 0 ? all.cpu / cost : 0;
    const double stored_by_cost = cost > 0 ? all.stored / cost : 0;

    Work work;
    for (const Block& block : blocks) {
        const double of_this = cost_of(block);
        const auto at = of_block.find(block.id);
        const bool is_measured = at != of_block.end() && at->second.is_of(block);
        work.costs.push_back(of_this);
        work.seconds.push_back(is_measured ? at->second.cpu : seconds_by_cost * of_this);
        work.bytes_of_results += is_measured ? at->second.stored : stored_by_cost * of_this;
        work.bytes_to_read += block.cost;
        if (is_measured) ++work.measured;
    }
    return work;
}

double Estimate::time() const { return planning + messages + std::max(computing, files) + gathering; }

const char* Estimate::limit() const
{
    constexpr double uneven = 1.1;
    const std::pair<double, const char*> parts[] = {
        {computing, imbalance() > uneven ? "uneven work" : "work"},
        {planning, "planning"},
        {messages, "messages"},
        {files, "files"},
        {gathering, "gathering"},
    };
    return std::max_element(std::begin(parts), std::end(parts),
                            [](const auto& a, const auto& b) { return a.first < b.first; })
        ->second;
}

Estimate estimate(const Work& work, const Machine& machine, Dealing dealing, int ranks)
{
    const auto size = static_cast<double>(ranks);
    const double io = machine.io_bandwidth ? 1 / *machine.io_bandwidth : 0;
    const double tree = std::bit_width(static_cast<unsigned>(ranks - 1));
    return {.ranks = ranks,
            .planning = work.planning,
            .messages = (trees_of_a_run * tree + messages_to_each * (size - 1)) * machine.latency +
                        work.bytes_of_descriptors * (size - 1) / size / machine.bandwidth,
            .computing = computing(work, machine, dealing, ranks),
            .mean_work = sum_of(work.seconds) / size,
            .files = (work.bytes_to_read + work.bytes_of_results) * io,
            .gathering =
                work.placing + work.gathering / size + passes_of_gathering * work.bytes_of_results * io};
}

int enough_ranks(const Work& work, const Machine& machine, Dealing dealing, int most)
{
    const auto time_on = [&](int ranks) {
        throw_if_stopped();
        return estimate(work, machine, dealing, ranks).time();
    };
    std::vector<std::pair<int, double>> times;
    for (int ranks = 1; ranks < most; ranks *= 2) times.emplace_back(ranks, time_on(ranks));
    times.emplace_back(most, time_on(most));

    const double least = std::min_element(times.begin(), times.end(), [](const auto& a, const auto& b) {
                             return a.second < b.second;
                         })->second;
    const auto is_enough = [&](double time) { return time <= 1.05 * least; };
    const auto first =
        std::find_if(times.begin(), times.end(), [&](const auto& one) { return is_enough(one.second); });
    if (first == times.begin()) return first->first;
    int too_few = std::prev(first)->first;
    int enough = first->first;
    while (enough - too_few > 1) {
        const int middle = std::midpoint(too_few, enough);
        (is_enough(time_on(middle)) ? enough : too_few) = middle;
    }
    return enough;
}

} // namespace swather
