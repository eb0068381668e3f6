# SPDX-License-Identifier: MIT
"""Pairs of reads that a counter of depth may trip over where the mates overlap."""

import random
from dataclasses import dataclass

from swather_testing import sam_header

PAIRED, PROPER, MATE_UNMAPPED, REVERSE, FIRST, LAST, DUPLICATE, SUPPLEMENTARY = 1, 2, 8, 16, 64, 128, 1024, 2048
LONGEST = 700  # positions of a read


@dataclass
class Placed:
    """A read on its place; `start` is 0-based, `cigar` a list of (length, operation)."""

    contig: str
    start: int
    cigar: list
    flag: int
    mapq: int = 60

    @property
    def end(self):
        return self.start + sum(length for length, operation in self.cigar if operation in "MDN=X")


class OddPairs:
    """Pairs on random bases, the same for the same seed.

    Mates overlap in every way: by part, one inside the other, from the same start, with other CIGARs; the proper and
    the improper, those whose mate is missing, left out or elsewhere, and up to four records of one name, all of which
    lie within some 1,500 positions."""

    def __init__(self, seed, contigs, always_sequence=False):
        self.random = random.Random(seed)
        self.contigs = contigs
        self.always_sequence = always_sequence  # some tools read on into the tags where there is none
        self.bases = {c.name: "".join(self.random.choices("ACGT", k=c.length)) for c in contigs}

    def fasta(self, path, width=60):
        lines = []
        for name, bases in self.bases.items():
            lines += [f">{name}", *(bases[i:i + width] for i in range(0, len(bases), width))]
        path.write_text("\n".join(lines) + "\n")
        return path

    def lines(self, templates):
        lines = sam_header(self.contigs) + [f"@RG\tID:{name}\tSM:one" for name in "abc"]
        for number in range(templates):
            contig = self.random.choices(self.contigs, [c.length for c in self.contigs])[0]
            lines += self.template(f"t{number}", contig)
        return lines

    def template(self, name, contig):
        """The lines of all records of a name."""
        rng = self.random
        first = self.placed(contig, rng.randint(0, contig.length), PAIRED | PROPER | FIRST)
        shift = rng.choice([0, 0, 1, 5, rng.randint(0, 60), rng.randint(0, 200), rng.randint(200, 400)])
        last = self.placed(contig, first.start + shift, PAIRED | PROPER | LAST | REVERSE)
        kinds = {"plain": 12, "improper": 2, "alone": 2, "left out": 2, "elsewhere": 1, "mate unmapped": 1, "single": 2,
                 "several": 3}
        kind = rng.choices(list(kinds), list(kinds.values()))[0]
        reads = [first, last]
        if kind == "improper":
            for read in reads:
                read.flag &= ~PROPER
        elif kind == "left out":
            rng.choice(reads).flag |= DUPLICATE
        elif kind == "elsewhere":
            last.contig = rng.choice(self.contigs).name
            last.start = min(last.start, len(self.bases[last.contig]) - LONGEST)
        elif kind == "mate unmapped":
            reads = [first]
            first.flag = PAIRED | MATE_UNMAPPED | FIRST
        elif kind == "single":
            reads = [first]
            first.flag = rng.choice([0, REVERSE])
        elif kind == "several":
            for _ in range(rng.randint(1, 2)):
                flag = rng.choice([PAIRED | PROPER | FIRST, PAIRED | PROPER | FIRST | SUPPLEMENTARY,
                                   PAIRED | FIRST | SUPPLEMENTARY, SUPPLEMENTARY])
                reads.append(self.placed(contig, first.start + rng.randint(0, 500), flag))
            last.flag |= rng.choice([0, 0, DUPLICATE])
        lines = [self.line(name, read, reads[1 - i] if i < 2 and len(reads) > 1 else rng.choice(reads))
                 for i, read in enumerate(reads)]
        return lines[:1] if kind == "alone" else lines

    def placed(self, contig, start, flag):
        return Placed(contig.name, min(start, contig.length - LONGEST), self.cigar(), flag,
                      self.random.choice([0, 5, 20, 60, 60, 60]))

    def cigar(self):
        """Half of the reads have only matches."""
        rng = self.random
        runs = [(rng.choice([30, 75, 100, rng.randint(1, 150)]), rng.choice("MMM=X"))]
        while rng.random() < 0.5 and len(runs) < 7:
            runs.append((rng.choice([1, 2, 10, 40]), rng.choice("DDIIP")) if rng.random() < 0.8 else
                        (rng.choice([20, 200]), "N"))
            runs.append((rng.randint(1, 60), rng.choice("MMM=X")))
        total = sum(length for length, operation in runs if operation in "MDN=X")
        if total > LONGEST:
            return [(100, "M")]
        for end in (0, len(runs)):
            if rng.random() < 0.2:
                runs.insert(end if end == 0 else len(runs), (rng.randint(1, 20), "S"))
        return runs

    def sequence(self, read):
        """The bases of the reference, a few of them wrong."""
        place, bases = read.start, []
        for length, operation in read.cigar:
            if operation in "M=X":
                bases += self.bases[read.contig][place:place + length]
            elif operation in "IS":
                bases += self.random.choices("ACGT", k=length)
            if operation in "MDN=X":
                place += length
        return "".join(self.random.choice("ACGTN") if self.random.random() < 0.05 else base for base in bases)

    def line(self, name, read, mate):
        rng = self.random
        sequence, qualities = self.sequence(read), "*"
        if not self.always_sequence and rng.random() < 0.05:
            sequence = "*"
        elif rng.random() < 0.95:
            qualities = "".join(chr(33 + rng.choice([2, 8, 12, 13, 20, 30, 35, 40])) for _ in sequence)
        next_contig = "=" if mate.contig == read.contig else mate.contig
        ends = [read.start, read.end, mate.start, mate.end]
        length = (max(ends) - min(ends)) * (1 if read.start <= mate.start else -1) if next_contig == "=" else 0
        tags = [] if rng.random() < 0.2 else [f"RG:Z:{rng.choice('abc')}"]
        return "\t".join([name, str(read.flag), read.contig, str(read.start + 1), str(read.mapq),
                          "".join(f"{run}{operation}" for run, operation in read.cigar), next_contig,
                          str(mate.start + 1), str(length), sequence, qualities, *tags])
