# SPDX-License-Identifier: MIT
"""compare_depth.py OWN.h5 samtools|runs|array OTHER: fails unless /coverage/depth is the depth that another program
counted at each position. OTHER is a BAM for `samtools depth -aa`; runs "contig start end depth", gzipped or not, as
mosdepth and megadepth write them; or a .npy of all positions. Also fails unless the contigs in the file are those of
the BAM's header."""

import gzip
import subprocess
import sys

import h5py
import numpy as np


def samtools_depth(bam):
    """The depths of all positions, an array for some of them at a time."""
    samtools = subprocess.Popen(["samtools", "depth", "-aa", bam], stdout=subprocess.PIPE)
    cut = subprocess.Popen(["cut", "-f", "3"], stdin=samtools.stdout, stdout=subprocess.PIPE)
    samtools.stdout.close()
    rest = b""
    while block := cut.stdout.read(1 << 22):
        text, _, rest = (rest + block).rpartition(b"\n")
        if text:
            yield np.fromstring(text, dtype=np.int32, sep="\n")
    if samtools.wait() != 0 or cut.wait() != 0:
        sys.exit("samtools depth failed")


def depth_of_runs(path, coverage):
    """The depths that runs of equal depth stand for, contig by contig, in the order of the file."""
    offsets = dict(zip(coverage["contig"].asstr()[:], coverage["offset"][:]))
    depth = np.zeros(len(coverage["depth"]), np.int32)
    with (gzip.open if path.endswith(".gz") else open)(path, "rt") as lines:
        for line in lines:
            contig, start, end, count = line.split("\t")
            offset = offsets[contig]
            depth[offset + int(start):offset + int(end)] = int(count)
    yield depth


def check_contigs(coverage, bam):
    header = subprocess.run(["samtools", "view", "-H", bam], capture_output=True, check=True, text=True).stdout
    lines = [line.split("\t")[1:] for line in header.splitlines() if line.startswith("@SQ\t")]
    contigs = [dict(field.split(":", 1) for field in line) for line in lines]
    lengths = np.array([int(contig["LN"]) for contig in contigs])
    expected = {"contig": [contig["SN"] for contig in contigs], "start": [0] * len(contigs), "end": list(lengths),
                "offset": list(np.cumsum(lengths) - lengths)}
    for name, values in expected.items():
        found = coverage[name].asstr() if name == "contig" else coverage[name]
        if list(found[:]) != values:
            sys.exit(f"/coverage/{name} is not what the header of {bam} says")


def main():
    own, kind, other = sys.argv[1:]
    with h5py.File(own) as file:
        coverage = file["coverage"]
        if kind == "samtools":
            check_contigs(coverage, other)
        parts = {"samtools": samtools_depth, "array": lambda path: [np.load(path)],
                 "runs": lambda path: depth_of_runs(path, coverage)}[kind](other)
        position = 0
        for part in parts:
            found = coverage["depth"][position:position + len(part)]
            if len(found) < len(part):
                sys.exit(f"/coverage/depth ends at {len(coverage['depth'])}, before that of {other}")
            differences = np.flatnonzero(found != part)
            if len(differences) > 0:
                first = differences[0]
                sys.exit(f"/coverage/depth[{position + first}] is {found[first]}, by {other} it is {part[first]}")
            position += len(part)
        if position < len(coverage["depth"]):
            sys.exit(f"/coverage/depth goes on after {position}, the end of that of {other}")
    print(position)


if __name__ == "__main__":
    main()
