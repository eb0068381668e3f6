// SPDX-License-Identifier: MIT
#include "output/merge_runs.hpp"

#include "base/stop.hpp"
#include "mpi/agree.hpp"
#include "output/key_ranges.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace swather {

namespace {

std::string_view text_of(std::span<const std::byte> bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The records of one run in one range.
struct Slice {
    Index order = 0;
    std::string_view records;
};

std::size_t shared_prefix(std::string_view a, std::string_view b)
{
    const auto end = a.begin() + static_cast<std::ptrdiff_t>(std::min(a.size(), b.size()));
    return static_cast<std::size_t>(std::mismatch(a.begin(), end, b.begin()).first - a.begin());
}

/// The bytes that begin all keys of some slices: those that the first and the last of them share.
std::size_t shared_prefix(const std::vector<Slice>& slices)
{
    std::optional<std::string_view> first;
    std::string_view last;
    for (const Slice& slice : slices) {
        Record record;
        for (std::string_view rest = slice.records; !rest.empty();) {
            const bool begins = rest.size() == slice.records.size();
            record = take_record(rest);
            if (begins && (!first || record.key < *first)) first = record.key;
        }
        last = std::max(last, record.key);
    }
    return first ? shared_prefix(*first, last) : 0;
}

/// The first record of a slice that is not yet merged. Keys are compared by the eight bytes behind those that
/// all share, as one number, and only where these are equal as a whole.
class Head {
public:
    Head(std::string_view records, std::size_t order, std::size_t shared)
        : rest_(records)
        , order_(order)
        , shared_(shared)
    {
        advance();
    }

    void advance()
    {
        done_ = rest_.empty();
        if (done_) {
            front_ = std::numeric_limits<std::uint64_t>::max();
            return;
        }
        record_ = take_record(rest_);
        __builtin_prefetch(rest_.data() + prefetched_ahead); // there are more slices than the CPU can follow
        front_ = 0;
        copy_short(reinterpret_cast<char*>(&front_), record_.key.substr(shared_, sizeof front_));
        if constexpr (std::endian::native == std::endian::little) front_ = __builtin_bswap64(front_);
    }

    [[nodiscard]] bool done() const { return done_; }
    [[nodiscard]] const Record& record() const { return record_; }
    [[nodiscard]] std::uint64_t front() const { return front_; }

    /// Whether this comes before `other`, whose front is equal; of equal keys the one of the earlier slice
    /// does.
    [[nodiscard]] bool before(const Head& other) const
    {
        if (done_ || other.done_) return !done_;
        const int order = compare(other.record_.key);
        return order != 0 ? order < 0 : order_ < other.order_;
    }

    /// Whether this has the key `key`, whose front is `front`.
    [[nodiscard]] bool has(std::string_view key, std::uint64_t front) const
    {
        return !done_ && front == front_ && compare(key) == 0;
    }

private:
    [[nodiscard]] int compare(std::string_view key) const
    {
        const std::size_t in_front = shared_ + sizeof front_;
        const bool both_in_front = key.size() <= in_front && record_.key.size() == key.size();
        return both_in_front ? 0 : record_.key.compare(key);
    }

    static constexpr std::size_t prefetched_ahead = 256;

    std::string_view rest_;
    Record record_;
    std::uint64_t front_ = 0;
    std::size_t order_;
    std::size_t shared_;
    bool done_ = false;
};

/// A tournament among the heads of all slices: the winner is the smallest, and after it has moved on only the
/// games on its way up are played again.
class LoserTree {
public:
    explicit LoserTree(std::vector<Head> heads)
        : heads_(std::move(heads))
        , losers_(heads_.size())
    {
        winner_ = play(1).head;
    }

    [[nodiscard]] const Head& winner() const { return heads_[winner_]; }

    /// Goes on to the next record.
    void advance()
    {
        heads_[winner_].advance();
        Player player{heads_[winner_].front(), winner_};
        for (std::size_t game = (winner_ + heads_.size()) / 2; game > 0; game /= 2) {
            Player& loser = losers_[game];
            // Who wins cannot be foretold: as a branch this took twice as long.
            const std::uint64_t swaps = -std::uint64_t{is_before(loser, player)};
            const std::uint64_t front = (loser.front ^ player.front) & swaps;
            const std::uint64_t head = (loser.head ^ player.head) & swaps;
            loser = {loser.front ^ front, loser.head ^ head};
            player = {player.front ^ front, player.head ^ head};
        }
        winner_ = player.head;
    }

private:
    struct Player {
        std::uint64_t front = 0;
        std::size_t head = 0;
    };

    [[nodiscard]] bool is_before(const Player& a, const Player& b) const
    {
        if (a.front == b.front) [[unlikely]]
            return heads_[a.head].before(heads_[b.head]);
        return a.front < b.front;
    }

    /// Plays all games below; the winner goes up. Games are numbered from 1, and behind them stand the heads.
    Player play(std::size_t game)
    {
        if (game >= heads_.size()) {
            const std::size_t head = game - heads_.size();
            return {heads_[head].front(), head};
        }
        const Player left = play(2 * game);
        const Player right = play(2 * game + 1);
        const bool left_wins = is_before(left, right);
        losers_[game] = left_wins ? right : left;
        return left_wins ? left : right;
    }

    std::vector<Head> heads_;
    std::vector<Player> losers_;
    std::size_t winner_ = 0;
};

/// All keys of the slices begin with the same `shared` bytes.
std::string merge(const std::vector<Slice>& slices, std::size_t shared,
                  const RunMerger::MergeValues& merge_values)
{
    std::vector<Head> heads;
    std::size_t size = 0;
    for (const Slice& slice : slices) {
        heads.emplace_back(slice.records, heads.size(), shared);
        size += slice.records.size();
    }
    if (heads.empty()) return {};
    RecordWriter merged;
    merged.reserve(size);

    LoserTree tree(std::move(heads));
    std::string value;
    while (!tree.winner().done()) {
        Record record = tree.winner().record();
        const std::uint64_t front = tree.winner().front();
        tree.advance();
        if (tree.winner().has(record.key, front)) {
            value = record.value;
            for (; tree.winner().has(record.key, front); tree.advance())
                merge_values(value, tree.winner().record().value);
            record.value = value;
        }
        merged.append(record);
    }
    return std::move(merged).take();
}

} // namespace

RunMerger::RunMerger(const Communicator& comm, Journal& journal, std::vector<StoredRun> runs,
                     MergeValues merge_values, double range_bytes)
    : comm_(comm)
    , journal_(journal)
    , runs_(std::move(runs))
    , taken_(runs_.size())
    , hashers_(runs_.size())
    , merge_values_(std::move(merge_values))
    , ends_(ends_of_ranges(comm_, runs_, range_bytes))
{
}

std::optional<std::string> RunMerger::next()
{
    if (next_range_ > ends_.size()) return std::nullopt;
    const auto ranks = static_cast<std::size_t>(comm_.size());
    std::vector<Bytes> out(ranks);
    agree(comm_, [&] {
        for (std::size_t run = 0; run < runs_.size(); ++run) {
            throw_if_stopped();
            for (std::size_t rank = 0; rank < ranks; ++rank) {
                const std::size_t range = next_range_ + rank;
                append_slice(run, range < ends_.size() ? &ends_[range] : nullptr, out[rank]);
            }
        }
    });
    const std::size_t own_range = next_range_ + static_cast<std::size_t>(comm_.rank());
    next_range_ += ranks;
    const auto in = comm_.exchange(std::move(out));

    std::string merged;
    agree(comm_, [&] {
        std::vector<Slice> slices;
        for (const Bytes& of_rank : in) {
            for (std::string_view rest = text_of(of_rank); !rest.empty();) {
                const auto order = static_cast<Index>(take_varint(rest));
                const auto size = take_varint(rest);
                slices.push_back({order, rest.substr(0, size)});
                rest.remove_prefix(size);
            }
        }
        std::sort(slices.begin(), slices.end(),
                  [](const Slice& a, const Slice& b) { return a.order < b.order; });
        // The ends of a range tell what its keys begin with; the first and the last range have but one.
        const bool has_both_ends = own_range > 0 && own_range < ends_.size();
        const std::size_t shared =
            has_both_ends ? shared_prefix(ends_[own_range - 1], ends_[own_range]) : shared_prefix(slices);
        merged = merge(slices, shared, merge_values_);
    });
    return merged;
}

/// Moves the records of a run before the key `end`, or all that are left, into `slices`.
void RunMerger::append_slice(std::size_t number, const std::string* end, Bytes& slices)
{
    const StoredRun& run = runs_[number];
    std::uint64_t& taken = taken_[number];
    // Up to the first mark that is surely behind the range.
    const auto behind = !end ? run.marks.end()
                             : std::partition_point(run.marks.begin(), run.marks.end(),
                                                    [&](const Mark& mark) { return mark.key < *end; });
    const std::uint64_t until = behind == run.marks.end() ? run.size : behind->begin;
    if (until <= taken) return;

    Bytes bytes(until - taken);
    journal_.read({run.place.file, run.place.offset + taken}, bytes);
    std::string_view rest = text_of(bytes);
    if (end) {
        // Only the records from the last mark on can lie behind the end.
        const auto last = std::prev(behind);
        if (last->begin > taken) rest.remove_prefix(last->begin - taken);
        while (!rest.empty()) {
            std::string_view following = rest;
            if (take_record(following).key >= *end) break;
            rest = following;
        }
        bytes.resize(bytes.size() - rest.size());
    }
    if (bytes.empty()) return;
    taken += bytes.size();
    hashers_[number].add(bytes);
    if (taken == run.size && hashers_[number].value() != run.hash)
        throw Journal::damaged(fmt::format("groups of block {}", run.order));
    std::string header;
    put_varint(header, static_cast<std::uint64_t>(run.order));
    put_varint(header, bytes.size());
    append(slices, std::as_bytes(std::span(header)));
    append(slices, bytes);
}

} // namespace swather
