// SPDX-License-Identifier: MIT
#pragma once

#include "mpi/communicator.hpp"

#include <concepts>
#include <optional>
#include <system_error>

namespace swather {

/// Local. Calls `work` and catches what it throws.
template <std::invocable Work>
std::optional<Error> attempt(Work&& work)
{
    try {
        work();
    } catch (const Error& error) {
        return error;
    } catch (const std::bad_alloc&) {
        return Error(Exit::internal, "out of memory")
            .remedy("use fewer ranks per node or a smaller --block-size");
    } catch (const std::system_error& error) { // of std::filesystem
        return Error(Exit::io, "{}", error.what());
    } catch (const std::exception& error) {
        return Error(Exit::internal, "{}", error.what());
    }
    return std::nullopt;
}

/// Collective. Compares what happened on each rank; where any failed, throws the error of the lowest order
/// (then of the lowest rank) as an `AgreedError` on all ranks. `idle` is called now and then while waiting.
void settle(const Communicator& comm, const std::optional<Error>& mine,
            const std::function<void()>& idle = {});

/// Collective. The seam between local and collective code: `work` is local and may throw; after it, all ranks
/// go on, or all throw the same error. A rank that fails raises the alarm at once, so that `work` of the
/// others can stop early.
template <std::invocable Work>
void agree(const Communicator& comm, Work&& work, const std::function<void()>& idle = {})
{
    const std::optional<Error> failure = attempt(std::forward<Work>(work));
    if (failure) comm.raise_alarm();
    settle(comm, failure, idle);
}

/// Collective. As `agree`, but hands the error back, on all ranks, to whom has something collective left to
/// do.
template <std::invocable Work>
std::optional<AgreedError> agreed(const Communicator& comm, Work&& work,
                                  const std::function<void()>& idle = {})
{
    try {
        agree(comm, std::forward<Work>(work), idle);
    } catch (const AgreedError& error) {
        return error;
    }
    return std::nullopt;
}

/// Collective. What root's `work` returns, on all ranks; where it throws, the same error on all.
template <std::invocable Work>
requires Plain<std::invoke_result_t<Work>>
auto share(const Communicator& comm, Work&& work)
{
    std::invoke_result_t<Work> value{};
    agree(comm, [&] {
        if (comm.is_root()) value = work();
    });
    return comm.broadcast(value);
}

/// Collective. Root does `work` while the others wait; where it throws, the same error on all.
template <std::invocable Work>
requires std::is_void_v<std::invoke_result_t<Work>>
void share(const Communicator& comm, Work&& work)
{
    agree(comm, [&] {
        if (comm.is_root()) work();
    });
}

/// Collective. The same of texts.
template <std::invocable Work>
requires std::same_as<std::invoke_result_t<Work>, std::vector<std::string>>
auto share(const Communicator& comm, Work&& work)
{
    Bytes packed;
    share(comm, [&] {
        for (const std::string& text : work()) put(packed, std::string_view(text));
    });
    packed = comm.broadcast(std::move(packed));
    std::vector<std::string> texts;
    for (BytesReader reader(packed); !reader.at_end();) texts.push_back(reader.get_string());
    return texts;
}

/// Collective. Calls `take` on root with the bytes of each rank, in the order of ranks: root need not have
/// room for those of all. Where it throws, the same error on all ranks.
template <std::invocable<const Bytes&> Take>
void gather_in_turn(const Communicator& comm, const Bytes& mine, Take&& take)
{
    for (int rank = 0; rank < comm.size(); ++rank) {
        const auto of_ranks = comm.gather(rank == comm.rank() ? mine : Bytes());
        share(comm, [&] { take(of_ranks[static_cast<std::size_t>(rank)]); });
    }
}

} // namespace swather
