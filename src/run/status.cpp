// SPDX-License-Identifier: MIT
#include "run/status.hpp"

#include "base/file.hpp"
#include "base/log.hpp"
#include "base/stopwatch.hpp"
#include "run/provenance.hpp"
#include "run/timings.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <exception>

namespace swather {

namespace {

constexpr double seconds_between_writes = 2;

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
    if ((*facts_)["phase"] == phase) return;
    (*facts_)["phase"] = phase;
    write();
}

void Status::blocks(Index done, Index all, double seconds_left)
{
    (*facts_)["blocks_done"] = done;
    (*facts_)["blocks"] = all;
    (*facts_)["seconds_left"] =
        seconds_left < 0 ? nlohmann::ordered_json() : nlohmann::ordered_json(std::round(seconds_left));
    if (wall_seconds() - last_write_ > seconds_between_writes) write();
}

void Status::complete(const char* state)
{
    (*facts_)["state"] = state;
    (*facts_)["exit_code"] = 0;
    facts_->erase("seconds_left");
    write();
}

void Status::fail(const Error& error)
{
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
        write_whole(path_, [&](const File& file) { file.append(std::as_bytes(std::span(json))); });
    } catch (const std::exception& error) {
        spdlog::warn("no status any more: {}", error.what());
        path_.clear();
    }
}

} // namespace swather
