// SPDX-License-Identifier: MIT
#include "kernels/tensor.hpp"

#include "base/error.hpp"

#include <Eigen/QR>

#include <limits>

namespace swather {

namespace {

using Weights = TensorModel::Weights;
using Design = Eigen::Matrix<double, Eigen::Dynamic, tensor_unknowns, Eigen::RowMajor>;

// Beyond this, noise of 1 % in a signal would be one of 100 % in the tensor.
constexpr double largest_condition = 1e5;

struct Element {
    int row, column;
};
constexpr std::array<Element, 6> dipy_elements{{{0, 0}, {0, 1}, {1, 1}, {0, 2}, {1, 2}, {2, 2}}};
constexpr std::array<Element, 6> mrtrix_elements{{{0, 0}, {1, 1}, {2, 2}, {0, 1}, {0, 2}, {1, 2}}};

Design design_of(const BTable& table, const std::array<Element, 6>& elements)
{
    Design design(table.size(), Eigen::Index(tensor_unknowns));
    for (Eigen::Index volume = 0; volume < design.rows(); ++volume) {
        const auto& g = table.vectors[static_cast<std::size_t>(volume)];
        const double b = table.values[static_cast<std::size_t>(volume)];
        for (Eigen::Index i = 0; i < 6; ++i) {
            const auto [row, column] = elements[static_cast<std::size_t>(i)];
            design(volume, i) = -b * g[row] * g[column] * (row == column ? 1 : 2);
        }
        design(volume, 6) = 1;
    }
    return design;
}

/// Its pseudoinverse, transposed. The columns are brought to one length first: b-values are in the thousands.
Design pseudoinverse_of(const Design& design)
{
    const Eigen::RowVector<double, tensor_unknowns> lengths = design.colwise().norm().cwiseMax(1e-300);
    Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(design * lengths.cwiseInverse().asDiagonal());
    qr.setThreshold(1 / largest_condition);
    if (qr.rank() < design.cols())
        throw Error(Exit::bad_data, "the b-table tells {} of the {} unknowns of a tensor apart", qr.rank(),
                    tensor_unknowns)
            .remedy("it needs two b-values and, of one that is not 0, six directions that lie neither in a "
                    "plane nor on "
                    "a cone");
    // X P = Q R: the pseudoinverse is P R⁻¹ Qᵀ.
    const Eigen::MatrixXd q = qr.householderQ() * Eigen::MatrixXd::Identity(design.rows(), design.cols());
    const Eigen::MatrixXd solved =
        qr.matrixR().topRows<tensor_unknowns>().template triangularView<Eigen::Upper>().solve(q.transpose());
    return (lengths.cwiseInverse().asDiagonal() * (qr.colsPermutation() * solved)).transpose();
}

std::vector<double> values_of(const Design& matrix) { return {matrix.data(), matrix.data() + matrix.size()}; }

/// xx, yy, zz, xy, xz, yz, which is the order of mrtrix3.
std::array<std::size_t, 6> places_among(const std::array<Element, 6>& elements)
{
    std::array<std::size_t, 6> places{};
    for (std::size_t i = 0; i < 6; ++i)
        for (std::size_t k = 0; k < 6; ++k)
            if (elements[k].row == mrtrix_elements[i].row && elements[k].column == mrtrix_elements[i].column)
                places[i] = k;
    return places;
}

} // namespace

TensorModel::TensorModel(Index volumes, BTable fsl, const Eigen::Matrix3d& linear, Options options)
    : weights_(options.weights)
{
    if (options.iterations < 0 || options.iterations > 10)
        throw Error(Exit::usage, "{} iterations of the weights", options.iterations)
            .remedy("0 to 10 can be done");
    if (fsl.size() != volumes)
        throw Error(Exit::bad_data, "there are {} b-values and {} volumes", fsl.size(), volumes)
            .remedy("the b-table needs one b-value for each volume of the image");
    if (volumes < static_cast<Index>(tensor_unknowns))
        throw Error(Exit::bad_data, "there are {} volumes and {} unknowns of a tensor", volumes,
                    tensor_unknowns)
            .remedy("a tensor needs a volume without weighting and six directions at least");
    const bool mrtrix = weights_ == Weights::mrtrix;
    const BTable table = mrtrix ? table_of_mrtrix(std::move(fsl), linear) : table_of_dipy(std::move(fsl));
    const auto& elements = mrtrix ? mrtrix_elements : dipy_elements;
    const Design design = design_of(table, elements);
    problem_ = {.volumes = static_cast<std::size_t>(volumes),
                .design = values_of(design),
                .pseudoinverse = values_of(pseudoinverse_of(design)),
                .places = places_among(elements),
                .least_signal = mrtrix ? 0 : 1e-4,
                .least_signal_of_max = mrtrix ? 1e-6 : 0,
                .weights_from_signal = mrtrix,
                .weighted_fits = mrtrix                      ? 1 + options.iterations
                                 : weights_ == Weights::dipy ? 1
                                                             : 0,
                // dipy's design has −1 where this one has 1.
                .least_eigenvalue = mrtrix ? -std::numeric_limits<double>::infinity()
                                           : 1e-6 / std::max(1.0, -design.leftCols<6>().minCoeff())};
}

std::string_view TensorModel::element_order() const
{
    return weights_ == Weights::mrtrix ? "D11,D22,D33,D12,D13,D23" : "Dxx,Dxy,Dyy,Dxz,Dyz,Dzz";
}

std::string_view TensorModel::frame() const { return weights_ == Weights::mrtrix ? "scanner" : "voxel"; }

TensorFit TensorModel::fit(const Eigen::Ref<const Eigen::MatrixXd, 0, Eigen::OuterStride<>>& series) const
{
    const auto voxels = static_cast<std::size_t>(series.rows());
    if (series.cols() != static_cast<Eigen::Index>(problem_.volumes))
        throw Error(Exit::internal, "{} volumes for a model of {}", series.cols(), problem_.volumes);
    TensorFit fit{.maps{series.rows(), Eigen::Index(TensorMap::count)},
                  .flags = std::vector<FitFlags>(voxels)};
    fit_tensors(problem_, voxels, series.data(), static_cast<std::size_t>(series.outerStride()),
                fit.maps.data(), voxels, fit.flags.data());
    return fit;
}

} // namespace swather
