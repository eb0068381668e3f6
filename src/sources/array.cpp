// SPDX-License-Identifier: MIT
#include "sources/array.hpp"

#include "base/stop.hpp"
#include "base/stopwatch.hpp"
#include "base/units.hpp"
#include "sources/array_text.hpp"
#include "sources/stage.hpp"

#include <algorithm>

namespace swather {

namespace {

/// Of a file of bgzip too: a tile would begin anywhere in it.
void stage_packed(ArrayPlace& place, const std::string& folder)
{
    const Staged staged = stage_gzip(place.path, folder);
    const Index promised = place.numbers.offset + elements_of(place.sizes) * size_of(place.numbers.stored);
    if (staged.size < promised)
        throw Error(Exit::bad_data, "the header of '{}' promises {}, and there are {} once it is inflated",
                    place.path, counted(promised, "byte"), with_commas(staged.size))
            .remedy("it is truncated: copy or make it again");
    if (!staged.path.empty()) place.path = staged.path;
}

} // namespace

/// Reads tiles. Its file stays open from block to block, with the chunks that HDF5 has in memory of it.
class Array::TileReader {
public:
    explicit TileReader(const ArrayHeader& header)
        : header_(header)
    {
    }

    ArrayTile read(ArrayBox box)
    {
        bytes_.resize(static_cast<std::size_t>(elements_of(box) * size_of(header_.element)));
        if (!header_.has_file_axis) {
            reader_of(0).read(box, bytes_);
        } else {
            const ArrayBox inner(box.begin() + 1, box.end());
            const std::size_t bytes_of_file =
                static_cast<std::size_t>(elements_of(inner) * size_of(header_.element));
            for (Index file = box[0].begin; file < box[0].end; ++file)
                reader_of(file).read(
                    inner, std::span(bytes_).subspan(
                               static_cast<std::size_t>(file - box[0].begin) * bytes_of_file, bytes_of_file));
        }
        return {std::move(box), bytes_};
    }

private:
    /// One at a time is open.
    ArrayReader& reader_of(Index file)
    {
        if (file != open_file_) {
            reader_ = open_array(header_.places[static_cast<std::size_t>(file)]);
            open_file_ = file;
        }
        return *reader_;
    }

