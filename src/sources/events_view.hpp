// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace swather {

/// What happened during a run of functional imaging.
struct Event {
    double onset = 0;                 ///< seconds since the run began
    double duration = 0;              ///< seconds; 0 is an impulse
    std::string trial_type = "dummy"; ///< its condition
    double modulation = 1;            ///< its height
};

} // namespace swather
