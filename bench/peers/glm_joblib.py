# SPDX-License-Identifier: MIT
"""Ordinary least squares slice by slice, two slices at a time, as a script of a laboratory does it:
glm_joblib.py IMAGE.nii MASK.nii.gz DESIGN.tsv FOLDER

Writes maps of the contrast A - B (effect, variance, t) and of the F test of A and B.
"""

import sys

import joblib
import nibabel
import numpy as np

MAPS = ("effect", "variance", "t", "F")


def fit_slice(path, inside, design, contrast, test, z):
    """The maps of a slice, 0 outside of the mask. Reads this slice alone."""
    maps = np.zeros((len(MAPS), *inside.shape), dtype=np.float32)
    if not inside.any():
        return maps
    series = nibabel.load(path).dataobj[:, :, z, :][inside].T
    series = 100 * (series / np.maximum(series.mean(axis=0), 1) - 1)
    beta = np.linalg.lstsq(design, series, rcond=None)[0]
    residuals = series - design @ beta
    dispersion = np.sum(residuals**2, axis=0) / (design.shape[0] - design.shape[1])
    covariance = np.linalg.pinv(design.T @ design)
    effect = contrast @ beta
    variance = contrast @ covariance @ contrast * dispersion
    effects = test @ beta
    squares = np.sum(effects * np.linalg.solve(test @ covariance @ test.T, effects), axis=0)
    maps[:, inside] = [effect, variance, effect / np.sqrt(variance), squares / len(test) / dispersion]
    return maps


image_path, mask_path, design_path, folder = sys.argv[1:]
names = open(design_path).readline().split()
design = np.loadtxt(design_path, skiprows=1)
identity = np.eye(len(names))
of_a, of_b = identity[names.index("A")], identity[names.index("B")]
image = nibabel.load(image_path)
mask = np.asarray(nibabel.load(mask_path).dataobj) != 0
slices = joblib.Parallel(n_jobs=2)(
    joblib.delayed(fit_slice)(image_path, mask[:, :, z], design, of_a - of_b, np.stack([of_a, of_b]), z)
    for z in range(mask.shape[2])
)
for name, volume in zip(MAPS, np.stack(slices, axis=-1)):
    nibabel.save(nibabel.Nifti1Image(volume, image.affine), f"{folder}/{name}.nii.gz")
