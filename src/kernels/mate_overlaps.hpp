// SPDX-License-Identifier: MIT
#pragma once

#include "base/hash.hpp"
#include "kernels/count_rules.hpp"
#include "kernels/depth_steps.hpp"

#include <boost/container/small_vector.hpp>
#include <tsl/robin_map.h>

namespace swather {

/// Counts proper pairs once where their mates overlap, as mosdepth 0.3.3 does.
///
/// A read whose mate begins inside it waits for it, by its name. The reads of a piece must come in the order
/// of the file, with a margin around the piece in which all lies that has the name of a read on it.
class MateOverlaps {
public:
    explicit MateOverlaps(const CountRules& rules)
        : rules_(rules)
    {
    }

    /// Local. Takes from the depth what a read and the mate that waits for it both count. To be called with
    /// all reads that count.
    void add(const Read& read, DepthSteps& depth);

private:
    using Runs = boost::container::small_vector<Box, 1>;

    /// A read that waits for its mate.
    struct Waiting {
        Box span;
        bool is_one_operation = false;
        Runs runs;
    };
    struct Low {
        std::size_t operator()(const Hash128& name) const { return name.low; }
    };

    [[nodiscard]] Runs runs_of(const Read& read) const;
    void subtract(const Read& read, const Waiting& mate, DepthSteps& depth) const;

    CountRules rules_;
    tsl::robin_map<Hash128, Waiting, Low> waiting_; ///< by the names of the reads of each piece
};

} // namespace swather
