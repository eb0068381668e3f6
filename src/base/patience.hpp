// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <thread>

namespace swather {

/// Leaves the processor to others while waiting, longer and longer up to a millisecond: ranks may share
/// cores.
class Patience {
public:
    void wait()
    {
        std::this_thread::sleep_for(pause_);
        pause_ = std::min(pause_ * 2, std::chrono::microseconds(1000));
    }

private:
    std::chrono::microseconds pause_{10};
};

} // namespace swather
