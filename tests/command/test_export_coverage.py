# SPDX-License-Identifier: MIT
"""`swather export` of coverage: bedGraph and tables of depth, that mosdepth, samtools and tabix say the same of."""

import os
import random
import shutil
import signal
import unittest
from pathlib import Path

import h5py
from export_testing import CONTIGS, ExportCoverageTest, mosdepth, packed
from swather_testing import (
    BAD_DATA, CANNOT_CREATE, CANNOT_READ, IO_ERROR, STOPPED, USAGE, Contig, Segment, region_options, running,
    sam_header, sam_line, swather, tool, wait_until, write_bam)
from disks import mount_tmpfs


def runs_of(depth, start=0):
    """Start, end and depth of each run of equal depth."""
    runs = []
    for position, value in enumerate(depth, start):
        if runs and runs[-1][2] == value:
            runs[-1][1] = position + 1
        else:
            runs.append([position, position + 1, value])
    return [tuple(run) for run in runs]


def lines_of(contig, runs):
    return [f"{contig}\t{start}\t{end}\t{depth}" for start, end, depth in runs]


class BedgraphTest(ExportCoverageTest):
    def setUp(self):
        super().setUp()
        self.bedgraph = self.output.with_name("depth.bg.gz")

    def test_runs_are_those_of_mosdepth(self):
        theirs = mosdepth(self.output.with_name("theirs"), self.bam)
        self.export(self.like_mosdepth, "--bedgraph", self.bedgraph)
        expected = packed(self.output.with_name("theirs.per-base.bed.gz"))
        # Of a contig without positions there is no interval.
        self.assertIn("none\t0\t0\t0\n", expected)
        self.assertEqual(packed(self.bedgraph), expected.replace("none\t0\t0\t0\n", ""))
        self.assertIn(".per-base.bed.gz", theirs)

    def test_the_index_is_that_of_tabix(self):
        self.export(self.file, "--bedgraph", self.bedgraph)
        copy = self.output.with_name("copy.bg.gz")
        shutil.copy(self.bedgraph, copy)
        tool("tabix", "-p", "bed", copy)
        self.assertEqual(Path(f"{self.bedgraph}.tbi").read_bytes(), Path(f"{copy}.tbi").read_bytes())
        self.assertEqual(tool("tabix", "-l", self.bedgraph).decode().split(),
                         [contig.name for contig in CONTIGS if contig.length > 0])

    def test_tabix_finds_what_lies_on_a_region(self):
        self.export(self.file, "--bedgraph", self.bedgraph)
        lines = packed(self.bedgraph).splitlines()
        for contig, first, last in (("chr1", 1, 1), ("chr1", 4_000, 4_500), ("chr2", 3_000, 3_100), ("one", 1, 1)):
            expected = [line for line in lines if line.startswith(contig + "\t")
                        and int(line.split("\t")[1]) < last and int(line.split("\t")[2]) >= first]
            self.assertEqual(tool("tabix", self.bedgraph, f"{contig}:{first}-{last}").decode().splitlines(), expected)
            self.assertTrue(expected)

    def test_plain_text(self):
        plain = self.output.with_name("depth.bedgraph")
        self.export(self.file, "--bedgraph", plain)
        self.export(self.file, "--bedgraph", self.bedgraph)
        self.assertEqual(plain.read_text(), packed(self.bedgraph))
        self.assertEqual(self.names_beside(), ["depth.bedgraph", "depth.bg.gz", "depth.bg.gz.tbi"])

    def test_contigs_beyond_the_reach_of_tbi(self):
        """The index must be a .csi where a contig has more than 2^29 positions."""
        length = (1 << 29) + 5_000
        contigs = [Contig("small", 100), Contig("large", length)]
        reads = [sam_line("large", length - 60, "50M"), sam_line("large", length - 40, "30M")]
        reads.append(sam_line("small", 9, "9M"))
        bam = write_bam(self.output.with_name("large.bam"), sam_header(contigs) + reads, "csi")
        file = self.coverage(bam, "-r", f"large:{length - 4_999}-{length}", "-r", "small", output=self.output)
        self.export(file, "--bedgraph", self.bedgraph)
        end = length - 61
        expected = [(length - 5_000, end, 0), (end, end + 20, 1), (end + 20, end + 50, 2), (end + 50, length, 0)]
        self.assertEqual(tool("tabix", self.bedgraph, f"large:{length - 61}-{length - 30}").decode().splitlines(),
                         lines_of("large", expected[:3]))
        copy = self.output.with_name("copy.bg.gz")
        shutil.copy(self.bedgraph, copy)
        tool("tabix", "-C", "-p", "bed", copy)
        self.assertEqual(Path(f"{self.bedgraph}.csi").read_bytes(), Path(f"{copy}.csi").read_bytes())
        self.assertFalse(os.path.exists(f"{self.bedgraph}.tbi"))


