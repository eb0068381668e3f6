# SPDX-License-Identifier: MIT
"""`swather fit` gives what nilearn 0.10.4, dipy, mrtrix3 and scipy give, and to the last digits what a numpy reference of their
equations gives."""

import subprocess
import unittest
from dataclasses import dataclass, field
from pathlib import Path

import design_reference
import dipy
import fit_reference
import h5py
import nibabel
import numpy as np
import pandas as pd
from dipy.core.gradients import gradient_table
from dipy.reconst import dti
from fit_testing import CONSTANT, NO_SIGNAL, NOT_CONVERGED, NOT_FINITE, RANK_DEFICIENT, FitTest, image_of, maps_of
from scipy.optimize import curve_fit
from scipy.stats import f as f_distribution
from scipy.stats import t as t_distribution

DATA = Path(__file__).parents[1] / "data" / "imaging"
DIPY = Path(dipy.__file__).parent / "data" / "files"
ALL_MAPS = "effect,variance,stat,z,p,beta,sigma2,rho,r2"


def series_of(values):
    """x × y × z × volumes as volumes × voxels, these in the order of a map."""
    return values.T.reshape(values.shape[3], -1)


# --- mean -----------------------------------------------------------------------------------------------------------


class MeanTest(FitTest):
    def check(self, values, paths=None):
        found = self.fit(paths or self.save(values), model="mean")
        series = values.T.astype(np.longdouble)  # volumes × z × y × x
        finite = np.isfinite(series).all(axis=0)
        for name, of_all in {"mean": series.mean(axis=0), "min": series.min(axis=0), "max": series.max(axis=0)}.items():
            expected = np.where(finite, of_all, np.nan).astype(float)
            np.testing.assert_allclose(found[name], expected, rtol=1e-14, atol=1e-14, err_msg=name)
        if len(series) > 1:
            deviation = np.where(finite, series.std(axis=0, ddof=1), np.nan).astype(float)
            np.testing.assert_allclose(found["sd"], deviation, rtol=1e-12, atol=1e-300)
        constant = finite & (np.ptp(series, axis=0) == 0)
        flags = NOT_FINITE * ~finite + CONSTANT * constant + (RANK_DEFICIENT * finite if len(series) == 1 else 0)
        np.testing.assert_array_equal(found["flags"], flags)
        self.assertEqual(found["summary/without_fit"], [np.sum(~finite)])
        return found

    def test_against_numpy(self):
        rng = np.random.default_rng(1)
        values = rng.normal(size=(7, 5, 4, 90)) * 3
        values[1] += 1e6
        values[2] = np.round(values[2])
        values[3, 0] = 12.5
        values[3, 1] = 0
        values[3, 2, 0, 0], values[3, 2, 1, 89], values[3, 2, 2, 7] = np.nan, np.inf, -np.inf
        values[3, 3, 0] = np.nan
        with np.errstate(invalid="ignore"):
            self.check(values)

    def test_small_shapes(self):
        rng = np.random.default_rng(2)
        for shape in ((1, 1, 1, 1), (1, 1, 1, 9), (3, 2, 1, 5), (1, 1, 8, 2), (1, 6, 1, 1)):
            with self.subTest(shape=shape):
                found = self.check(rng.normal(size=shape))
                if shape[3] == 1:
                    self.assertTrue(np.isnan(found["sd"]).all())

    def test_volumes_in_a_list(self):
        """3D images, 4D ones and both together are one series here."""
        values = np.random.default_rng(3).normal(size=(4, 3, 5, 6))
        volumes = [self.save(values[..., t], f"v{t}.nii") for t in range(6)]
        self.check(values, paths=volumes)
        self.check(values, paths=[*volumes[:2], self.save(values[..., 2:5], "part.nii"), volumes[5]])
        self.check(values, paths=[self.output.with_name("v?.nii")])

    def test_float32(self):
        values = np.random.default_rng(4).normal(size=(4, 3, 5, 6))
        path = self.save(values)
        exact, single = self.fit(path, model="mean"), maps_of(self.run_fit(path, model="mean")[0])
        for name in ("mean", "sd", "min", "max"):
            self.assertEqual(single[name].dtype, np.float32)
            np.testing.assert_array_equal(single[name], exact[name].astype(np.float32))


