# SPDX-License-Identifier: MIT
"""Tensors against dipy and mrtrix3's dwi2tensor, on the pieces of real images that Debian's python3-dipy has."""

import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import dipy
import nibabel
import numpy as np
from dipy.core.gradients import gradient_table
from dipy.reconst import dti
from voxels_testing import CONSTANT, NO_SIGNAL, RANK_DEFICIENT, fit_tensors

FILES = Path(dipy.__file__).parent / "data" / "files"


class Image:
    """65, 102 and 26 volumes; oblique and straight axes, both signs of the determinant; NaN as b-vector of b = 0."""

    def __init__(self, name):
        file = nibabel.load(FILES / name)
        self.affine = file.affine
        self.linear = self.affine[:3, :3]
        self.data = np.asanyarray(file.dataobj)
        self.series = self.data.reshape(-1, self.data.shape[-1]).astype(float)
        stem = FILES / name.split(".")[0]
        self.b_values = np.loadtxt(f"{stem}.bval")
        self.b_vectors = np.loadtxt(f"{stem}.bvec")
        if len(self.b_vectors) == 3:
            self.b_vectors = self.b_vectors.T

    def fit(self, weights, iterations=2, series=None):
        return fit_tensors(weights, iterations, self.linear, self.b_values, self.b_vectors,
                           self.series if series is None else series)


IMAGES = ("small_64D.nii", "small_101D.nii.gz", "small_25.nii.gz")


def relative_error(found, expected):
    """The largest, over the voxels, of an element's error over the voxel's largest element."""
    return np.max(np.abs(found - expected) / np.max(np.abs(expected), axis=-1, keepdims=True), axis=-1)


class DipyTest(unittest.TestCase):
    METHODS = {"none": "OLS", "dipy": "WLS"}

    def compare(self, image, weights):
        found = image.fit(weights)
        fitted = found["flags"] & CONSTANT == 0
        self.assertEqual(np.sum(found["flags"] & RANK_DEFICIENT), 0)
        table = gradient_table(image.b_values, image.b_vectors)
        model = dti.TensorModel(table, fit_method=self.METHODS[weights])
        expected = model.fit(image.series[fitted])
        # What dipy fits, before it clips eigenvalues.
        with mock.patch.object(dti, "eig_from_lo_tri", lambda fit, min_diffusivity: fit):
            unclipped = model.fit_method(model.design_matrix, np.maximum(image.series[fitted], 1e-4))
        found = {name: values[fitted] for name, values in found.items()}

        self.assertLess(relative_error(found["elements"], expected.lower_triangular()).max(), 1e-8)
        log_s0 = -unclipped[:, 6]
        finite = np.abs(log_s0) < 700
        np.testing.assert_allclose(np.log(found["s0"][finite]), log_s0[finite], rtol=1e-8, atol=1e-8)
        np.testing.assert_array_equal(found["s0"][log_s0 > 710], np.inf)
        self.assertLess(relative_error(found["eigenvalues"], expected.evals).max(), 1e-8)
        for ours, theirs in (("md", "md"), ("ad", "ad"), ("rd", "rd"), ("fa", "fa")):
            np.testing.assert_allclose(found[ours], getattr(expected, theirs), rtol=1e-8, atol=1e-15, err_msg=ours)
        # A direction is as exact as its eigenvalue is far from the next.
        first, second, _ = np.linalg.eigvalsh(dti.from_lower_triangular(unclipped))[:, ::-1].T
        cosine = np.abs(np.sum(found["direction"] * expected.evecs[:, :, 0], axis=1))
        self.assertGreater(cosine[(first - second) > 1e-3 * np.abs(first)].min(), 1 - 1e-9)
        np.testing.assert_allclose(np.linalg.norm(found["direction"], axis=1), 1, rtol=1e-12)
        self.assertGreaterEqual(found["direction"][:, 0].min(), 0)
        return found

    def test_real_images(self):
        for name in IMAGES:
            for weights in self.METHODS:
                with self.subTest(name, weights=weights):
                    self.compare(Image(name), weights)

    def test_signals_that_are_not_positive_are_flagged_and_fitted(self):
        image = Image("small_101D.nii.gz")
        np.testing.assert_array_equal((image.fit("dipy")["flags"] & NO_SIGNAL) != 0,
                                      (image.series <= 0).any(axis=1))

    def test_clipped_eigenvalues(self):
        # Noise without a signal has tensors with negative eigenvalues.
        image = Image("small_64D.nii")
        image.series = np.random.default_rng(1).uniform(1, 1000, (500, image.series.shape[1]))
        for weights in self.METHODS:
            found = self.compare(image, weights)
            floor = found["eigenvalues"].min()
            self.assertGreater(floor, 0)
            self.assertGreater(np.sum(found["eigenvalues"][:, 2] == floor), 50)

    def test_lost_signals(self):
        # Where most signals are raised from 0, the normal equations would lose what dipy's pseudoinverse keeps.
        image = Image("small_64D.nii")
        image.series[np.random.default_rng(3).uniform(size=image.series.shape) < 0.6] = 0
        self.compare(image, "dipy")

    def test_a_voxel_does_not_depend_on_the_others(self):
        image = Image("small_64D.nii")
        for weights in ("none", "dipy", "mrtrix"):
            all_at_once = image.fit(weights)
            for first, last in ((0, 1), (1, 2), (3, 12), (17, 980)):
                part = image.fit(weights, series=image.series[first:last])
                for name, values in part.items():
                    np.testing.assert_array_equal(values, all_at_once[name][first:last], err_msg=name)


