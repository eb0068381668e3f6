# SPDX-License-Identifier: MIT
"""T2* against scipy.optimize.curve_fit with the same bounds."""

import unittest

import numpy as np
from scipy.optimize import curve_fit, root
from voxels_testing import NO_SIGNAL, NOT_CONVERGED, fit_t2star

MAX_T2STAR = 500.0


def decay(t, s0, t2star):
    return s0 * np.exp(-t / t2star)


def derivatives(t, s0, t2star):
    e = np.exp(-t / t2star)
    return np.column_stack([e, s0 * e * t / t2star**2])


def scipy_fit(echo_times, signals):
    """S0 and T2* as curve_fit finds them; then, where they are inside of the bounds, as the gradient is 0 next to them:
    curve_fit itself ends when the sum of squares, which is flat there, no longer changes. None where it does not end."""
    slope, intercept = np.polyfit(echo_times, np.log(np.maximum(signals, 1e-3 * signals.max())), 1)
    start = np.clip([np.exp(intercept), -1 / min(slope, -1e-9)], [1e-9, 2e-3], [np.inf, 0.99 * MAX_T2STAR])
    try:
        best, _ = curve_fit(decay, echo_times, signals, start, bounds=([0, 1e-3], [np.inf, MAX_T2STAR]), method="trf",
                            jac=derivatives, x_scale=start, ftol=1e-15, xtol=1e-15, gtol=1e-15, max_nfev=2000)
    except RuntimeError:
        return None
    if best[1] > 0.999 * MAX_T2STAR or best[1] < 0.1:
        return best
    gradient = lambda p: derivatives(echo_times, *(p * best)).T @ (decay(echo_times, *(p * best)) - signals) * best
    polished = root(gradient, np.ones(2), tol=1e-14).x * best
    np.testing.assert_allclose(polished, best, rtol=1e-6)
    return polished


class ScipyTest(unittest.TestCase):
    def compare(self, echo_times, series, converging):
        echo_times = np.asarray(echo_times, dtype=float)
        found = fit_t2star(MAX_T2STAR, echo_times, series)
        converged = found["flags"] & NOT_CONVERGED == 0
        self.assertGreaterEqual(np.mean(converged), converging)
        compared = 0
        for voxel in np.flatnonzero(converged & (found["s0"] > 0)):
            ours = np.array([found["s0"][voxel], found["t2star"][voxel]])
            theirs = scipy_fit(echo_times, series[voxel])
            if theirs is None:
                continue
            compared += 1
            inside = theirs[1] < 0.999 * MAX_T2STAR and theirs[1] > 0.1
            if inside:
                np.testing.assert_allclose(ours, theirs, rtol=1e-8, err_msg=f"voxel {voxel}: {series[voxel]}")
            cost = lambda p: np.sum((series[voxel] - decay(echo_times, *p)) ** 2)
            self.assertLessEqual(cost(ours), cost(theirs) * (1 + 1e-9) + 1e-20 * np.sum(series[voxel] ** 2))
            self.assertAlmostEqual(found["residual"][voxel] / np.sqrt(cost(ours) / len(echo_times) + 1e-300), 1, delta=1e-6)
        self.assertGreater(compared, 0.9 * len(series) * converging)
        np.testing.assert_allclose((found["r2star"] * found["t2star"])[found["t2star"] > 0], 1, rtol=1e-15)
        return found

    def series(self, echo_times, noise, voxels=400):
        random = np.random.default_rng(7)
        s0 = random.uniform(200, 2000, (voxels, 1))
        t2star = random.uniform(5, 120, (voxels, 1))
        signals = decay(np.asarray(echo_times, dtype=float), s0, t2star)
        return np.abs(signals + noise * random.normal(size=signals.shape))

    def test_three_echoes(self):
        times = [15, 39, 63]
        self.compare(times, self.series(times, 10), 0.99)

    def test_many_echoes_much_noise(self):
        times = np.arange(2, 50, 4.3)
        self.compare(times, self.series(times, 100), 0.97)

    def test_two_echoes_are_met_exactly(self):
        times = [4.9, 9.8]
        series = self.series(times, 0)
        found = fit_t2star(MAX_T2STAR, times, series)
        np.testing.assert_allclose(found["s0"] * np.exp(-np.outer(times, found["r2star"])), series.T, rtol=1e-12)
        self.assertEqual(found["flags"].max(), 0)

    def test_signals_that_grow_have_the_bound(self):
        found = self.compare([10, 20, 30], np.array([[100.0, 110, 125], [50, 50.5, 50.2]]), 1)
        np.testing.assert_allclose(found["t2star"], MAX_T2STAR, rtol=1e-15)

    def test_negative_signals_are_flagged_and_fitted(self):
        times = [5, 10, 20, 40]
        series = decay(np.array(times, dtype=float), 100, 9)[np.newaxis] + np.array([[1, -1, 2, -3.0], [1, 2, 3, -9]])
        found = self.compare(times, series, 1)
        self.assertEqual(list(found["flags"]), [NO_SIGNAL, NO_SIGNAL])


if __name__ == "__main__":
    unittest.main()
