// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"
#include "mpi/mailbox.hpp"
#include "run/status.hpp"

#include <string>

namespace swather {

/// How far all ranks are, on root's stderr: a bar on a terminal, a line in a log for every twentieth that is
/// done and every half a minute; and in the status file.
///
/// Ranks report now and then by messages that nobody waits for; root takes them in between its own blocks.
class Progress {
public:
    /// Collective. `style` is auto, bar, plain or none; `blocks` and `cost` are those of all ranks together;
    /// so many of the plan's blocks were `done_before`.
    Progress(const Communicator& comm, const std::string& style, Index blocks, double cost, Index done_before,
             Status& status);

    /// Local. A block of this rank is done.
    void block_done(double cost);
    /// Local. Root: takes in what the others report, and shows it when it is time.
    void poll();
    /// Collective. Shows the end.
    void finish();

private:
    enum class Style { none, plain, bar };

    void report();
    void take(const Mailbox::Message& message);
    [[nodiscard]] double part() const;
    [[nodiscard]] double seconds_left() const;
    [[nodiscard]] bool is_time_to_show(double now) const;
    void show();

    const Communicator& comm_;
    Mailbox mailbox_;
    Style style_ = Style::none;
    Index blocks_;
    double cost_;
    Index done_before_;
    Status& status_;
    double start_;
    double last_report_;
    double last_show_;
    double last_part_ = 0; ///< shown
    bool bar_shown_ = false;

    struct Done {
        Index blocks = 0;
        double cost = 0;
    };
    Done done_; ///< root: by all ranks; elsewhere: since the last report
};

} // namespace swather
