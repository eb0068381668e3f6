// SPDX-License-Identifier: MIT
#include "kernels/count_rules.hpp"

#include "base/error.hpp"

namespace swather {

CountRules CountRules::like(std::string_view tool)
{
    CountRules rules;
    if (tool == "depth-J")
        rules.deletions = true;
    else if (tool == "mosdepth")
        rules.overlaps_once = true;
    else if (tool == "mosdepth-fast")
        rules.spans = true;
    else if (tool != "depth")
        throw Error(Exit::usage, "--count-like {}: there is no such tool", tool)
            .remedy("take depth, depth-J, mosdepth or mosdepth-fast");
    return rules;
}

} // namespace swather