class TableTest(ExportCoverageTest):
    def setUp(self):
        super().setUp()
        self.table = self.output.with_name("depth.tsv")
        self.expected = tool("samtools", "depth", "-aa", self.bam)

    def test_is_what_samtools_depth_prints(self):
        self.export(self.file, "--tsv", self.table)
        self.assertEqual(self.table.read_bytes(), self.expected)

    def test_by_bgzip(self):
        self.export(self.file, "--tsv", f"{self.table}.gz")
        self.assertEqual(tool("bgzip", "-dc", f"{self.table}.gz"), self.expected)

    def test_on_the_standard_output(self):
        self.assertEqual(self.export(self.file, "--tsv", "-").encode(), self.expected)
        self.assertEqual(self.names_beside(), [])

    def test_a_reader_that_stops_early_is_no_error(self):
        with running("export", self.file, "--tsv", "-", ranks=None) as run:
            run.process.stdout.close()
            run.process.stdout = None
            self.assertEqual(run.wait().code, 0)

    def test_several_together(self):
        bedgraph = self.output.with_name("depth.bg")
        self.export(self.file, "--bedgraph", bedgraph, "--tsv", self.table)
        self.assertEqual(self.table.read_bytes(), self.expected)
        expected = []
        for contig in CONTIGS:
            of_contig = [line.split(b"\t") for line in self.expected.splitlines()]
            depth = [int(count) for name, _, count in of_contig if name.decode() == contig.name]
            expected += lines_of(contig.name, runs_of(depth))
        self.assertEqual(bedgraph.read_text().splitlines(), expected)


class ManySlicesTest(ExportCoverageTest):
    """Runs, contigs and chunks that end anywhere beside the borders of what is read at once."""

    def test_long_contigs(self):
        rng = random.Random(5)
        contigs = [Contig("a", 1_200_000), Contig("b", 3), Contig("c", 2_500_000), Contig("d", 1 << 20)]
        reads = [sam_line(c.name, rng.randint(1, c.length - 2), "3M") for c in contigs for _ in range(60)]
        reads += [sam_line("c", 900_000, "1300000N5M"), sam_line("c", 700_000, "1000000M")]
        # The depth changes where 1,048,576 positions have been read.
        reads += [sam_line("a", 1, "1200000M"), sam_line("a", (1 << 20) + 1, "9M")]
        bam = write_bam(self.output.with_name("long.bam"), sam_header(contigs) + reads)
        file = self.coverage(bam, output=self.output)
        table, bedgraph = self.output.with_name("t.tsv"), self.output.with_name("t.bg.gz")
        self.export(file, "--tsv", table, "--bedgraph", bedgraph)
        expected = tool("samtools", "depth", "-aa", bam)
        self.assertTrue(table.read_bytes() == expected, "the table differs from samtools depth -aa")
        mosdepth(self.output.with_name("theirs"), bam)
        self.assertTrue(packed(bedgraph) == packed(self.output.with_name("theirs.per-base.bed.gz")))

    def test_many_contigs(self):
        """So many that their names are stored as bytes and offsets."""
        contigs = [Contig(f"contig_{number}", 1 + number % 3) for number in range(1_000_003)]
        reads = [sam_line(f"contig_{number}", 1, "1M") for number in (0, 5, 500_000, 1_000_002)]
        bam = write_bam(self.output.with_name("many.bam"), sam_header(contigs) + reads)
        file = self.coverage(bam, output=self.output)
        with h5py.File(file) as stored:
            self.assertIn("contig_bytes", stored["coverage"])
        table = self.output.with_name("t.tsv")
        self.export(file, "--tsv", table)
        self.assertTrue(table.read_bytes() == tool("samtools", "depth", "-aa", bam))


