// SPDX-License-Identifier: MIT
#include "run/status.hpp"

#include "base/file.hpp"
#include "base/log.hpp"
#include "base/stopwatch.hpp"
#include "mpi/agree.hpp"
#include "run/provenance.hpp"
#include "run/timings.hpp"

#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include <cmath>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <string_view>

namespace swather {

namespace {

constexpr double seconds_between_writes = 2;
constexpr std::string_view begin_of_status = "{\n  \"state\": \"";

/// An empty file, of mktemp say, is as good as none.
void check_status_place(const std::string& path)
{
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return;
    const bool is_file = S_ISREG(status.st_mode);
    if (is_file && status.st_size == 0) return;
    std::string begin(begin_of_status.size(), '\0');
    if (is_file) std::ifstream(path).read(begin.data(), std::ssize(begin));
    if (begin != begin_of_status)
        throw Error(Exit::cannot_create, "--status '{}': what stands there is no status of swather", path)
            .remedy("name another file: this one would be replaced");
}

} // namespace

Status::Status(std::string path)
    : path_(std::move(path))
    , facts_(std::make_unique<nlohmann::ordered_json>())
{
    *facts_ = {{"state", "running"}, {"started", time_stamp()}};
}

Status::~Status() = default;

void Status::know(const char* name, const nlohmann::json& value) { (*facts_)[name] = value; }

void Status::enter(const char* phase)
{
    const std::lock_guard lock(writing_);
    if ((*facts_)["phase"] == phase) return;
    (*facts_)["phase"] = phase;
    write();
}

void Status::blocks(Index done, Index all, double seconds_left)
{
    const std::lock_guard lock(writing_);
    (*facts_)["blocks_done"] = done;
    (*facts_)["blocks"] = all;
    (*facts_)["seconds_left"] =
        seconds_left < 0 ? nlohmann::ordered_json() : nlohmann::ordered_json(std::round(seconds_left));
    if (wall_seconds() - last_write_ > seconds_between_writes) write();
}

void Status::complete(const char* state)
{
    const std::lock_guard lock(writing_);
    (*facts_)["state"] = state;
    (*facts_)["exit_code"] = 0;
    facts_->erase("seconds_left");
    write();
}

void Status::fail(const Error& error)
{
    const std::unique_lock lock(writing_, std::try_to_lock);
    if (!lock) return;
    (*facts_)["state"] = error.code() == Exit::stopped ? "stopped" : "failed";
    (*facts_)["exit_code"] = static_cast<int>(error.code());
    (*facts_)["message"] = error.what();
    facts_->erase("seconds_left");
    write();
}

void Status::write()
{
    if (path_.empty()) return;
    last_write_ = wall_seconds();
    (*facts_)["updated"] = time_stamp();
    (*facts_)["seconds"] = std::round(10 * seconds_since_start()) / 10;
    // What is not UTF-8 in a path is replaced.
    const std::string json = facts_->dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    try {
        write_whole(
            path_, [&](const File& file) { file.append(std::as_bytes(std::span(json))); }, Durable::no);
    } catch (const std::exception& error) {
        spdlog::warn("no status any more: {}", error.what());
        path_.clear();
    }
}

void with_status(const Communicator& comm, const RunOptions& options,
                 const std::function<void(Status&)>& work)
{
    share(comm, [&] {
        options.check_names();
        if (!options.status.empty()) check_status_place(options.status);
    });
    Status status{comm.is_root() && !options.rehearses() ? options.status : ""};
    status.know("command_line", options.command_line);
    status.know("output", options.output);
    status.know("ranks", comm.size());
    if (const char* const job = std::getenv("SLURM_JOB_ID")) status.know("SLURM_JOB_ID", job);
    status.enter(name_of(Phase::launch));
    try {
        work(status);
    } catch (const AgreedError& error) {
        status.fail(error);
        throw;
    }
}

} // namespace swather
