# SPDX-License-Identifier: MIT
"""`swather coverage` gives what `samtools depth -aa` gives, in the file that was promised."""

import os
import random
import re
import shutil
import unittest
from pathlib import Path

import h5py
import numpy as np
import pandas
from swather_testing import (
    BAD_DATA, BGZF_EOF, CANNOT_READ, ODD_CONTIGS, READS, TINY_CONTIGS, Contig, OddReads, Output, Segment, SwatherTest,
    columns_of, contigs_of, deep_spot, facts_of, first_difference, open_in_xarray, region_options, sam_header, sam_line,
    samtools_depth, swather, tool, values_of, whole_contigs, windows, write_bam, write_index)

# What a dimension scale has beside text that is meant for readers.
SCALE_ATTRIBUTES = ("CLASS", "NAME", "_Netcdf4Dimid", "_NCProperties", "DIMENSION_LIST", "REFERENCE_LIST")


def reads_on_contigs(bam):
    """The 0-based positions on which the records of each contig begin."""
    starts = {}
    for line in tool("samtools", "view", bam).decode().splitlines():
        contig, start = line.split("\t")[2:4]
        starts.setdefault(contig, []).append(int(start) - 1)
    return starts


class OddReadsTest(SwatherTest):
    """All operators, flags, ends and borders, on an odd genome."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        lines = OddReads(1, ODD_CONTIGS).lines() + deep_spot(Contig("main", 20_000), 7_990, 5_000)
        cls.bam = write_bam(cls.folder / "odd.bam", lines)
        cls.segments = whole_contigs(cls.bam)
        cls.expected = samtools_depth(cls.bam)

    def test_the_odd_reads_are_worth_their_name(self):
        self.assertGreater(self.expected.max(), 5_000)
        self.assertEqual(self.expected.size, sum(contig.length for contig in ODD_CONTIGS))
        cigars = tool("samtools", "view", "-F", "1796", self.bam).decode()
        operators = set("".join(re.findall(r"[A-Z=]", "".join(line.split("\t")[5] for line in cigars.splitlines()))))
        self.assertEqual(operators, set("MIDNSHP=X"))

    def test_any_number_of_ranks_gives_the_same_file(self):
        reference = self.coverage(self.bam, "--block-size", "1000", ranks=None)
        self.assert_depth(reference, self.expected, self.segments)
        for ranks in (1, 2, 3, 4, 7):
            with self.subTest(ranks=ranks):
                output = self.coverage(self.bam, "--block-size", "1000", ranks=ranks)
                self.assert_same_file(output, reference)

    def test_any_block_size_gives_the_same_depth(self):
        for block_size, ranks in (("7", 2), ("100", 3), ("4096", 2), ("1k", 2), ("999999", 3), ("10M", 1)):
            with self.subTest(block_size=block_size):
                output = self.coverage(self.bam, "--block-size", block_size, ranks=ranks)
                self.assert_depth(output, self.expected, self.segments)

    def test_the_default_block_size(self):
        self.assert_depth(self.coverage(self.bam, ranks=2), self.expected, self.segments)

    def test_more_ranks_than_blocks(self):
        output = self.coverage(self.bam, "--block-size", "9000", ranks=7)
        self.assert_depth(output, self.expected, self.segments)

    def test_compression_changes_no_value(self):
        for level in (0, 9):
            with self.subTest(level=level):
                output = self.coverage(self.bam, "--compress", level)
                self.assert_depth(output, self.expected, self.segments)

    def test_csi_gives_the_same_as_bai(self):
        bam = shutil.copy(self.bam, self.output.with_name("csi.bam"))
        write_index(bam, "csi")
        one = self.coverage(bam, "--block-size", "1000")
        self.assert_same_file(one, self.coverage(self.bam, "--block-size", "1000"))

    def test_an_index_named_without_bam(self):
        bam = shutil.copy(self.bam, self.output.with_name("reads.bam"))
        shutil.copy(f"{self.bam}.bai", self.output.with_name("reads.bai"))
        self.assert_depth(self.coverage(bam), self.expected, self.segments)

    def test_options_that_change_nothing_in_the_data(self):
        reference = self.coverage(self.bam)
        for options in (["--no-verify"], ["--hash-inputs"], ["--timings"], ["--memory", "1G"], ["--progress", "plain"],
                        ["--scratch", self.output.parent / "scratch"]):
            with self.subTest(options=options):
                (self.output.parent / "scratch").mkdir(exist_ok=True)
                self.assert_same_file(self.coverage(self.bam, *options), reference)
        self.assertEqual(os.listdir(self.output.parent / "scratch"), [])

    def test_relative_paths(self):
        relative = [os.path.relpath(path) for path in (self.bam, self.output)]
        self.coverage(relative[0], output=Path(relative[1]))
        self.assert_depth(self.output, self.expected, self.segments)

    def test_other_seeds(self):
        for seed in (2, 3):
            with self.subTest(seed=seed):
                bam = write_bam(self.output.with_name(f"{seed}.bam"), OddReads(seed, ODD_CONTIGS).lines(0.01))
                output = self.coverage(bam, "--block-size", 50 + seed, ranks=seed)
                self.assert_depth(output, samtools_depth(bam), whole_contigs(bam))


class TinyGenomeTest(SwatherTest):
    def test_blocks_of_one_position(self):
        bam = write_bam(self.folder / "tiny.bam", OddReads(4, TINY_CONTIGS).lines(0.2))
        reference = self.coverage(bam, "--block-size", "1", ranks=1)
        self.assert_depth(reference, samtools_depth(bam), whole_contigs(bam))
        self.assert_same_file(self.coverage(bam, "--block-size", "1", ranks=3), reference)


class LargeRecordsTest(SwatherTest):
    def test_more_operators_than_a_bam_record_counts(self):
        """Beyond 65,535 the CIGAR stands in the tag CG."""
        contig = Contig("long", 140_000)
        lines = sam_header([contig]) + [
            sam_line("long", 11, "2M1D" * 34_000, name="long"),
            sam_line("long", 60_001, "100M"),
        ]
        self.check(write_bam(self.folder / "operators.bam", lines), "10000")

    def test_records_longer_than_bgzf_blocks(self):
        rng = random.Random(5)
        contig = Contig("long", 400_000)
        lines = sam_header([contig])
        for _ in range(4):
            sequence = "".join(rng.choices("ACGT", k=200_000))
            qualities = "".join(chr(33 + quality) for quality in rng.choices(range(50), k=200_000))
            lines.append(sam_line("long", rng.randint(1, 190_000), "150000M1000N50000M", seq=sequence, qual=qualities))
        bam = write_bam(self.folder / "bases.bam", lines)
        self.check(bam, "30000")
        self.check(bam, "30000", "--min-baseq", "20", samtools=("-q", "20"))

    def check(self, bam, block_size, *options, samtools=()):
        output = self.coverage(bam, "--block-size", block_size, *options)
        self.assert_depth(output, samtools_depth(bam, options=samtools), whole_contigs(bam))


class FiltersTest(SwatherTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        contigs = [Contig("main", 6_000), Contig("one", 1), Contig("last", 333)]
        cls.bam = write_bam(cls.folder / "filters.bam", OddReads(6, contigs, with_sequence=True).lines(0.1))

    def check(self, options, samtools):
        with self.subTest(options=options):
            output = self.coverage(self.bam, "--block-size", "500", *options)
            self.assert_depth(output, samtools_depth(self.bam, options=samtools), whole_contigs(self.bam))

    def test_mapping_quality(self):
        for quality in (1, 10, 11, 60, 255):
            self.check(["--min-mapq", quality], ["-Q", str(quality)])
        self.check(["-Q", "30"], ["-Q", "30"])

    def test_base_quality(self):
        for quality in (1, 13, 30, 59, 60):
            self.check(["--min-baseq", quality], ["-q", str(quality)])
        self.check(["-q", "20"], ["-q", "20"])

    def test_flags(self):
        for written, number in (("2048", 2048), ("0x800", 2048), ("SUPPLEMENTARY", 2048), ("PAIRED", 1), ("0", 0),
                                ("REVERSE,SUPPLEMENTARY", 2064), ("DUP", 1024), ("16", 16)):
            self.check(["--exclude-flags", written], ["-G", str(number)])
        self.check(["-G", "0x10"], ["-G", "16"])

    def test_all_filters_at_once(self):
        self.check(["--min-mapq", "10", "--min-baseq", "20", "--exclude-flags", "PAIRED,REVERSE"],
                   ["-Q", "10", "-q", "20", "-G", "17"])

    def test_reads_without_sequence_have_no_base_to_leave_out(self):
        """By hand: samtools reads on into the tags here. A base without quality passes, as with QUAL missing."""
        lines = sam_header([Contig("c", 20)]) + [sam_line("c", 3, "5M"), sam_line("c", 6, "6M", seq="ACGTAC")]
        output = self.coverage(write_bam(self.output.with_name("none.bam"), lines), "--min-baseq", "20")
        self.assertEqual(Output(output).depth.tolist(), [0, 0, 1, 1, 1, 2, 2, 1, 1, 1, 1] + [0] * 9)


class RegionsTest(SwatherTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bam = write_bam(cls.folder / "regions.bam", OddReads(7, ODD_CONTIGS).lines())

    def check(self, regions, segments, ranks=2, block_size="300"):
        options = [part for region in regions for part in ("-r", region)]
        output = self.coverage(self.bam, *options, "--block-size", block_size, ranks=ranks)
        self.assert_depth(output, samtools_depth(self.bam, segments), segments)
        return output

    def test_the_ways_to_write_a_region(self):
        ways = {
            "main:1,001-2,000": Segment("main", 1_000, 2_000),
            "main:5000-5000": Segment("main", 4_999, 5_000),
            "main:19,900": Segment("main", 19_899, 20_000),  # open end
            "main:19000-": Segment("main", 18_999, 20_000),
            "main:-10": Segment("main", 0, 10),
            "main:0-10": Segment("main", 0, 10),
            "main:1-20000": Segment("main", 0, 20_000),
            "last": Segment("last", 0, 777),
            "one": Segment("one", 0, 1),
            "one:1-1": Segment("one", 0, 1),
            "HLA:A*01:01": Segment("HLA:A*01:01", 0, 357),
            "HLA:A*01:01:100-200": Segment("HLA:A*01:01", 99, 200),
            "{HLA:A*01:01}:1-20": Segment("HLA:A*01:01", 0, 20),
            "{HLA:A*01:01}": Segment("HLA:A*01:01", 0, 357),
            "{main:1-100}": Segment("main:1-100", 0, 120),
            "{main:1-100}:11-20": Segment("main:1-100", 10, 20),
            "{main}:1-100": Segment("main", 0, 100),
            "plasmid/2:1400-1500": Segment("plasmid/2", 1_399, 1_500),
            "empty_3": Segment("empty_3", 0, 13),
        }
        self.check(list(ways), list(ways.values()), ranks=3)

    def test_an_end_beyond_the_contig_is_its_end(self):
        """As samtools takes it; only a region that begins there is outside."""
        self.check(["last:700-1000"], [Segment("last", 699, 777)])

    def test_overlapping_and_repeated_regions_are_segments_of_their_own(self):
        regions = ["main:8000-9000", "main:8500-9500", "main:8000-9000", "last", "main:1-20000", "main:8600-8600",
                   "last:1-777"]
        segments = [Segment("main", 7_999, 9_000), Segment("main", 8_499, 9_500), Segment("main", 7_999, 9_000),
                    Segment("last", 0, 777), Segment("main", 0, 20_000), Segment("main", 8_599, 8_600),
                    Segment("last", 0, 777)]
        for block_size, ranks in (("7", 2), ("300", 3), ("1M", 2)):
            with self.subTest(block_size=block_size):
                output = self.check(regions, segments, ranks, block_size)
                self.check_views(output, segments)

    def check_views(self, output, segments):
        """Each segment has a view, or shares one with a segment of the same positions; no view shows anything else."""
        got = Output(output)
        slices = {got.depth[begin:begin + s.end - s.start].tobytes() for begin, s in zip(got.offset, segments)}
        with h5py.File(output, "r") as file:
            views = [view[...].tobytes() for view in file["coverage/by_contig"].values()]
        self.assertEqual(set(views), slices)
        self.assertGreaterEqual(len(views), len(set(segments)))

    def test_regions_in_any_order_and_any_number(self):
        rng = random.Random(8)
        segments = []
        for _ in range(60):
            begin = rng.randint(0, 19_000)
            segments.append(Segment("main", begin, begin + rng.choice([1, 10, 800])))
        self.check([f"main:{s.start + 1}-{s.end}" for s in segments], segments, block_size="64")

    def test_a_region_is_a_slice_of_the_whole(self):
        options = ["-r", "main:3001-7000", "--min-mapq", "10", "--min-baseq", "5", "--exclude-flags", "16"]
        part, whole = Output(self.coverage(self.bam, *options)), Output(self.coverage(self.bam, *options[2:]))
        self.assertIsNone(first_difference(part.depth, whole.depth[3_000:7_000], part.segments))


class ManyContigsTest(SwatherTest):
    """Up to 1,000 segments have a view each."""

    def build(self, number):
        contigs = [Contig(f"c{i}", 1 + i % 50) for i in range(number)]
        lines = sam_header(contigs)
        for contig in contigs[::97]:
            lines += [sam_line(contig.name, 1, f"{contig.length}M")] * 2
        return write_bam(self.output.with_name(f"{number}.bam"), lines)

    def check(self, number, has_views, block_size="700"):
        bam = self.build(number)
        output = self.coverage(bam, "--block-size", block_size)
        self.assert_depth(output, samtools_depth(bam), whole_contigs(bam))
        with h5py.File(output, "r") as file:
            views = file["coverage"].get("by_contig", [])
            self.assertEqual(len(views), number if has_views else 0)
            self.assertEqual(file["summary/contig"].asstr()[...].tolist(), [f"c{i}" for i in range(number)])

    def test_a_thousand(self):
        self.check(1_000, True)

    def test_more_than_a_thousand(self):
        self.check(1_001, False)
        self.check(5_000, False)

    def test_more_than_are_gathered_or_read_back_at_once(self):
        """Sums go to root by 8 MiB, columns are compared by 65,536 rows."""
        self.check(200_000, False, "100K")


class NoReadsTest(SwatherTest):
    def test_nothing_mapped(self):
        unmapped = [sam_line("a", 5, "*", flag=4, mapq=0, seq="ACGT", qual="IIII"),
                    sam_line("*", 0, "*", flag=4, mapq=0, seq="ACGT", qual="IIII")]
        for name, lines in (("no_reads", []), ("unmapped", unmapped), ("unplaced", unmapped[1:])):
            for index in ("bai", "csi"):
                with self.subTest(name=name, index=index):
                    path = self.output.with_name(f"{name}_{index}.bam")
                    bam = write_bam(path, sam_header(TINY_CONTIGS) + lines, index)
                    output = self.coverage(bam, "--block-size", "100", ranks=3)
                    self.assert_depth(output, np.zeros(484, np.int32), whole_contigs(bam))
                    with h5py.File(output, "r") as file:
                        self.assertEqual(file["summary/covered_bases"][...].tolist(), [0] * len(TINY_CONTIGS))
                        self.assertEqual(file["summary/max_depth"][...].tolist(), [0] * len(TINY_CONTIGS))

    def test_only_contigs_of_no_length(self):
        """Reads on them lie on no position of the genome."""
        lines = sam_header([Contig("none", 0), Contig("nothing", 0)])
        for reads in ([], [sam_line("none", 100, "50M")]):
            with self.subTest(reads=len(reads)):
                bam = write_bam(self.output.with_name(f"none{len(reads)}.bam"), lines + reads)
                output = self.coverage(bam, ranks=3)
                self.assert_depth(output, np.zeros(0, np.int32), whole_contigs(bam))


class LongContigsTest(SwatherTest):
    """Beyond 512 Mb only .csi knows where reads are."""

    def test_regions_far_out(self):
        contigs = [Contig("giant", 2_147_483_647), Contig("big", 700_000_000), Contig("small", 50)]
        lines = sam_header(contigs)
        for contig in contigs:
            for start in (1, 536_870_900, 600_000_000, contig.length - 40):
                if 0 < start < contig.length - 30:
                    lines += [sam_line(contig.name, start, "10M5D20M"), sam_line(contig.name, start + 3, "30M")]
        bam = write_bam(self.folder / "giant.bam", lines, "csi")
        segments = [Segment("giant", 536_870_850, 536_871_000), Segment("giant", 2_147_483_500, 2_147_483_647),
                    Segment("big", 599_999_950, 600_000_100), Segment("big", 0, 50), Segment("small", 0, 50)]
        for ranks, block_size in ((1, "64"), (3, "1000")):
            output = self.coverage(bam, *region_options(segments), "--block-size", block_size, ranks=ranks)
            self.assert_depth(output, samtools_depth(bam, segments), segments)
        self.assertGreater(Output(output).depth.max(), 0)


class LayoutTest(SwatherTest):
    """The file is what its readers were promised."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bam = write_bam(cls.folder / "layout.bam", OddReads(9, ODD_CONTIGS).lines())
        cls.path = cls.folder / "layout.h5"
        cls.result = swather("coverage", cls.bam, "-o", cls.path, "--block-size", "1000", ranks=3)
        if cls.result.code != 0:
            raise AssertionError(str(cls.result))

    def setUp(self):
        super().setUp()
        self.file = h5py.File(self.path, "r")
        self.addCleanup(self.file.close)

    def test_attributes_of_the_file(self):
        attributes = dict(self.file.attrs)
        self.assertEqual(attributes["encoding-type"], "swather")
        self.assertEqual(attributes["complete"], 1)
        for name in ("Conventions", "title", "history", "source", "encoding-version"):
            self.assertIsInstance(attributes[name], str)
            self.assertTrue(attributes[name], f"the attribute {name} is empty")
        self.assertIn(attributes["default"].strip("/").split("/")[0], self.file, "the attribute default names nothing")

    def test_text_arrives_as_text(self):
        for name in ("coverage/contig", "summary/contig"):
            kind = h5py.check_string_dtype(self.file[name].dtype)
            self.assertEqual((kind.encoding, kind.length), ("utf-8", None))
            self.assertEqual(self.file[name].asstr()[...].tolist(), [contig.name for contig in ODD_CONTIGS])

        def check_attributes(name, thing):
            for key in set(thing.attrs) - set(SCALE_ATTRIBUTES):
                self.assertNotIsInstance(thing.attrs[key], (bytes, np.bytes_), f"{name} {key}")

        self.file.visititems(check_attributes)

    def test_types_and_filters(self):
        depth = self.file["coverage/depth"]
        self.assertEqual((depth.dtype, depth.compression, depth.shuffle), (np.dtype("<i4"), "gzip", True))
        for name in ("start", "end", "offset"):
            self.assertEqual(self.file["coverage"][name].dtype, np.dtype("<i8"))

        def no_unsigned_64(name, thing):
            if isinstance(thing, h5py.Dataset):
                self.assertNotEqual(thing.dtype, np.uint64, name)

        self.file.visititems(no_unsigned_64)

    def test_a_chunk_is_a_block(self):
        self.assertEqual(self.file["coverage/depth"].chunks, (1000,))

    def test_a_larger_block_is_whole_chunks(self):
        reads = [sam_line("c", start, "700M") for start in range(261_900, 880_000, 450)]
        bam = write_bam(self.output.with_name("chunks.bam"), sam_header([Contig("c", 900_000)]) + reads)
        for block_size in ("262144", "300000", "800000"):
            with self.subTest(block_size=block_size):
                output = self.coverage(bam, "--block-size", block_size)
                self.assert_depth(output, samtools_depth(bam), whole_contigs(bam))
                with h5py.File(output, "r") as file:
                    self.assertEqual(file["coverage/depth"].chunks, (262_144,))

    def test_scales_on_every_axis(self):
        dimensions = {"/coverage/depth": "/coverage/position"}
        for group in (self.file["coverage"], self.file["summary"]):
            for column in columns_of(group).values():
                self.assertEqual(len(column.dims[0]), 1, f"{column.name} has no scale")
                scale = column.dims[0][0]
                self.assertEqual(scale.name, dimensions.get(column.name, f"{group.name}/segment"))
                self.assertEqual(scale.shape, column.shape)

    def test_views_equal_the_slices(self):
        depth, views = self.file["coverage/depth"][...], self.file["coverage/by_contig"]
        self.assertEqual(list(views), [contig.name.replace("/", "%2F") for contig in ODD_CONTIGS])
        begin = 0
        for contig in ODD_CONTIGS:
            view = views[contig.name.replace("/", "%2F")]
            self.assertEqual(view.attrs["long_name"], contig.name)
            self.assertTrue(view.is_virtual or contig.length == 0)
            np.testing.assert_array_equal(view[...], depth[begin:begin + contig.length])
            begin += contig.length

    def test_views_of_a_file_that_was_moved(self):
        moved = shutil.copy(self.path, self.output.with_name("moved.h5"))
        with h5py.File(moved, "r") as file:
            np.testing.assert_array_equal(file["coverage/by_contig/main"][...], file["coverage/depth"][:20_000])

    def test_contig_names_that_are_hard_to_keep(self):
        names = [".", "..", "a/b", "a%2Fb", "/", "%2E", "#1", "a" * 200]
        contigs = [Contig(name, 5 + number) for number, name in enumerate(names)]
        reads = [sam_line(name, 1, "2M") for name in names]
        bam = write_bam(self.output.with_name("names.bam"), sam_header(contigs) + reads)
        output = self.coverage(bam)
        self.assert_depth(output, samtools_depth(bam), whole_contigs(bam))
        with h5py.File(output, "r") as file:
            views = list(file["coverage/by_contig"].values())
            self.assertEqual([view.attrs["long_name"] for view in views], [contig.name for contig in contigs])
            self.assertEqual([len(view) for view in views], [contig.length for contig in contigs])

    def test_summary(self):
        self.assertEqual(list(columns_of(self.file["summary"])), [
            "contig", "start", "end", "contig_length", "length", "reads", "covered_bases", "mean_depth", "min_depth",
            "max_depth"])
        self.check_summary(self.file, samtools_depth(self.bam), whole_contigs(self.bam))

    def test_summary_of_regions(self):
        segments = [Segment("main", 7_999, 9_000), Segment("one", 0, 1), Segment("main", 0, 20_000)]
        output = self.coverage(self.bam, *region_options(segments), "--block-size", "333", ranks=3)
        with h5py.File(output, "r") as file:
            self.check_summary(file, samtools_depth(self.bam, segments), segments)

    def check_summary(self, file, depth, segments):
        summary = {name: values_of(column).tolist() for name, column in columns_of(file["summary"]).items()}
        self.assertEqual([Segment(*row) for row in zip(summary["contig"], summary["start"], summary["end"])], segments)
        lengths = {contig.name: contig.length for contig in contigs_of(self.bam)}
        starts = reads_on_contigs(self.bam)
        begin = 0
        for row, segment in enumerate(segments):
            self.assertEqual(summary["contig_length"][row], lengths[segment.contig])
            inside = [start for start in starts.get(segment.contig, []) if segment.start <= start < segment.end]
            self.assertEqual(summary["reads"][row], len(inside), segment)
            cells = depth[begin:begin + segment.end - segment.start]
            begin += cells.size
            self.assertEqual(summary["length"][row], cells.size, segment)
            self.assertEqual(summary["covered_bases"][row], np.count_nonzero(cells), segment)
            if cells.size:
                self.assertEqual(summary["min_depth"][row], cells.min(), segment)
                self.assertEqual(summary["max_depth"][row], cells.max(), segment)
                self.assertAlmostEqual(summary["mean_depth"][row], cells.mean(), places=12, msg=str(segment))

    def test_provenance(self):
        text = facts_of(self.file)
        for fact in (str(self.bam), f"{self.bam}.bai", "--block-size", "1000", "coverage"):
            self.assertIn(fact, text)

    def test_pandas(self):
        table = pandas.DataFrame({name: values_of(column) for name, column in columns_of(self.file["summary"]).items()})
        self.assertIsInstance(table["contig"][0], str)
        self.assertEqual(table["length"].sum(), sum(contig.length for contig in ODD_CONTIGS))

    @unittest.skipUnless(shutil.which("ncdump"), "ncdump (netcdf-bin) is not installed")
    def test_netcdf_reads_it(self):
        header = tool("ncdump", "-h", self.path).decode()
        for words in ("group: coverage", "int depth(position)", "string contig(segment)", "group: summary"):
            self.assertIn(words, header)
        values = tool("ncdump", "-v", "/coverage/start,/coverage/contig", self.path).decode()
        self.assertIn('"HLA:A*01:01"', values)

    def test_xarray_reads_it(self):
        with open_in_xarray(self.path, "coverage") as coverage:
            self.assertEqual(coverage["depth"].dims, ("position",))
            self.assertEqual(coverage["contig"].dims, ("segment",))
            self.assertIsInstance(coverage["contig"].values[0], str)
            np.testing.assert_array_equal(coverage["depth"].values, self.file["coverage/depth"][...])
        with open_in_xarray(self.path, "summary") as summary:
            self.assertIn("mean_depth", summary)

    @unittest.skipUnless(shutil.which("h5dump"), "h5dump (hdf5-tools) is not installed")
    def test_h5dump_reads_it(self):
        tool("h5dump", "-o", os.devnull, self.path)

    def test_messages(self):
        self.assertEqual(self.result.stdout, "")
        self.assertNotIn("error", self.result.stderr)