class RegionsTest(ExportCoverageTest):
    def test_regions_are_sorted(self):
        segments = [Segment("chr2", 50, 60), Segment("chr1", 500, 900), Segment("chr2", 0, 50), Segment("one", 0, 1),
                    Segment("chr1", 0, 7)]
        file = self.coverage(self.bam, *region_options(segments), output=self.output)
        table, bedgraph = self.output.with_name("t.tsv"), self.output.with_name("t.bg.gz")
        self.export(file, "--tsv", table, "--bedgraph", bedgraph)
        ordered = [segments[i] for i in (2, 0, 4, 1, 3)]
        expected = [tool("samtools", "depth", "-aa", "-r", s.region(), self.bam) for s in ordered]
        self.assertEqual(table.read_bytes(), b"".join(expected))
        runs = []
        for segment, printed in zip(ordered, expected):
            depth = [int(line.split()[2]) for line in printed.splitlines()]
            runs += lines_of(segment.contig, runs_of(depth, segment.start))
        self.assertEqual(packed(bedgraph).splitlines(), runs)
        self.assertEqual(tool("tabix", "-l", bedgraph).decode().split(), ["chr2", "chr1", "one"])

    def test_regions_that_overlap(self):
        segments = [Segment("chr1", 500, 900), Segment("chr2", 0, 50), Segment("chr1", 899, 1_000)]
        file = self.coverage(self.bam, *region_options(segments), output=self.output)
        self.refused(BAD_DATA, "chr1:501-900", "chr1:900-1000", "overlap", file=file,
                     options=["--tsv", self.output.with_name("t.tsv")])
        self.assertEqual(self.names_beside(), ["out.h5"])


