// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace swather {

/// Where the voxels of the maps of a file lie, in millimetres.
struct MapGeometry {
    Index nx = 0, ny = 0, nz = 0;
    std::array<std::array<double, 4>, 4> affine{}; ///< from (x, y, z, 1) to a place, row by row
    std::array<double, 3> zooms{};
    int sform_code = 0, qform_code = 0; ///< of the input: NIFTI_XFORM_*
};

/// The contrast or F test of which a map tells.
struct MapQuestion {
    std::string group; ///< of its maps in the file, which no other has
    std::string name;  ///< as the user wrote it
    Index rows = 1;    ///< that are asked together: 1 of a contrast
    double dof = 0;
};

/// A map of a file, without its values.
struct StoredMap {
    std::string path; ///< in the file
    std::string name; ///< the last part of the path
    std::string long_name;
    std::string units;  ///< "1" where it has none
    Index depth = 1;    ///< values of each voxel
    std::string labels; ///< of these values, with commas between them; empty where the file does not tell
    std::string frame;  ///< of a tensor or a direction: the axes of its components
    std::optional<MapQuestion> question;
    std::optional<Index> run; ///< of which alone it tells, from 1 on
};

struct StoredMaps {
    MapGeometry geometry;
    std::vector<StoredMap> maps; ///< in the order in which they were made
};

/// One of the values of each voxel behind the other, of each x fastest, as NIfTI has them.
using MapCells = std::variant<std::vector<float>, std::vector<double>, std::vector<std::uint8_t>>;

/// Local. The maps of an output file of `swather fit`. `Exit::cannot_read`: no such file. `Exit::bad_data`:
/// not a file of swather, not a complete one, or one without maps.
StoredMaps list_maps(const std::string& path);

/// Local. The values of one of them. Beside these it takes the memory of a chunk.
MapCells read_map(const std::string& path, const StoredMap& map);

} // namespace swather
