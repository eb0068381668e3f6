// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"
#include "mpi/mailbox.hpp"

#include <string>

namespace swather {

/// How far all ranks are, on root's stderr: a bar on a terminal, a line every few seconds in a log.
///
/// Ranks report now and then by messages that nobody waits for; root takes them in between its own blocks.
class Progress {
public:
    /// Collective. `style` is auto, bar, plain or none; `blocks` and `cost` are those of all ranks together.
    Progress(const Communicator& comm, const std::string& style, Index blocks, double cost);

    /// Local. A block of this rank is done.
    void block_done(double cost);
    /// Local. Root: takes in what the others report, and shows it when it is time.
    void poll();
    /// Collective. Shows the end.
    void finish();

private:
    enum class Style { none, plain, bar };

    void report();
    void show();

    const Communicator& comm_;
    Mailbox mailbox_;
    Style style_ = Style::none;
    Index blocks_;
    double cost_;
    double start_;
    double last_report_;
    double last_show_;
    bool bar_shown_ = false;
    Index done_ = 0;       ///< root: of all ranks; elsewhere: since the last report
    double done_cost_ = 0; ///< likewise
};

} // namespace swather
