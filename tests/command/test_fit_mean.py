# SPDX-License-Identifier: MIT
"""`swather fit --model mean` gives what numpy gives."""

import unittest

import numpy as np
from fit_testing import CONSTANT, NOT_FINITE, RANK_DEFICIENT, FitTest, maps_of


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

    def test_values_that_cannot_be_squared(self):
        """What overflows has no fit; differences whose squares are none are no differences."""
        values = np.random.default_rng(5).normal(size=(5, 2, 1, 40))
        scales = np.array([1e200, 1e150, 1, 1e-140, 1e-200])
        found = self.fit(self.save(values * scales[:, None, None, None]), model="mean")
        expected = values.T * scales
        np.testing.assert_array_equal(found["flags"][0], [[NOT_FINITE, 0, 0, 0, CONSTANT]] * 2)
        for name, of_all in (("mean", expected.mean(axis=0)), ("min", expected.min(axis=0)), ("max", expected.max(axis=0))):
            of_all[..., 0] = np.nan
            np.testing.assert_allclose(found[name], of_all, rtol=1e-12, err_msg=name)
        sd = values.T.std(axis=0, ddof=1) * [np.nan, 1e150, 1, 1e-140, 0]
        np.testing.assert_allclose(found["sd"], sd, rtol=1e-12)

    def test_float32(self):
        values = np.random.default_rng(4).normal(size=(4, 3, 5, 6))
        path = self.save(values)
        exact, single = self.fit(path, model="mean"), maps_of(self.run_fit(path, model="mean")[0])
        for name in ("mean", "sd", "min", "max"):
            self.assertEqual(single[name].dtype, np.float32)
            np.testing.assert_array_equal(single[name], exact[name].astype(np.float32))


if __name__ == "__main__":
    unittest.main()
