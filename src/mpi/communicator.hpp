// SPDX-License-Identifier: MIT
#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace swather {

/// The ranks of one run, and the few things that they say to each other. `mpi.h` stays behind this header.
///
/// MPI's default is to abort on the first error; here every call returns its code and throws
/// `Exit::internal`. Counts are 64 bits: what does not fit into MPI's int goes in rounds. Nothing collective
/// happens in a destructor: a communicator lives until MPI ends.
class Communicator {
public:
    /// Collective. All ranks of the run.
    static Communicator world();

    Communicator(Communicator&&) noexcept;
    Communicator& operator=(Communicator&&) noexcept;
    ~Communicator();

    [[nodiscard]] int rank() const { return rank_; }
    [[nodiscard]] int size() const { return size_; }
    [[nodiscard]] bool is_root() const { return rank_ == 0; }

    /// Collective. Root's bytes, on all ranks.
    [[nodiscard]] Bytes broadcast(Bytes bytes) const;
    /// Collective. Root's value, on all ranks.
    template <Plain T>
    [[nodiscard]] T broadcast(const T& value) const;

    /// Collective. The bytes of each rank, on root in the order of ranks; empty elsewhere.
    [[nodiscard]] std::vector<Bytes> gather(const Bytes& mine) const;
    /// Collective. The values of each rank, on root in the order of ranks; empty elsewhere.
    template <Plain T>
    [[nodiscard]] std::vector<std::vector<T>> gather(const std::vector<T>& mine) const;

    /// Collective. Entry r of root's list, on rank r. Only root's list is looked at; it has one entry for
    /// each rank.
    [[nodiscard]] Bytes scatter(const std::vector<Bytes>& all) const;
    template <Plain T>
    [[nodiscard]] std::vector<T> scatter(const std::vector<std::vector<T>>& all) const;

    /// Collective. The bytes of the rank `distance` below, around the ring.
    [[nodiscard]] Bytes shift(const Bytes& mine, int distance) const;

    /// Collective. Entry r of each rank's list, on rank r in the order of ranks: all to all. Each list has
    /// one entry for each rank.
    [[nodiscard]] std::vector<Bytes> exchange(std::vector<Bytes> of_ranks) const;
    /// Collective. A number of each rank, on all ranks in the order of ranks.
    [[nodiscard]] std::vector<std::int64_t> all_gather(std::int64_t mine) const;

    /// Collective. The smallest, and the sum, of a number over all ranks. `idle` is called now and then while
    /// others are still on their way, and the processor is left to them in between.
    [[nodiscard]] std::int64_t minimum(std::int64_t mine, const std::function<void()>& idle = {}) const;
    [[nodiscard]] std::int64_t sum(std::int64_t mine) const;
    /// Collective. The sums over all ranks of numbers, of which each has as many.
    [[nodiscard]] std::vector<std::int64_t> sums(std::vector<std::int64_t> mine) const;

    /// Local. Tells all other ranks, without waiting, that this one has failed.
    void raise_alarm() const;
    /// Local. Whether a rank has failed. Root passes on what it was told when it is asked this.
    [[nodiscard]] bool alarm_raised() const;
    /// Collective. Forgets all alarms.
    void clear_alarms() const;

    /// For tests: the bytes that one rank sends in one round of gather, scatter and shift.
    void limit_rounds(std::int64_t bytes) { round_ = bytes; }

private:
    struct Handle;
    friend class Mailbox; // sends on a duplicate of the handle

    explicit Communicator(Handle handle);
    [[nodiscard]] std::int64_t rounds(std::int64_t longest) const;
    void spread_alarm() const;

    struct Alarms;
    std::unique_ptr<Handle> handle_;
    std::unique_ptr<Alarms> alarms_;
    int rank_ = 0;
    int size_ = 1;
    std::int64_t round_ = 0;
};

template <Plain T>
T Communicator::broadcast(const T& value) const
{
    Bytes bytes;
    put(bytes, value);
    bytes = broadcast(std::move(bytes));
    return BytesReader(bytes).get<T>();
}

template <Plain T>
std::vector<std::vector<T>> Communicator::gather(const std::vector<T>& mine) const
{
    Bytes bytes;
    put(bytes, std::span<const T>(mine));
    std::vector<std::vector<T>> all;
    for (const Bytes& one : gather(bytes)) all.push_back(BytesReader(one).get_vector<T>());
    return all;
}

template <Plain T>
std::vector<T> Communicator::scatter(const std::vector<std::vector<T>>& all) const
{
    std::vector<Bytes> packed(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) put(packed[i], std::span<const T>(all[i]));
    const Bytes mine = scatter(packed);
    return BytesReader(mine).get_vector<T>();
}

} // namespace swather
