// SPDX-License-Identifier: MIT
#pragma once

#include "base/error.hpp"
#include "grid/box.hpp"
#include "mpi/mailbox.hpp"
#include "mpi/nodes.hpp"
#include "run/timings.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace swather {

/// Ends a run in which nothing moves any more: where for so long no rank has begun a phase or a block, and
/// none has read or written, one rank says which ranks are stuck, and all end. The journal is kept.
///
/// A thread of each rank looks at its rank a few times in that long, and tells what it sees to rank 0, and to
/// rank 1, which speaks where rank 0 does not. A rank that is stopped, or whose node is gone, is silent; one
/// whose file system does not answer still has its thread.
class Watchdog {
public:
    /// Collective. Watches until the end of its life. `seconds`: the longest standstill; 0: does not watch,
    /// nor where MPI lets no thread speak.
    /// `tell` is called, in a thread of its own on the rank that speaks, with what there is to say. The end
    /// waits two seconds for it at most: a message, too, may be for a file system that does not answer.
    Watchdog(const Communicator& comm, const Nodes& nodes, double seconds, std::function<void(Error)> tell);
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    static constexpr Index no_block = -1;

    /// Collective. Ends the watch, if it has not yet ended, and takes in what was said: MPI wants that before
    /// its own end.
    void stop();

    /// Local. This rank has begun a phase, or a block.
    void see(Phase phase, Index block = no_block);

private:
    /// What a rank's thread tells of it.
    struct Sight {
        double still = 0; ///< seconds without any movement
        Phase phase = Phase::launch;
        Index block = no_block;
        bool is_blocked = false; ///< it did not even wait actively: it waits for a device
    };
    /// The last that was heard of a rank.
    struct Heard {
        Sight sight;
        double when;

        [[nodiscard]] double silent(double now) const { return now - when; }
        [[nodiscard]] double still(double now) const { return sight.still + silent(now); }
    };

    /// What is wrong with a rank, the surest sign first.
    enum class Sign { silent, waits_for_device, has_block, is_busy };

    void join();
    void watch();
    void start_anew(double now);
    Sight look(double now);
    void listen(double now);
    [[nodiscard]] bool is_mine_to_tell(double now) const;
    [[nodiscard]] Sign sign_of(const Heard& heard, double now) const;
    [[nodiscard]] Error report(double now) const;

    const Communicator& comm_;
    const Nodes& nodes_;
    double limit_;
    double interval_;
    std::function<void(Error)> tell_;
    Mailbox mailbox_;
    clockid_t clock_of_main_;
    std::string io_of_main_; ///< where the kernel counts what the main thread reads and writes

    std::atomic<Phase> phase_{Phase::launch};
    std::atomic<Index> block_{no_block};
    std::atomic<std::uint64_t> steps_{0};

    // Of the thread alone.
    std::uint64_t last_steps_ = 0;
    std::uint64_t last_bytes_ = 0;
    double last_cpu_ = 0;
    double last_moved_;
    double last_look_;
    std::vector<Heard> heard_; ///< by ranks 0 and 1, of each rank

    std::mutex mutex_;
    std::condition_variable ended_;
    bool end_ = false;
    std::thread thread_;
};

} // namespace swather
