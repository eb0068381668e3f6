# SPDX-License-Identifier: MIT
"""The first-level model of nilearn 0.10.4 in numpy and scipy, from its formulas, in float64; what rounding a pseudoinverse
leaves in the betas is taken off in long double, so that the tests need not allow for it.

Whoever reads this beside nilearn: glm/first_level/first_level.py (scaling, bins), glm/regression.py (fits, whitening) and
glm/contrasts.py (statistics, fixed effects). Series are volumes × voxels, designs volumes × columns.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import sqrtm
from scipy.stats import f as f_distribution
from scipy.stats import norm
from scipy.stats import t as t_distribution

BINS = 100
LEAST_VARIANCE = 1e-50


def in_percent(series, dtype=np.longdouble):
    """The change of each series in percent of its mean, or of 1 where that is less. nilearn's own is float32, of integers."""
    mean = np.maximum(series.astype(dtype).mean(axis=0), 1).astype(dtype)
    return 100 * (series.astype(dtype) / mean - 1)


def whitened(series, rho):
    """w_t = x_t − rho x_(t−1); the first row stays as it is."""
    result = series.copy()
    result[1:] -= rho * series[:-1]
    return result


@dataclass
class Fit:
    """The fit of a run; of each voxel a column, or an entry."""

    beta: np.ndarray
    rho: np.ndarray
    dispersion: np.ndarray
    r2: np.ndarray
    covariances: dict  # of beta at dispersion 1, by rho
    dof: int


def least_squares(inverse, design, series):
    """Betas, and residuals."""
    design, series = design.astype(np.longdouble), series.astype(np.longdouble)
    beta = np.zeros((design.shape[1], series.shape[1]), np.longdouble)
    for _ in range(3):
        beta += inverse @ (series - design @ beta).astype(np.float64)
    return beta, series - design @ beta


def rho_of(residuals):
    """Yule and Walker's, cut to whole hundredths toward 0."""
    volumes = len(residuals)
    products = (residuals[1:] * residuals[:-1]).sum(axis=0) / (volumes - 1)
    rho = products / (np.square(residuals).sum(axis=0) / volumes)
    return np.trunc(rho * BINS) / BINS


def fit(series, design, noise):
    """Least squares, or those of the series whitened by the autoregression of their residuals."""
    volumes, columns = design.shape
    voxels = series.shape[1]
    constant = np.ptp(series, axis=0) == 0  # has no noise whose autoregression could be told
    rho = np.zeros(voxels)
    if noise == "ar1":
        rho[~constant] = rho_of(least_squares(np.linalg.pinv(design), design, series[:, ~constant])[1])
    found = Fit(np.empty((columns, voxels)), rho, np.empty(voxels), np.empty(voxels), {},
                volumes - np.linalg.matrix_rank(design))
    with np.errstate(divide="ignore", invalid="ignore"):
        for value in np.unique(rho):
            mine = rho == value
            x, y = whitened(design, value), whitened(series[:, mine], value)
            inverse = np.linalg.pinv(x)
            beta, residuals = least_squares(inverse, x, y)
            found.beta[:, mine] = beta
            found.dispersion[mine] = np.square(residuals).sum(axis=0) / (volumes - columns)
            found.r2[mine] = np.var(x @ beta, axis=0) / np.var(y, axis=0)
            found.covariances[value] = inverse @ inverse.T
    return found


def by_rho(found):
    for value, covariance in found.covariances.items():
        yield found.rho == value, covariance


def t_contrast(fits, rows):
    """Effect, variance, t, z and p of a contrast, one row of weights for each run; fixed effects of several."""
    fits, rows = zip(*[pair for pair in zip(fits, rows) if np.any(pair[1])])
    effect = sum(row @ found.beta for found, row in zip(fits, rows)) / len(fits)
    variance = np.zeros_like(effect)
    for found, row in zip(fits, rows):
        for mine, covariance in by_rho(found):
            variance[mine] += row @ covariance @ row * found.dispersion[mine] / len(fits) ** 2
    t = effect / np.sqrt(np.maximum(variance, LEAST_VARIANCE))
    dof = sum(found.dof for found in fits)
    p = t_distribution.sf(t, dof)
    return {"effect": effect, "variance": variance, "t": t, "p": p, "z": z_of(p, t_distribution.cdf(t, dof))}


def f_test(fits, rows):
    """F, z and p of several contrasts at once: an array of rows for each run."""
    fits, rows = zip(*[pair for pair in zip(fits, rows) if np.any(pair[1])])
    count = len(rows[0])
    effects = np.zeros((count, fits[0].beta.shape[1]))
    for found, of_run in zip(fits, rows):
        for mine, covariance in by_rho(found):
            whitener = np.real(sqrtm(np.linalg.inv(of_run @ covariance @ of_run.T)))
            effects[:, mine] += whitener @ (of_run @ found.beta[:, mine]) / len(fits)
    variance = sum(found.dispersion for found in fits) / len(fits) ** 2
    value = np.square(effects).sum(axis=0) / count / np.maximum(variance, LEAST_VARIANCE)
    dof = sum(found.dof for found in fits)
    p = f_distribution.sf(value, count, dof)
    return {"F": value, "p": p, "z": z_of(p, f_distribution.cdf(value, count, dof))}


def z_of(upper, lower):
    """From the upper tail, and where that would be below 0 from the lower one."""
    clipped = [np.clip(tail, 1e-300, 1 - 1e-16) for tail in (upper, lower)]
    z = norm.isf(clipped[0])
    return np.where(z < 0, norm.ppf(clipped[1]), z)
