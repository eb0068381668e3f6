# SPDX-License-Identifier: MIT
"""`swather export --bigwig`, read back by pyBigWig, has the runs of depth that samtools counts."""

import random
import unittest

import numpy as np
import pyBigWig
from export_testing import CONTIGS, ExportCoverageTest
from swather_testing import (
    BAD_DATA, CANNOT_CREATE, Contig, Segment, region_options, sam_header, sam_line, samtools_depth, swather,
    whole_contigs, write_bam)


def runs_of(depth, start=0):
    """Start, end and depth of each run of equal depth."""
    borders = np.flatnonzero(np.diff(depth)) + 1
    starts, ends = [0, *borders.tolist()], [*borders.tolist(), depth.size]
    return [(start + begin, start + end, float(depth[begin])) for begin, end in zip(starts, ends)]


class BigwigTest(ExportCoverageTest):
    def setUp(self):
        super().setUp()
        self.bigwig = self.output.with_name("depth.bw")

    def read(self, file):
        self.export(file, "--bigwig", self.bigwig, "--force")
        opened = pyBigWig.open(str(self.bigwig))
        self.addCleanup(opened.close)
        return opened

    def depth_by_contig(self, bam):
        depth, begin = samtools_depth(bam), 0
        for segment in whole_contigs(bam):
            yield segment.contig, depth[begin:begin + segment.end]
            begin += segment.end

    def test_contigs_and_runs(self):
        bigwig = self.read(self.file)
        self.assertEqual(bigwig.chroms(), {contig.name: contig.length for contig in CONTIGS if contig.length > 0})
        for contig, depth in self.depth_by_contig(self.bam):
            if depth.size:
                self.assertEqual(list(bigwig.intervals(contig)), runs_of(depth), contig)
        self.assertEqual(self.names_beside(), ["depth.bw"])

    def test_what_the_header_sums_up(self):
        header = self.read(self.file).header()
        depth = samtools_depth(self.bam)
        self.assertEqual(header["nBasesCovered"], depth.size)
        self.assertEqual((header["minVal"], header["maxVal"]), (0, depth.max()))
        self.assertEqual(header["sumData"], depth.sum())

    def test_sums_that_a_float_does_not_hold(self):
        """One run of a depth whose sum is odd and beyond 2^24."""
        contig = Contig("a", 3_000_001)
        reads = [sam_line("a", 1, f"{contig.length}M")] * 7
        bam = write_bam(self.output.with_name("deep.bam"), sam_header([contig]) + reads)
        header = self.read(self.coverage(bam)).header()
        self.assertEqual((header["minVal"], header["maxVal"]), (7, 7))
        self.assertEqual(header["sumData"], 7 * contig.length)

    def test_levels_of_zoom(self):
        rng = random.Random(3)
        contigs = [Contig("b", 400_000), Contig("a", 900_000)]
        reads = [sam_line(c.name, rng.randint(1, c.length - 99), f"{rng.randint(20, 99)}M") for c in contigs
                 for _ in range(c.length // 40)]
        bam = write_bam(self.output.with_name("long.bam"), sam_header(contigs) + reads)
        bigwig = self.read(self.coverage(bam))
        self.assertGreaterEqual(bigwig.header()["nLevels"], 2)
        for contig, depth in self.depth_by_contig(bam):
            self.assertEqual(list(bigwig.intervals(contig)), runs_of(depth))
            bins = np.array(bigwig.stats(contig, 0, depth.size, nBins=20))  # from a level of zoom
            np.testing.assert_allclose(bins, depth.reshape(20, -1).mean(axis=1), rtol=0.02)
            exact = np.array(bigwig.stats(contig, 0, depth.size, nBins=20, exact=True))
            np.testing.assert_allclose(exact, depth.reshape(20, -1).mean(axis=1), rtol=1e-6)

    def test_no_reads_at_all(self):
        bam = write_bam(self.output.with_name("none.bam"), sam_header([Contig("a", 70), Contig("b", 9)]))
        bigwig = self.read(self.coverage(bam))
        self.assertEqual([list(bigwig.intervals(contig)) for contig in "ab"], [[(0, 70, 0.0)], [(0, 9, 0.0)]])
        self.assertEqual(bigwig.header()["maxVal"], 0)

    def test_regions(self):
        segments = [Segment("chr2", 2_900, 3_100), Segment("chr1", 500, 900), Segment("chr2", 7, 8)]
        bigwig = self.read(self.coverage(self.bam, *region_options(segments)))
        lengths = {contig.name: contig.length for contig in CONTIGS}
        self.assertEqual(bigwig.chroms(), {name: lengths[name] for name in ("chr1", "chr2")})
        for name, parts in (("chr1", segments[1:2]), ("chr2", [segments[2], segments[0]])):
            expected = [run for part in parts for run in runs_of(samtools_depth(self.bam, [part]), part.start)]
            self.assertEqual(list(bigwig.intervals(name)), expected)

    def test_what_a_bigwig_cannot_be_of(self):
        for contigs, words in (([Contig(f"c{n}", 1) for n in range(32_768)], ["32,768 contigs", "--bedgraph"]),
                               ([Contig("none", 0)], ["no positions"])):
            bam = write_bam(self.output.with_name("odd.bam"), sam_header(contigs))
            self.refused(BAD_DATA, *words, file=self.coverage(bam), options=["--bigwig", self.bigwig])
            self.assertFalse(self.bigwig.exists())

    def test_what_exists_is_kept_without_force(self):
        self.bigwig.write_text("mine")
        self.refused(CANNOT_CREATE, "depth.bw", "--force", options=["--bigwig", self.bigwig])
        self.assertEqual(self.bigwig.read_text(), "mine")

    def test_all_targets_together(self):
        targets = ["--bigwig", self.bigwig, "--bedgraph", self.output.with_name("d.bg"), "--tsv",
                   self.output.with_name("d.tsv"), "--mosdepth", self.output.with_name("d"), "--quantize", "0:1:"]
        result = swather("export", self.file, *targets, ranks=None)
        self.assertEqual((result.code, result.stdout), (0, ""), result)
        self.assertEqual(self.names_beside(), sorted(
            ["depth.bw", "d.bg", "d.tsv", "d.mosdepth.summary.txt", "d.mosdepth.global.dist.txt", "d.per-base.bed.gz",
             "d.per-base.bed.gz.csi", "d.quantized.bed.gz", "d.quantized.bed.gz.csi"]))


if __name__ == "__main__":
    unittest.main()
