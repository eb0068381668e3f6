# SPDX-License-Identifier: MIT
"""What the tests of linear models share: drawn images and designs, and their fits against the reference."""

from dataclasses import dataclass, field

import fit_reference
import numpy as np
import pandas as pd
from fit_testing import CONSTANT, NOT_FINITE, RANK_DEFICIENT, FitTest, series_of
from scipy.stats import f as f_distribution
from scipy.stats import t as t_distribution

ALL_MAPS = "effect,variance,stat,z,p,beta,sigma2,rho,r2"


def all_maps(noise):
    """White noise has no rho."""
    return ALL_MAPS if noise == "ar1" else ALL_MAPS.replace("rho,", "")


@dataclass
class Run:
    """A run as the reference fits it."""

    values: np.ndarray  # x × y × z × volumes
    names: list
    design: np.ndarray


@dataclass
class Question:
    """A contrast or an F test: how swather is asked, and the weights of columns by name, row by row."""

    text: str
    rows: list
    name: str = field(init=False)

    def __post_init__(self):
        self.name = self.text.partition(":")[0] if ":" in self.text else self.text

    def of(self, run):
        return np.array([[row.get(name, 0.0) for name in run.names] for row in self.rows])


A_MINUS_B = Question("A - B", [{"A": 1, "B": -1}])
ANY = Question("any: A, B", [{"A": 1}, {"B": 1}])


def noise_of(rng, shape, rho=0.4):
    """Noise that is correlated in time, more in some voxels than in others."""
    noise = rng.normal(size=shape)
    strength = rng.uniform(-0.3, 2 * rho, size=shape[:3])
    for t in range(1, shape[3]):
        noise[..., t] += strength * noise[..., t - 1]
    return noise


def odd_voxels(values):
    """Puts some into a piece of an image, by their names: all that a series can be."""
    values[0, 0, 0] = 0
    values[1, 0, 0] = 0.5
    values[2, 0, 0] = -7
    values[3, 0, 0] = np.nan
    values[0, 1, 0, 0] = np.nan
    values[1, 1, 0, -1] = np.inf
    values[2, 1, 0, ::3] = -np.inf
    values[3, 1, 0] -= values[3, 1, 0].mean() - 0.9  # a mean below 1
    values[0, 2, 0] -= 3 * values[0, 2, 0].mean()
    values[1, 2, 0] = 1234
    values[2, 2, 0] = values[2, 2, 0, 0]
    values[2, 2, 0, -1] += 5  # all but one the same
    return values


def drawn_image(seed, volumes, shape=(4, 3, 5), mean=100.0):
    """A mean for each voxel, drift, noise, and odd voxels."""
    rng = np.random.default_rng(seed)
    values = mean * rng.uniform(0.5, 2, size=shape)[..., None] + 3 * noise_of(rng, (*shape, volumes))
    values += rng.normal(size=shape)[..., None] * np.linspace(-4, 4, volumes)
    return odd_voxels(values)


def drawn_design(seed, volumes, columns=2, constant=True):
    rng = np.random.default_rng(seed)
    design = rng.normal(size=(volumes, columns)).cumsum(axis=0)
    names = [*"ABCDEFGH"[:columns]]
    if constant:
        design, names = np.hstack([design, np.ones((volumes, 1))]), [*names, "constant"]
    return names, design


def has_constant(design):
    ones = np.ones(len(design))
    return np.allclose(design @ np.linalg.pinv(design) @ ones, ones)


