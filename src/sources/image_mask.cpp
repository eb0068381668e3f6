// SPDX-License-Identifier: MIT
#include "sources/image_mask.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/number.hpp"
#include "base/units.hpp"

#include <algorithm>
#include <cmath>

namespace swather {

namespace {

std::vector<bool> mask_of_file(const ImageSeries& series, const std::string& path)
{
    const ImageFile mask = open_image(path);
    check_same_space(mask, series.files.front());
    if (mask.header.nt != 1)
        throw Error(Exit::bad_data, "the mask '{}' has {} volumes", path, mask.header.nt)
            .remedy("give a 3D image");
    std::vector<bool> inside;
    visit_first_volume(mask, [&](std::span<const double> values) {
        for (const double value : values) inside.push_back(value != 0 && !std::isnan(value));
    });
    return inside;
}

/// The least value that is not below 98 % of all; of no finite value 0.
double percentile_98(std::vector<double> values)
{
    std::erase_if(values, [](double value) { return !std::isfinite(value); });
    if (values.empty()) return 0;
    const auto rank = static_cast<std::ptrdiff_t>(std::ceil(0.98 * static_cast<double>(values.size()))) - 1;
    std::nth_element(values.begin(), values.begin() + rank, values.end());
    return values[static_cast<std::size_t>(rank)];
}

double threshold_of(const std::vector<double>& values, const std::string& text)
{
    const bool is_share = text.ends_with('%');
    const Number number = parse_number(is_share ? std::string_view(text).substr(0, text.size() - 1) : text);
    const bool is_number = number.kind == Number::Kind::integer || number.kind == Number::Kind::real;
    if (!is_number || (is_share && (number.real < 0 || number.real > 100)))
        throw Error(Exit::usage, "--threshold '{}' is none", text)
            .remedy("give a number, or a percentage of the 98th percentile: --threshold 20%");
    return is_share ? number.real / 100 * percentile_98(values) : number.real;
}

std::vector<bool> mask_by_threshold(const ImageSeries& series, const std::string& text)
{
    std::vector<double> values;
    visit_first_volume(series.files.front(), [&](std::span<const double> some) {
        values.insert(values.end(), some.begin(), some.end());
    });
    const double threshold = threshold_of(values, text);
    std::vector<bool> inside;
    for (const double value : values) inside.push_back(value > threshold);
    spdlog::info("mask: {} of {} voxels, those above {:g} in the first volume",
                 with_commas(std::count(inside.begin(), inside.end(), true)), with_commas(std::ssize(values)),
                 threshold);
    return inside;
}

} // namespace

ImageMask::ImageMask(const ImageSeries& series, const MaskOptions& options)
{
    if (!options.path.empty())
        inside_ = mask_of_file(series, options.path);
    else if (options.threshold)
        inside_ = mask_by_threshold(series, *options.threshold);
    else
        return;
    if (std::find(inside_.begin(), inside_.end(), true) == inside_.end())
        throw Error(Exit::bad_data, "no voxel is inside the mask{}",
                    options.threshold ? " that --threshold makes" : " '" + options.path + "'")
            .remedy("give {}", options.threshold ? "a lower one" : "another mask");
}

Index ImageMask::count(const Box& elements) const
{
    if (inside_.empty()) return elements.size();
    return std::count(inside_.begin() + elements.begin, inside_.begin() + elements.end, true);
}

std::vector<std::uint8_t> ImageMask::bits(const Box& elements) const
{
    if (inside_.empty()) return {};
    std::vector<std::uint8_t> bits(static_cast<std::size_t>(elements.size() + 7) / 8);
    for (Index i = 0; i < elements.size(); ++i)
        if (inside_[static_cast<std::size_t>(elements.begin + i)])
            bits[static_cast<std::size_t>(i) / 8] |= static_cast<std::uint8_t>(1u << (i % 8));
    return bits;
}

} // namespace swather
