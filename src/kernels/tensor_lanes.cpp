// SPDX-License-Identifier: MIT
// Each lane of a vector is one voxel, so that a voxel's result is the same wherever in a block it stands.
#include "kernels/tensor_lanes.hpp"

#include <Eigen/QR>

#include <algorithm>
#include <cmath>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/tensor_lanes.cpp"
// There are no arrays of vectors whose size is not known before the program runs.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#include <hwy/foreach_target.h>
// Behind foreach_target.h, which includes this file again for each instruction set.
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace swather::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::ScalableTag<double>;
using Vector = hn::Vec<Tag>;
using Mask = hn::Mask<Tag>;
constexpr std::size_t unknowns = tensor_unknowns;

HWY_INLINE Vector set(double value) { return hn::Set(Tag(), value); }
HWY_INLINE Vector load(const double* from) { return hn::LoadU(Tag(), from); }
HWY_INLINE void store(Vector vector, double* to) { hn::StoreU(vector, Tag(), to); }

/// The symmetric equations of a weighted fit; the lower triangle is there.
struct NormalEquations {
    Vector matrix[unknowns][unknowns];
    Vector right[unknowns];
};

/// Solves by L·D·Lᵀ; gives the lanes where a column is so nearly a sum of others that too few digits are
/// left.
HWY_INLINE Mask solve(NormalEquations& equations, Vector (&solution)[unknowns])
{
    // With pivot ratios above this, about ten digits of the correction to the unweighted fit are right.
    constexpr double least_pivot = 1e-6;
    auto& ld = equations.matrix; // becomes L·D
    Vector inverse[unknowns];    // of D
    Mask good = hn::Eq(set(0), set(0));
    for (std::size_t j = 0; j < unknowns; ++j) {
        const Vector diagonal = ld[j][j];
        for (std::size_t k = 0; k < j; ++k) {
            const Vector l = hn::Mul(ld[j][k], inverse[k]);
            for (std::size_t i = j; i < unknowns; ++i) ld[i][j] = hn::NegMulAdd(ld[i][k], l, ld[i][j]);
        }
        good = hn::And(good, hn::Gt(ld[j][j], hn::Mul(set(least_pivot), diagonal)));
        inverse[j] = hn::Div(set(1), ld[j][j]);
    }
    for (std::size_t i = 0; i < unknowns; ++i) {
        Vector sum = equations.right[i];
        for (std::size_t k = 0; k < i; ++k) sum = hn::NegMulAdd(ld[i][k], solution[k], sum);
        solution[i] = hn::Mul(sum, inverse[i]);
    }
    for (std::size_t i = unknowns; i-- > 0;)
        for (std::size_t k = i + 1; k < unknowns; ++k)
            solution[i] = hn::NegMulAdd(hn::Mul(ld[k][i], inverse[i]), solution[k], solution[i]);
    return hn::Not(good);
}

/// Eigenvalues and, as columns, eigenvectors of symmetric 3 × 3 matrices by Jacobi's rotations (Golub and Van
/// Loan, Matrix Computations, 4th edition, 8.5), which are as exact as the matrix is.
struct Eigensystem {
    Vector values[3];
    Vector vectors[3][3];

    /// One rotation that makes the element (p, q) 0; `other` is the third index.
    HWY_INLINE void rotate(Vector (&upper)[3], std::size_t p, std::size_t q, std::size_t other)
    {
        Vector& pq = upper[other]; // an element off the diagonal has the number of the index that it lacks
        const Vector half = hn::Mul(set(0.5), hn::Div(hn::Sub(values[q], values[p]), pq));
        const Vector root = hn::Sqrt(hn::MulAdd(half, half, set(1)));
        const Vector size = hn::Div(set(1), hn::Add(hn::Abs(half), root));
        const Vector tangent = hn::IfThenZeroElse(hn::Eq(pq, set(0)), hn::CopySign(size, half));
        const Vector cosine = hn::Div(set(1), hn::Sqrt(hn::MulAdd(tangent, tangent, set(1))));
        const Vector sine = hn::Mul(tangent, cosine);
        const auto turn = [&](Vector& a, Vector& b) HWY_ATTR {
            const Vector turned = hn::Sub(hn::Mul(cosine, a), hn::Mul(sine, b));
            b = hn::MulAdd(sine, a, hn::Mul(cosine, b));
            a = turned;
        };
        values[p] = hn::NegMulAdd(tangent, pq, values[p]);
        values[q] = hn::MulAdd(tangent, pq, values[q]);
        pq = set(0);
        turn(upper[q], upper[p]); // (other, p) lacks q, (other, q) lacks p
        for (auto& row : vectors) turn(row[p], row[q]);
    }

