// SPDX-License-Identifier: MIT
#pragma once

#include <spdlog/spdlog.h>

#include <string>

namespace swather {

/// Local. Messages go to stderr, with the time; on a rank that is not `speaking` only warnings and worse do.
void start_log(const std::string& level, bool speaking);

} // namespace swather
