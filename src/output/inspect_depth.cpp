// SPDX-License-Identifier: MIT
#include "output/inspect_depth.hpp"

#include "output/stored_histogram.hpp"

namespace swather {

std::string depth_lines(hid_t file)
{
    constexpr const char* path = "/coverage/histogram_total";
    if (H5Lexists(file, "/coverage", H5P_DEFAULT) <= 0 || H5Lexists(file, path, H5P_DEFAULT) <= 0) return "";
    const h5::Id group(h5::check(H5Gopen2(file, path, H5P_DEFAULT), "open the histogram"), H5Gclose);
    const StoredHistogram histogram(group);
    if (histogram.all() == 0) return "";
    std::string text =
        fmt::format("  depth     mean {:.2f}, median {:g}, quartiles {:g} and {:g}\n", histogram.mean(),
                    histogram.quantile(0.5), histogram.quantile(0.25), histogram.quantile(0.75));
    text += "  positions";
    for (const Index depth : {1, 10, 20, 30})
        text += fmt::format("{} {:.2f} % of depth {}{}", depth == 1 ? "" : ",",
                            100 * static_cast<double>(histogram.at_least(depth)) /
                                static_cast<double>(histogram.all()),
                            depth, depth == 1 ? " and more" : "");
    return text + "\n\n";
}

} // namespace swather
