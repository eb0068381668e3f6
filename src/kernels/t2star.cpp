// SPDX-License-Identifier: MIT
#include "kernels/t2star.hpp"

#include "base/error.hpp"
#include "base/units.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>

namespace swather {

namespace {

struct Decay {
    double s0 = 0;
    double rate = 0;
};

/// The series of one voxel.
struct Echoes {
    std::span<const double> times;
    std::span<const double> signals;
};

/// Half the sum of squares of what a decay leaves, its gradient, and JᵀJ.
struct Equations {
    double cost = 0;
    double gradient_s0 = 0, gradient_rate = 0;
    double s0_s0 = 0, s0_rate = 0, rate_rate = 0;

    Equations(const Echoes& echoes, Decay decay)
    {
        for (std::size_t i = 0; i < echoes.times.size(); ++i) {
            const double by_s0 = std::exp(-decay.rate * echoes.times[i]);
            const double model = decay.s0 * by_s0;
            const double by_rate = -echoes.times[i] * model;
            const double residual = model - echoes.signals[i];
            cost += residual * residual / 2;
            gradient_s0 += by_s0 * residual;
            gradient_rate += by_rate * residual;
            s0_s0 += by_s0 * by_s0;
            s0_rate += by_s0 * by_rate;
            rate_rate += by_rate * by_rate;
        }
    }
};

/// Which of the two may change: one at its bound that would leave it may not.
struct Free {
    bool s0, rate;

