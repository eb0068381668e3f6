// SPDX-License-Identifier: MIT
#pragma once

#include "sources/csv_reader.hpp"
#include "sources/source.hpp"
#include "sources/table_catalog.hpp"

#include <optional>

namespace swather {

/// The rows of a table in one or more CSV or TSV files, cut by bytes. A row belongs to the block in which it
/// begins.
///
/// Nobody can tell from the middle of a CSV whether it is inside quotes. So each block is read on a guess,
/// notes what it has guessed and what it would hand on for each possible state before it, and when all are
/// read, root goes through these links and knows which blocks have guessed wrong: they are read again.
class TableRows {
public:
    using View = TableView;

    /// Local. Opens nothing.
    explicit TableRows(TableOptions options)
        : options_(std::move(options))
    {
    }

    void survey(const std::string& folder) { catalog_.emplace(options_, folder); }
    /// Local. The bytes of the data of all files, end to end. Empty on a rank that has not surveyed.
    [[nodiscard]] const ConcatAxis& domain() const { return catalog_ ? catalog_->axis() : nothing_; }
    void end_survey() {} // what it has is small, and a second round may ask for it
    [[nodiscard]] double weight() const { return static_cast<double>(domain().size()); }
    [[nodiscard]] BlockSizes block_sizes() const
    {
        return {.smallest = 256 << 10,
                .largest = options_.block_bytes,
                .wanted_bytes = static_cast<double>(options_.block_bytes)};
    }
    [[nodiscard]] Descriptor describe(const Block& block) const { return catalog_->describe(block); }
    [[nodiscard]] std::vector<Identity> identity() const;
    [[nodiscard]] double memory() const { return 4 << 20; } // two windows, and room for a long row
    [[nodiscard]] View read(const Descriptor& descriptor);
    [[nodiscard]] double seconds_reading() const { return seconds_reading_; }

    /// Local. Of the block that was read last, after its last batch: a TableLink for each of its pieces.
    [[nodiscard]] Bytes link() const;
    /// Local. On root: which of the links, in the order of blocks, have guessed right. From then on
    /// `describe` knows the state before each block. `Exit::bad_data`: a quote that is open at the end of its
    /// file, a row that is too long.
    [[nodiscard]] std::vector<char> settle(const std::vector<BlockLink>& links);

private:
    void start_piece();
    void end_piece();
    [[nodiscard]] RowBatch next_batch();

    class Position;

    TableOptions options_;
    ConcatAxis nothing_;
    std::optional<TableCatalog> catalog_;

    TablePlace place_; ///< of the block at hand
    std::size_t next_piece_ = 0;
    std::optional<TextFile> text_;
    std::string text_path_;
    std::optional<CsvReader> reader_;
    char delimiter_ = ',';
    bool in_piece_ = false;
    CsvState assumed_ = CsvState::field_start;
    std::vector<TableLink> links_;
    std::vector<TableView::FileAudit> audits_;
    double seconds_reading_ = 0;
};

static_assert(LinkedSource<TableRows>);

} // namespace swather
