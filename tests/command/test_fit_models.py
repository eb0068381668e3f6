# SPDX-License-Identifier: MIT
"""`swather fit` gives the tensors of dipy and mrtrix3, and the T2* of scipy."""

import subprocess
import unittest
from pathlib import Path

import dipy
import h5py
import nibabel
import numpy as np
from dipy.core.gradients import gradient_table
from dipy.reconst import dti
from fit_testing import CONSTANT, NO_SIGNAL, NOT_CONVERGED, NOT_FINITE, FitTest, maps_of, series_of
from scipy.optimize import curve_fit

DIPY = Path(dipy.__file__).parent / "data" / "files"


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
                np.testing.assert_allclose(tensors[fitted], expected.lower_triangular()[fitted], rtol=1e-6, atol=1e-11)
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

    def test_echoes_of_a_glob(self):
        """In the order of the numbers in their names."""
        times = np.arange(5.0, 60, 5)
        for number, signal in enumerate(self.decay(times, 700, 40), 1):
            self.save(np.full((2, 2, 2), signal), f"echo{number}.nii")
        found = self.fit(self.output.with_name("echo*.nii"), "--te", ",".join(map(str, times)), model="t2star")
        np.testing.assert_allclose(found["t2star"], 40, rtol=1e-9)


if __name__ == "__main__":
    unittest.main()
