# SPDX-License-Identifier: MIT
"""coverage_pool.py IN.bam REF.fa OUT.npy PROCESSES [MPILEUP OPTION …]: the depth of each position by a pool of
processes, each of which reads what `samtools mpileup` prints of a region: the script that laboratories have.

Regions are 500,000 positions. Of the usual script two mistakes are mended: regions that leave out the last positions,
and mpileup's cap of 8,000 reads, which counts from where a region begins.
"""

import multiprocessing
import subprocess
import sys

import numpy as np

STEP = 500_000


def depth_of(region):
    contig, begin, end, bam, reference, options = region
    command = ["samtools", "mpileup", "--min-MQ", "10", "-d", "0", "-f", reference, *options,
               "-r", f"{contig}:{begin + 1}-{end}", bam]
    depth = np.zeros(end - begin, np.int32)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as mpileup:
        for line in mpileup.stdout:
            _, position, _, reads, _ = line.split("\t", 4)
            depth[int(position) - 1 - begin] = int(reads)
    if mpileup.returncode != 0:
        sys.exit(f"{' '.join(command)} failed")
    return depth


def main():
    bam, reference, out, processes, *options = sys.argv[1:]
    with open(f"{reference}.fai", encoding="utf-8") as index:
        contigs = [line.split("\t")[:2] for line in index]
    regions = [(name, begin, min(begin + STEP, int(length)), bam, reference, options)
               for name, length in contigs for begin in range(0, int(length), STEP)]
    with multiprocessing.Pool(int(processes)) as pool:
        np.save(out, np.concatenate(pool.map(depth_of, regions, chunksize=1)))


if __name__ == "__main__":
    main()
