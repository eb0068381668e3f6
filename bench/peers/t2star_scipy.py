# SPDX-License-Identifier: MIT
"""T2* of some voxels by scipy's curve_fit, from a log-linear start: t2star_scipy.py IMAGE.nii MASK.nii.gz TE,… VOXELS FOLDER

Of the voxels of the mask every so-many-th is fitted; the maps are NaN elsewhere.
"""

import sys

import nibabel
import numpy as np
from scipy.optimize import curve_fit

MAX_T2STAR = 500.0


def decay(times, s0, t2star):
    return s0 * np.exp(-times / t2star)


def derivatives(times, s0, t2star):
    e = np.exp(-times / t2star)
    return np.column_stack([e, s0 * e * times / t2star**2])


image_path, mask_path, echo_times, voxels, folder = sys.argv[1:]
times = np.array(echo_times.split(","), dtype=float)
image = nibabel.load(image_path)
places = np.argwhere(np.asarray(nibabel.load(mask_path).dataobj) != 0)
places = places[np.linspace(0, len(places) - 1, int(voxels)).astype(int)]
series = np.asarray(image.dataobj)[tuple(places.T)].astype(float)
maps = np.full((2, *image.shape[:3]), np.nan, dtype=np.float32)
for (x, y, z), signals in zip(places, series):
    slope, intercept = np.polyfit(times, np.log(np.maximum(signals, 1)), 1)
    start = np.clip([np.exp(intercept), -1 / min(slope, -1e-9)], 1e-3, [np.inf, 0.99 * MAX_T2STAR])
    maps[:, x, y, z], _ = curve_fit(decay, times, signals, start, jac=derivatives, bounds=(0, [np.inf, MAX_T2STAR]))
for name, volume in zip(("s0", "t2star"), maps):
    nibabel.save(nibabel.Nifti1Image(volume, image.affine), f"{folder}/{name}.nii.gz")
