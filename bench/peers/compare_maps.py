# SPDX-License-Identifier: MIT
"""Fails unless maps of a result of `swather fit` are those of NIfTI files, inside the mask and where these are not NaN:
compare_maps.py RESULT.h5 MASK.nii.gz TOLERANCE MAP=FILE.nii ...

An error is taken relative to the expected value, or to the median of its map where that is larger; of a voxel with
several elements, to its largest. Prints the largest error of each map.
"""

import sys

import h5py
import nibabel
import numpy as np

result, mask, tolerance, *pairs = sys.argv[1:]
inside = np.asarray(nibabel.load(mask).dataobj) != 0
worst = []
with h5py.File(result) as file:
    for pair in pairs:
        name, _, path = pair.rpartition("=")
        expected = np.asarray(nibabel.load(path).dataobj, dtype=float)[inside].reshape(np.count_nonzero(inside), -1)
        found = np.swapaxes(file["fit"][name], 0, 2)[inside].reshape(expected.shape)
        known = ~np.isnan(expected).any(axis=1)
        if not known.any():
            sys.exit(f"{path} has no values")
        expected, found = expected[known], found[known]
        size = np.abs(expected).max(axis=1, keepdims=True)
        error = np.abs(found - expected) / np.maximum(size, np.median(size))
        worst.append(f"{name} {error.max():.1e}")
        if not error.max() <= float(tolerance):  # NaN is wrong, too
            place = np.argmax(np.where(np.isnan(error), np.inf, error).max(axis=1))
            sys.exit(f"{name} of {result} is {found[place]}, by {path} it is {expected[place]}: above {tolerance}")
print(f"{np.count_nonzero(known):,} voxels: {', '.join(worst)}")
