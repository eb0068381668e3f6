// SPDX-License-Identifier: MIT
// Lets the tests in Python fit voxels by our models. All files are float64 without a header:
//   fit_voxels tensor none|dipy|mrtrix ITERATIONS TABLE SERIES MAPS
//   fit_voxels t2star MAX_T2STAR ECHO_TIMES SERIES MAPS
// TABLE: the 3 × 3 of the affine, row after row, then b, x, y, z of each volume. SERIES: volume after volume.
// MAPS: map after map, and the flags.
#include "base/error.hpp"
#include "kernels/t2star.hpp"
#include "kernels/tensor.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

using namespace swather;

namespace {

std::vector<double> read(const char* path)
{
    std::ifstream file(path, std::ios::binary);
    std::vector<double> values(std::filesystem::file_size(path) / sizeof(double));
    file.read(reinterpret_cast<char*>(values.data()),
              static_cast<std::streamsize>(values.size() * sizeof(double)));
    return values;
}

Eigen::Map<const Eigen::MatrixXd> series_of(const std::vector<double>& values, std::size_t volumes)
{
    return {values.data(), static_cast<Eigen::Index>(values.size() / volumes),
            static_cast<Eigen::Index>(volumes)};
}

void write(const auto& fit, const char* path)
{
    std::ofstream file(path, std::ios::binary);
    const std::vector<double> flags(fit.flags.begin(), fit.flags.end());
    const auto put = [&](const double* values, std::size_t count) {
        file.write(reinterpret_cast<const char*>(values),
                   static_cast<std::streamsize>(count * sizeof(double)));
    };
    put(fit.maps.data(), static_cast<std::size_t>(fit.maps.size()));
    put(flags.data(), flags.size());
}

void tensor(char** arguments)
{
    const std::string weights = arguments[0];
    const TensorModel::Options options{.weights = weights == "none"   ? TensorModel::Weights::none
                                                  : weights == "dipy" ? TensorModel::Weights::dipy
                                                                      : TensorModel::Weights::mrtrix,
                                       .iterations = std::stoi(arguments[1])};
    const std::vector<double> values = read(arguments[2]);
    const Eigen::Matrix3d linear = Eigen::Matrix<double, 3, 3, Eigen::RowMajor>::Map(values.data());
    BTable table;
    for (std::size_t at = 9; at < values.size(); at += 4) {
        table.values.push_back(values[at]);
        table.vectors.emplace_back(values[at + 1], values[at + 2], values[at + 3]);
    }
    const std::vector<double> series = read(arguments[3]);
    const auto volumes = table.values.size();
    write(TensorModel(static_cast<Index>(volumes), table, linear, options).fit(series_of(series, volumes)),
          arguments[4]);
}

void t2star(char** arguments)
{
    const std::vector<double> echo_times = read(arguments[1]);
    const std::vector<double> series = read(arguments[2]);
    write(T2StarModel(echo_times, {.max_t2star = std::stod(arguments[0])})
              .fit(series_of(series, echo_times.size())),
          arguments[3]);
}

} // namespace

int main(int count, char** arguments)
try {
    if (count == 7 && std::string(arguments[1]) == "tensor")
        tensor(arguments + 2);
    else if (count == 6 && std::string(arguments[1]) == "t2star")
        t2star(arguments + 2);
    else
        return static_cast<int>(Exit::usage);
} catch (const Error& error) {
    std::fputs(error.what(), stderr);
    return static_cast<int>(error.code());
}
