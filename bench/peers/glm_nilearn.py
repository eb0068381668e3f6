# SPDX-License-Identifier: MIT
"""The first-level model of nilearn 0.10.4, its algorithm written anew in numpy, for all voxels of a mask at once:
glm_nilearn.py ols|ar1 IMAGE.nii MASK.nii.gz DESIGN.tsv FOLDER

Writes maps of the contrast A - B (effect, variance, t) and of the F test of A and B; for ar1 also z of both. Not
nilearn: it reads without a masker, and computes in float64.
"""

import sys

import nibabel
import numpy as np
from scipy import stats

BINS_OF_RHO = 100
LEAST_VARIANCE = 1e-50


def whitened(values, rho):
    result = values.copy()
    result[1:] -= rho * values[:-1]
    return result


def fit(design, series):
    """Betas, covariance of the betas at dispersion 1, dispersion, residuals."""
    pseudo_inverse = np.linalg.pinv(design)
    beta = pseudo_inverse @ series
    residuals = series - design @ beta
    dispersion = np.sum(residuals**2, axis=0) / (design.shape[0] - design.shape[1])
    return beta, pseudo_inverse @ pseudo_inverse.T, dispersion, residuals


def binned_autoregression(residuals):
    volumes = len(residuals)
    rho = (np.sum(residuals[1:] * residuals[:-1], axis=0) / (volumes - 1)) / (np.sum(residuals**2, axis=0) / volumes)
    return (rho * BINS_OF_RHO).astype(int) / BINS_OF_RHO


def z_of(upper, lower):
    upper, lower = np.clip(upper, 1e-300, 1 - 1e-16), np.clip(lower, 1e-300, 1 - 1e-16)
    z = stats.norm.isf(upper)
    return np.where(z < 0, stats.norm.ppf(lower), z)


noise, image_path, mask_path, design_path, folder = sys.argv[1:]
names = open(design_path).readline().split()
design = np.loadtxt(design_path, skiprows=1)
identity = np.eye(len(names))
of_a, of_b = identity[names.index("A")], identity[names.index("B")]
contrast, test = of_a - of_b, np.stack([of_a, of_b])

image = nibabel.load(image_path)
mask = np.asarray(nibabel.load(mask_path).dataobj) != 0
series = np.asarray(image.dataobj)[mask].T
series = 100 * (series / np.maximum(series.mean(axis=0), 1) - 1)

if noise == "ar1":
    rho = binned_autoregression(fit(design, series)[3])
else:
    rho = np.zeros(series.shape[1])
maps = {name: np.empty(series.shape[1]) for name in ("effect", "variance", "t", "F")}
for value in np.unique(rho):
    part = rho == value
    beta, covariance, dispersion, _ = fit(whitened(design, value), whitened(series[:, part], value))
    effects = test @ beta
    squares = np.sum(effects * np.linalg.solve(test @ covariance @ test.T, effects), axis=0)
    maps["effect"][part] = contrast @ beta
    maps["variance"][part] = contrast @ covariance @ contrast * dispersion
    maps["F"][part] = squares / len(test) / np.maximum(dispersion, LEAST_VARIANCE)
maps["t"] = maps["effect"] / np.sqrt(np.maximum(maps["variance"], LEAST_VARIANCE))
if noise == "ar1":
    dof = len(design) - np.linalg.matrix_rank(design)
    maps["z"] = z_of(stats.t.sf(maps["t"], dof), stats.t.cdf(maps["t"], dof))
    maps["F_z"] = z_of(stats.f.sf(maps["F"], len(test), dof), stats.f.cdf(maps["F"], len(test), dof))
for name, values in maps.items():
    volume = np.zeros(mask.shape, dtype=np.float32)
    volume[mask] = values
    nibabel.save(nibabel.Nifti1Image(volume, image.affine), f"{folder}/{name}.nii.gz")
