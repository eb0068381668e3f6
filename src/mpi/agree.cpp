// SPDX-License-Identifier: MIT
#include "mpi/agree.hpp"

namespace swather {

void settle(const Communicator& comm, const std::optional<Error>& mine, const std::function<void()>& idle)
{
    // Two numbers: an error without an order must still come before no error at all.
    constexpr auto none = std::numeric_limits<std::int64_t>::max();
    const std::int64_t first_failed = comm.minimum(mine ? comm.rank() : none, [&] {
        (void)comm.alarm_raised(); // root passes on that of another rank
        if (idle) idle();
    });
    if (first_failed == none) return;

    const std::int64_t lowest = comm.minimum(mine ? mine->order() : none);
    const std::int64_t speaker = comm.minimum(mine && mine->order() == lowest ? comm.rank() : none);
    comm.clear_alarms();

    Bytes told;
    if (mine && comm.rank() == speaker) {
        put(told, mine->code());
        put(told, mine->order());
        put(told, std::string_view(mine->finding()));
        put(told, std::string_view(mine->remedy()));
    }
    // The speaker is seldom root: its words go there first.
    for (const Bytes& one : comm.gather(told))
        if (!one.empty()) told = one;
    told = comm.broadcast(std::move(told));
    BytesReader reader(told);
    const auto code = reader.get<Exit>();
    const auto order = reader.get<std::int64_t>();
    const std::string finding = reader.get_string();
    throw AgreedError(Error(code, order, finding, reader.get_string()));
}

} // namespace swather