class GlmTest(FitTest):
    """Against the reference, to 1e-12 of what is compared, or of its standard error where that is more."""

    def write_design(self, names, design, name="design.tsv"):
        path = self.output.with_name(name)
        pd.DataFrame(design, columns=names).to_csv(path, sep="\t", index=False, float_format="%.17g")
        return path

    def fit_runs(self, runs, contrasts, f_tests, *options, noise="ar1"):
        """By ready designs."""
        images, arguments = [], []
        for number, run in enumerate(runs):
            images.append(self.save(run.values, f"run{number}.nii"))
            arguments += ["--design", self.write_design(run.names, run.design, f"run{number}.tsv")]
        for question in contrasts:
            arguments += ["--contrast", question.text]
        for question in f_tests:
            arguments += ["--ftest", question.text]
        return self.fit(images, "--maps", all_maps(noise), "--noise", noise, *arguments, *options)

    tolerance = 1e-12

    def check(self, runs, contrasts=(A_MINUS_B,), f_tests=(ANY,), noise="ar1", scale="percent"):
        found = self.fit_runs(runs, contrasts, f_tests, "--scale", scale, noise=noise)
        self.compare(found, runs, contrasts, f_tests, noise, scale)
        return found

    def compare(self, found, runs, contrasts, f_tests, noise, scale):
        fits = []
        for run in runs:
            series = series_of(np.where(np.isfinite(run.values), run.values, 0))
            series = fit_reference.in_percent(series) if scale == "percent" else series
            fits.append(fit_reference.fit(series, run.design, noise))
        told = np.array([self.tells(run) for run in runs]).all(axis=0)
        for number, (run, fit) in enumerate(zip(runs, fits), 1):
            self.compare_run(found, "" if len(runs) == 1 else f"runs/{number}/", fit, told, noise)
        for question in contrasts:
            self.compare_contrast(found, question, fits, runs, told)
        for question in f_tests:
            self.compare_f_test(found, question, fits, runs, told)
        self.compare_flags(found, runs)

    def tells(self, run):
        """The voxels with residuals: a constant series leaves none where the design has a constant."""
        series = series_of(np.where(np.isfinite(run.values), run.values, 0))
        return (np.ptp(series, axis=0) > 0) | (not has_constant(run.design))

    def assert_close(self, got, expected, scale, what):
        error = np.abs(got - expected) / np.maximum(np.maximum(np.abs(expected), scale), 1e-300)
        worst = int(np.argmax(error))
        self.assertLess(error[worst], self.tolerance, f"{what} of voxel {worst}: {got[worst]!r}, expected {expected[worst]!r}")

    def compare_run(self, found, group, fit, told, noise):
        beta = found[f"{group}beta"].reshape(-1, len(fit.beta)).T
        errors = np.sqrt(fit.dispersion[told] * np.diag(next(iter(fit.covariances.values())))[:, None])
        for column, (got, expected, error) in enumerate(zip(beta[:, told], fit.beta[:, told], errors)):
            self.assert_close(got, expected, error, f"beta {column}")
        if noise == "ar1":
            np.testing.assert_array_equal(found[f"{group}rho"].ravel()[told], fit.rho[told])
        self.assert_close(found[f"{group}sigma2"].ravel()[told], fit.dispersion[told], 0, "sigma2")
        np.testing.assert_array_equal(found[f"{group}sigma2"].ravel()[~told], 0)
        np.testing.assert_allclose(found[f"{group}r2"].ravel()[told], fit.r2[told], rtol=1e-11, atol=1e-12)

    def compare_contrast(self, found, question, fits, runs, told):
        expected = fit_reference.t_contrast(fits, [question.of(run)[0] for run in runs])
        got = {name: found[f"contrasts/{question.name}/{name}"].ravel() for name in expected}
        self.assert_close(got["effect"][told], expected["effect"][told], np.sqrt(expected["variance"][told]), "effect")
        self.assert_close(got["variance"][told], expected["variance"][told], 0, "variance")
        self.assert_close(got["t"][told], expected["t"][told], 1, "t")
        self.assert_close(got["z"][told], expected["z"][told], 1, "z")
        # A tail far out changes much more than its t does.
        dof = sum(fit.dof for fit in fits)
        self.assert_close(got["p"], t_distribution.sf(got["t"], dof), 1e-300, "p")
        for name, value in {"effect": 0, "variance": 0, "t": 0, "z": 0, "p": 0.5}.items():
            np.testing.assert_array_equal(got[name][~told], value, name)

    def compare_f_test(self, found, question, fits, runs, told):
        expected = fit_reference.f_test(fits, [question.of(run) for run in runs])
        got = {name: found[f"ftests/{question.name}/{name}"].ravel() for name in expected}
        self.assert_close(got["F"][told], expected["F"][told], 1, "F")
        self.assert_close(got["z"][told], expected["z"][told], 1, "z")
        dof = sum(fit.dof for fit in fits)
        self.assert_close(got["p"], f_distribution.sf(got["F"], len(question.rows), dof), 1e-300, "p")
        np.testing.assert_array_equal(got["F"][~told], 0)
        np.testing.assert_array_equal(got["p"][~told], 1)

    def compare_flags(self, found, runs):
        expected = np.zeros(runs[0].values[..., 0].size, dtype=int)
        for run in runs:
            series = series_of(run.values)
            expected |= NOT_FINITE * ~np.isfinite(series).all(axis=0)
            expected |= CONSTANT * (np.ptp(np.where(np.isfinite(series), series, 0), axis=0) == 0)
            volumes, columns = run.design.shape
            if np.linalg.matrix_rank(run.design) < columns or volumes <= columns:
                expected |= RANK_DEFICIENT
        np.testing.assert_array_equal(found["flags"].ravel(), expected)
        for name, flag in (("not_finite", NOT_FINITE), ("constant", CONSTANT), ("rank_deficient", RANK_DEFICIENT)):
            self.assertEqual(found[f"summary/{name}"].tolist(), [np.sum(expected & flag != 0)])
