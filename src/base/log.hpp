// SPDX-License-Identifier: MIT
#pragma once

#include <spdlog/spdlog.h>

#include <algorithm>
#include <string>

namespace swather {

/// Local. Messages go to stderr, with the time; on a rank that is not `speaking` only warnings and worse do.
void start_log(const std::string& level, bool speaking);

/// Keeps all messages but errors back, as long as it lives: of what is done once more, and has been told.
class Hush {
public:
    Hush()
        : level_(spdlog::get_level())
    {
        spdlog::set_level(std::max(level_, spdlog::level::err));
    }
    ~Hush() { spdlog::set_level(level_); }
    Hush(const Hush&) = delete;
    Hush& operator=(const Hush&) = delete;

private:
    spdlog::level::level_enum level_;
};

} // namespace swather