# --- glm ------------------------------------------------------------------------------------------------------------


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

    def fit_runs(self, runs, contrasts, f_tests, *options):
        """By ready designs."""
        images, arguments = [], []
        for number, run in enumerate(runs):
            images.append(self.save(run.values, f"run{number}.nii"))
            arguments += ["--design", self.write_design(run.names, run.design, f"run{number}.tsv")]
        for question in contrasts:
            arguments += ["--contrast", question.text]
        for question in f_tests:
            arguments += ["--ftest", question.text]
        return self.fit(images, "--maps", ALL_MAPS, *arguments, *options)

    tolerance = 1e-12

    def check(self, runs, contrasts=(A_MINUS_B,), f_tests=(ANY,), noise="ar1", scale="percent"):
        found = self.fit_runs(runs, contrasts, f_tests, "--noise", noise, "--scale", scale)
        self.compare(found, runs, contrasts, f_tests, noise, scale)
        return found

    def compare(self, found, runs, contrasts, f_tests, noise, scale):
        fits = []
        for run in runs:
            series = series_of(np.where(np.isfinite(run.values), run.values, 0))
            series = fit_reference.in_percent(series) if scale == "percent" else series
            fits.append(fit_reference.fit(series, run.design, noise))
            if has_constant(run.design):  # R² is that of what is not constant
                fits[-1].r2 = fit_reference.fit(series - series.mean(axis=0), run.design, noise).r2
        told = np.array([self.tells(run) for run in runs]).all(axis=0)
        for number, (run, fit) in enumerate(zip(runs, fits), 1):
            self.compare_run(found, "" if len(runs) == 1 else f"runs/{number}/", fit, told)
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

    def compare_run(self, found, group, fit, told):
        beta = found[f"{group}beta"].reshape(-1, len(fit.beta)).T
        errors = np.sqrt(fit.dispersion[told] * np.diag(next(iter(fit.covariances.values())))[:, None])
        for column, (got, expected, error) in enumerate(zip(beta[:, told], fit.beta[:, told], errors)):
            self.assert_close(got, expected, error, f"beta {column}")
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