    /// Puts the larger of two eigenvalues first.
    HWY_INLINE void order(std::size_t first, std::size_t second)
    {
        const Mask swap = hn::Lt(values[first], values[second]);
        const auto exchange = [&](Vector& a, Vector& b) HWY_ATTR {
            const Vector before = a;
            a = hn::IfThenElse(swap, b, a);
            b = hn::IfThenElse(swap, before, b);
        };
        exchange(values[first], values[second]);
        for (auto& row : vectors) exchange(row[first], row[second]);
    }

    /// `upper` are the elements yz, xz, xy.
    HWY_INLINE Eigensystem(const Vector (&diagonal)[3], Vector (&upper)[3])
    {
        for (std::size_t i = 0; i < 3; ++i) {
            values[i] = diagonal[i];
            for (std::size_t j = 0; j < 3; ++j) vectors[i][j] = set(i == j ? 1 : 0);
        }
        // The error is squared, or better, by each; and one more.
        for (int sweep = 0; sweep < 6; ++sweep) {
            rotate(upper, 0, 1, 2);
            rotate(upper, 0, 2, 1);
            rotate(upper, 1, 2, 0);
        }
        order(0, 1);
        order(1, 2);
        order(0, 1);
    }
};

/// The voxels of one vector.
class Lanes {
public:
    explicit Lanes(const TensorProblem& problem)
        : problem_(problem)
        , lanes_(hn::Lanes(Tag()))
        , logs_(problem.volumes * lanes_)
        , residuals_(logs_.size())
        , weights_(logs_.size())
    {
    }

    /// Those of `count` voxels, at most one for each lane.
    HWY_INLINE void fit(std::size_t count, const double* signals, std::size_t signals_stride, double* maps,
                        std::size_t maps_stride, FitFlags* flags)
    {
        take(count, signals, signals_stride);
        take_logs();
        fit_unweighted();
        rank_deficient_ = hn::Lt(set(0), set(0));
        for (int i = 0; i < problem_.weighted_fits; ++i) fit_weighted(problem_.weights_from_signal && i == 0);
        alignas(64) double results[TensorMap::count][hn::MaxLanes(Tag())];
        give_maps(results);
        for (std::size_t map = 0; map < TensorMap::count; ++map)
            std::copy_n(results[map], count, maps + map * maps_stride);
        give_flags(count, flags);
    }

private:
    /// Copies the signals, to where their logarithms will be; lanes without a voxel have ones.
    HWY_INLINE void take(std::size_t count, const double* signals, std::size_t stride)
    {
        std::fill(logs_.begin(), logs_.end(), 1.0);
        for (std::size_t volume = 0; volume < problem_.volumes; ++volume)
            std::copy_n(signals + volume * stride, count, &logs_[volume * lanes_]);
    }

    HWY_INLINE void take_logs()
    {
        Vector least = load(&logs_[0]), most = least, zero = set(0);
        for (std::size_t at = 0; at < logs_.size(); at += lanes_) {
            const Vector signal = load(&logs_[at]);
            least = hn::Min(least, signal);
            most = hn::Max(most, signal);
            zero = hn::MulAdd(signal, set(0), zero); // unless a signal is not finite
        }
        const Vector floor =
            hn::Max(set(problem_.least_signal), hn::Mul(set(problem_.least_signal_of_max), most));
        constant_value_ = hn::Max(most, floor);
        not_finite_ = hn::Not(hn::Eq(zero, set(0)));
        constant_ = hn::AndNot(not_finite_, hn::Eq(hn::Max(least, floor), constant_value_));
        const Mask nothing = hn::Le(most, set(0));
        no_signal_ = hn::AndNot(not_finite_, hn::Or(nothing, hn::Lt(least, floor)));
        no_fit_ = hn::Or(not_finite_, nothing);
        for (std::size_t at = 0; at < logs_.size(); at += lanes_) {
            const Vector signal = hn::Max(load(&logs_[at]), floor);
            store(hn::Log(Tag(), hn::IfThenElse(no_fit_, set(1), signal)), &logs_[at]);
        }
    }

    HWY_INLINE void fit_unweighted()
    {
        for (Vector& unknown : unknowns_) unknown = set(0);
        const double* row = problem_.pseudoinverse.data();
        for (std::size_t at = 0; at < logs_.size(); at += lanes_, row += unknowns) {
            const Vector log = load(&logs_[at]);
            for (std::size_t i = 0; i < unknowns; ++i)
                unknowns_[i] = hn::MulAdd(set(row[i]), log, unknowns_[i]);
        }
    }

