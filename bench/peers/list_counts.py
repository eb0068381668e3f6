# SPDX-License-Identifier: MIT
"""Prints a result of `swather counts --by SampleID` as lines KEY,COUNT, in its order: list_counts.py RESULT.h5"""

import sys

import h5py

SLICE = 1 << 20  # rows at a time

with h5py.File(sys.argv[1]) as file:
    counts = file["counts"]
    rows = len(counts["count"])
    for first in range(0, rows, SLICE):
        last = min(first + SLICE, rows)
        if "SampleID" in counts:
            keys = [key.decode() for key in counts["SampleID"][first:last]]
        else:  # more than a million: the bytes of all, and where each begins
            starts = counts["SampleID_offset"][first : last + 1].tolist()
            ends = starts[1:]
            if len(ends) < last - first:
                ends.append(len(counts["SampleID_bytes"]))
            text = counts["SampleID_bytes"][starts[0] : ends[-1]].tobytes().decode()
            keys = [text[start - starts[0] : end - starts[0]] for start, end in zip(starts, ends)]
        numbers = counts["count"][first:last].tolist()
        sys.stdout.write("".join([f"{key},{number}\n" for key, number in zip(keys, numbers)]))