    Free(const Equations& at, Decay decay, double least_rate)
        : s0(decay.s0 > 0 || at.gradient_s0 < 0)
        , rate(at.rate_rate > 0 && (decay.rate > least_rate || at.gradient_rate < 0))
    {
    }
};

/// The step of Levenberg and Marquardt in what is free.
Decay step_of(const Equations& at, Free free, double damping)
{
    const double a = at.s0_s0 * (1 + damping), c = at.rate_rate * (1 + damping);
    if (!free.s0) return {0, free.rate ? -at.gradient_rate / c : 0};
    if (!free.rate) return {-at.gradient_s0 / a, 0};
    const double b = at.s0_rate;
    const double determinant = a * c - b * b;
    return {(b * at.gradient_rate - c * at.gradient_s0) / determinant,
            (b * at.gradient_s0 - a * at.gradient_rate) / determinant};
}

/// Whether a step without damping changes nothing that matters. Where there is no minimum it does, however
/// flat it is.
bool is_minimum(const Equations& at, Free free, Decay decay)
{
    constexpr double tolerance = 1e-10;
    const Decay step = step_of(at, free, 0);
    return std::abs(step.s0) <= tolerance * decay.s0 && std::abs(step.rate) <= tolerance * decay.rate;
}

/// How much less the cost is behind a step, were the model linear.
double predicted_gain(const Equations& at, Decay step)
{
    const double quadratic = at.s0_s0 * step.s0 * step.s0 + 2 * at.s0_rate * step.s0 * step.rate +
                             at.rate_rate * step.rate * step.rate;
    return -(at.gradient_s0 * step.s0 + at.gradient_rate * step.rate) - quadratic / 2;
}

/// Nothing where it does not converge.
std::optional<Decay> minimise(const Echoes& echoes, Decay decay, double least_rate)
{
    constexpr int most_steps = 200;
    double damping = 1e-3, raise = 2;
    Equations at(echoes, decay);
    for (int i = 0; i < most_steps; ++i) {
        const Free free(at, decay, least_rate);
        if (is_minimum(at, free, decay)) return decay;
        Decay step = step_of(at, free, damping);
        const Decay next{std::max(decay.s0 + step.s0, 0.0), std::max(decay.rate + step.rate, least_rate)};
        step = {next.s0 - decay.s0, next.rate - decay.rate};
        const Equations there(echoes, next);
        const double gain = at.cost - there.cost;
        const double predicted = predicted_gain(at, step);
        // Near the minimum costs differ by less than what they are rounded to.
        const bool rounded = std::abs(predicted) <= 1e-12 * at.cost && std::abs(gain) <= 1e-12 * at.cost;
        if (rounded || (gain > 0 && predicted > 0)) {
            const double ratio = rounded ? 1 : gain / predicted;
            damping *= std::max(1.0 / 3, 1 - std::pow(2 * ratio - 1, 3));
            raise = 2;
            decay = next;
            at = there;
        } else {
            damping *= raise;
            raise *= 2;
            if (!std::isfinite(damping)) return {};
        }
    }
    return {};
}

/// The line through the logarithms of the positive signals; nothing where there are not two of them at
/// different times.
std::optional<Decay> line_through_logs(const Echoes& echoes, double least_rate)
{
    double count = 0, sum_t = 0, sum_log = 0;
    for (std::size_t i = 0; i < echoes.times.size(); ++i)
        if (echoes.signals[i] > 0) {
            count += 1;
            sum_t += echoes.times[i];
            sum_log += std::log(echoes.signals[i]);
        }
    const double mean_t = sum_t / count, mean_log = sum_log / count;
    double t_t = 0, t_log = 0;
    for (std::size_t i = 0; i < echoes.times.size(); ++i)
        if (echoes.signals[i] > 0) {
            const double t = echoes.times[i] - mean_t;
            t_t += t * t;
            t_log += t * (std::log(echoes.signals[i]) - mean_log);
        }
    if (!(t_t > 0)) return {};
    const double rate = std::max(-t_log / t_t, least_rate);
    return Decay{std::exp(mean_log + rate * mean_t), rate};
}

void fit_voxel(const Echoes& echoes, double least_rate, auto map, FitFlags& flags)
{
    const auto [least, most] = std::minmax_element(echoes.signals.begin(), echoes.signals.end());
    if (*least == *most) flags |= fit_flag::constant;
    if (!(*least > 0)) flags |= fit_flag::no_signal;
    const std::optional<Decay> start = line_through_logs(echoes, least_rate);
    if (!start) return;
    const std::optional<Decay> best = minimise(echoes, *start, least_rate);
    if (!best) flags |= fit_flag::not_converged;
    const Decay decay = best.value_or(*start);
    map[T2StarFit::Map::t2star] = 1 / decay.rate;
    map[T2StarFit::Map::s0] = decay.s0;
    map[T2StarFit::Map::r2star] = decay.rate;
    map[T2StarFit::Map::residual] =
        std::sqrt(2 * Equations(echoes, decay).cost / static_cast<double>(echoes.times.size()));
}

} // namespace

T2StarModel::T2StarModel(std::vector<double> echo_times, Options options)
    : echo_times_(std::move(echo_times))
    , least_rate_(1 / options.max_t2star)
{
    if (!(std::isfinite(options.max_t2star) && options.max_t2star > 0))
        throw Error(Exit::usage, "the largest T2* is {}", options.max_t2star)
            .remedy("it must be a positive number");
    for (const double time : echo_times_)
        if (!std::isfinite(time) || time < 0)
            throw Error(Exit::bad_data, "an echo time is {}", time)
                .remedy("echo times are finite, and 0 or more");
    if (echo_times_.empty() || std::ranges::min(echo_times_) == std::ranges::max(echo_times_))
        throw Error(Exit::bad_data, "of {}, no two are different",
                    counted(std::ssize(echo_times_), "echo time"))
            .remedy("T2* needs images of two different echo times at least");
}

T2StarFit T2StarModel::fit(const Eigen::Ref<const Eigen::MatrixXd, 0, Eigen::OuterStride<>>& series) const
{
    if (series.cols() != static_cast<Eigen::Index>(echo_times_.size()))
        throw Error(Exit::internal, "{} echoes for a model of {}", series.cols(), echo_times_.size());
    T2StarFit fit;
    fit.maps.setZero(series.rows(), Eigen::Index(T2StarFit::Map::count));
    fit.flags.resize(static_cast<std::size_t>(series.rows()));
    Eigen::RowVectorXd signals(series.cols());
    for (Eigen::Index voxel = 0; voxel < series.rows(); ++voxel) {
        signals = series.row(voxel);
        FitFlags& flags = fit.flags[static_cast<std::size_t>(voxel)];
        if (signals.allFinite())
            fit_voxel({echo_times_, {signals.data(), echo_times_.size()}}, least_rate_, fit.maps.row(voxel),
                      flags);
        else
            flags |= fit_flag::not_finite;
    }
    return fit;
}

} // namespace swather
