// SPDX-License-Identifier: MIT
#include "sources/image_reader.hpp"

#include "base/error.hpp"
#include "sources/voxel_values.hpp"

#include <algorithm>
#include <numeric>

namespace swather {

namespace {

// A tile of doubles stays in the second-level cache while a kernel goes over it more than once.
constexpr Index volumes_of_tile = 32;
constexpr Index voxels_of_tile = 512;
// Volumes are read as many at a time as a tile has, unless their slices take more memory than this.
constexpr Index bytes_of_batch = 4 << 20;

std::vector<std::int32_t> places_of(const ImagePlace& place)
{
    std::vector<std::int32_t> places;
    if (place.mask.empty()) {
        places.resize(static_cast<std::size_t>(place.elements));
        std::iota(places.begin(), places.end(), 0);
        return places;
    }
    for (std::int32_t i = 0; i < place.elements; ++i)
        if (place.mask[static_cast<std::size_t>(i) / 8] >> (i % 8) & 1) places.push_back(i);
    return places;
}

} // namespace

ImageReader::ImageReader(ImagePlace place)
    : place_(std::move(place))
    , inside_(places_of(place_))
{
}

std::vector<Index> ImageReader::runs() const
{
    std::vector<Index> volumes;
    for (const ImagePiece& piece : place_.pieces) {
        volumes.resize(static_cast<std::size_t>(piece.numbers.run) + 1);
        volumes.back() += piece.numbers.volumes;
    }
    return volumes;
}

SeriesTile ImageReader::next_tile()
{
    const auto voxels = static_cast<Index>(inside_.size());
    if (voxels == 0) return {};
    if (next_voxel_ == voxels || batch_.empty()) {
        if (!read_batch()) return {};
        next_voxel_ = 0;
    }
    const ImagePiece& piece = place_.pieces[piece_];
    const Index width = std::min(voxels_of_tile, voxels - next_voxel_);
    const auto places = std::span<const std::int32_t>(inside_).subspan(static_cast<std::size_t>(next_voxel_),
                                                                       static_cast<std::size_t>(width));
    values_.resize(static_cast<std::size_t>(batch_.size() * width));
    for (Index volume = 0; volume < batch_.size(); ++volume)
        gather_values(piece.numbers.format, stored_.data() + volume * piece.numbers.slab_bytes, places,
                      values_.data() + volume * width);

    const Box voxels_of_this{next_voxel_, next_voxel_ + width};
    next_voxel_ += width;
    return {.run = piece.numbers.run,
            .volumes = {first_in_run_ + batch_.begin, first_in_run_ + batch_.end},
            .voxels = voxels_of_this,
            .values = values_};
}

bool ImageReader::read_batch()
{
    while (piece_ < place_.pieces.size() && batch_.end == place_.pieces[piece_].numbers.volumes) {
        const ImagePiece::Numbers& done = place_.pieces[piece_].numbers;
        const bool goes_on = ++piece_ < place_.pieces.size() && place_.pieces[piece_].numbers.run == done.run;
        first_in_run_ = goes_on ? first_in_run_ + done.volumes : 0;
        batch_ = {};
        file_.reset();
    }
    if (piece_ == place_.pieces.size()) return false;

    const ImagePiece& piece = place_.pieces[piece_];
    const ImagePiece::Numbers& numbers = piece.numbers;
    if (!file_) file_.emplace(piece.path, numbers.packing);
    const Index fit = std::clamp(bytes_of_batch / numbers.slab_bytes, Index{1}, volumes_of_tile);
    batch_ = {batch_.end, std::min(batch_.end + fit, numbers.volumes)};
    stored_.resize(static_cast<std::size_t>(batch_.size() * numbers.slab_bytes));
    for (Index volume = batch_.begin; volume < batch_.end; ++volume)
        read_slab(
            piece, volume,
            std::span(stored_).subspan(static_cast<std::size_t>((volume - batch_.begin) * numbers.slab_bytes),
                                       static_cast<std::size_t>(numbers.slab_bytes)));
    return true;
}

void ImageReader::read_slab(const ImagePiece& piece, Index volume, std::span<std::byte> bytes)
{
    const ImagePiece::Numbers& numbers = piece.numbers;
    file_->seek(numbers.packing == Packing::plain
                    ? static_cast<std::uint64_t>(numbers.begin + volume * numbers.volume_bytes)
                    : piece.addresses[static_cast<std::size_t>(volume)]);
    const std::span chars(reinterpret_cast<char*>(bytes.data()), bytes.size());
    if (file_->read(chars) != bytes.size())
        throw Error(Exit::bad_data, "'{}' ends in volume {}: it has become shorter", piece.path, volume);
}

} // namespace swather
