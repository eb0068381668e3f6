# SPDX-License-Identifier: MIT
"""The columns id, A, B, C and two that are made of them, by pandas, into an HDF5 file without compression:
transform_pandas.py TABLE.csv RESULT.h5 [exact]

With `exact`, floats are read as Python reads them; pandas' own way is faster, and may be the next float beside it."""

import sys

import h5py
import numpy
import pandas

table, result, *exact = sys.argv[1:]
precision = "round_trip" if exact else None
frame = pandas.read_csv(table, usecols=["id", "A", "B", "C"], float_precision=precision)
frame["K"] = frame.A * 2
frame["H"] = numpy.sqrt(frame.A * frame.A + frame.B * frame.B) + frame.C / 2
with h5py.File(result, "w") as file:
    for name, column in frame.items():
        file[f"transform/{name}"] = column.to_numpy()