    const ArrayHeader& header_;
    Index open_file_ = -1;
    std::unique_ptr<ArrayReader> reader_;
    std::vector<std::byte> bytes_;
};

Array::Array(ArrayInputs inputs, ArrayHeader header, ArrayCut cut, bool hash_whole)
    : inputs_(std::move(inputs))
    , header_(std::move(header))
    , cut_(std::move(cut))
    , tiles_(header_.sizes(), cut_.tile)
    , hash_whole_(hash_whole)
{
}

void Array::survey(const std::string& folder)
{
    for (ArrayPlace& place : header_.places) {
        throw_if_stopped();
        switch (place.numbers.form) {
        case ArrayPlace::Form::plain:
            break;
        case ArrayPlace::Form::gzip:
            stage_packed(place, folder);
            break;
        case ArrayPlace::Form::text:
            stage_text(place, folder);
        }
    }
}

double Array::weight() const
{
    return static_cast<double>(header_.elements()) * static_cast<double>(size_of(header_.element));
}

BlockSizes Array::block_sizes() const
{
    constexpr Index blocks_enough = 256;
    constexpr double bytes_enough = 256 << 10; // what is less is not worth a block
    const Index cells = cut_.domain.size();
    BlockSizes sizes{.wanted_bytes = cut_.block_bytes};
    sizes.smallest = std::max<Index>(
        1, static_cast<Index>(std::min(1.0, bytes_enough / weight()) * static_cast<double>(cells)));
    // Neighbours that share chunks would each read all of them; nor should what is read at once be short.
    if (cut_.axis) {
        constexpr Index run_enough = 8192;
        Index run = 1;
        for (const Index axis : header_.layout.order) {
            if (static_cast<std::size_t>(axis) == *cut_.axis) break;
            run *= header_.axes[static_cast<std::size_t>(axis)].size;
        }
        const Index together = std::max(header_.layout.chunk[*cut_.axis], run_enough / run);
        sizes.smallest = std::max(sizes.smallest, std::min(together, cells));
    }
    sizes.largest = std::max(cells / blocks_enough, sizes.smallest);
    // What neighbours both see is read twice: it is to be less than a block, as long as that stays small.
    if (const Index seen_twice = cut_.look_behind + cut_.look_ahead; seen_twice > 0) {
        constexpr double small_bytes = 64e6;
        const double bytes_of_cell = weight() / static_cast<double>(cells);
        sizes.wanted_bytes = std::max(
            sizes.wanted_bytes, std::min(small_bytes, 8 * static_cast<double>(seen_twice) * bytes_of_cell));
        const auto wanted = static_cast<Index>(sizes.wanted_bytes / bytes_of_cell);
        sizes.largest = std::max(sizes.largest, std::min({8 * seen_twice, wanted, cells}));
    }
    return sizes;
}

/// The part of the array that a block sees, where cells are coordinates of an axis.
ArrayBox Array::box_of(const Block& block) const
{
    ArrayBox box;
    for (const Axis& axis : header_.axes) box.push_back({0, axis.size});
    box[*cut_.axis] =
        intersect({block.core.begin - cut_.look_behind, block.core.end + cut_.look_ahead}, box[*cut_.axis]);
    return box;
}

/// The numbers of its tiles, where cells are of tiles.
Box Array::tiles_of(const Block& block) const
{
    return {block.core.begin * cut_.tiles_of_cell,
            std::min(block.core.end * cut_.tiles_of_cell, tiles_.size())};
}

Box Array::files_of(const Block& block) const
{
    if (!header_.has_file_axis) return {0, 1};
    if (!cut_.axis) {
        const Box tiles = tiles_of(block);
        // The axis of files is the first, and so the slowest.
        return {tiles_.box(tiles.begin)[0].begin, tiles_.box(tiles.end - 1)[0].end};
    }
    return box_of(block)[0];
}

Descriptor Array::describe(const Block& block) const
{
    Descriptor descriptor{.block = block, .where = {}};
    // All ranks have the header; what is staged only root knows.
    const Box files = files_of(block);
    for (Index file = files.begin; file < files.end; ++file)
        if (const ArrayPlace& place = header_.places[static_cast<std::size_t>(file)];
            place.numbers.is_staged()) {
            put(descriptor.where, file);
            put(descriptor.where, std::string_view(place.path));
        }
    // Bytes that are read, also those that neighbours read too.
    const double part =
        cut_.axis ? static_cast<double>(box_of(block)[*cut_.axis].size()) /
                        static_cast<double>(header_.axes[*cut_.axis].size)
                  : static_cast<double>(block.core.size()) / static_cast<double>(cut_.domain.size());
    descriptor.block.cost = weight() * part;
    return descriptor;
}

std::vector<Identity> Array::identity() const
{
    std::vector<Identity> identities;
    for (const std::string& file : files_of_arrays(inputs_))
        identities.push_back(identify(file, hash_whole_));
    return identities;
}

double Array::memory() const
{
    // As stored and as values; what inflates chunks has one more.
    return 3.0 * static_cast<double>(tiles_.elements() * size_of(header_.element));
}

Array::View Array::read(const Descriptor& descriptor)
{
    BytesReader where(descriptor.where);
    while (!where.at_end()) {
        const auto file = where.get<Index>();
        header_.places[static_cast<std::size_t>(file)].path = where.get_string();
    }
    if (!reader_) reader_ = std::make_shared<TileReader>(header_);

    const Block& block = descriptor.block;
    const auto next_of = [this](auto next_box) {
        return [this, next_box]() mutable -> std::optional<ArrayTile> {
            const Stopwatch stopwatch(seconds_reading_);
            std::optional<ArrayBox> box = next_box();
            if (!box) return std::nullopt;
            return reader_->read(*std::move(box));
        };
    };
    if (!cut_.axis)
        return {block.core, next_of([this, rest = tiles_of(block)]() mutable -> std::optional<ArrayBox> {
                    if (rest.empty()) return std::nullopt;
                    return tiles_.box(rest.begin++);
                })};
    return {block.core, next_of([this, part = box_of(block), numbers = tiles_.inside(box_of(block)),
                                 next = std::size_t{0}]() mutable -> std::optional<ArrayBox> {
                if (next == numbers.size()) return std::nullopt;
                ArrayBox box = tiles_.box(numbers[next++]);
                for (std::size_t axis = 0; axis < box.size(); ++axis)
                    box[axis] = intersect(box[axis], part[axis]);
                return box;
            })};
}

Supplement Array::supplement(const std::string& group) const
{
    Supplement supplement;
    if (!cut_.keeps_files) return supplement;
    supplement.tables.push_back(
        {.group = group, .dimension = "file", .rows = std::ssize(header_.names), .columns = {}});
    supplement.tables.back().columns.push_back({"file_name", Texts(header_.names), "each of the inputs", ""});
    return supplement;
}

} // namespace swather