class DesignsTest(GlmTest):
    """Every kind of design, with both kinds of noise, scaled and not."""

    def check_all(self, runs, cases=(("ols", "none"), ("ar1", "percent")), **questions):
        for noise, scale in cases:
            with self.subTest(noise=noise, scale=scale):
                self.check(runs, noise=noise, scale=scale, **questions)

    def test_a_ready_design(self):
        self.check_all([Run(drawn_image(1, 70), *drawn_design(2, 70))], contrasts=[A_MINUS_B, Question("B", [{"B": 1}])],
                       cases=[(noise, scale) for noise in ("ols", "ar1") for scale in ("none", "percent")])

    def test_many_columns(self):
        names, design = drawn_design(3, 80, columns=8)
        self.check_all([Run(drawn_image(4, 80), names, design)], f_tests=[
            ANY, Question("all: A, B, C, D, E, F, G, H", [{name: 1} for name in names[:-1]])])

    def test_a_design_without_a_constant(self):
        self.check_all([Run(drawn_image(5, 50), *drawn_design(6, 50, constant=False))])

    def test_a_column_alone(self):
        question = Question("A", [{"A": 1}])
        self.check_all([Run(drawn_image(7, 30), *drawn_design(8, 30, columns=1, constant=False))],
                       contrasts=[question], f_tests=[Question("f: A", [{"A": 1}])])

    def test_a_constant_that_is_no_column(self):
        """Two columns that add up to it; neither alone is a constant."""
        names, design = drawn_design(9, 60, columns=3, constant=False)
        design[:, 1] = design[:, 0] > np.median(design[:, 0])
        design[:, 2] = 1 - design[:, 1]
        self.check_all([Run(drawn_image(10, 60), names, design)], contrasts=[Question("A", [{"A": 1}]),
                                                                            Question("B - C", [{"B": 1, "C": -1}])],
                       f_tests=[Question("f: A, B - C", [{"A": 1}, {"B": 1, "C": -1}])])

    def test_designs_whose_columns_depend_on_each_other(self):
        """What the data tell is right, and the rest is nilearn's: the shortest of all solutions."""
        names, design = drawn_design(11, 60, columns=3)
        twice = np.hstack([design, design[:, :1], (2 * design[:, 1] - design[:, 2])[:, None]])
        run = Run(drawn_image(12, 60), [*names, "D", "E"], twice)
        both = Question("both: A + D", [{"A": 1, "D": 1}])
        self.check_all([run], contrasts=[both, A_MINUS_B], f_tests=[])

    def test_fixed_effects_of_several_runs(self):
        runs = [Run(drawn_image(20 + n, volumes), *drawn_design(30 + n, volumes)) for n, volumes in enumerate((40, 55, 33))]
        runs[1].names, runs[1].design = ["B", "x", "A", "constant"], np.hstack(
            [runs[1].design[:, 1::-1][:, :1], drawn_design(40, 55, columns=1)[1][:, :1], runs[1].design[:, :1],
             np.ones((55, 1))])
        self.check_all(runs)

    def test_short_series(self):
        """Down to one degree of freedom, where residuals are so small beside the series that they have fewer digits."""
        self.tolerance = 1e-10
        for volumes in (4, 6):
            with self.subTest(volumes=volumes):
                values = 100 + 3 * noise_of(np.random.default_rng(volumes), (4, 3, 5, volumes))
                self.check_all([Run(values, *drawn_design(volumes, volumes))])

    def test_f_tests_that_the_design_does_not_tell(self):
        """Rows that follow from each other: nobody's F would be one."""
        names, design = drawn_design(5, 40, 3)
        run = Run(100 + noise_of(np.random.default_rng(5), (3, 2, 2, 40)), names, design)
        found = self.fit_runs([run], [Question("A", [{"A": 1}])], [Question("none: A, 2*A", [{"A": 1}, {"A": 2}])])
        for name in ("F", "z", "p"):
            self.assertTrue(np.isnan(found[f"ftests/none/{name}"]).all(), name)
        self.assertTrue(np.isfinite(found["contrasts/A/t"]).all())
        np.testing.assert_array_equal(found["flags"], RANK_DEFICIENT)

    def test_no_degrees_of_freedom(self):
        """Effects, where the data tell them, and no statistics."""
        for volumes, columns in ((4, 3), (3, 4), (2, 4), (1, 1)):
            names, design = drawn_design(volumes, volumes, columns)
            values = 100 + noise_of(np.random.default_rng(volumes), (3, 2, 2, volumes))
            run = Run(values, names, design)
            with self.subTest(volumes=volumes, columns=columns):
                found = self.fit_runs([run], [Question("A", [{"A": 1}])], [], "--noise", "ols", "--scale", "none")
                expected = np.linalg.pinv(design) @ series_of(values)
                np.testing.assert_allclose(found["contrasts/A/effect"].ravel(), expected[0], rtol=1e-9, atol=1e-9)
                for name in ("variance", "t", "z", "p"):
                    self.assertTrue(np.isnan(found[f"contrasts/A/{name}"]).all(), name)
                self.assertTrue(np.isnan(found["sigma2"]).all())
                np.testing.assert_array_equal(found["flags"], RANK_DEFICIENT | (CONSTANT if volumes == 1 else 0))
                self.assertEqual(found["summary/rank_deficient"], [12])

    def test_what_the_data_do_not_tell_is_said(self):
        names, design = drawn_design(50, 40)
        design = np.hstack([design, design[:, :1]])
        arguments = ["--design", self.write_design([*names, "C"], design), "--contrast", "A + C", "--contrast", "A"]
        _, said = self.run_fit(self.save(drawn_image(51, 40)), *arguments)
        self.assertEqual(said.count("is not told by the design"), 1, said)
        self.assertIn("'A' is not told", said)


