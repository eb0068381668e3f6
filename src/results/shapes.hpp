// SPDX-License-Identifier: MIT
#pragma once

#include "results/records.hpp"

#include <vector>

namespace swather {

/// The shape of a kernel's result picks its way into the file.

/// One value, or as many as the output has, for each element of the core cells of a block, in C order.
template <class T>
struct Dense {
    std::vector<T> cells;
};

/// Sums over parts of the domain that blocks may share: one `S` for each item (a segment, say) that the block
/// touches. The values of one item are merged in block order by `S::merge(const S&)`; a default `S` is the
/// merge of none.
template <class S>
struct Scalar {
    struct Entry {
        Index item = 0;
        S value;
    };
    std::vector<Entry> entries;
};

/// Rows of a table, as many as a block happens to have, kept in the order in which it makes them; those of
/// later blocks follow. They are packed as their kernel likes: only the `RowsOutput` unpacks them.
struct Rows {
    /// What is unpacked at once, and so never much: some ten thousand rows.
    struct Batch {
        Index rows = 0;
        std::string packed;
    };
    std::vector<Batch> batches;
    Bytes traits; ///< what the output must know of all blocks before it makes the first column
};

/// Values by key: the groups that a block has, each once. The values of one key from several blocks are
/// merged in block order by the `Reducer` of the output; in the file the groups are sorted.
struct Keyed {
    Run groups;
    std::vector<Run>
        members;  ///< sets whose different members are counted for each group; they have no values
    Bytes traits; ///< what the reducer must know of all blocks before it makes the first column
};

} // namespace swather
