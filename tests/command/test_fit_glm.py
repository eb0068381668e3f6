# SPDX-License-Identifier: MIT
"""`swather fit --model glm` gives, to the last digits, what a numpy reference of nilearn's equations gives."""

import unittest

import design_reference
import fit_reference
import h5py
import numpy as np
import pandas as pd
from fit_testing import CONSTANT, NOT_FINITE, RANK_DEFICIENT, image_of, maps_of, series_of
from glm_testing import A_MINUS_B, ANY, GlmTest, Question, Run, all_maps, drawn_design, drawn_image, noise_of
from scipy.stats import f as f_distribution
from scipy.stats import t as t_distribution


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
        """What the data tell is right, and the rest is nilearn's: the shortest of all solutions. Its pseudo-inverse has a
        digit less than a solution of full rank, and other last digits on other processors."""
        self.tolerance = 1e-11
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

    def test_values_that_cannot_be_squared(self):
        """They have no fit; series whose differences cannot be are constant; and the others are as if they were alone."""
        names, design = drawn_design(6, 40, 3)
        series = noise_of(np.random.default_rng(6), (5, 2, 1, 40))
        scales = np.array([1e200, 1e100, 1, 1e-20, 1e-200])
        runs = [Run(series * scales[:, None, None, None], names, design), Run(series[::-1].copy(), names, design)]
        for some in (runs[:1], runs):
            for noise, scale in (("ols", "none"), ("ar1", "percent")):
                with self.subTest(runs=len(some), noise=noise, scale=scale):
                    asked = [Question("A", [{"A": 1}])], [Question("any: A, B", [{"A": 1}, {"B": 1}])], "--scale", scale
                    found = self.fit_runs(some, *asked, noise=noise)
                    np.testing.assert_array_equal(found["flags"][0], [[NOT_FINITE, 0, 0, 0, CONSTANT]] * 2)
                    self.assertEqual((found["summary/without_fit"], found["summary/not_finite"]), ([2], [2]))
                    alone = self.fit_runs([Run(run.values[1:4], names, design) for run in some], *asked, noise=noise)
                    for name in alone:
                        if found[name].shape[:3] == (1, 2, 5) and name != "flags":
                            self.assertTrue(np.isnan(found[name][:, :, 0]).all(), name)
                            np.testing.assert_array_equal(found[name][:, :, 1:4], alone[name], err_msg=name)
                            # R² of what has no variance, and statistics that are limited by the least variance
                            self.assertTrue(name.endswith("r2") or np.isfinite(found[name][:, :, 4]).all(), name)

    def test_no_degrees_of_freedom(self):
        """Effects, where the data tell them, and no statistics."""
        for volumes, columns in ((4, 3), (3, 4), (2, 4), (1, 1)):
            names, design = drawn_design(volumes, volumes, columns)
            values = 100 + noise_of(np.random.default_rng(volumes), (3, 2, 2, volumes))
            run = Run(values, names, design)
            with self.subTest(volumes=volumes, columns=columns):
                found = self.fit_runs([run], [Question("A", [{"A": 1}])], [], "--scale", "none", noise="ols")
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
        image = self.save(image_of(values, tr=1.5 if tr_in_header else 2))
        output, _ = self.run_fit(image, "--double", "--events", events, "--contrast", A_MINUS_B.text, "--ftest", ANY.text,
                                 "--maps", all_maps(noise), "--noise", noise, *options)
        found = maps_of(output)
        self.assertEqual(found["regressor_name"].tolist(), names)
        with h5py.File(output) as file:
            self.assertEqual(file["fit"].attrs["repetition_time"], 1.5)  # that which was used
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


    def test_what_the_data_do_not_tell_is_said_of_drifts_too(self):
        """Confounds that repeat waves of the drift, a condition, or both: numpy's row space says what can be told."""
        volumes = 60
        names, alone = design_reference.design(self.EVENTS, volumes, 1.5, high_pass=0.05)
        column = dict(zip(names, alone.T))
        confounds = {"wave": 2 * column["drift_1"], "waves": column["drift_2"] - 3 * column["drift_3"],
                     "both": column["A"] + 0.5 * column["drift_1"], "other": np.random.default_rng(61).normal(size=volumes)}
        names, design = design_reference.design(self.EVENTS, volumes, 1.5, confounds=confounds, high_pass=0.05)
        events, table = self.output.with_name("events.tsv"), self.output.with_name("confounds.tsv")
        pd.DataFrame(self.EVENTS, columns=["onset", "duration", "trial_type", "modulation"]).to_csv(events, sep="\t", index=False)
        pd.DataFrame(confounds).to_csv(table, sep="\t", index=False)
        rows = [{"A": 1}, {"B": 1}, {"A": 1, "both": 1}, {"A": 1, "B": -1}, {"other": 1}, {"both": 1}, {"constant": 1}]
        rows += [{name: 1} for name in names if name.startswith("drift_")] + [{"drift_2": 1, "drift_3": 1 / 3}]
        rows += [{"wave": 2, "drift_1": 1, "both": 0.5}, {"wave": 2, "drift_1": -1}, {"drift_2": 3, "drift_3": 1}]
        rows += [{"B": 1, "drift_2": 3, "drift_3": 1}, {"B": 1, "other": -2, "drift_1": 1}]
        told, untold, arguments = set(), set(), []
        for number, row in enumerate(rows):
            weights = np.array([row.get(name, 0) for name in names])
            misfit = weights - design.T @ np.linalg.lstsq(design.T, weights, rcond=1e-10)[0]
            (told if np.abs(misfit).max() < 1e-8 else untold).add(f"c{number}")
            arguments += ["--contrast", f"c{number}: " + " + ".join(f"{weight!r}*{name}" for name, weight in row.items())]
        self.assertTrue(len(told) > 4 and len(untold) > 4, (told, untold))
        image = self.save(image_of(drawn_image(62, volumes), tr=1.5))
        _, said = self.run_fit(image, "--events", events, "--confounds", table, "--high-pass", 0.05, *arguments)
        self.assertEqual({name for name in told | untold if f"'{name}' is not told by the design" in said}, untold, said)


class FarTailsTest(GlmTest):
    """p and z of t and F as large as they come, against scipy."""

    def check_tails(self, volumes, contrast="A", test="f: A, B"):
        rng = np.random.default_rng(volumes)
        names, design = drawn_design(volumes, volumes)
        strength = np.array([0, 1e-3, 0.1, 0.5, 1, 2, 3, 5, 8, 12, 20, 30, 40, 60, 100, 300, 1e3, 1e5])
        strength = np.concatenate([strength, -strength]) / np.linalg.norm(design[:, 0] - design[:, 0].mean())
        values = (strength[:, None] * design[:, 0])[:, None, None, :] + rng.normal(size=(len(strength), 2, 1, volumes))
        found = self.fit_runs([Run(values, names, design)], [Question(contrast, [{}])], [Question(test, [{}])],
                              "--scale", "none", noise="ols")
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


if __name__ == "__main__":
    unittest.main()