class EventsTest(GlmTest):
    """Designs that are made of events: first the design, then the fit of it."""

    EVENTS = [(3.5, 0, "A", 1), (14.2, 1.5, "B", 1), (20, 1.5, "A", 1), (31, 4, "B", 1), (44.4, 1, "A", 1), (60, 3, "B", 1)]

    def check_events(self, volumes=60, noise="ar1", confounds=None, tr_in_header=True, **settings):
        events = self.output.with_name("events.tsv")
        pd.DataFrame(self.EVENTS, columns=["onset", "duration", "trial_type", "modulation"]).to_csv(events, sep="	", index=False)
        names, expected = design_reference.design(self.EVENTS, volumes, 1.5, confounds=confounds, **settings)
        options = [part for name, value in settings.items() for part in (f"--{name.replace('_', '-')}", value)]
        if confounds:
            pd.DataFrame(confounds).to_csv(self.output.with_name("confounds.tsv"), sep="	", index=False)
            options += ["--confounds", self.output.with_name("confounds.tsv")]
        if not tr_in_header:
            options += ["--tr", 1.5]
        values = drawn_image(volumes, volumes)
        image = self.save(image_of(values, tr=1.5 if tr_in_header else 0))
        found = self.fit(image, "--events", events, "--contrast", A_MINUS_B.text, "--ftest", ANY.text, "--maps", ALL_MAPS,
                         "--noise", noise, *options)
        self.assertEqual(found["regressor_name"].tolist(), names)
        np.testing.assert_allclose(found["design"], expected, atol=1e-12)
        run = Run(values, names, found["design"])
        self.compare(found, [run], [A_MINUS_B], [ANY], noise, "percent")
        np.testing.assert_array_equal(found["contrasts/A - B/weights"], A_MINUS_B.of(run))
        np.testing.assert_array_equal(found["ftests/any/weights"], ANY.of(run))

    def test_designs(self):
        rng = np.random.default_rng(60)
        for settings in ({}, {"hrf": "spm", "derivatives": "time"}, {"derivatives": "dispersion", "noise": "ols"},
                         {"drift": "polynomial:3", "undershoot": 0.48}, {"drift": "none", "hrf": "spm"},
                         {"high_pass": 0.05, "slice_time_ref": 0.5}, {"tr_in_header": False, "drift": "polynomial"},
                         {"confounds": {"x": rng.normal(size=60), "trans y": rng.normal(size=60)}}):
            with self.subTest(settings=list(settings)):
                self.check_events(**settings)


class FarTailsTest(GlmTest):
    """p and z of t and F as large as they come, against scipy."""

    def check_tails(self, volumes, contrast="A", test="f: A, B"):
        rng = np.random.default_rng(volumes)
        names, design = drawn_design(volumes, volumes)
        strength = np.array([0, 1e-3, 0.1, 0.5, 1, 2, 3, 5, 8, 12, 20, 30, 40, 60, 100, 300, 1e3, 1e5])
        strength = np.concatenate([strength, -strength]) / np.linalg.norm(design[:, 0] - design[:, 0].mean())
        values = (strength[:, None] * design[:, 0])[:, None, None, :] + rng.normal(size=(len(strength), 2, 1, volumes))
        found = self.fit_runs([Run(values, names, design)], [Question(contrast, [{}])], [Question(test, [{}])],
                              "--noise", "ols", "--scale", "none")
        dof = volumes - 3
        t = found["contrasts/A/t"]
        self.assertGreater(np.abs(t).max(), 1e4)
        self.assertGreater(np.sum((np.abs(t) > 5) & (np.abs(t) < 50)), 10)
        self.compare_tails(found["contrasts/A/p"], found["contrasts/A/z"], t_distribution.sf(t, dof), t_distribution.cdf(t, dof))
        f = found["ftests/f/F"]
        self.compare_tails(found["ftests/f/p"], found["ftests/f/z"], f_distribution.sf(f, 2, dof), f_distribution.cdf(f, 2, dof))

    def compare_tails(self, p, z, upper, lower):
        normal = upper > 1e-305  # what is below has lost its digits
        np.testing.assert_allclose(p[normal], upper[normal], rtol=1e-11)
        self.assertTrue(((p[~normal] >= 0) & (p[~normal] < 1.1e-305)).all())
        np.testing.assert_allclose(z, fit_reference.z_of(upper, lower), rtol=1e-12, atol=1e-12)

    def test_few_and_many_degrees_of_freedom(self):
        for volumes in (4, 6, 40, 1200):
            with self.subTest(volumes=volumes):
                self.check_tails(volumes)


# --- nilearn itself -------------------------------------------------------------------------------------------------


