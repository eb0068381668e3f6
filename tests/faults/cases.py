# SPDX-License-Identifier: MIT
"""What the campaign runs: each analysis on small inputs, in so many blocks that each rank has several, and what an
undisturbed run makes of them."""

import dataclasses
import gzip
import os
import re
import shutil
import struct
from dataclasses import dataclass
from pathlib import Path

from counts_testing import CountsTest, OddTable, Query
from strike import Strike
from swather_testing import Contig, contents, many_reads, running, tool, write_bam

RANKS = 3


@dataclass(eq=False)
class Case:
    """An analysis of inputs, which lie in a folder under these names, and an undisturbed run of it."""

    name: str
    folder: Path
    inputs: list
    options: list
    cuts: dict  # of some inputs, where their blocks begin
    sizes: dict = dataclasses.field(default_factory=dict)
    expected: dict = dataclasses.field(default_factory=dict)
    calls: list = dataclasses.field(default_factory=list)  # of each rank: {name of a call: how many}
    size: int = 0  # of the output

    def arguments(self, output):
        return [self.name, *self.options, "-o", output]

    def is_of_truncated(self, output, inputs):
        """Whether a file is right for inputs of which one was cut: where nothing is lost by that."""
        return contents(output) == self.expected


class CountsCase(Case):
    """A CSV that was cut is a CSV: what it holds is told by the reference."""

    def is_of_truncated(self, output, inputs):
        expected = QUERY.expected(*(inputs / name for name in self.inputs))
        expected.files["file"] = self.inputs
        CountsTest().assert_counts(output, expected)
        return True


# --- inputs ---------------------------------------------------------------------------------------------------------


def coverage(folder):
    contigs = [Contig("chr1", 60_000), Contig("none", 0), Contig("chr2", 25_001)]
    bam = write_bam(folder / "reads.bam", many_reads(contigs, 6, seed=1))
    return Case("coverage", folder, ["reads.bam", "reads.bam.bai"], ["reads.bam", "--block-size", 3_000],
                {"reads.bam": list(bgzf_borders(bam.read_bytes()))})


def bgzf_borders(content):
    """Where the blocks of a BGZF file begin (SAM specification, 4.1: the size of a block is in its extra field)."""
    place = 0
    while place < len(content):
        yield place
        place += struct.unpack_from("<H", content, place + 16)[0] + 1


QUERY = Query(("SampleID",), {"sum": ("Age",), "max": ("Volume",), "distinct": ("Note",)})


def counts(folder):
    block = 4_000
    (folder / "first.csv").write_bytes(OddTable(1, samples=400).content(1_500))
    (folder / "second.csv.gz").write_bytes(gzip.compress(OddTable(2, samples=400).content(500), 1))
    names = ["first.csv", "second.csv.gz"]
    size = (folder / "first.csv").stat().st_size
    return CountsCase("counts", folder, names, [*names, *QUERY.options(), "--block-size", block],
                      {"first.csv": list(range(0, size, block))})


def fit(folder):
    x, y, z, volumes = shape = (9, 8, 12, 40)
    for run in (1, 2):
        tool(os.environ["SIMULATE_SERIES"], folder / f"run{run}", "--seed", run, "--volumes", volumes,
             "--shape", ",".join(map(str, shape[:3])))
    shutil.move(folder / "run1.mask.nii.gz", folder / "mask.nii.gz")
    image = gzip.decompress((folder / "run1.nii.gz").read_bytes())
    (folder / "run1.nii").write_bytes(image)
    (folder / "run2.nii.gz").write_bytes(gzip.compress(gzip.decompress((folder / "run2.nii.gz").read_bytes()), 1))
    begin = len(image) % (x * y)
    return Case("fit", folder, ["run1.nii", "run2.nii.gz", "mask.nii.gz", "run1.events.tsv", "run2.events.tsv"],
                ["run1.nii", "run2.nii.gz", "--model", "glm", "--events", "run1.events.tsv", "--events",
                 "run2.events.tsv", "--mask", "mask.nii.gz", "--contrast", "A - B", "--ftest", "any: A, B"],
                {"run1.nii": list(range(begin, len(image), len(image) // (z * volumes)))})


def make_case(command, folder):
    """The inputs of a command in a new folder, and what an undisturbed run makes of them."""
    folder.mkdir()
    case = {"coverage": coverage, "counts": counts, "fit": fit}[command](folder)
    case.sizes = {name: (folder / name).stat().st_size for name in case.inputs}
    for rank in range(RANKS):
        output, mark = folder / f"undisturbed{rank}.h5", folder / f"calls{rank}"
        counting = Strike("", 0, "count", rank).environment([folder], mark)
        with running(*case.arguments(output.name), ranks=RANKS, folder=folder, environment=counting) as run:
            result = run.wait()
        if result.code != 0:
            raise RuntimeError(str(result))
        case.calls.append({name: int(number) for name, number in re.findall(r"(\w+) (\d+)", mark.read_text())})
        case.size = max(case.size, output.stat().st_size)
        found = contents(output)
        if case.expected and found != case.expected:
            raise RuntimeError(f"two undisturbed runs of {command} differ")
        case.expected = found
    return case
