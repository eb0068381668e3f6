# SPDX-License-Identifier: MIT
"""Makes a table of numbers, and a text between them: make_table.py TABLE.csv ROWS"""

import sys

import numpy
import pandas

path, rows = sys.argv[1], int(sys.argv[2])
random = numpy.random.default_rng(1)
for begin in range(0, rows, 1_000_000):
    some = min(1_000_000, rows - begin)
    pandas.DataFrame({
        "id": numpy.arange(begin, begin + some),
        "A": random.integers(-1_000, 1_000, some),
        "B": random.normal(size=some).round(6),
        "Site": random.choice(["Bern", "Basel", "Zug, ZG"], some),
        "C": numpy.where(random.random(some) < 0.05, numpy.nan, random.random(some)),
    }).to_csv(path, mode="a", header=begin == 0, index=False)
