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
// Volumes are read as many at a time as a tile has, unless they take more memory than this; of one volume, no
// more than this is read.
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

Box ImageReader::next_voxels(Index most)
{
    Index bytes = 1;
    for (const ImagePiece& piece : place_.pieces) bytes = std::max(bytes, bytes_of_element(piece));
    const std::span<const std::int32_t> rest =
        std::span(inside_).subspan(static_cast<std::size_t>(voxels_.end));
    std::size_t count = 0;
    const std::size_t limit = std::min(rest.size(), static_cast<std::size_t>(most));
    while (count < limit && (rest[count] - rest.front()) * bytes < bytes_of_batch) ++count;

    voxels_ = {voxels_.end, voxels_.end + static_cast<Index>(count)};
    elements_ = count == 0 ? Box{} : Box{rest.front(), rest[count - 1] + Index{1}};
    places_.assign(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(count));
    for (std::int32_t& place : places_) place -= static_cast<std::int32_t>(elements_.begin);
    file_.reset();
    piece_ = 0;
    first_in_run_ = 0;
    batch_ = {};
    return voxels_;
}

SeriesTile ImageReader::next_tile()
{
    if (voxels_.empty()) return {};
    if (next_voxel_ == voxels_.size() || batch_.empty()) {
        if (!read_batch()) return {};
        next_voxel_ = 0;
    }
    const ImagePiece& piece = place_.pieces[piece_];
    const Index width = std::min(voxels_of_tile, voxels_.size() - next_voxel_);
    const auto places = std::span<const std::int32_t>(places_).subspan(static_cast<std::size_t>(next_voxel_),
                                                                       static_cast<std::size_t>(width));
    const Index bytes = elements_.size() * bytes_of_element(piece);
    values_.resize(static_cast<std::size_t>(batch_.size() * width));
    for (Index volume = 0; volume < batch_.size(); ++volume)
        gather_values(piece.numbers.format, stored_.data() + volume * bytes, places,
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
    if (!file_) file_.emplace(piece.path, piece.numbers.packing);
    const Index bytes = elements_.size() * bytes_of_element(piece);
    const Index fit = std::clamp(bytes_of_batch / bytes, Index{1}, volumes_of_tile);
    batch_ = {batch_.end, std::min(batch_.end + fit, piece.numbers.volumes)};
    stored_.resize(static_cast<std::size_t>(batch_.size() * bytes));
    for (Index volume = batch_.begin; volume < batch_.end; ++volume)
        read_elements(piece, volume,
                      std::span(stored_).subspan(static_cast<std::size_t>((volume - batch_.begin) * bytes),
                                                 static_cast<std::size_t>(bytes)));
    return true;
}

void ImageReader::read_elements(const ImagePiece& piece, Index volume, std::span<std::byte> bytes)
{
    const ImagePiece::Numbers& numbers = piece.numbers;
    const std::span chars(reinterpret_cast<char*>(bytes.data()), bytes.size());
    const Index before = elements_.begin * bytes_of_element(piece);
    bool whole = true;
    if (numbers.packing == Packing::plain) {
        file_->seek(static_cast<std::uint64_t>(numbers.begin + volume * numbers.volume_bytes + before));
    } else {
        file_->seek(piece.addresses[static_cast<std::size_t>(volume)]);
        whole = file_->skip(static_cast<std::size_t>(before));
    }
    if (!whole || file_->read(chars) != bytes.size())
        throw Error(Exit::bad_data, "'{}' ends in volume {}: it has become shorter", piece.path, volume);
}

} // namespace swather
