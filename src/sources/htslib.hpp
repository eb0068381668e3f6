// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace swather {

/// Local. The version of htslib that runs, "1.16".
std::string htslib_version();

/// Local. Keeps htslib's own messages off stderr: what went wrong is told once, by our error.
void keep_htslib_quiet();

} // namespace swather
