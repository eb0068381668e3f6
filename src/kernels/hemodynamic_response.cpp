// SPDX-License-Identifier: MIT
#include "kernels/hemodynamic_response.hpp"

#include <boost/math/distributions/gamma.hpp>

#include <cmath>

namespace swather {

namespace {

/// The two gamma densities of a response; times in seconds.
struct Gammas {
    double peak_delay = 6;
    double peak_dispersion = 1;
    double undershoot_delay = 16;
    double undershoot_dispersion = 1;
    double undershoot_ratio = 0.167;
};

double density(double time, double delay, double dispersion)
{
    if (time <= 0) return 0;
    return boost::math::pdf(boost::math::gamma_distribution<>(delay / dispersion, dispersion), time);
}

/// The response to an event at `onset`, sampled for 32 s; the samples sum to 1.
Eigen::VectorXd response(const Gammas& gammas, double step, double onset = 0)
{
    constexpr double length = 32;
    // So many samples from 0 to 32 s, both included, are a little further than a step from each other, and
    // all is a step late: so nilearn has it.
    Eigen::VectorXd samples = Eigen::VectorXd::LinSpaced(std::lrint(length / step), 0, length);
    for (double& sample : samples) {
        const double time = sample - onset - step;
        sample =
            density(time, gammas.peak_delay, gammas.peak_dispersion) -
            gammas.undershoot_ratio * density(time, gammas.undershoot_delay, gammas.undershoot_dispersion);
    }
    return samples / samples.sum();
}

Eigen::VectorXd time_derivative(const Gammas& gammas, double step)
{
    constexpr double later = 0.1;
    return (response(gammas, step) - response(gammas, step, later)) / later;
}

Eigen::VectorXd dispersion_derivative(Gammas gammas, double step)
{
    constexpr double wider = 0.01;
    gammas.undershoot_dispersion = 1; // of glover's response too, whose own is 0.9: so nilearn has it
    Gammas after = gammas;
    after.peak_dispersion += wider;
    return (response(gammas, step) - response(after, step)) / wider;
}

} // namespace

std::vector<Eigen::VectorXd> HemodynamicResponse::samples(double step) const
{
    Gammas gammas;
    if (model == Model::glover)
        gammas = {.peak_delay = 6,
                  .peak_dispersion = 0.9,
                  .undershoot_delay = 12,
                  .undershoot_dispersion = 0.9,
                  .undershoot_ratio = 0.35};
    if (undershoot) gammas.undershoot_ratio = *undershoot;

    std::vector<Eigen::VectorXd> all{response(gammas, step)};
    if (derivatives != Derivatives::none) all.push_back(time_derivative(gammas, step));
    if (derivatives == Derivatives::time_and_dispersion) all.push_back(dispersion_derivative(gammas, step));
    return all;
}

} // namespace swather
