// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <functional>
#include <optional>
#include <string_view>
#include <utility>

namespace swather {

/// Some bases of a contig that lie side by side.
struct SequenceStretch {
    Index contig = 0; ///< its number in the file
    std::string_view contig_name{};
    Index contig_length = 0;
    Index start = 0;          ///< position of the first base on the contig, 0-based
    std::string_view bases{}; ///< letters of IUPAC, large or small, also U, X and -
    /// The first of them, which no other stretch of any block owns; those behind, fewer only at the end of
    /// the contig, are there to be looked at.
    Index owned = 0;
};

/// The bases of one block, stretch by stretch, in the order of the file; each base is owned once. What a
/// stretch points to lives until the next.
class SequenceView {
public:
    using NextStretch = std::function<std::optional<SequenceStretch>()>;

    explicit SequenceView(NextStretch next)
        : next_(std::move(next))
    {
    }

    /// Local. The next stretch, which owns at least one base; none at the end.
    std::optional<SequenceStretch> next() { return next_(); }

private:
    NextStretch next_;
};

} // namespace swather
