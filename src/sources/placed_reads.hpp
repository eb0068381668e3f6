// SPDX-License-Identifier: MIT
#pragma once

#include "sources/bam_place.hpp"
#include "sources/read_options.hpp"
#include "sources/realigner.hpp"

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace swather {

/// The records of a block, as they pass by in the order of the file, as reads on its pieces.
class PlacedReads {
public:
    /// Local. `path` is told in errors. Opens the reference where qualities are lowered by it.
    PlacedReads(std::string path, const ReadOptions& options);

    /// Local. Begins a block, of which there are no reads yet.
    void start(const BamPlace& place);
    /// Local. Begins a range, whose first record must lie on this contig.
    void begin_range(Index contig);
    /// Local. Places a record on the pieces that it may lie on; it was read before this byte of the file, and
    /// must live as long as the reads. False where it and all later ones lie behind the last piece.
    /// `Exit::bad_data`: it does not belong there.
    bool add(const BamRecord& record, std::uint64_t byte);
    /// Local. Whether a record lies on one of the pieces.
    [[nodiscard]] bool have_place_for(const BamRecord& record) const;

    [[nodiscard]] std::span<const Read> all() const { return std::span(reads_).first(count_); }
    /// Local. Lets go of all reads.
    void clear();

private:
    void check_order(const BamRecord& record, std::uint64_t byte) const;
    Read& new_read();
    void place(const BamRecord& record, const Piece& piece, Read& read) const;
    void realign(const BamRecord& record, std::span<Read> reads);

    std::string path_;
    ReadOptions options_;
    std::optional<Realigner> realigner_;
    std::vector<Read> reads_; ///< the first `count_`; those behind them are used again: place() sets the same
                              ///< fields of each
    std::size_t count_ = 0;
    std::deque<std::vector<std::uint8_t>> realigned_; ///< qualities of the reads

    Index contigs_ = 0;            ///< of the file
    std::vector<BamPiece> pieces_; ///< sorted by contig and start: the order in which the file passes them
    std::size_t first_piece_ = 0;  ///< those before it end before the record at hand
    Index first_contig_ = 0;       ///< of the range
    Index contig_ = 0;             ///< of the last record of the range, to see that the file is sorted
    Index position_ = 0;
};

} // namespace swather
