// SPDX-License-Identifier: MIT
#pragma once

#include "base/bytes.hpp"
#include "grid/box.hpp"
#include "sources/csv_state.hpp"
#include "sources/text_file.hpp"

#include <optional>
#include <string>
#include <vector>

namespace swather {

/// A stretch of one file of a table that lies in a block: all that a rank must know to read its rows.
struct TablePiece {
    struct Numbers {
        Index file = 0; ///< number of the segment
        Packing packing = Packing::plain;
        char delimiter = ',';
        bool begins_file = false; ///< with the first row of data
        bool ends_file = false;
        Index lines_before = 0;    ///< of the header, where it begins the file
        std::uint64_t address = 0; ///< of the bytes that are looked at before the piece
        Index look_back = 0;       ///< how many these are
        Index size = 0;            ///< of the piece, in bytes of text
        int column_count = 0;
        std::optional<CsvState> state; ///< before the piece, where it is known
    };
    Numbers numbers;
    std::string path;
    std::vector<int> columns; ///< those that were asked for
};

/// Where the rows of one block lie, as it travels in a descriptor.
struct TablePlace {
    std::vector<TablePiece> pieces;

    [[nodiscard]] Bytes pack() const
    {
        Bytes bytes;
        for (const TablePiece& piece : pieces) {
            put(bytes, piece.numbers);
            put(bytes, std::string_view(piece.path));
            put(bytes, std::span<const int>(piece.columns));
        }
        return bytes;
    }

    static TablePlace unpack(const Bytes& bytes)
    {
        TablePlace place;
        for (BytesReader reader(bytes); !reader.at_end();) {
            TablePiece piece;
            piece.numbers = reader.get<TablePiece::Numbers>();
            piece.path = reader.get_string();
            piece.columns = reader.get_vector<int>();
            place.pieces.push_back(std::move(piece));
        }
        return place;
    }
};

/// What reading one piece has taken for granted, and what it hands on to the piece behind it.
struct TableLink {
    Index file = 0;
    bool begins_file = false;
    bool ends_file = false;
    CsvState assumed = CsvState::field_start;
    CsvStateMap map;
    Index size = 0;           ///< in bytes of text
    Index lines = 0;          ///< that end in it, the header's too
    Index overlong_line = -1; ///< on which a row begins that is too long; −1: none is
};

} // namespace swather
