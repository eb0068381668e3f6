// SPDX-License-Identifier: MIT
#include "kernels/statistics.hpp"

#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>

namespace swather {

namespace {

// Double all along, which is exact enough in the tails and twice as fast as the long double of the default;
// what is out of range is infinite or 0, and no exception.
using Policy = boost::math::policies::policy<
    boost::math::policies::promote_double<false>,
    boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::evaluation_error<boost::math::policies::ignore_error>>;

template <class Distribution>
Tails tails_of(const Distribution& distribution, double value)
{
    const double upper = boost::math::cdf(boost::math::complement(distribution, value));
    return {upper, upper < 0.5 ? 1 - upper : boost::math::cdf(distribution, value)};
}

} // namespace

Tails tails_of_t(double t, double dof)
{
    const Tails tails = tails_of(boost::math::students_t_distribution<double, Policy>(dof), std::abs(t));
    return t >= 0 ? tails : Tails{tails.lower, tails.upper};
}

Tails tails_of_f(double f, double q, double dof)
{
    return tails_of(boost::math::fisher_f_distribution<double, Policy>(q, dof), std::max(f, 0.0));
}

double z_of(const Tails& tails)
{
    const boost::math::normal_distribution<double, Policy> normal;
    const auto clipped = [](double p) { return std::clamp(p, 1e-300, 1 - 1e-16); };
    const double z = boost::math::quantile(boost::math::complement(normal, clipped(tails.upper)));
    return z >= 0 ? z : boost::math::quantile(normal, clipped(tails.lower));
}

} // namespace swather
