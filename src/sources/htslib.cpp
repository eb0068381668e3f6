// SPDX-License-Identifier: MIT
#include "sources/htslib.hpp"

#include <htslib/hts.h>
#include <htslib/hts_log.h>

#include <cstdlib>

namespace swather {

std::string htslib_version() { return hts_version(); }

void prepare_htslib()
{
    hts_set_log_level(HTS_LOG_OFF);
    // Without it, htslib looks for the references of a CRAM on a server in the network.
    ::setenv("REF_PATH", "/dev/null", 1);
}

} // namespace swather