class MrtrixTest(unittest.TestCase):
    def dwi2tensor(self, image, b_vectors, iterations):
        with tempfile.TemporaryDirectory(prefix="swather-test-") as folder:
            paths = {name: str(Path(folder) / name)
                     for name in ("dwi.nii", "bvec", "bval", "dt.nii", "b0.nii", "fa.nii", "vector.nii", "rd.nii")}
            nibabel.save(nibabel.Nifti1Image(image.data, image.affine), paths["dwi.nii"])
            np.savetxt(paths["bvec"], b_vectors.T, fmt="%.17g")
            np.savetxt(paths["bval"], image.b_values[np.newaxis], fmt="%.17g")
            quiet = ["-quiet", "-nthreads", "0"]
            subprocess.run(["dwi2tensor", *quiet, "-iter", str(iterations), "-fslgrad", paths["bvec"], paths["bval"],
                            "-b0", paths["b0.nii"], paths["dwi.nii"], paths["dt.nii"]], check=True)
            subprocess.run(["tensor2metric", *quiet, "-fa", paths["fa.nii"], "-vector", paths["vector.nii"], "-modulate",
                            "none", "-rd", paths["rd.nii"], paths["dt.nii"]], check=True)
            read = lambda name: np.array(nibabel.load(paths[name]).dataobj, dtype=float).reshape(len(image.series), -1)
            return {"elements": read("dt.nii"), "s0": read("b0.nii")[:, 0], "fa": read("fa.nii")[:, 0],
                    "rd": read("rd.nii")[:, 0], "direction": read("vector.nii")}

    def compare(self, image, iterations, b_vectors=None):
        b_vectors = np.nan_to_num(image.b_vectors if b_vectors is None else b_vectors)
        expected = self.dwi2tensor(image, b_vectors, iterations)
        found = fit_tensors("mrtrix", iterations, image.linear, image.b_values, b_vectors, image.series)
        fitted = found["flags"] & CONSTANT == 0
        self.assertGreater(np.mean(fitted), 0.9)
        expected = {name: values[fitted] for name, values in expected.items()}
        found = {name: values[fitted] for name, values in found.items()}
        self.assertLess(relative_error(found["elements"], expected["elements"]).max(), 2e-7)
        np.testing.assert_allclose(found["s0"], expected["s0"], rtol=2e-7)
        np.testing.assert_allclose(found["fa"], expected["fa"], rtol=2e-5)
        np.testing.assert_allclose(found["rd"], expected["rd"], rtol=2e-5, atol=1e-9)
        clear = (found["eigenvalues"][:, 2] > 0) & (found["eigenvalues"][:, 0] > 1.02 * found["eigenvalues"][:, 1])
        cosine = np.abs(np.sum(found["direction"] * expected["direction"], axis=1))
        self.assertGreater(cosine[clear].min(), 1 - 1e-6)

    def test_real_images(self):
        for name in IMAGES:
            for iterations in (0, 2, 5):
                with self.subTest(name, iterations=iterations):
                    self.compare(Image(name), iterations)

    def test_axes(self):
        # Mirrored, exchanged and oblique axes, which mrtrix3 rearranges before it rotates.
        image = Image("small_25.nii.gz")
        turn = np.array([[0.8, -0.6, 0], [0.6, 0.8, 0], [0, 0, 1]]) @ np.array([[1, 0, 0], [0, 0.96, -0.28], [0, 0.28, 0.96]])
        for linear in (np.diag([-2, 2, 2.5]), 2 * turn, np.array([[0, 0, 3], [-2, 0, 0], [0, 2, 0]]) @ turn):
            image.affine = np.eye(4)
            image.affine[:3, :3] = image.linear = linear
            with self.subTest(linear=linear):
                self.compare(image, 2)

    def test_lengths_of_vectors_scale_b(self):
        image = Image("small_101D.nii.gz")
        lengths = np.linspace(0.5, 1.2, len(image.b_values))[:, np.newaxis]
        self.compare(image, 2, image.b_vectors * lengths)
        self.compare(image, 2, image.b_vectors * (1 + (lengths - 0.85) / 100))  # within 1 %: not scaled


if __name__ == "__main__":
    unittest.main()
