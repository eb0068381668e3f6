// SPDX-License-Identifier: MIT
#pragma once

#include "output/content.hpp"

namespace swather {

class PlacedFile;

/// The facts of a run that go under /provenance: names and texts, in order, and the inputs as a table.
struct Provenance {
    std::vector<std::pair<std::string, std::string>> facts;
    std::vector<Column> inputs;
};

/// What must read back of all that was written: the values themselves are gone by then.
struct Written {
    struct Column {
        std::string path;
        Index values = 0;
        std::uint64_t hash = 0; ///< of the values
    };
    struct Chunks {
        std::string path;
        Index cells = 0;
        Index chunk = 1;
        std::size_t axes = 1;
    };
    std::vector<Column> columns;
    std::vector<Chunks> datasets;
};

/// Local. Begins a new file, with what stands at its root. It says `complete = 0`.
void begin_skeleton(PlacedFile& placed, const FileHead& head);

/// Local. Writes all of a content but the bytes of its chunks: groups, attributes, dimensions, columns, and a
/// place for each chunk of each dataset. `sizes[d]` are the encoded sizes of all chunks of dataset d, in
/// order; so are the places that come back. What was written is added to `written`.
std::vector<std::vector<std::uint64_t>> write_skeleton(PlacedFile& placed, const Content& content,
                                                       const std::vector<std::vector<std::uint64_t>>& sizes,
                                                       Written& written);

/// Local. Adds /provenance to a file whose chunks are all written, says `complete = 1`, and closes it.
void seal(PlacedFile& placed, const Provenance& provenance);

/// Local. Opens the file anew, as any reader would, and reads its columns and the ends of its datasets back.
/// What cannot be read, or is not what was meant to be written, is `Exit::io`.
void read_back(const std::string& path, const Written& written);

} // namespace swather
