// SPDX-License-Identifier: MIT
#pragma once

#include "base/bytes.hpp"
#include "sources/nifti_header.hpp"
#include "sources/text_file.hpp"

#include <string>
#include <vector>

namespace swather {

/// How the voxels of an image are stored.
struct VoxelFormat {
    NiftiType type = NiftiType::uint8;
    bool swapped = false;
    double slope = 1, intercept = 0; ///< a value is slope · stored + intercept
};

/// Some slices of all volumes of one file: what a rank must know to read them.
struct ImagePiece {
    struct Numbers {
        Packing packing = Packing::plain;
        VoxelFormat format;
        Index run = 0;
        Index volumes = 0;
        Index begin = 0;        ///< address of the slices of the first volume; of plain files
        Index volume_bytes = 0; ///< from volume to volume; of plain files
        Index slab_bytes = 0;   ///< of the slices in one volume
    };
    Numbers numbers;
    std::string path;
    std::vector<std::uint64_t> addresses; ///< of the slices of each volume; of packed files
};

/// Where the series of one block lie, as it travels in a descriptor.
struct ImagePlace {
    Index elements = 0;
    std::vector<std::uint8_t> mask; ///< a bit for each element, the lowest first; empty where all are inside
    std::vector<ImagePiece> pieces; ///< in the order of volumes

    [[nodiscard]] Bytes pack() const
    {
        Bytes bytes;
        put(bytes, elements);
        put(bytes, std::span<const std::uint8_t>(mask));
        for (const ImagePiece& piece : pieces) {
            put(bytes, piece.numbers);
            put(bytes, std::string_view(piece.path));
            put(bytes, std::span<const std::uint64_t>(piece.addresses));
        }
        return bytes;
    }

    static ImagePlace unpack(const Bytes& bytes)
    {
        BytesReader reader(bytes);
        ImagePlace place;
        place.elements = reader.get<Index>();
        place.mask = reader.get_vector<std::uint8_t>();
        while (!reader.at_end()) {
            ImagePiece piece;
            piece.numbers = reader.get<ImagePiece::Numbers>();
            piece.path = reader.get_string();
            piece.addresses = reader.get_vector<std::uint64_t>();
            place.pieces.push_back(std::move(piece));
        }
        return place;
    }
};

} // namespace swather