    /// What the fit that is there leaves, and the weights: squared signals, over the largest, so that none
    /// overflows.
    HWY_INLINE void weigh(bool by_signal)
    {
        Vector most = set(-std::numeric_limits<double>::infinity());
        const double* row = problem_.design.data();
        for (std::size_t at = 0; at < logs_.size(); at += lanes_, row += unknowns) {
            Vector predicted = hn::Mul(set(row[0]), unknowns_[0]);
            for (std::size_t i = 1; i < unknowns; ++i)
                predicted = hn::MulAdd(set(row[i]), unknowns_[i], predicted);
            const Vector log = load(&logs_[at]);
            store(hn::Sub(log, predicted), &residuals_[at]);
            const Vector from = by_signal ? log : predicted;
            store(from, &weights_[at]);
            most = hn::Max(most, from);
        }
        for (std::size_t at = 0; at < logs_.size(); at += lanes_)
            store(hn::Exp(Tag(), hn::Mul(set(2), hn::Sub(load(&weights_[at]), most))), &weights_[at]);
    }

    template <std::size_t row>
    HWY_INLINE void sum_row(NormalEquations& equations) const
    {
        Vector sums[row + 1], right = set(0);
        for (Vector& sum : sums) sum = set(0);
        const double* design = problem_.design.data();
        for (std::size_t at = 0; at < logs_.size(); at += lanes_, design += unknowns) {
            const Vector weighted = hn::Mul(set(design[row]), load(&weights_[at]));
            for (std::size_t i = 0; i <= row; ++i) sums[i] = hn::MulAdd(set(design[i]), weighted, sums[i]);
            right = hn::MulAdd(load(&residuals_[at]), weighted, right);
        }
        std::copy_n(sums, row + 1, equations.matrix[row]);
        equations.right[row] = right;
    }

    /// Corrects the fit that is there: the equations of the residuals lose fewer digits than those of the
    /// signals.
    HWY_INLINE void fit_weighted(bool by_signal)
    {
        weigh(by_signal);
        NormalEquations equations;
        sum_row<0>(equations);
        sum_row<1>(equations);
        sum_row<2>(equations);
        sum_row<3>(equations);
        sum_row<4>(equations);
        sum_row<5>(equations);
        sum_row<6>(equations);
        Vector corrections[unknowns];
        const Mask ill = solve(equations, corrections);
        for (std::size_t i = 0; i < unknowns; ++i)
            unknowns_[i] = hn::Add(unknowns_[i], hn::IfThenZeroElse(ill, corrections[i]));
        if (!hn::AllFalse(Tag(), ill)) refit(ill);
    }

    void refit(Mask ill)
    {
        alignas(64) double values[unknowns][hn::MaxLanes(Tag())];
        alignas(64) double deficient[hn::MaxLanes(Tag())];
        std::uint8_t bits[8] = {};
        hn::StoreMaskBits(Tag(), ill, bits);
        for (std::size_t i = 0; i < unknowns; ++i) store(unknowns_[i], values[i]);
        store(set(0), deficient);
        for (std::size_t lane = 0; lane < lanes_; ++lane)
            if ((bits[0] >> lane & 1) != 0 &&
                !refit_by_qr(problem_, &weights_[lane], &residuals_[lane], &values[0][lane], lanes_))
                deficient[lane] = 1;
        for (std::size_t i = 0; i < unknowns; ++i) unknowns_[i] = load(values[i]);
        rank_deficient_ = hn::Or(rank_deficient_, hn::Eq(load(deficient), set(1)));
    }

    HWY_INLINE void give_maps(double (*maps)[hn::MaxLanes(Tag())]) const
    {
        const Mask zero = hn::Or(no_fit_, constant_);
        const auto give = [&](std::size_t map, Vector value)
                              HWY_ATTR { store(hn::IfThenZeroElse(zero, value), maps[map]); };
        // Highway's exponential does not overflow as it should.
        const Mask overflow = hn::Gt(unknowns_[6], set(std::log(std::numeric_limits<double>::max())));
        const Vector fitted = hn::IfThenElse(overflow, hn::Inf(Tag()), hn::Exp(Tag(), unknowns_[6]));
        const Vector signal = hn::IfThenElse(constant_, constant_value_, fitted);
        store(hn::IfThenZeroElse(no_fit_, signal), maps[TensorMap::s0]);

        const auto& places = problem_.places;
        Vector upper[3] = {unknowns_[places[5]], unknowns_[places[4]], unknowns_[places[3]]};
        const Eigensystem system({unknowns_[places[0]], unknowns_[places[1]], unknowns_[places[2]]}, upper);
        const Vector sign = hn::CopySign(set(1), system.vectors[0][0]);
        Vector l[3];
        for (std::size_t i = 0; i < 3; ++i) {
            l[i] = hn::Max(system.values[i], set(problem_.least_eigenvalue));
            give(TensorMap::eigenvalue + i, l[i]);
            give(TensorMap::direction + i, hn::Mul(sign, system.vectors[i][0]));
        }
        // Where an eigenvalue is raised, the elements are those of the raised ones.
        const Mask raised = hn::Lt(system.values[2], set(problem_.least_eigenvalue));
        constexpr std::size_t ends[6][2] = {{0, 0}, {1, 1}, {2, 2}, {0, 1}, {0, 2}, {1, 2}};
        for (std::size_t i = 0; i < 6; ++i) {
            Vector element = set(0);
            for (std::size_t j = 0; j < 3; ++j)
                element = hn::MulAdd(
                    l[j], hn::Mul(system.vectors[ends[i][0]][j], system.vectors[ends[i][1]][j]), element);
            give(TensorMap::element + places[i], hn::IfThenElse(raised, element, unknowns_[places[i]]));
        }
        const auto square = [](Vector value) HWY_ATTR { return hn::Mul(value, value); };
        const Vector differences = hn::Add(hn::Add(square(hn::Sub(l[0], l[1])), square(hn::Sub(l[1], l[2]))),
                                           square(hn::Sub(l[2], l[0])));
        const Vector squares = hn::Add(hn::Add(square(l[0]), square(l[1])), square(l[2]));
        const Vector ratio = hn::Div(differences, hn::IfThenElse(hn::Eq(squares, set(0)), set(1), squares));
        give(TensorMap::fa, hn::Sqrt(hn::Mul(set(0.5), ratio)));
        give(TensorMap::md, hn::Div(hn::Add(hn::Add(l[0], l[1]), l[2]), set(3)));
        give(TensorMap::ad, l[0]);
        give(TensorMap::rd, hn::Mul(set(0.5), hn::Add(l[1], l[2])));
    }

