// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace swather {

/// Local. The version of htslib that runs, "1.16".
std::string htslib_version();

/// Local. Keeps htslib's own messages off stderr, where what went wrong is told once, by our error; and keeps
/// it from the network.
void prepare_htslib();

} // namespace swather