class NilearnTest(GlmTest):
    """A real image: what nilearn 0.10.4 has made of it, itself."""

    IMAGE, MASK = DATA / "nitime_fmri1.nii.gz", DATA / "nitime_fmri1_mask.nii.gz"

    def nilearn(self, hrf, noise):
        """Its values of some voxels, and these."""
        table = pd.read_csv(DATA / f"nitime_fmri1_{hrf}_{noise}.tsv", sep="\t")
        names = {"effect": "contrasts/A - B/effect", "variance": "contrasts/A - B/variance", "t": "contrasts/A - B/t",
                 "z": "contrasts/A - B/z", "p": "contrasts/A - B/p", "F": "ftests/any/F", "F_z": "ftests/any/z"}
        if noise == "ar1":
            names["rho"] = "rho"
        return {ours: table[theirs].to_numpy() for theirs, ours in names.items()}, (table["k"], table["j"], table["i"])

    def each_case(self):
        for hrf in ("glover", "spm"):
            for noise in ("ols", "ar1"):
                with self.subTest(hrf=hrf, noise=noise):
                    yield hrf, noise

    def fit_case(self, image, hrf, noise, *options):
        return self.fit(image, "--mask", self.MASK, "--noise", noise, "--contrast", "A - B", "--ftest", "any: A, B",
                        "--maps", ALL_MAPS, *options)

    def test_from_image_and_events(self):
        """nilearn scales images of integers in float32, which moves single voxels, also to another bin of rho."""
        for hrf, noise in self.each_case():
            expected, voxels = self.nilearn(hrf, noise)
            found = self.fit_case(self.IMAGE, hrf, noise, "--events", DATA / "nitime_fmri1_events.tsv", "--hrf", hrf)
            for name, values in expected.items():
                error = np.abs(found[name][voxels] - values) / np.maximum(np.abs(values), 1e-3)
                self.assertLess(np.percentile(error, 98), 1e-4, name)

    def test_with_its_scaling(self):
        """What it wrote has 12 digits."""
        data = nibabel.load(self.IMAGE).get_fdata(dtype=np.float32)
        scaled = fit_reference.in_percent(series_of(data), np.float32).reshape(data.T.shape).T
        image = self.save(image_of(scaled, tr=1.35, affine=nibabel.load(self.IMAGE).affine))
        for hrf, noise in self.each_case():
            expected, voxels = self.nilearn(hrf, noise)
            found = self.fit_case(image, hrf, noise, "--design", DATA / f"nitime_fmri1_{hrf}_design.tsv", "--scale", "none")
            for name, values in expected.items():
                np.testing.assert_allclose(found[name][voxels], values, rtol=1e-11, atol=1e-12, err_msg=name)


# --- tensors and T2* ------------------------------------------------------------------------------------------------