    HWY_INLINE void give_flags(std::size_t count, FitFlags* flags) const
    {
        std::fill_n(flags, count, FitFlags{0});
        const auto give = [&](Mask mask, FitFlags flag) HWY_ATTR {
            std::uint8_t bits[8] = {};
            hn::StoreMaskBits(Tag(), mask, bits);
            for (std::size_t lane = 0; lane < count; ++lane)
                if ((bits[0] >> lane & 1) != 0) flags[lane] |= flag;
        };
        give(not_finite_, fit_flag::not_finite);
        give(constant_, fit_flag::constant);
        give(no_signal_, fit_flag::no_signal);
        give(hn::AndNot(hn::Or(no_fit_, constant_), rank_deficient_), fit_flag::rank_deficient);
    }

    const TensorProblem& problem_;
    std::size_t lanes_;
    std::vector<double> logs_, residuals_, weights_; // volumes × lanes
    Vector unknowns_[unknowns];
    Vector constant_value_;
    Mask not_finite_, constant_, no_signal_, no_fit_, rank_deficient_;
};

void fit_lanes(const TensorProblem& problem, std::size_t voxels, const double* signals,
               std::size_t signals_stride, double* maps, std::size_t maps_stride, FitFlags* flags)
{
    Lanes lanes(problem);
    const std::size_t step = hn::Lanes(Tag());
    for (std::size_t first = 0; first < voxels; first += step)
        lanes.fit(std::min(step, voxels - first), signals + first, signals_stride, maps + first, maps_stride,
                  flags + first);
}

} // namespace swather::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace swather {

HWY_EXPORT(fit_lanes);

void fit_tensors(const TensorProblem& problem, std::size_t voxels, const double* signals,
                 std::size_t signals_stride, double* maps, std::size_t maps_stride, FitFlags* flags)
{
    HWY_DYNAMIC_DISPATCH(fit_lanes)(problem, voxels, signals, signals_stride, maps, maps_stride, flags);
}

bool refit_by_qr(const TensorProblem& problem, const double* weights, const double* residuals,
                 double* unknowns, std::size_t stride)
{
    const auto volumes = static_cast<Eigen::Index>(problem.volumes);
    Eigen::Matrix<double, Eigen::Dynamic, tensor_unknowns> matrix(volumes, Eigen::Index(tensor_unknowns));
    Eigen::VectorXd right(volumes);
    for (Eigen::Index volume = 0; volume < volumes; ++volume) {
        const auto at = static_cast<std::size_t>(volume);
        const double root = std::sqrt(weights[at * stride]);
        matrix.row(volume) =
            root * Eigen::RowVector<double, tensor_unknowns>::Map(&problem.design[at * tensor_unknowns]);
        right[volume] = root * residuals[at * stride];
    }
    const Eigen::RowVector<double, tensor_unknowns> lengths = matrix.colwise().norm();
    if (!(lengths.minCoeff() > 0)) return false;
    const Eigen::ColPivHouseholderQR<decltype(matrix)> qr(matrix * lengths.cwiseInverse().asDiagonal());
    if (qr.rank() < matrix.cols()) return false;
    const Eigen::VectorXd correction = qr.solve(right).cwiseQuotient(lengths.transpose());
    for (std::size_t i = 0; i < tensor_unknowns; ++i)
        unknowns[i * stride] += correction[static_cast<Eigen::Index>(i)];
    return true;
}

} // namespace swather
#endif
