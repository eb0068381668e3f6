# SPDX-License-Identifier: MIT
"""Makes an array of int64 from -10^9 to 10^9: make_series.py ARRAY.npy ELEMENTS"""

import sys

import numpy

array = numpy.lib.format.open_memmap(sys.argv[1], "w+", numpy.int64, (int(sys.argv[2]),))
random = numpy.random.default_rng(1)
for begin in range(0, len(array), 1 << 24):
    part = array[begin:begin + (1 << 24)]
    part[:] = random.integers(-10**9, 10**9, len(part))
