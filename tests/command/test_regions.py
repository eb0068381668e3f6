# SPDX-License-Identifier: MIT
"""`swather coverage --by`: regions and windows against numpy on `samtools depth -aa`, and against mosdepth."""

import gzip
import random
import re
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np
from restart_testing import InterruptedTest
from swather_testing import (
    BAD_DATA, CANNOT_CREATE, CANNOT_READ, ODD_CONTIGS, READS, USAGE, Contig, OddReads, Segment, SwatherTest, contigs_of,
    deep_spot, facts_of, many_reads, sam_header, samtools_depth, swather, tool, values_of, write_bam)

NUMBERS = ["mean", "min", "max", "median", "covered_bases"]


def table_of(path, name):
    """A table of /coverage as {column: values}, in the order of the file; texts of many rows too."""
    with h5py.File(path, "r") as file:
        group = file["coverage"][name]
        columns = {column: values_of(thing) for column, thing in group.items() if "long_name" in thing.attrs}
    for column in [column.removesuffix("_bytes") for column in columns if column.endswith("_bytes")]:
        data, begins = columns.pop(f"{column}_bytes").tobytes(), columns.pop(f"{column}_offset").tolist()
        texts = [data[a:b].decode() for a, b in zip(begins, [*begins[1:], len(data)])]
        columns = {column: np.array(texts, object)} | columns
    return columns


def bed_lines(path):
    """(contig, start, end, name) of each line, as mosdepth and bedtools understand it."""
    lines = []
    for line in (gzip.open if path.suffix == ".gz" else open)(path, "rt"):
        fields = line.rstrip("\r\n").split("\t")
        if len(fields) >= 3 and not line.startswith(("#", "track", "browser")):
            lines.append((fields[0], int(fields[1]), int(fields[2]), fields[3] if len(fields) > 3 else ""))
    return lines


def windows_of(contigs, size):
    return [(contig.name, start, min(start + size, contig.length), "")
            for contig in contigs for start in range(0, contig.length, size)]


class Expected:
    """What numpy makes of the depth that samtools counts."""

    def __init__(self, bam):
        self.contigs = contigs_of(bam)
        depth, begin, self.depth = samtools_depth(bam), 0, {}
        for contig in self.contigs:
            self.depth[contig.name] = depth[begin:begin + contig.length]
            begin += contig.length

    def regions(self, lines, thresholds=()):
        order = {contig.name: number for number, contig in enumerate(self.contigs)}
        lines = sorted(lines, key=lambda line: (order[line[0]], line[1]))  # stable: lines of the file
        columns = {name: [] for name in ["contig", "start", "end", "name", *NUMBERS,
                                         *(f"at_least_{t}" for t in thresholds)]}
        for contig, start, end, name in lines:
            depth = self.depth[contig][start:end]
            numbers = [depth.mean(), depth.min(), depth.max(), np.median(depth), (depth > 0).sum()] \
                if depth.size else [0, 0, 0, 0, 0]
            row = [contig, start, end, name, *numbers, *((depth >= t).sum() for t in thresholds)]
            for column, value in zip(columns.values(), row):
                column.append(value)
        if not any(columns["name"]):
            del columns["name"]
        return columns

    def histogram(self, parts):
        """Of the positions of (contig, start, end, …), by contig and in total."""
        rows, total = [], {}
        for contig in self.contigs:
            depths = [self.depth[name][start:end] for name, start, end, *_ in parts if name == contig.name]
            for depth, count in zip(*np.unique(np.concatenate([np.zeros(0, int), *depths]), return_counts=True)):
                rows.append((contig.name, depth, count))
                total[depth] = total.get(depth, 0) + count
        by_contig = {name: [row[i] for row in rows] for i, name in enumerate(["contig", "depth", "positions"])}
        return by_contig, {"depth": sorted(total), "positions": [total[depth] for depth in sorted(total)]}

    def whole(self):
        return [(contig.name, 0, contig.length) for contig in self.contigs]


