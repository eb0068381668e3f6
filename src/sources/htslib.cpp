// SPDX-License-Identifier: MIT
#include "sources/htslib.hpp"

#include <htslib/hts.h>
#include <htslib/hts_log.h>

namespace swather {

std::string htslib_version() { return hts_version(); }

void keep_htslib_quiet() { hts_set_log_level(HTS_LOG_OFF); }

} // namespace swather
