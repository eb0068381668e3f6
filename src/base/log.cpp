// SPDX-License-Identifier: MIT
#include "base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>

namespace swather {

void start_log(const std::string& level, bool speaking)
{
    auto logger =
        std::make_shared<spdlog::logger>("swather", std::make_shared<spdlog::sinks::stderr_sink_st>());
    logger->set_pattern("swather %H:%M:%S %l: %v");
    const auto wanted = spdlog::level::from_str(level);
    logger->set_level(speaking ? wanted : std::max(wanted, spdlog::level::warn));
    spdlog::set_default_logger(std::move(logger));
}

} // namespace swather
