# SPDX-License-Identifier: MIT
"""make_genome.py OUT BASES WIDTH: a FASTA of random contigs in lines of so many bases (0: one line for each), some of
them small letters, a few N; the same bases for the same number of them. A pattern of six bases is planted."""

import sys

import numpy as np

CONTIGS = 57
PLANTED = b"GAATTC"


def main():
    path, bases, width = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    rng = np.random.default_rng(1)
    letters = np.frombuffer(b"ACGT", np.uint8)
    with open(path, "wb") as file:
        for number in range(CONTIGS):
            length = bases // CONTIGS // 60 * 60
            line = width or length
            contig = letters[rng.integers(0, 4, length, dtype=np.uint8)]
            for start in rng.integers(0, length - len(PLANTED), length // 10_000):
                contig[start:start + len(PLANTED)] = np.frombuffer(PLANTED, np.uint8)
            for start in rng.integers(0, length - 500, 20):
                contig[start:start + 500] |= 0x20
            for start in rng.integers(0, length - 100, 5):
                contig[start:start + 100] = ord("N")
            lines = np.full((length // line, line + 1), ord("\n"), np.uint8)
            lines[:, :line] = contig.reshape(-1, line)
            file.write(b">contig%d random\n" % (number + 1) + lines.tobytes())


if __name__ == "__main__":
    main()
