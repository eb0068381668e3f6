# SPDX-License-Identifier: MIT
"""The columns id, A, B, C of a table and two that are made of them, by pandas: transform_pandas.py TABLE.csv RESULT KIND [exact]

KIND is plain, an HDF5 file by h5py; deflate, the same with the filters and the chunks of swather's; or csv. With `exact`,
floats are read as Python reads them; pandas' own way is faster, and may be the next float beside it."""

import sys

import h5py
import numpy
import pandas

FILTERS = {"compression": "gzip", "compression_opts": 1, "shuffle": True, "chunks": (65_536,)}

table, result, kind, *exact = sys.argv[1:]
frame = pandas.read_csv(table, usecols=["id", "A", "B", "C"], float_precision="round_trip" if exact else None)
frame["K"] = frame.A * 2
frame["H"] = numpy.sqrt(frame.A * frame.A + frame.B * frame.B) + frame.C / 2
if kind == "csv":
    frame.to_csv(result, index=False)
else:
    with h5py.File(result, "w") as file:
        group = file.create_group("transform")
        for name, column in frame.items():
            group.create_dataset(name, data=column.to_numpy(), **(FILTERS if kind == "deflate" else {}))
