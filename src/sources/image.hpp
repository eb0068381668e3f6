// SPDX-License-Identifier: MIT
#pragma once

#include "grid/array_domain.hpp"
#include "results/supplement.hpp"
#include "sources/image_mask.hpp"
#include "sources/image_reader.hpp"
#include "sources/source.hpp"

#include <optional>

namespace swather {

/// 3D or 4D images as one series of volumes, cut into slabs of slices.
class Image {
public:
    using View = SlabView;

    struct Options {
        std::vector<std::string> paths; ///< or globs
        MaskOptions mask;
        std::vector<std::string> companions; ///< other files that decide the data: events, a design …
        std::optional<double> tr = {};       ///< repetition time, seconds; else the header's
        bool hash_whole = false;             ///< the identity of an input is the hash of all of it
    };

    /// Local. Opens nothing.
    explicit Image(Options options)
        : options_(std::move(options))
    {
    }

    void survey(const std::string& folder);
    /// Local. The slices, each of its rows and columns. Empty on a rank that has not surveyed.
    [[nodiscard]] const ArrayDomain& domain() const { return domain_; }
    [[nodiscard]] double weight() const;
    /// A slice, where there are not many of them: what a slice takes is up to the kernel.
    [[nodiscard]] BlockSizes block_sizes() const
    {
        constexpr Index blocks_enough = 128;
        return {.smallest = 1, .largest = std::max<Index>(1, domain_.size() / blocks_enough)};
    }
    [[nodiscard]] Descriptor describe(const Block& block) const;
    void end_survey() {} // what it has is small
    [[nodiscard]] std::vector<Identity> identity() const;
    [[nodiscard]] double memory() const;
    [[nodiscard]] View read(const Descriptor& descriptor);
    [[nodiscard]] double seconds_reading() const { return seconds_reading_; }
    /// Local. Root's: where the image lies in space.
    [[nodiscard]] Supplement supplement(const std::string& group) const;

private:
    /// Where the bytes of one file are, once it is staged.
    struct Bytes {
        std::string path;
        Packing packing = Packing::plain;
        TextIndex index;
    };

    [[nodiscard]] Bytes locate(const ImageFile& file, const std::string& folder) const;
    [[nodiscard]] ImagePiece describe(std::size_t file, const Box& slices) const;
    [[nodiscard]] Box elements_of(const Box& slices) const
    {
        return {slices.begin * domain_.width(), slices.end * domain_.width()};
    }

    Options options_;
    std::optional<ImageSeries> series_;
    std::optional<ImageMask> mask_;
    std::vector<Bytes> bytes_; ///< of each file
    ArrayDomain domain_;
    std::optional<ImageReader> reader_;
    double seconds_reading_ = 0;
};

static_assert(Source<Image>);

} // namespace swather
