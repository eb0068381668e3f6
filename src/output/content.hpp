// SPDX-License-Identifier: MIT
#pragma once

#include "grid/array_domain.hpp"
#include "output/journal.hpp"
#include "results/supplement.hpp"

#include <string>
#include <vector>

namespace swather {

enum class CellType { character, uint8, int32, int64, float32, float64 };

/// Local. Bytes of a cell.
constexpr std::size_t size_of(CellType type)
{
    switch (type) {
    case CellType::character:
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
    if constexpr (std::is_same_v<T, char>) return CellType::character;
    if constexpr (std::is_same_v<T, std::uint8_t>) return CellType::uint8;
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

/// A dimension of a dataset; the dataset's group has its scale, or one above it.
struct Dimension {
    std::string name;
    Index size = 0;
};

/// A large dataset that all ranks write, each its own chunks: it is cut into chunks along its first
/// dimension.
struct ChunkedDataset {
    std::string path;
    std::string dimension; ///< name of its first dimension
    CellType type = CellType::int32;
    Index cells = 0; ///< along the first dimension
    Index chunk = 1; ///< cells of a chunk, in which the other dimensions are whole
    std::string long_name;
    std::string units;
    std::vector<OwnChunk> chunks;      ///< of this rank
    std::vector<Dimension> inner = {}; ///< the other dimensions; root's
};

/// An axis whose dimension stands in a group, for all that is below.
struct PlacedAxis {
    std::string group;
    Axis axis;
};

/// A stretch of a dataset under a name of its own, as an HDF5 virtual dataset: no byte is stored twice.
struct VirtualDataset {
    std::string path;
    std::string long_name;
    std::string source;
    CellType type = CellType::int32;
    Box cells; ///< of the source
};

/// Columns of equal length, each a row of a matrix, as an HDF5 virtual dataset. They are in the file already.
struct VirtualMatrix {
    std::string path;
    std::string row_dimension;
    std::string column_dimension;
    std::vector<std::string> rows; ///< paths of the columns
    Index columns = 0;
    CellType type = CellType::float64;
    std::string long_name;
};

/// What stands at the root of an output file.
struct FileHead {
    std::string title;
    std::string default_group;
};

/// What an output file holds, or a part of it, beside who made it. What is not a chunk is root's.
struct Content : Supplement {
    std::vector<ChunkedDataset> datasets; ///< the same on all ranks, but for their chunks
    std::vector<VirtualDataset> virtuals;
    std::vector<VirtualMatrix> virtual_matrices;
    std::vector<PlacedAxis> axes;
};

} // namespace swather
