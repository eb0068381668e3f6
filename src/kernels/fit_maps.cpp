// SPDX-License-Identifier: MIT
#include "kernels/fit_maps.hpp"

#include <algorithm>

namespace swather {

namespace {

struct NamedFlag {
    FitFlags flag;
    const char* name;
    const char* long_name;
};

constexpr std::array named_flags{
    NamedFlag{fit_flag::not_finite, "not_finite",
              "voxels with a NaN, an infinity or values too large to be squared in the series"},
    NamedFlag{fit_flag::constant, "constant", "voxels whose series is constant"},
    NamedFlag{fit_flag::no_signal, "no_signal",
              "voxels with a value that is not positive, where the model needs one"},
    NamedFlag{fit_flag::not_converged, "not_converged", "voxels that keep what the iterations began with"},
    NamedFlag{fit_flag::rank_deficient, "rank_deficient",
              "voxels without degrees of freedom, or with unknowns that cannot be told apart"},
};

std::vector<ScalarColumn<FitSummary>> summary_columns()
{
    using S = FitSummary;
    std::vector<ScalarColumn<S>> columns{
        scalar_column<S>("voxels", "voxels of the image", [](const S& s) { return s.voxels; }),
        scalar_column<S>("inside", "voxels inside the mask", [](const S& s) { return s.inside; }),
        scalar_column<S>("without_fit", "voxels inside the mask that have no fit",
                         [](const S& s) { return s.without_fit; })};
    for (const NamedFlag& named : named_flags) {
        const auto bit = static_cast<std::size_t>(std::countr_zero(named.flag));
        columns.push_back(
            scalar_column<S>(named.name, named.long_name, [bit](const S& s) { return s.flagged[bit]; }));
    }
    return columns;
}

std::string flags_in_words()
{
    std::string text = "what is odd about a voxel, sum of: 1 outside of the mask";
    for (const NamedFlag& named : named_flags) text += ", " + std::to_string(named.flag) + " " + named.name;
    return text;
}

} // namespace

void FitSummary::merge(const FitSummary& other)
{
    voxels += other.voxels;
    inside += other.inside;
    without_fit += other.without_fit;
    for (std::size_t bit = 0; bit < flagged.size(); ++bit) flagged[bit] += other.flagged[bit];
}

template <class T>
FitOutputs<T> fit_outputs(std::vector<DenseOutput<T>> maps)
{
    return {std::move(maps),
            {.path = "/fit/flags", .long_name = flags_in_words(), .units = "1"},
            {.group = "/summary", .columns = summary_columns()}};
}

template <class T>
FitMaps<T>::FitMaps(const std::vector<DenseOutput<T>>& maps, const SlabView& slab)
    : inside_(slab.inside())
{
    for (const DenseOutput<T>& map : maps) {
        depths_.push_back(map.depth());
        maps_.push_back({std::vector<T>(static_cast<std::size_t>(slab.elements() * map.depth()),
                                        std::numeric_limits<T>::quiet_NaN())});
    }
    flags_.cells.assign(static_cast<std::size_t>(slab.elements()), fit_flag::outside_mask);
    for (const std::int32_t place : inside_) flags_.cells[static_cast<std::size_t>(place)] = 0;
}

template <class T>
void FitMaps<T>::refuse(Index voxel, FitFlags why)
{
    flag(voxel, why);
    ++without_fit_;
    for (std::size_t map = 0; map < maps_.size(); ++map)
        std::fill_n(at(map, voxel), depths_[map], std::numeric_limits<T>::quiet_NaN());
}

template <class T>
FitResults<T> FitMaps<T>::results() &&
{
    FitSummary summary{.voxels = std::ssize(flags_.cells),
                       .inside = std::ssize(inside_),
                       .without_fit = without_fit_,
                       .flagged = {}};
    for (const FitFlags flags : flags_.cells)
        for (std::size_t bit = 0; bit < summary.flagged.size(); ++bit)
            summary.flagged[bit] += flags >> bit & 1;
    Scalar<FitSummary> scalar;
    scalar.entries.push_back({0, summary});
    return {std::move(maps_), std::move(flags_), std::move(scalar)};
}

template FitOutputs<float> fit_outputs(std::vector<DenseOutput<float>> maps);
template FitOutputs<double> fit_outputs(std::vector<DenseOutput<double>> maps);
template class FitMaps<float>;
template class FitMaps<double>;

} // namespace swather
