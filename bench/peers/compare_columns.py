# SPDX-License-Identifier: MIT
"""Fails unless the columns of a result of `swather transform` are those of another file, NaN in the same places:
compare_columns.py RESULT.h5 OTHER.h5 TOLERANCE, which is relative. Prints the number of rows."""

import sys

import h5py
import numpy

result, other, tolerance = sys.argv[1:]
with h5py.File(result) as found, h5py.File(other) as expected:
    for name, column in expected["transform"].items():
        numpy.testing.assert_allclose(found["transform"][name][:], column[:], float(tolerance), 0, err_msg=name)
    print(len(column))
