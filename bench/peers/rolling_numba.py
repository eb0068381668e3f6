# SPDX-License-Identifier: MIT
"""rolling_numba.py IN.npy WINDOW [FILE.h5]: the running mean of integers, rounded down, by numba on all cores, in memory.

Prints the seconds of the computation alone, the second time that it is done, and of copying the values on as many
cores. With FILE.h5 fails unless /rolling/mean in it is the same.
"""

import os
import sys
import time

import numba
import numpy as np


@numba.njit(parallel=True, error_model="numpy")
def rolling_mean(values, window, means, parts):
    count = len(means)
    for part in numba.prange(parts):
        begin, end = part * count // parts, (part + 1) * count // parts
        total = 0
        for i in range(begin, begin + window - 1):
            total += values[i]
        for i in range(begin, end):
            total += values[i + window - 1]
            means[i] = total // window
            total -= values[i]


@numba.njit(parallel=True)
def copy(values, copies, parts):
    count = len(copies)
    for part in numba.prange(parts):
        begin, end = part * count // parts, (part + 1) * count // parts
        copies[begin:end] = values[begin:end]


def seconds_of(function, *arguments):
    for _ in range(2):
        start = time.perf_counter()
        function(*arguments)
        seconds = time.perf_counter() - start
    return seconds


def main():
    path, window = sys.argv[1], int(sys.argv[2])
    cores = len(os.sched_getaffinity(0))
    numba.set_num_threads(cores)
    values = np.load(path)
    means = np.zeros(len(values) - window + 1, np.int64)  # its pages are there before anything is timed
    copying = seconds_of(copy, values, means, cores)
    print(f"{seconds_of(rolling_mean, values, window, means, cores):.4f} {copying:.4f}")
    if len(sys.argv) > 3:
        import h5py

        with h5py.File(sys.argv[3], "r") as file:
            own = file["rolling/mean"]
            step = 1 << 24
            if own.shape != means.shape or any((own[i:i + step] != means[i:i + step]).any()
                                               for i in range(0, len(means), step)):
                sys.exit("the means differ")


if __name__ == "__main__":
    main()
