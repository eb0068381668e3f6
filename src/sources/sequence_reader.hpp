// SPDX-License-Identifier: MIT
#pragma once

#include "sources/sequence_place.hpp"
#include "sources/sequence_view.hpp"

#include <vector>

namespace swather {

/// The bases of one block of a FASTA. All that is read is compared with what the index says of it: lines end
/// where they must, and between two contigs there is the header of the second, and no sequence. So every byte
/// of the file is looked at by the block that owns it, and an index that is of another file is seen.
class SequenceReader {
public:
    /// Local. `look_ahead`: bases behind those owned that a stretch shows. `Exit::cannot_read`.
    SequenceReader(SequencePlace place, Index look_ahead);

    /// Local. The next stretch. `Exit::bad_data`: the file is damaged, not what its index says, or has
    /// letters that are no bases.
    std::optional<SequenceStretch> next();

private:
    [[nodiscard]] const SequencePiece& piece() const { return place_.pieces[number_]; }
    void begin_piece();
    void read_bases(Index count);
    void read_line_end(const FastaLines& lines);
    void read_gap(const SequencePiece* next);
    std::string read_header();
    void check_letters(std::size_t first) const;

    bool fill();
    [[nodiscard]] bool has_text() { return begin_ < end_ || fill(); }
    char take();
    [[nodiscard]] Index byte() const { return text_end_ - static_cast<Index>(end_ - begin_); }
    [[nodiscard]] Error not_as_indexed(const std::string& finding) const;

    SequencePlace place_;
    Index look_ahead_;
    std::size_t number_ = 0;  ///< of the piece
    bool is_begun_ = false;   ///< the piece
    Index position_ = 0;      ///< on the contig, of the next base in the text
    Index first_ = 0;         ///< the same, of the first of the bases
    std::vector<char> bases_; ///< of the stretch
    Index owned_ = 0;         ///< by the stretch, of its bases

    TextFile file_;
    std::vector<char> text_;
    std::size_t begin_ = 0; ///< of the text that is not yet taken
    std::size_t end_ = 0;
    Index text_end_ = 0; ///< the byte of the file where the text ends
};

} // namespace swather
