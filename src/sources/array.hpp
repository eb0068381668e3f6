// SPDX-License-Identifier: MIT
#pragma once

#include "results/supplement.hpp"
#include "sources/array_header.hpp"
#include "sources/array_reader.hpp"
#include "sources/array_view.hpp"
#include "sources/source.hpp"

#include <memory>

namespace swather {

/// How an array is cut into blocks.
struct ArrayCut {
    /// What a cell is one of: a coordinate of this axis, all others whole; or without an axis, some tiles.
    std::optional<std::size_t> axis;
    Index tiles_of_cell = 1;       ///< without an axis; the last cell may have fewer
    Index look_behind = 0;         ///< coordinates before those of a block that it must see too, if there are
    Index look_ahead = 0;          ///< and behind them
    std::vector<Index> tile;       ///< its shape
    double block_bytes = 64 << 20; ///< of a block, about; those of one tile at a time are in memory
    ArrayDomain domain;            ///< of the results; it has as many cells as are to be cut
    bool keeps_files = false;      ///< of several: whether the results lie along them, one by one
};

/// An array of any format, or of several files of one shape. The headers are read before: what an analysis is
/// depends on them.
class Array {
public:
    using View = ArrayView;

    /// Local. `header`: of `inputs`, the same on all ranks, as is `cut`.
    Array(ArrayInputs inputs, ArrayHeader header, ArrayCut cut, bool hash_whole);

    void survey(const std::string& folder);
    [[nodiscard]] const ArrayDomain& domain() const { return cut_.domain; }
    [[nodiscard]] double weight() const;
    [[nodiscard]] BlockSizes block_sizes() const;
    [[nodiscard]] Descriptor describe(const Block& block) const;
    void end_survey() {} // what it has is small
    [[nodiscard]] std::vector<Identity> identity() const;
    [[nodiscard]] double memory() const;
    [[nodiscard]] View read(const Descriptor& descriptor);
    [[nodiscard]] double seconds_reading() const { return seconds_reading_; }
    /// Local. Root's: the names of several files, along their axis in `group`, where results lie along it.
    [[nodiscard]] Supplement supplement(const std::string& group) const;

private:
    class TileReader;

    [[nodiscard]] Box tiles_of(const Block& block) const;
    [[nodiscard]] Box files_of(const Block& block) const;
    [[nodiscard]] ArrayBox box_of(const Block& block) const;

    ArrayInputs inputs_;
    ArrayHeader header_;
    ArrayCut cut_;
    ArrayTiles tiles_;
    bool hash_whole_;
    std::shared_ptr<TileReader> reader_; ///< once a block is read
    double seconds_reading_ = 0;
};

static_assert(Source<Array>);

} // namespace swather
