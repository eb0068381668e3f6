// SPDX-License-Identifier: MIT
#pragma once

#include "grid/concat_axis.hpp"
#include "grid/plan.hpp"
#include "sources/input_paths.hpp"
#include "sources/table_place.hpp"

#include <optional>

namespace swather {

/// What a table is, as its user says.
struct TableOptions {
    std::vector<std::string> inputs;  ///< files, globs, FILE.h5:/GROUP
    std::vector<std::string> columns; ///< those that are wanted, by name
    std::optional<char> delimiter;    ///< without one, guessed from each header
    bool has_header = true;           ///< else columns are numbered: "1", "2" …
    Index max_row = 64 << 20;         ///< bytes of the longest row
    Index block_bytes = 16 << 20;     ///< of a block, about, where none are asked for
    bool hash_whole = false;          ///< the identity of an input is the hash of all of it
};

/// Local. The columns of a table, in the order of its first file. `Exit::usage`: another file has one more.
/// Errors of the files as for TableCatalog.
std::vector<std::string> columns_of(const TableOptions& options);

/// A table as rank 0 sees it: its files laid end to end, each without its header.
class TableCatalog {
public:
    /// Local. Looks at the header of each file. `Exit::cannot_read`: no such file or group, or none that can
    /// be sought. `Exit::bad_data`: an empty or binary file, a group that is no table. `Exit::usage`: a
    /// column that is not there. What must be staged goes into `folder`; without one, nothing is written.
    TableCatalog(const TableOptions& options, const std::string& folder);

    [[nodiscard]] const ConcatAxis& axis() const { return axis_; }
    [[nodiscard]] Index header_lines(Index file) const
    {
        return files_[static_cast<std::size_t>(file)].header_lines;
    }

    /// Local. The descriptor of a block: its cost in bytes, and where its pieces lie. What has been settled
    /// about its first piece goes with it.
    [[nodiscard]] Descriptor describe(const Block& block) const;
    /// Local. The state before each block is now known.
    void settle(std::vector<CsvState> before) { before_ = std::move(before); }

    /// A place in a file at which no quote is open.
    struct Outside {
        Index file = 0;
        Index offset = 0; ///< in its data
        Index line = 0;   ///< from 0
        CsvState state = CsvState::field_start;
    };
    /// Local. The line, from 0, on which the quote opens behind that place that is open at the end of the
    /// file.
    [[nodiscard]] Index line_of_open_quote(const Outside& outside) const;

private:
    struct OneFile {
        std::string text; ///< where its text is: itself, or its staged copy
        Packing packing = Packing::plain;
        TextIndex index;
        char delimiter = ',';
        Index begin = 0; ///< of the data
        Index header_lines = 0;
        std::vector<std::string> names;
        std::vector<int> columns;
    };

    void add_file(const std::string& path, const TableOptions& options, const std::string& folder);
    void add_hdf5(const InputName& input, const TableOptions& options, const std::string& folder);
    [[nodiscard]] TablePiece describe(const Piece& piece) const;

    std::vector<OneFile> files_;
    ConcatAxis axis_{"byte"};
    std::vector<CsvState> before_; ///< each block, once that is settled
};

} // namespace swather
