// SPDX-License-Identifier: MIT
#pragma once

#include "base/error.hpp"
#include "grid/box.hpp"
#include "mpi/communicator.hpp"
#include "run/options.hpp"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace swather {

/// What a run is doing, in a small JSON file for scripts that watch it. The file is whole at any time; a run
/// that was killed leaves what it said last. All is local, and root's.
class Status {
public:
    /// `path`: empty, on other ranks than root too, where no file is wanted. A file that cannot be written is
    /// told of once, and the run goes on.
    explicit Status(std::string path);
    ~Status();

    /// Adds what will not change.
    void know(const char* name, const nlohmann::json& value);
    /// A phase has begun.
    void enter(const char* phase);
    /// So many blocks are done; `seconds_left` below 0: nobody can tell. Written every two seconds at most.
    void blocks(Index done, Index all, double seconds_left);
    /// The end: "complete", or "up to date".
    void complete(const char* state);
    /// The end by an error; of one that another thread writes at the moment, nothing is said.
    void fail(const Error& error);

private:
    void write();

    std::string path_;
    std::unique_ptr<nlohmann::ordered_json> facts_;
    double last_write_ = 0;
    std::mutex writing_; ///< the watchdog speaks from its own thread
};

/// Collective. Does all the work of a command, with a status if the options want one; of an error, whichever
/// step it comes from, the status says so. Before any, `Exit::cannot_create` where a file stands in its place
/// that is no status, and would be replaced.
void with_status(const Communicator& comm, const RunOptions& options,
                 const std::function<void(Status&)>& work);

} // namespace swather
