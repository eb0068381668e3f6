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
        rules.overlaps = Overlaps::once;
    else if (tool == "mosdepth-fast")
        rules.spans = true;
    else if (tool == "mpileup")
        rules = {.min_baseq = 13,
                 .deletions = true,
                 .skips = true,
                 .orphans = false,
                 .absent_bases = false,
                 .overlaps = Overlaps::by_base};
    else if (tool != "depth")
        throw Error(Exit::usage, "--count-like {}: there is no such tool", tool)
            .remedy("take depth, depth-J, mosdepth, mosdepth-fast or mpileup");
    return rules;
}

} // namespace swather