class OtherCommandsTest(SwatherTest):
    """What a user sees without making a file."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bam = write_bam(cls.folder / "plan.bam", OddReads(10, ODD_CONTIGS).lines())

    def test_dry_run_prints_the_plan_and_writes_nothing(self):
        before = sorted(self.output.parent.iterdir())
        result = swather("coverage", self.bam, "-o", self.output, "--dry-run", "--block-size", "1000", ranks=3)
        self.assertEqual(result.code, 0, result)
        for word in ("block", "rank", "memory", "output"):
            self.assertIn(word, (result.stdout + result.stderr).lower())
        blocks = -(-sum(contig.length for contig in ODD_CONTIGS) // 1000)
        self.assertIn(str(blocks), result.stdout)
        self.assertRegex(result.stdout, r"(?m)^positions +[\d,]+$")
        self.assertIn("of 1,000 positions each", result.stdout)
        self.assertEqual(sorted(self.output.parent.iterdir()), before)

    def test_dry_run_of_no_contigs(self):
        result = swather("coverage", write_bam(self.output.with_name("empty.bam"), sam_header([])), "--dry-run")
        self.assertEqual(result.code, 0, result)
        self.assertIn("nothing to compute", result.stdout)

    def test_timings(self):
        result = swather("coverage", self.bam, "-o", self.output, "--timings", ranks=3)
        self.assertEqual(result.code, 0, result)
        for phase in ("launch", "plan", "read", "compute", "journal", "write", "verify"):
            self.assertIn(phase, result.stdout + result.stderr)

    def test_inspect(self):
        output = self.coverage(self.bam)
        for ranks in (None, 1):
            result = swather("inspect", output, ranks=ranks)
            self.assertEqual((result.code, result.stderr), (0, ""), result)
            for words in (str(self.bam), "/coverage/depth", "HLA:A*01:01", "20,000"):
                self.assertIn(words, result.stdout)
            self.assertLess(len(result.stdout.splitlines()), 60)

    def test_options_from_a_file(self):
        """What --print-config prints is what --config reads."""
        options = ["--min-mapq", "10", "-r", "main:101-900", "-r", "{HLA:A*01:01}:5-20", "--block-size", "300"]
        printed = swather("coverage", self.bam, "-o", self.output, *options, "--print-config")
        self.assertEqual((printed.code, printed.stderr), (0, ""), printed)
        self.assertFalse(self.output.exists())
        config = self.output.with_name("options.toml")
        config.write_text(printed.stdout, encoding="utf-8")
        result = swather("coverage", "--config", config)
        self.assertEqual(result.code, 0, result)
        self.assert_complete(self.output)
        self.assert_same_file(self.output, self.coverage(self.bam, *options))

    def test_one_block_alone(self):
        before = sorted(self.output.parent.iterdir())
        result = swather("coverage", self.bam, "-o", self.output, "--block-size", "1000", "--only-block", "3")
        self.assertEqual(result.code, 0, result)
        self.assertIn("main:3001-4000", result.stdout)
        self.assertEqual(sorted(self.output.parent.iterdir()), before)

    def test_silence(self):
        result = swather("coverage", self.bam, "-o", self.output, "--log-level", "error", "--progress", "none")
        self.assertEqual((result.code, result.stdout, result.stderr), (0, "", ""), result)

    def test_names_with_spaces_and_umlauts(self):
        bam = self.output.with_name("it's mine, Jürgen.bam")
        shutil.copy(self.bam, bam)
        shutil.copy(f"{self.bam}.bai", f"{bam}.bai")
        output = self.coverage(bam, output=self.output.with_name("Ausgabe ü.h5"))
        self.assertIn("Jürgen", swather("inspect", output, ranks=None).stdout)

    def test_an_input_whose_path_is_long(self):
        """More than 256 bytes are no string in the file."""
        bam = self.output.parent / ("a" * 150) / ("b" * 150) / "long.bam"
        bam.parent.mkdir(parents=True)
        shutil.copy(self.bam, bam)
        shutil.copy(f"{self.bam}.bai", f"{bam}.bai")
        inspected = swather("inspect", self.coverage(bam), ranks=None)
        self.assertEqual(inspected.code, 0, inspected)
        self.assertIn(f"{bam} (", inspected.stdout)

    def test_help_and_version(self):
        for ranks in (None, 2):
            version = swather("--version", ranks=ranks)
            self.assertEqual(version.code, 0)
            for name in ("MPI", "HDF5", "htslib"):
                self.assertEqual(len(re.findall(f"^{name} ", version.stdout, re.MULTILINE)), 1, version)
        for arguments in (["--help"], ["coverage", "--help"], ["inspect", "--help"]):
            usage = swather(*arguments, ranks=None)
            self.assertEqual((usage.code, usage.stderr), (0, ""))
            self.assertIn("Usage", usage.stdout)


class RealReadsTest(SwatherTest):
    """Small BAMs from the test suites of other programs."""

    def test_all(self):
        bams = sorted(READS.glob("*.bam"))
        self.assertGreater(len(bams), 25, f"the BAMs of {READS} are not there")
        for bam in bams:
            with self.subTest(bam=bam.name):
                self.check(bam)

    def check(self, bam):
        whole = whole_contigs(bam)
        if sum(s.end for s in whole) < 2_000_000:
            block_size = 7 if sum(s.end for s in whole) < 5_000 else 20_000
            output = self.coverage(bam, "--block-size", block_size)
            self.assert_depth(output, samtools_depth(bam), whole)
        else:
            segments = windows(bam)
            output = self.coverage(bam, *region_options(segments), "--block-size", "1000")
            self.assert_depth(output, samtools_depth(bam, segments), segments)

    def test_truncated_without_end_and_without_index(self):
        reads = READS / "nanopore.bam"
        content = reads.read_bytes()
        self.assertTrue(content.endswith(BGZF_EOF))
        for name, kept, index, code in (("truncated", len(content) // 2, True, BAD_DATA),
                                        ("no_end", len(content) - len(BGZF_EOF), True, BAD_DATA),
                                        ("no_index", len(content), False, CANNOT_READ)):
            with self.subTest(name=name):
                bam = self.output.with_name(f"{name}.bam")
                bam.write_bytes(content[:kept])
                if index:
                    shutil.copy(f"{reads}.bai", f"{bam}.bai")
                self.assert_one_error(swather("coverage", bam, "-o", self.output), code, bam.name)
                self.assert_nothing_published(self.output)


class SimulatedReadsTest(SwatherTest):
    @unittest.skipUnless(os.environ.get("SIMULATE_READS"), "SIMULATE_READS does not name the simulator")
    def test_pairs_with_indels_and_hot_spots(self):
        prefix = self.folder / "simulated"
        tool(os.environ["SIMULATE_READS"], prefix, "--contigs", "chr1:400000,chr2:150000", "--many-contigs", "50:1000",
             "--coverage", "12", "--hotspot", "chr1:100000-100500:3000", "--seed", "3")
        bam = Path(f"{prefix}.bam")
        if not any(Path(f"{bam}{suffix}").exists() for suffix in (".bai", ".csi")):
            write_index(bam)
        for options, samtools in (([], []), (["-Q", "20", "-q", "25"], ["-Q", "20", "-q", "25"])):
            with self.subTest(options=options):
                output = self.coverage(bam, *options, ranks=3)
                self.assert_depth(output, samtools_depth(bam, options=samtools), whole_contigs(bam))


if __name__ == "__main__":
    unittest.main()
