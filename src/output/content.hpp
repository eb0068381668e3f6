// SPDX-License-Identifier: MIT
#pragma once

#include "output/journal.hpp"
#include "results/column.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace swather {

enum class CellType { uint8, int32, int64, float32, float64 };

/// Local. Bytes of a cell.
constexpr std::size_t size_of(CellType type)
{
    switch (type) {
    case CellType::uint8:
        return 1;
    case CellType::int32:
    case CellType::float32:
        return 4;
    case CellType::int64:
    case CellType::float64:
        return 8;
    }
    return 0;
}

template <class T>
constexpr CellType cell_type_of()
{
    if constexpr (std::is_same_v<T, std::int32_t>) return CellType::int32;
    if constexpr (std::is_same_v<T, Index>) return CellType::int64;
    if constexpr (std::is_same_v<T, float>) return CellType::float32;
    if constexpr (std::is_same_v<T, double>) return CellType::float64;
}

/// An encoded chunk that this rank has, and where.
struct OwnChunk {
    Index number = 0; ///< in the dataset
    std::uint64_t size = 0;
    std::uint64_t hash = 0;
    Place place;
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

/// A number that stands at a group, as an attribute.
struct GroupAttribute {
    std::string group;
    std::string name;
    Index value = 0;
};

/// Columns over one dimension of a group.
struct Table {
    std::string group;
    std::string dimension;
    Index rows = 0;
    std::vector<Column> columns;
    /// Columns that come before these, and that tables over the same rows share.
    std::shared_ptr<const std::vector<Column>> shared = nullptr;
    /// The dataset before which the columns are made; without one, they are made behind all.
    std::optional<std::size_t> before = std::nullopt;

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

/// Local. A text as one component of an HDF5 path; the true name stands beside it as the attribute
/// `long_name`.
std::string path_component(std::string_view text);

/// All that an output file holds, beside who made it.
struct Content {
    std::string title;
    std::string default_group;
    std::vector<ChunkedDataset> datasets;   ///< the same on all ranks, but for their chunks
    std::vector<Table> tables;              ///< root's
    std::vector<VirtualDataset> virtuals;   ///< root's
    std::vector<GroupAttribute> attributes; ///< root's
};

} // namespace swather
