// SPDX-License-Identifier: MIT
#include "sources/image_series.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <cmath>

namespace swather {

ImageSeries::ImageSeries(const std::vector<std::string>& paths)
{
    bool goes_on = false; // the run before is one of 3D images
    for (const std::string& path : paths) {
        files.push_back(open_image(path));
        const ImageFile& image = files.back();
        const auto same_data = [&](const ImageFile& other) { return other.data == image.data; };
        if (std::any_of(files.begin(), files.end() - 1, same_data))
            throw Error(Exit::usage, "'{}' is given twice, or both files of a pair are", path)
                .remedy("name each image once");
        check_same_space(image, files.front());
        const bool is_volume = image.header.nt == 1;
        if (!(is_volume && goes_on)) runs.push_back(0);
        goes_on = is_volume;
        runs.back() += image.header.nt;
        run_of_file.push_back(std::ssize(runs) - 1);
    }
}

void check_same_space(const ImageFile& image, const ImageFile& first)
{
    const NiftiHeader& a = image.header;
    const NiftiHeader& b = first.header;
    if (a.nx != b.nx || a.ny != b.ny || a.nz != b.nz)
        throw Error(Exit::bad_data, "'{}' has {} voxels, '{}' has {}", image.path, shape_in_words(a),
                    first.path, shape_in_words(b));
    constexpr double tolerance = 1e-3;
    for (std::size_t row = 0; row < 3; ++row)
        for (std::size_t column = 0; column < 4; ++column)
            if (!(std::abs(a.affine[row][column] - b.affine[row][column]) <= tolerance))
                throw Error(
                    Exit::bad_data,
                    "'{}' lies elsewhere than '{}': their affines differ in row {}, column {}: {} and {}",
                    image.path, first.path, row + 1, column + 1, a.affine[row][column], b.affine[row][column])
                    .remedy("resample one into the space of the other");
}

} // namespace swather
