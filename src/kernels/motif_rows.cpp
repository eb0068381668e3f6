// SPDX-License-Identifier: MIT
#include "kernels/motif_rows.hpp"

#include <utility>

namespace swather {

namespace {

constexpr Index most_rows_of_a_batch = 16'384;

} // namespace

void MotifRows::append(std::string_view contig, Index start, std::uint32_t strand)
{
    if (batch_.rows == most_rows_of_a_batch) end_batch();
    if (count_ == 0 || contig != contig_) {
        end_contig();
        contig_ = contig;
    }
    put_varint(hits_, static_cast<std::uint64_t>(start - last_));
    put_varint(hits_, strand);
    last_ = start;
    ++count_;
    ++batch_.rows;
}

void MotifRows::end_contig()
{
    if (count_ > 0) {
        put_text(batch_.packed, contig_);
        put_varint(batch_.packed, static_cast<std::uint64_t>(count_));
        batch_.packed += hits_;
    }
    hits_.clear();
    count_ = 0;
    last_ = 0;
}

void MotifRows::end_batch()
{
    end_contig();
    if (batch_.rows > 0) rows_.batches.push_back(std::exchange(batch_, {}));
}

Rows MotifRows::result() &&
{
    end_batch();
    return std::move(rows_);
}

std::vector<CellColumn> MotifRows::columns()
{
    using enum CellColumn::Type;
    return {{"contig", text, "name of the contig"},
            {"start", int64, "position of the first base on the contig, 0-based"},
            {"strand", character, "+, or - where the reverse complement of the pattern matches"},
            {"pattern", text, "name of the pattern"}};
}

void MotifRows::unpack(std::string_view packed, const std::vector<MotifPattern>& patterns,
                       std::vector<Cells>& cells)
{
    auto& contigs = std::get<Texts>(cells[0]);
    auto& starts = std::get<std::vector<Index>>(cells[1]);
    auto& strands = std::get<std::vector<char>>(cells[2]);
    auto& names = std::get<Texts>(cells[3]);
    while (!packed.empty()) {
        const std::string_view contig = take_text(packed);
        Index start = 0;
        for (std::uint64_t left = take_varint(packed); left > 0; --left) {
            start += static_cast<Index>(take_varint(packed));
            const auto strand = static_cast<std::uint32_t>(take_varint(packed));
            contigs.push_back(contig);
            starts.push_back(start);
            strands.push_back(is_reverse(strand) ? '-' : '+');
            names.push_back(patterns.at(pattern_of(strand)).name);
        }
    }
}

} // namespace swather
