// SPDX-License-Identifier: MIT
#pragma once

#include "results/column.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace swather {

enum class CellType { int32, int64, float32, float64 };

template <class T>
constexpr CellType cell_type_of()
{
    if constexpr (std::is_same_v<T, std::int32_t>) return CellType::int32;
    if constexpr (std::is_same_v<T, Index>) return CellType::int64;
    if constexpr (std::is_same_v<T, float>) return CellType::float32;
    if constexpr (std::is_same_v<T, double>) return CellType::float64;
}

/// An encoded chunk that this rank has, and where in its journal.
struct OwnChunk {
    Index number = 0; ///< in the dataset
    std::uint64_t size = 0;
    std::uint64_t hash = 0;
    std::size_t entry = 0;        ///< of the journal
    std::uint64_t body_begin = 0; ///< in the body of that entry
};

/// A large dataset of one dimension that all ranks write, each its own chunks.
struct ChunkedDataset {
    std::string path;
    std::string dimension; ///< name of its dimension, in the same group
    CellType type = CellType::int32;
    Index cells = 0;
    Index chunk = 1;
    std::string long_name;
    std::string units;
    std::vector<OwnChunk> chunks; ///< of this rank
};

/// Columns over one dimension of a group.
struct Table {
    std::string group;
    std::string dimension;
    Index rows = 0;
    std::vector<Column> columns;
    /// Columns that come before these, and that tables over the same rows share.
    std::shared_ptr<const std::vector<Column>> shared = nullptr;

    /// Local. Calls `visit` with each column, in the order of the file.
    template <class Visit>
    void for_each_column(Visit&& visit) const
    {
        if (shared) std::for_each(shared->begin(), shared->end(), visit);
        std::for_each(columns.begin(), columns.end(), visit);
    }
};

/// A stretch of a dataset under a name of its own, as an HDF5 virtual dataset: no byte is stored twice.
struct VirtualDataset {
    std::string path;
    std::string long_name;
    std::string source;
    CellType type = CellType::int32;
    Box cells; ///< of the source
};

/// All that an output file holds, beside who made it.
struct Content {
    std::string title;
    std::string default_group;
    std::vector<ChunkedDataset> datasets; ///< the same on all ranks, but for their chunks
    std::vector<Table> tables;            ///< root's
    std::vector<VirtualDataset> virtuals; ///< root's
};

} // namespace swather