class RegionsTest(SwatherTest):
    """A test of the tables of regions."""

    def assert_table(self, output, name, expected):
        got = table_of(output, name)
        self.assertEqual(list(got), list(expected))
        for column, values in got.items():
            kind = float if column in ("mean", "median") else object if column in ("contig", "name") else np.int64
            self.assertEqual(values.dtype, kind, column)
            np.testing.assert_array_equal(values, np.array(expected[column], kind), f"{name}/{column}")

    def bed(self, text, name="regions.bed"):
        path = self.output.with_name(name)
        with (gzip.open if name.endswith(".gz") else open)(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        return path

    def write_lines(self, lines, name="regions.bed"):
        return self.bed("".join("\t".join(map(str, line)).rstrip("\t") + "\n" for line in lines), name)


class OddRegionsTest(RegionsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        lines = OddReads(21, ODD_CONTIGS).lines() + deep_spot(Contig("main", 20_000), 7_990, 70_000)
        cls.bam = write_bam(cls.folder / "odd.bam", lines)
        cls.expected = Expected(cls.bam)

    def odd_lines(self, seed, number=300):
        """Regions that overlap, repeat, nest, touch, have no position, or span many blocks; named now and then."""
        rng = random.Random(seed)
        contigs = [contig for contig in ODD_CONTIGS if contig.length > 0]
        lines = [("main", 0, 20_000, "all"), ("main", 0, 20_000, "again"), ("main", 7_989, 7_999, ""),
                 ("last", 777, 777, "end"), ("one", 0, 1, "one"), ("one", 0, 0, ""), ("one", 1, 1, "")]
        for i in range(number):
            contig = rng.choice([contigs[0], contigs[0], *contigs])
            start = rng.randint(0, contig.length)
            length = rng.choice([0, 1, 2, 31, 500, 5_000])
            lines.append((contig.name, start, min(start + length, contig.length), rng.choice(["", f"r {i}", "é"])))
        rng.shuffle(lines)
        return lines

    def test_any_cut_gives_what_numpy_gives(self):
        lines = self.odd_lines(1)
        bed = self.write_lines(lines)
        expected = self.expected.regions(lines, (0, 1, 10, 70_000))
        self.assertGreater(max(expected["max"]), 65_536)
        reference = None
        for block_size, ranks in (("500", 3), ("500", 1), ("500", 2), ("500", 4), ("7", 2), ("3000", 2), ("1M", None)):
            with self.subTest(block_size=block_size, ranks=ranks):
                output = self.coverage(self.bam, "--by", bed, "--thresholds", "10,1,70000,0,1", "--block-size",
                                       block_size, ranks=ranks)
                self.assert_table(output, "regions", expected)
                of_regions, total = self.expected.histogram(lines)
                self.assert_table(output, "region_histogram", of_regions)
                self.assert_table(output, "region_histogram_total", total)
                if block_size == "500":
                    reference = reference or output
                    self.assert_same_file(output, reference)

    def test_windows(self):
        for size, block_size, ranks in ((500, "700", 3), (1, "4096", 2), (33, "500", 1), ("7k", "500", 4),
                                        (10**18, "999", 2)):
            with self.subTest(size=size):
                output = self.coverage(self.bam, "--by", size, "--thresholds", "2", "--block-size", block_size,
                                       ranks=ranks)
                lines = windows_of(ODD_CONTIGS, 7_000 if size == "7k" else min(size, 10**6))
                self.assert_table(output, "regions", self.expected.regions(lines, (2,)))
                with h5py.File(output) as file:
                    self.assertNotIn("region_histogram", file["coverage"])

    def test_histograms_are_always_made(self):
        for block_size, ranks in (("500", 3), ("1M", 1)):
            output = self.coverage(self.bam, "--block-size", block_size, ranks=ranks)
            by_contig, total = self.expected.histogram(self.expected.whole())
            self.assert_table(output, "histogram", by_contig)
            self.assert_table(output, "histogram_total", total)
            with h5py.File(output) as file:
                self.assertNotIn("regions", file["coverage"])

    def test_ways_to_write_a_bed(self):
        lines = [("last", 5, 100, ""), ("HLA:A*01:01", 0, 357, "")]
        expected = self.expected.regions(lines)
        ways = {
            "comments.bed": "# made by hand\n\ntrack name=x\nbrowser position main\nlast\t5\t100\n  \n"
                            "HLA:A*01:01\t0\t357\n#end",
            "crlf.bed": "track\r\nlast\t5\t100\r\nHLA:A*01:01\t0\t357\r\n",
            "blanks.bed": "last 5   100\nHLA:A*01:01 0 357\n",
            "mark.bed": "\ufefflast\t5\t100\nHLA:A*01:01\t0\t357\t\n",
            "packed.bed.gz": "last\t5\t100\nHLA:A*01:01\t0\t357\n",
        }
        for name, text in ways.items():
            with self.subTest(name=name):
                self.assert_table(self.coverage(self.bam, "--by", self.bed(text, name)), "regions", expected)
        bgzip = self.output.with_name("bgzip.bed.gz")
        bgzip.write_bytes(tool("bgzip", "-c", self.bed("last\t5\t100\nHLA:A*01:01\t0\t357\n")))
        self.assert_table(self.coverage(self.bam, "--by", bgzip), "regions", expected)
        more = self.bed("last\t5\t100\tname with blanks\t0\t+\t5\t100\n")
        self.assertEqual(table_of(self.coverage(self.bam, "--by", more), "regions")["name"].tolist(),
                         ["name with blanks"])

    def test_within_a_region_that_was_asked_for(self):
        lines = [("last", 5, 100, "a"), ("main", 100, 200, "b"), ("main", 150, 300, "c"), ("main", 9_000, 9_100, "d")]
        bed = self.write_lines(lines)
        output = self.coverage(self.bam, "--by", bed, "-r", "main:101-300", "-r", "main:150-160", "--block-size", "50")
        self.assert_table(output, "regions", self.expected.regions(lines[1:3]))
        segments = [Segment("main", 100, 300), Segment("main", 149, 160)]
        self.assert_depth(output, samtools_depth(self.bam, segments), segments)
        output = self.coverage(self.bam, "--by", "90", "-r", "main:101-300")
        self.assert_table(output, "regions", self.expected.regions(
            [("main", 100, 190, ""), ("main", 190, 280, ""), ("main", 280, 300, "")]))
        nowhere = swather("coverage", self.bam, "-o", self.output, "--by", bed, "-r", "one")
        self.assertEqual(nowhere.code, 0, nowhere)
        self.assertIn("warning: 'BED': none of", nowhere.stderr.replace(str(bed), "BED"))
        self.assertEqual(table_of(self.output, "regions")["mean"].size, 0)
        self.output.unlink()
        self.assert_one_error(swather("coverage", self.bam, "-o", self.output, "--by", bed, "-r", "main:1-250"),
                              USAGE, "regions.bed", "line 3", "--region")

    def test_without_depth_of_each_position(self):
        lines = self.odd_lines(2)
        bed = self.write_lines(lines)
        output = self.coverage(self.bam, "--by", bed, "--no-per-base", "--block-size", "900", ranks=3)
        self.assert_table(output, "regions", self.expected.regions(lines))
        with_depth = self.coverage(self.bam, "--by", bed)
        with h5py.File(output) as file, h5py.File(with_depth) as other:
            self.assertNotIn("depth", file["coverage"])
            self.assertNotIn("by_contig", file["coverage"])
            self.assertEqual(file["summary/mean_depth"][:].tolist(), other["summary/mean_depth"][:].tolist())

    def test_regions_only(self):
        lines = [line for line in self.odd_lines(3, 40) if line[1] < line[2] and line[2] - line[1] < 10_000]
        bed = self.write_lines(lines)
        union = np.zeros(20_000, bool)
        for contig, start, end, _ in lines:
            if contig == "main":
                union[start:end] = True
        edges = np.flatnonzero(np.diff(np.concatenate([[0], union.astype(int), [0]]))).reshape(-1, 2)
        for block_size, ranks in (("500", 3), ("33", 2), ("1M", 1)):
            output = self.coverage(self.bam, "--by", bed, "--regions-only", "--block-size", block_size, ranks=ranks)
            self.assert_table(output, "regions", self.expected.regions(lines))
            with h5py.File(output) as file:
                columns = [values_of(file["coverage"][name]).tolist() for name in ("contig", "start", "end")]
                depth = file["coverage/depth"][:]
            segments = [Segment(*row) for row in zip(*columns)]
            self.assertEqual([[s.start, s.end] for s in segments if s.contig == "main"], edges.tolist())
            np.testing.assert_array_equal(depth, samtools_depth(self.bam, segments))
            by_contig, _ = self.expected.histogram([(s.contig, s.start, s.end) for s in segments])
            self.assert_table(output, "histogram", by_contig)

    def test_regions_only_reads_only_there(self):
        contigs = [Contig("long", 3_000_000)]
        bam = write_bam(self.output.with_name("long.bam"), many_reads(contigs, 5, 3))
        bed = self.bed("long\t1000000\t1001000\nlong\t1001000\t1002000\n")
        result = swather("coverage", bam, "-o", self.output, "--by", bed, "--regions-only", "--dry-run", ranks=1)
        self.assertIn("positions    2,000", result.stdout)
        to_read = next(line for line in result.stdout.splitlines() if line.startswith("to read"))
        self.assertIn("KiB", to_read)
        self.assertGreater(bam.stat().st_size, 2 << 20)

    def test_how_much_it_will_be(self):
        """A row is a name of some 16 bytes and 8 numbers of 8 bytes; a position has 4."""
        positions = sum(contig.length for contig in ODD_CONTIGS)
        for options, size in ((["--by", "1", "--no-per-base"], 80 * positions), (["--no-per-base"], 0),
                              (["--by", "1", "--thresholds", "5"], 92 * positions), ([], 4 * positions)):
            with self.subTest(options=options):
                result = swather("coverage", self.bam, "-o", self.output, *options, "--dry-run", ranks=None)
                self.assertEqual(result.code, 0, result)
                number, unit = re.search(r"output       about ([\d.]+) (\S+) before", result.stdout).groups()
                factor = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20}[unit]
                self.assertAlmostEqual(float(number) * factor, size, delta=0.06 * factor)

    def test_how_much_memory_it_will_take(self):
        """A rank merges 6 MB of a table at a time, and has that nine times, beside the 40 MiB of the program."""
        bam = write_bam(self.output.with_name("empty.bam"), sam_header([Contig("long", 3_000_000)]))
        told = swather("coverage", bam, "-o", self.output, "--by", 1, "--no-per-base", "--block-size", "100K", "--dry-run",
                       ranks=None).stdout
        memory = float(re.search(r"memory +([\d.]+) MiB a rank", told).group(1))
        self.assertAlmostEqual(memory, 40 + 9 * 6e6 / 2**20, delta=0.1)


class MosdepthTest(RegionsTest):
    """mosdepth adds up rounded quotients, and prints two digits of them; of two positions in the middle its median is
    the lower."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        contigs = [Contig("a", 30_000), Contig("b", 5_000), Contig("none", 400), Contig("c", 2_001)]
        reads = [line for line in many_reads([contig for contig in contigs if contig.name != "none"], 20, 5)
                 if not line.startswith("@")]
        cls.bam = write_bam(cls.folder / "m.bam", sam_header(contigs) + reads)
        rng = random.Random(9)
        cls.lines = [("a", 0, 30_000, "whole"), ("none", 5, 100, "n"), ("b", 0, 5_000, "b"), ("a", 7, 7, "zero")]
        for i in range(200):
            name, length = rng.choice([("a", 30_000), ("b", 5_000), ("c", 2_001)])
            start = rng.randint(0, length - 1)
            cls.lines.append((name, start, min(length, start + rng.choice([1, 10, 333, 3_000])), f"r{i}"))

    def mosdepth(self, by, *options):
        """(contig, start, end, name, mean or median, thresholds …) of each region, and region.dist.txt."""
        with tempfile.TemporaryDirectory() as folder:
            tool("mosdepth", "-n", "--by", by, "--thresholds", "1,15,25", *options, f"{folder}/m", self.bam)
            rows = []
            with gzip.open(f"{folder}/m.regions.bed.gz", "rt") as regions, \
                    gzip.open(f"{folder}/m.thresholds.bed.gz", "rt") as thresholds:
                next(thresholds)
                for region, counts in zip(regions, thresholds):
                    contig, start, end, name, *counts = counts.split()
                    rows.append((contig, int(start), int(end), name, float(region.split()[-1]), *map(int, counts)))
            return sorted(rows), Path(f"{folder}/m.mosdepth.region.dist.txt").read_text()

    def check(self, by, block_size, ranks):
        output = self.coverage(self.bam, "--by", by, "--thresholds", "1,15,25", "--count-like", "mosdepth",
                               "--block-size", block_size, ranks=ranks)
        table = table_of(output, "regions")
        names = table.get("name", np.full(table["mean"].size, "unknown", object))
        counts = [table[f"at_least_{threshold}"] for threshold in (1, 15, 25)]
        for column, options in (("mean", []), ("median", ["-m"])):
            theirs, dist = self.mosdepth(by, *options)
            ours = sorted(zip(table["contig"], table["start"], table["end"], names, table[column], *counts))
            self.assertEqual([row[:4] + row[5:] for row in ours], [row[:4] + row[5:] for row in theirs])
            for mine, other in zip(ours, theirs):
                if column == "mean" or (mine[2] - mine[1]) % 2 == 1:
                    self.assertAlmostEqual(mine[4], other[4], delta=0.00501, msg=f"{column}: {mine} {other}")
        return output, dist

    def test_a_bed(self):
        output, dist = self.check(self.write_lines(self.lines), "700", 3)
        ours = table_of(output, "region_histogram")
        checked = 0
        for line in dist.splitlines():
            contig, depth, fraction = line.split("\t")
            if contig != "total":  # of the contigs that have reads
                positions = ours["positions"][ours["contig"] == contig]
                deep = ours["depth"][ours["contig"] == contig] >= int(depth)
                part = positions[deep].sum() / positions.sum()
                self.assertAlmostEqual(part, float(fraction), delta=0.00501, msg=line)
                checked += 1
        self.assertGreater(checked, 60)

    def test_windows(self):
        for size in (500, 77):
            self.check(size, "640", 2)

    def test_real_reads(self):
        bams = [bam for bam in sorted(READS.glob("*.bam")) if sum(c.length for c in contigs_of(bam)) < 500_000]
        self.assertGreater(len(bams), 10)
        for bam in bams:
            with self.subTest(bam=bam.name):
                expected = Expected(bam)
                output = self.coverage(bam, "--by", "300", "--block-size", "900", ranks=None)
                self.assert_table(output, "regions", expected.regions(windows_of(expected.contigs, 300)))


class BadBedTest(RegionsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bam = write_bam(cls.folder / "bad.bam", OddReads(22, ODD_CONTIGS).lines())

    def refused(self, text, code, *words, options=(), name="bad.bed"):
        with self.subTest(text=text, options=options):
            result = swather("coverage", self.bam, "-o", self.output, "--by", self.bed(text, name), *options)
            self.assert_one_error(result, code, *words)
            self.assert_nothing_published(self.output)
            self.assertEqual(list(self.output.parent.glob("*.journal")), [])

    def test_lines_that_are_none(self):
        self.refused("main\t1\t5\nmain\t5\n", BAD_DATA, "bad.bed", "line 2", "2 fields", "tabs")
        self.refused("#\nmain\tx\t5\n", BAD_DATA, "bad.bed", "line 2", "'x'", "position")
        self.refused("main\t1\t5.5\n", BAD_DATA, "line 1", "end '5.5'")
        self.refused("main\t-1\t5\n", BAD_DATA, "line 1", "'-1'")
        self.refused("main\t1\t99999999999999999999\n", BAD_DATA, "line 1")
        self.refused("main\t7\t5\n", BAD_DATA, "line 1", "start 7", "end 5")
        self.refused("", BAD_DATA, "bad.bed", "no regions")
        self.refused("# nothing\n\n", BAD_DATA, "bad.bed", "no regions")
        self.refused("main\t1\t5\t\xe9\n".encode("latin-1"), BAD_DATA, "bad.bed", "UTF-8")

    def test_lines_outside_of_contigs(self):
        self.refused("main\t1\t5\nchr1\t1\t5\n", BAD_DATA, "bad.bed", "line 2", "'chr1'", "main, one, none",
                     "--skip-unknown")
        self.refused("main\t1\t5\nmain\t19990\t20001\n", BAD_DATA, "bad.bed", "line 2", "19990-20001", "20,000",
                     "--skip-unknown")
        self.refused("main\t20001\t20001\n", BAD_DATA, "line 1")
        self.refused("none\t0\t0\n", BAD_DATA, "line 1", "'none'")
        self.refused("chr1\t1\t5\n", BAD_DATA, "no regions on a contig", options=["--skip-unknown"])
        self.refused("one\t1\t1\nmain\t5\t5\n", BAD_DATA, "line 2", "--regions-only", options=["--regions-only"])

    def test_they_are_skipped_on_demand(self):
        bed = self.bed("chr1\t1\t5\nmain\t1\t5\nmain\t19990\t20001\nnone\t0\t0\n")
        result = swather("coverage", self.bam, "-o", self.output, "--by", bed, "--skip-unknown")
        self.assertEqual(result.code, 0, result)
        self.assertIn("3 regions", result.stderr)
        self.assertEqual(table_of(self.output, "regions")["start"].tolist(), [1])

    def test_files_that_are_none(self):
        result = swather("coverage", self.bam, "-o", self.output, "--by", self.folder / "none.bed")
        self.assert_one_error(result, CANNOT_READ, "none.bed")
        self.refused("main\t1\t\0005\n", BAD_DATA, "bad.bed")
        for cut in (5, 20):
            packed = self.output.with_name("cut.bed.gz")
            packed.write_bytes(tool("bgzip", "-c", self.bed("main\t1\t5\n" * 5))[:-cut])
            result = swather("coverage", self.bam, "-o", self.output, "--by", packed)
            self.assert_one_error(result, BAD_DATA, "cut.bed.gz", "truncated")

    def test_options_that_say_nothing(self):
        bed = self.bed("main\t1\t5\n")
        for options, words in ((["--thresholds", "1"], ["--by"]), (["--regions-only"], ["--by"]),
                               (["--by", "500", "--regions-only"], ["--regions-only", "windows"]),
                               (["--by", "500", "--skip-unknown"], ["--skip-unknown"]),
                               (["--by", "0"], ["--by"]), (["--by", ""], ["--by"]), (["--by", "4x"], ["--by", "256K"]),
                               (["--by", bed, "--thresholds", "1,x"], ["--thresholds", "'x'"]),
                               (["--by", bed, "--thresholds", "-1"], ["--thresholds"]),
                               (["--by", bed, "--regions-only", "-r", "main"], ["--regions-only", "--region"])):
            with self.subTest(options=options):
                self.assert_one_error(swather("coverage", self.bam, "-o", self.output, *options), USAGE, *words)

    def test_another_bed_is_another_result(self):
        bed = self.bed("main\t1\t5\n")
        output = self.coverage(self.bam, "--by", bed)
        with h5py.File(output) as file:
            self.assertIn(str(bed), facts_of(file))
        again = swather("coverage", self.bam, "-o", output, "--by", bed)
        self.assertIn("up to date", again.stderr)
        for options in (["--by", bed, "--thresholds", "1"], ["--by", bed, "--no-per-base"], ["--by", "5"], []):
            self.assert_one_error(swather("coverage", self.bam, "-o", output, *options), CANNOT_CREATE, "--force")
        bed.write_text("main\t1\t6\n")
        self.assert_one_error(swather("coverage", self.bam, "-o", output, "--by", bed), CANNOT_CREATE, "--force")


class ResumeTest(InterruptedTest):
    """Parts of regions that were journalled by a run that was killed are merged with those of the next."""

    def arguments(self):
        return ["coverage", self.bam, "-o", self.output, "--block-size", "500", "--by", self.bed, "--thresholds", "5"]

    def test_a_killed_run(self):
        contigs = [Contig("a", 900_000), Contig("b", 300_000)]
        self.bam = write_bam(self.output.with_name("reads.bam"), many_reads(contigs, 10, seed=2))
        self.bed = self.output.with_name("regions.bed")
        self.bed.write_text("".join(f"a\t{start}\t{start + 60_000}\tr{start}\n" for start in range(0, 840_000, 7_000))
                            + "b\t0\t300000\nb\t700\t701\n")
        with self.start() as run:
            self.wait_for_blocks(run, 200_000)
            self.freeze_and_kill(run)
        there, blocks = self.blocks_in_journal(self.resume())
        self.assertTrue(0 < there < blocks)
        undisturbed = self.coverage(self.bam, "--block-size", "500", "--by", self.bed, "--thresholds", "5", ranks=2)
        self.assert_same_file(self.output, undisturbed)


if __name__ == "__main__":
    unittest.main()
