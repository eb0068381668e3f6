# SPDX-License-Identifier: MIT
"""What the tests of the models of voxels share: our own fits, as arrays."""

import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np

NOT_FINITE, CONSTANT, NO_SIGNAL, NOT_CONVERGED, RANK_DEFICIENT = 2, 4, 8, 16, 32


def fit_voxels(model, options, parameters, series):
    """The maps of `series` (voxels × volumes), as columns, and the flags."""
    with tempfile.TemporaryDirectory(prefix="swather-test-") as folder:
        paths = [Path(folder) / name for name in ("parameters", "series", "maps")]
        np.asarray(parameters, dtype=np.float64).tofile(paths[0])
        np.asarray(series, dtype=np.float64).T.tofile(paths[1])
        subprocess.run([os.environ["FIT_VOXELS"], model, *map(str, options), *paths], check=True)
        maps = np.fromfile(paths[2]).reshape(-1, len(series))
    return maps[:-1].T, maps[-1].astype(int)


def fit_tensors(weights, iterations, linear, b_values, b_vectors, series):
    table = np.concatenate([np.ravel(linear), np.column_stack([b_values, b_vectors]).ravel()])
    maps, flags = fit_voxels("tensor", [weights, iterations], table, series)
    assert maps.shape[1] == 17
    names = {"elements": slice(0, 6), "s0": 6, "eigenvalues": slice(7, 10), "direction": slice(10, 13), "fa": 13,
             "md": 14, "ad": 15, "rd": 16}
    return {name: maps[:, columns] for name, columns in names.items()} | {"flags": flags}


def fit_t2star(max_t2star, echo_times, series):
    maps, flags = fit_voxels("t2star", [max_t2star], echo_times, series)
    return dict(zip(("t2star", "s0", "r2star", "residual"), maps.T, strict=True)) | {"flags": flags}