class TensorTest(FitTest):
    """Through the command; how exact the models are is told by tests/kernels."""

    def setUp(self):
        super().setUp()
        self.image = DIPY / "small_64D.nii"
        self.table = [DIPY / "small_64D.bval", DIPY / "small_64D.bvec"]
        self.loaded = nibabel.load(self.image)
        self.series = self.loaded.get_fdata()
        self.b_values, self.b_vectors = np.loadtxt(self.table[0]), np.nan_to_num(np.loadtxt(self.table[1]))

    def fit_tensors(self, weights, paths=None):
        options = ["--bvals", self.table[0], "--bvecs", self.table[1], "--weights", weights]
        output, _ = self.run_fit(paths or self.image, "--double", *options, model="tensor", ranks=2)
        return output, {name: values.T for name, values in maps_of(output).items()}  # … × x × y × z

    def test_as_dipy(self):
        table = gradient_table(self.b_values, self.b_vectors)
        for weights, method in (("none", "OLS"), ("dipy", "WLS")):
            with self.subTest(weights=weights):
                expected = dti.TensorModel(table, fit_method=method).fit(self.series)
                output, found = self.fit_tensors(weights)
                fitted = found["flags"] & CONSTANT == 0
                self.assertGreater(np.mean(fitted), 0.9)
                for name in ("fa", "md", "ad", "rd"):
                    np.testing.assert_allclose(found[name][fitted], getattr(expected, name)[fitted], rtol=1e-8, atol=1e-15)
                np.testing.assert_allclose(np.moveaxis(found["eigenvalues"], 0, -1)[fitted], expected.evals[fitted], rtol=1e-7,
                                           atol=1e-12)
                tensors = np.moveaxis(found["tensor"], 0, -1)
                unclipped = expected.evals[..., 2] > 1.001 * expected.evals.min()  # dipy lifts eigenvalues to a least one
                np.testing.assert_allclose(tensors[fitted & unclipped], expected.lower_triangular()[fitted & unclipped],
                                           rtol=1e-6, atol=1e-11)
                with h5py.File(output) as file:
                    self.assertEqual(file["fit/tensor"].attrs["elements"], "Dxx,Dxy,Dyy,Dxz,Dyz,Dzz")
                    self.assertEqual(file["fit/tensor"].attrs["units"], "mm2 s-1")

    def test_as_mrtrix(self):
        folder = self.output.parent
        np.savetxt(folder / "vectors", self.b_vectors.T if self.b_vectors.shape[1] == 3 else self.b_vectors, fmt="%.17g")
        subprocess.run(["dwi2tensor", "-quiet", "-nthreads", "0", "-fslgrad", folder / "vectors", self.table[0], self.image,
                        folder / "tensor.nii"], check=True)
        expected = nibabel.load(folder / "tensor.nii").get_fdata()
        output, found = self.fit_tensors("mrtrix")
        fitted = found["flags"] & CONSTANT == 0
        error = np.abs(np.moveaxis(found["tensor"], 0, -1) - expected).max(axis=-1) / np.abs(expected).max(axis=-1)
        self.assertLess(error[fitted].max(), 1e-6)
        with h5py.File(output) as file:
            self.assertEqual(file["fit/tensor"].attrs["elements"], "D11,D22,D33,D12,D13,D23")

    def test_volumes_in_a_list(self):
        _, whole = self.fit_tensors("dipy")
        for t in range(len(self.b_values)):
            self.save(self.series[..., t], f"volume{t:02}.nii", affine=self.loaded.affine)
        _, found = self.fit_tensors("dipy", [self.output.with_name("volume*.nii")])
        for name, values in whole.items():
            np.testing.assert_array_equal(found[name], values, err_msg=name)


class T2StarTest(FitTest):
    TIMES = np.array([5.0, 15, 30, 55])

    def decay(self, t, s0, t2star):
        return s0 * np.exp(-t / t2star)

    def test_against_curve_fit(self):
        rng = np.random.default_rng(1)
        shape = (5, 4, 3)
        s0, t2star = rng.uniform(300, 2000, shape), rng.uniform(8, 90, shape)
        values = self.decay(self.TIMES, s0[..., None], t2star[..., None]) + 5 * rng.normal(size=(*shape, 4))
        values[0, 0, 0] = 0
        values[1, 0, 0, 2] = np.nan
        values[2, 0, 0, 3] = -4
        times = ",".join(map(str, self.TIMES))
        echoes = [self.save(values[..., t], f"e{t}.nii") for t in range(4)]
        found = self.fit(echoes, "--te", times, model="t2star", ranks=2)
        again = self.fit(self.save(values), *[part for t in self.TIMES for part in ("--te", t)], model="t2star")
        for name, of_list in found.items():
            np.testing.assert_array_equal(again[name], of_list, err_msg=name)

        series = series_of(values)
        flags = found["flags"].ravel()
        self.assertEqual(flags[:3].tolist(), [CONSTANT | NO_SIGNAL, NOT_FINITE, NO_SIGNAL])
        fitted = np.isfinite(found["t2star"].ravel())
        self.assertEqual(np.flatnonzero(~fitted).tolist(), [0, 1])
        self.assertFalse((flags & NOT_CONVERGED).any())
        for voxel in np.flatnonzero(fitted):
            (s0, t2star), _ = curve_fit(self.decay, self.TIMES, series[:, voxel], (1000, 30), ftol=1e-14, xtol=1e-14, gtol=1e-14,
                                        bounds=([0, 1e-3], [np.inf, 500]), x_scale=(1000, 30))
            residual = np.sqrt(np.mean((self.decay(self.TIMES, s0, t2star) - series[:, voxel]) ** 2))
            got = [found[name].ravel()[voxel] for name in ("s0", "t2star", "r2star", "residual")]
            np.testing.assert_allclose(got, [s0, t2star, 1 / t2star, residual], rtol=1e-6)


if __name__ == "__main__":
    unittest.main()
