# SPDX-License-Identifier: MIT
"""What the tests of `swather export` of coverage share: a BAM that is odd in each contig, and mosdepth's files."""

import gzip
from pathlib import Path

from odd_pairs import OddPairs
from swather_testing import Contig, SwatherTest, sam_header, sam_line, swather, tool, write_bam

CONTIGS = [Contig("silent_first", 40), Contig("chr1", 9_000), Contig("none", 0), Contig("filtered", 500),
           Contig("unmapped", 120), Contig("one", 1), Contig("chr2", 3_100), Contig("HLA:A*01:01", 701),
           Contig("pair", 2), Contig("silent_last", 33)]
PAIRED = [CONTIGS[1], CONTIGS[6], CONTIGS[7]]


def odd_lines(seed=1, templates=1_500):
    """Pairs that overlap in every way; contigs without reads, with such as do not count, of no and of one position."""
    lines = OddPairs(seed, PAIRED).lines(templates)
    groups = [line for line in lines if line.startswith("@RG")]
    reads = [line for line in lines if not line.startswith("@")]
    reads += [sam_line("filtered", 100, "50M", flag=1024), sam_line("filtered", 300, "50M", mapq=0, flag=256)]
    reads += [sam_line("unmapped", 60, "*", flag=4, mapq=0, seq="ACGT", qual="IIII")]
    reads += [sam_line("one", 1, "1M")] * 3 + [sam_line("pair", 2, "1M")] * 2
    # Deeper than what mosdepth's distribution tells without gaps.
    reads += [sam_line("chr2", 3_000 + n % 3, "20M") for n in range(700)]
    return sam_header(CONTIGS) + groups + reads


def packed(path):
    """The text of a .gz."""
    return gzip.decompress(Path(path).read_bytes()).decode()


class ExportCoverageTest(SwatherTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bam = write_bam(cls.folder / "odd.bam", odd_lines())
        cls.file = cls.folder / "odd.h5"
        cls.like_mosdepth = cls.folder / "mosdepth.h5"
        for output, options in ((cls.file, []), (cls.like_mosdepth, ["--count-like", "mosdepth"])):
            result = swather("coverage", cls.bam, "-o", output, "--block-size", "777", *options)
            if result.code != 0:
                raise AssertionError(str(result))

    def export(self, file, *options):
        """What it prints."""
        result = swather("export", file, *options, ranks=None)
        self.assertEqual(result.code, 0, result)
        return result.stdout

    def refused(self, code, *words, file=None, options=()):
        result = swather("export", file or self.file, *options, ranks=None)
        self.assert_one_error(result, code, *words)
        return result

    def names_beside(self):
        return sorted(path.name for path in self.output.parent.iterdir())


def mosdepth(prefix, bam, *options):
    """The files that mosdepth makes, by what follows the prefix."""
    tool("mosdepth", *options, prefix, bam)
    return files_of(prefix)


def files_of(prefix):
    return {path.name.removeprefix(prefix.name): path.read_bytes() for path in prefix.parent.glob(f"{prefix.name}.*")}