class PlaceTest(ExportCoverageTest):
    def setUp(self):
        super().setUp()
        self.bedgraph = self.output.with_name("d.bg.gz")
        self.table = self.output.with_name("d.tsv")
        self.all = ["--bedgraph", self.bedgraph, "--tsv", self.table]

    def test_what_exists_is_kept_without_force(self):
        for name in ("d.bg.gz", "d.bg.gz.tbi", "d.tsv"):
            with self.subTest(name=name):
                mine = self.output.with_name(name)
                mine.write_text("mine")
                self.refused(CANNOT_CREATE, name, "--force", options=self.all)
                self.assertEqual((self.names_beside(), mine.read_text()), ([name], "mine"))
                mine.unlink()
        self.table.write_text("mine")
        self.export(self.file, *self.all, "--force")
        self.assertEqual(self.table.read_bytes(), tool("samtools", "depth", "-aa", self.bam))

    def test_places_where_nothing_can_be(self):
        self.refused(CANNOT_CREATE, "nowhere", options=["--tsv", self.output.with_name("nowhere") / "t.tsv"])
        self.table.mkdir()
        self.refused(CANNOT_CREATE, "d.tsv", "not a file", options=[*self.all, "--force"])
        self.assertEqual(self.names_beside(), ["d.tsv"])

    def test_wrong_use(self):
        self.assert_one_error(swather("export", self.file, ranks=None), USAGE, "--bedgraph", "--tsv", "--nifti")
        self.refused(USAGE, "twice", options=["--bedgraph", self.table, "--tsv", self.table])
        copy = self.output.with_name("copy.h5")
        shutil.copy(self.file, copy)
        self.refused(USAGE, "itself", file=copy, options=["--tsv", copy, "--force"])
        self.assertEqual(copy.read_bytes(), self.file.read_bytes())
        self.assert_one_error(swather("export", self.file, *self.all, ranks=2), USAGE, "one process")

    def test_files_without_depth(self):
        self.refused(CANNOT_READ, "nowhere.h5", file=self.output.with_name("nowhere.h5"), options=self.all)
        table = self.output.with_name("table.csv")
        table.write_text("a,b\n1,2\n1,3\n")
        counts = self.output.with_name("counts.h5")
        self.assertEqual(swather("counts", table, "--by", "a", "-o", counts, ranks=None).code, 0)
        self.refused(BAD_DATA, "counts.h5", "no depth", "swather coverage", file=counts, options=self.all)
        sums = self.coverage(self.bam, "--no-per-base", output=self.output.with_name("sums.h5"))
        self.refused(BAD_DATA, "sums.h5", "--no-per-base", file=sums, options=self.all)
        self.refused(BAD_DATA, "table.csv", "swather", file=table, options=self.all)
        self.refused(BAD_DATA, "maps", "swather fit", options=["--nifti", self.output.with_name("maps")])

    def test_files_that_are_not_whole(self):
        copy = self.output.with_name("copy.h5")
        for change in ("complete", "earlier", "columns", "shape"):
            with self.subTest(change=change):
                shutil.copy(self.file, copy)
                with h5py.File(copy, "r+") as file:
                    if change == "complete":
                        file.attrs.modify("complete", 0)
                    if change == "earlier":
                        del file["coverage/contig_length"]
                    if change == "columns":
                        del file["summary/reads"]
                        file["summary/reads"] = [1, 2]
                    if change == "shape":
                        file["coverage/end"][1] += 1
                self.refused(BAD_DATA, "copy.h5", file=copy, options=self.all)
        self.assertEqual(self.names_beside(), ["copy.h5"])

    def test_damaged_depth(self):
        copy = self.output.with_name("copy.h5")
        shutil.copy(self.file, copy)
        with h5py.File(copy) as file:
            chunk = file["coverage/depth"].id.get_chunk_info(0)
        with open(copy, "r+b") as file:
            file.seek(chunk.byte_offset)
            file.write(bytes(chunk.size))
        self.refused(BAD_DATA, "copy.h5", file=copy, options=self.all)
        self.assertEqual(self.names_beside(), ["copy.h5"])

    def test_full_disk(self):
        disk = self.output.with_name("disk")
        mount_tmpfs(self, disk, "64k")
        for option, name in (("--bedgraph", "d.bg.gz"), ("--bigwig", "d.bw"), ("--tsv", "d.tsv"), ("--mosdepth", "d")):
            with self.subTest(option=option):
                (disk / "filler").write_bytes(bytes(56 << 10))
                self.refused(IO_ERROR, "No space left on device", disk / name, options=[option, disk / name])
                self.assertEqual(os.listdir(disk), ["filler"])

    def test_a_signal_ends_it_in_order(self):
        contigs = [Contig("a", 20_000_000)]
        bam = write_bam(self.output.with_name("b.bam"), sam_header(contigs) + [sam_line("a", 5, "100M")])
        file = self.coverage(bam, output=self.output)
        before = self.names_beside()
        for number in (signal.SIGTERM, signal.SIGINT):
            with running("export", file, "--bedgraph", self.bedgraph, "--tsv", f"{self.table}.gz", ranks=None) as run:
                self.assertTrue(wait_until(lambda: any(".part" in name for name in self.names_beside())))
                run.process.send_signal(number)
                result = run.wait()
            self.assert_one_error(result, STOPPED, "--force")
            self.assertEqual(self.names_beside(), before)

    def test_help(self):
        result = swather("export", "--help", ranks=None)
        self.assertEqual((result.code, result.stderr), (0, ""), result)
        for words in ("--bedgraph", "--bigwig", "--tsv", "--mosdepth", "--quantize"):
            self.assertIn(words, result.stdout)


if __name__ == "__main__":
    unittest.main()
