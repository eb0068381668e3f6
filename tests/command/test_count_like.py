# SPDX-License-Identifier: MIT
"""`swather coverage --count-like TOOL` counts what that tool counts, at every position, however it is cut."""

import gzip
import random
import shutil
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np
from odd_pairs import OddPairs
from swather_testing import (
    BAD_DATA, CANNOT_CREATE, CANNOT_READ, READS, USAGE, Contig, Segment, SwatherTest, contigs_of, facts_of,
    region_options, sam_header, samtools_depth, swather, tool, whole_contigs, windows, write_bam, write_index)

CONTIGS = [Contig("chr1", 9_000), Contig("chr2", 3_100), Contig("one", 701)]
# Blocks that are smaller than what is read before them, and many borders; at last all of it in one.
CUTS = [("500", 5), ("777", 2), ("2100", 3), ("1M", 1)]
CUT = [("777", None)]
# Debian's mosdepth 0.3.3 fails on longer contigs.
LONGEST_OF_MOSDEPTH = 1 << 29


def depth(bam, segments, *options):
    """`samtools depth -aa`."""
    return samtools_depth(bam, None if segments == whole_contigs(bam) else segments, options)


def mosdepth(bam, segments, *options):
    """The depth by mosdepth, which counts whole contigs."""
    runs = {}
    with tempfile.TemporaryDirectory() as folder:
        tool("mosdepth", *options, Path(folder) / "of", bam)
        with gzip.open(Path(folder) / "of.per-base.bed.gz", "rt") as file:
            for line in file:
                contig, _, end, count = line.split("\t")
                ends, counts = runs.setdefault(contig, ([], []))
                ends.append(int(end))
                counts.append(int(count))
    parts = [np.zeros(0, np.int32)]
    for s in segments:
        ends, counts = runs.get(s.contig, ([s.end], [0]))
        parts.append(np.array(counts, np.int32)[np.searchsorted(ends, np.arange(s.start, s.end), "right")])
    return np.concatenate(parts)


def mosdepth_fast(bam, segments, *options):
    return mosdepth(bam, segments, "-x", *options)


def depth_j(bam, segments, *options):
    return depth(bam, segments, "-J", *options)


def mpileup(bam, segments, *options):
    """The number of bases that `samtools mpileup` prints, without a cap."""
    counts = {}
    for line in tool("samtools", "mpileup", "-d", "0", *options, bam).splitlines():
        contig, position, _, count = line.split(b"\t", 4)[:4]
        positions, counted = counts.setdefault(contig.decode(), ([], []))
        positions.append(int(position) - 1)
        counted.append(int(count))
    parts = [np.zeros(0, np.int32)]
    for s in segments:
        positions, counted = (np.array(values, np.int64) for values in counts.get(s.contig, ([], [])))
        inside = (positions >= s.start) & (positions < s.end)
        part = np.zeros(s.end - s.start, np.int32)
        part[positions[inside] - s.start] = counted[inside]
        parts.append(part)
    return np.concatenate(parts)


def record(name, flag, contig, start, cigar, sequence, mate=("*", 0), qualities=None, tags=()):
    """A line of SAM; `start` is 1-based, `mate` is its contig and start."""
    return "\t".join([name, str(flag), contig, str(start), "60", cigar, mate[0], str(mate[1]), "0", sequence,
                      qualities or "?" * len(sequence), *tags])


TOOLS = {"depth": depth, "depth-J": depth_j, "mosdepth": mosdepth, "mosdepth-fast": mosdepth_fast,
         "mpileup": mpileup}
WITHOUT_BASES = [name for name in TOOLS if name != "mpileup"]  # that fails on a pair of reads without


class CountLikeTest(SwatherTest):
    """A test that compares with a tool on `bam`."""

    def check(self, options, expected, cuts=CUT, segments=None, bam=None):
        bam = bam or self.bam
        segments = segments or whole_contigs(bam)
        for block_size, ranks in cuts:
            with self.subTest(bam=bam.name, options=options, block_size=block_size, ranks=ranks):
                output = self.coverage(bam, *options, "--block-size", block_size, ranks=ranks)
                self.assert_depth(output, expected, segments)


class OddPairsTest(CountLikeTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bam = write_bam(cls.folder / "pairs.bam", OddPairs(1, CONTIGS).lines(4_000))
        cls.sequenced = write_bam(cls.folder / "sequenced.bam", OddPairs(2, CONTIGS, always_sequence=True).lines(2_000))
        cls.segments = whole_contigs(cls.bam)

    def of(self, name, *options):
        return TOOLS[name](self.bam, self.segments, *options)

    def test_the_tools_differ_on_these_reads(self):
        depths = [self.of(name) for name in WITHOUT_BASES]
        for i, one in enumerate(depths):
            self.assertGreater(one.max(), 50)
            for other in depths[:i]:
                self.assertGreater(np.count_nonzero(one != other), 1_000)

    def test_every_tool(self):
        for name in WITHOUT_BASES:
            self.check(["--count-like", name], self.of(name), CUTS)

    def test_filters_of_reads(self):
        self.check(["--count-like", "mosdepth", "-Q", "20"], self.of("mosdepth", "-Q", "20"))
        self.check(["--count-like", "mosdepth", "-G", "REVERSE"], self.of("mosdepth", "-F", str(1796 | 16)))
        self.check(["--count-like", "mosdepth", "--include-flags", "0x50"], self.of("mosdepth", "-i", "80"))
        self.check(["--count-like", "mosdepth-fast", "--include-flags", "SUPPLEMENTARY"],
                   self.of("mosdepth-fast", "-i", "2048"))
        self.check(["--count-like", "depth-J", "-Q", "6", "-G", "16"], self.of("depth-J", "-Q", "6", "-G", "16"))

    def test_read_groups(self):
        for name in ("mosdepth", "mosdepth-fast"):
            for groups in (["a"], ["a", "c"], ["none"]):
                options = [part for group in groups for part in ("--read-group", group)]
                self.check(["--count-like", name, *options], self.of(name, "-R", ",".join(groups)))
        of_b = self.folder / "b.bam"
        tool("samtools", "view", "-b", "-e", '[RG]=="b"', "-o", of_b, self.bam)
        write_index(of_b)
        self.check(["--read-group", "b"], depth(of_b, self.segments))

    def test_base_qualities(self):
        for quality in ("9", "30"):
            for name in ("depth", "depth-J"):
                expected = TOOLS[name](self.sequenced, self.segments, "-q", quality)
                self.check(["--count-like", name, "-q", quality], expected, bam=self.sequenced)

    def test_single_rules_lead_from_tool_to_tool(self):
        self.check(["--count-deletions"], self.of("depth-J"))
        self.check(["--overlaps", "once"], self.of("mosdepth"))
        self.check(["--count-like", "mosdepth", "--overlaps", "twice"], self.of("depth"))
        self.check(["--count-deletions", "--count-skips"], self.of("mosdepth-fast"))
        skips = self.of("mosdepth-fast") - self.of("depth-J")
        self.check(["--count-skips"], self.of("depth") + skips)

    def test_regions(self):
        """Regions begin amid pairs, overlap each other, and are cut anywhere."""
        rng = random.Random(3)
        segments = [Segment("chr1", 0, 9_000), Segment("one", 300, 500), Segment("chr1", 4_000, 4_001)]
        for _ in range(30):
            begin = rng.randint(0, 8_500)
            segments.append(Segment("chr1", begin, begin + rng.choice([5, 100, 450])))
        for name in ("depth-J", "mosdepth"):
            self.check(["--count-like", name, *region_options(segments)], TOOLS[name](self.bam, segments),
                       [("333", 3), ("1M", None)], segments)

    def test_other_seeds(self):
        for seed in (3, 4):
            bam = write_bam(self.folder / f"{seed}.bam", OddPairs(seed, CONTIGS).lines(1_500), "csi")
            for name in ("mosdepth", "mosdepth-fast"):
                self.check(["--count-like", name], TOOLS[name](bam, self.segments), [("500", None)], bam=bam)

    def test_counts_of_another_tool_are_another_result(self):
        output = self.coverage(self.bam, "--count-like", "mosdepth")
        result = swather("coverage", self.bam, "-o", output, "--count-like", "depth-J")
        self.assert_one_error(result, CANNOT_CREATE, "--force")

    def test_a_rule_that_cannot_be(self):
        result = swather("coverage", self.bam, "-o", self.output, "--count-like", "mosdepth-fast", "-q", "10")
        self.assert_one_error(result, USAGE, "--min-baseq", "mosdepth-fast")
        result = swather("coverage", self.bam, "-o", self.output, "--count-like", "bedtools")
        self.assert_one_error(result, USAGE, "--count-like", "mosdepth-fast")


class PileupTest(CountLikeTest):
    """As samtools mpileup: with bases, qualities, and a reference."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        pairs = OddPairs(5, CONTIGS, always_sequence=True)  # mpileup fails on a pair without
        cls.bam = write_bam(cls.folder / "pileup.bam", pairs.lines(3_000))
        cls.reference = pairs.fasta(cls.folder / "ref.fa")
        tool("samtools", "faidx", cls.reference)
        cls.segments = whole_contigs(cls.bam)

    def compare(self, options, of_mpileup, cuts=CUT):
        self.check(["--count-like", "mpileup", *options], mpileup(self.bam, self.segments, *of_mpileup), cuts)

    def test_every_cut(self):
        self.compare([], [], CUTS)
        self.compare(["--count-orphans"], ["-A"], CUTS[:1])

    def test_base_alignment_quality(self):
        self.compare(["--reference", self.reference], ["-f", self.reference], CUTS)
        self.compare(["--reference", self.reference, "--no-baq"], ["-B", "-f", self.reference])
        baq, without = (mpileup(self.bam, self.segments, *options, "-f", self.reference) for options in ([], ["-B"]))
        self.assertGreater(np.count_nonzero(baq != without), 1_000)

    def test_options_that_would_do_nothing(self):
        for name, option in (("depth", "--count-orphans"), ("mosdepth", "--no-baq"), ("mpileup", "--no-baq")):
            result = swather("coverage", self.bam, "-o", self.output, "--count-like", name, option)
            self.assert_one_error(result, USAGE, option)

    def test_options(self):
        self.compare(["--overlaps", "twice"], ["-x"])
        self.compare(["-q", "0"], ["-Q", "0"])
        self.compare(["-q", "20", "-Q", "10"], ["-Q", "20", "-q", "10"])
        self.compare(["--count-orphans", "--overlaps", "twice", "-q", "30"], ["-A", "-x", "-Q", "30"])
        self.compare(["--include-flags", "0x50", "-G", "SUPPLEMENTARY"], ["--rf", "0x50", "--ff", str(1796 | 2048)])

    def test_read_groups(self):
        of_c = self.folder / "c.bam"
        tool("samtools", "view", "-b", "-e", '[RG]=="c"', "-o", of_c, self.bam)
        self.check(["--count-like", "mpileup", "--read-group", "c"], mpileup(of_c, self.segments))

    def test_reads_without_bases_count_nothing(self):
        bam = write_bam(self.folder / "without.bam", OddPairs(6, CONTIGS).lines(1_000))
        self.check(["--count-like", "mpileup", "--overlaps", "twice"], mpileup(bam, self.segments, "-x"), bam=bam)

    def write(self, contigs, lines):
        """A BAM of these reads, and a reference of this kind: {contig: bases}."""
        bam = self.output.with_name("few.bam")
        reference = self.output.with_name("few.fa")
        reference.write_text("".join(f">{name}\n{bases}\n" for name, bases in contigs.items()))
        tool("samtools", "faidx", reference)
        contigs = [Contig(name, len(bases)) for name, bases in contigs.items()]
        return write_bam(bam, sam_header(contigs) + lines), reference

    def fillers(self, contig):
        """Reads in the second window of the index: so many bytes that it does not join the two."""
        rng = random.Random(10)
        return [record("filler", 0, contig, rng.randint(17_000, 20_000), "200M", "".join(rng.choices("ACGT", k=200)),
                       qualities="".join(chr(33 + quality) for quality in rng.choices(range(60), k=200)))
                for _ in range(1_000)]

    def test_a_mate_behind_the_block(self):
        """A base of the second exon gives an intron its quality: the mate that takes it begins behind the block, in
        another window of the index. Whether it takes it is drawn by the name."""
        names = [f"r{number}" for number in range(4)]
        lines = []
        for name in names:  # one pair on a contig: where another read begins between its mates, the intron stays
            lines += [record(name, 99, name, 16_001, "50M600N50M", "A" * 100, ("=", 16_651)),
                      record(name, 147, name, 16_651, "60M", "A" * 60, ("=", 16_001)), *self.fillers(name)]
        bam, _ = self.write({name: "A" * 20_480 for name in names}, lines)
        expected = mpileup(bam, whole_contigs(bam))
        self.assertGreater(np.count_nonzero(expected != mpileup(bam, whole_contigs(bam), "-x")), 600)
        self.check(["--count-like", "mpileup"], expected, [("512", 2), ("1M", None)], bam=bam)

    def test_a_mate_before_the_block(self):
        """Of three reads of a name the first, which ends before the block and in another window of the index, is the
        mate of the second, so that the third finds none."""
        lines = [record("r", 67, "a", 16_331, "50M", "A" * 50, ("=", 16_361)),
                 record("r", 131, "a", 16_361, "100M", "A" * 100, ("=", 16_361)),
                 record("r", 67, "a", 16_401, "100M", "A" * 100, ("=", 16_361)), *self.fillers("a")]
        bam, _ = self.write({"a": "A" * 20_480}, lines)
        for name in ("mpileup", "mosdepth"):
            expected = TOOLS[name](bam, whole_contigs(bam))
            self.check(["--count-like", name], expected, [("512", 2), ("1M", None)], bam=bam)

    def test_mates_on_other_contigs(self):
        """Two reads of a name on one contig, the mates of both on another, where they would overlap these."""
        lines = [record("r", 67, "a", 101, "50M", "A" * 50, ("b", 121)),
                 record("r", 131, "a", 121, "50M", "A" * 50, ("b", 101))]
        bam, _ = self.write({"a": "A" * 600, "b": "A" * 600}, lines)
        for name in ("mpileup", "mosdepth"):
            expected = TOOLS[name](bam, whole_contigs(bam))
            self.assertEqual(expected.max(), 2)
            self.check(["--count-like", name], expected, bam=bam)

    def test_mates_of_no_known_place(self):
        """A mate on no contig still has a position for mpileup, and a read that is not paired waits for none."""
        for flags, mates in (((99, 147), (50, 101)), ((99, 147), (900, 101)), ((2, 2), (0, 0))):
            lines = [record("r", flags[0], "a", 101, "50M", "A" * 50, ("*", mates[0])),
                     record("r", flags[1], "a", 111, "50M", "A" * 50, ("*", mates[1]))]
            if mates[0] == 900:
                lines[0] = lines[0].replace("\t900\t0\t", "\t900\t900\t")
            bam, _ = self.write({"a": "A" * 1_000}, lines)
            self.check(["--count-like", "mpileup"], mpileup(bam, whole_contigs(bam)), bam=bam)

    def test_qualities_of_a_spliced_read(self):
        """Its own tag BQ lowers them, though a spliced read is not realigned."""
        lines = [record("r", 0, "a", 101, "20M100N20M", "A" * 40, tags=["BQ:Z:" + "Y" * 40]),
                 record("s", 0, "a", 301, "20M100N20M", "A" * 40)]
        bam, reference = self.write({"a": "A" * 1_000}, lines)
        self.check(["--count-like", "mpileup", "--reference", reference],
                   mpileup(bam, whole_contigs(bam), "-f", reference), bam=bam)

    def test_qualities_that_were_lowered_before(self):
        """The tag BQ says how much is to be lowered, ZQ how much has been; where one is too short, the first is not
        believed and the second keeps all as it is."""
        rng = random.Random(9)
        bases = "".join(rng.choices("ACGT", k=1_000))
        halves = "@" * 20 + "Y" * 20
        lines = []
        for number, tags in enumerate([[], [f"BQ:Z:{halves}"], [f"ZQ:Z:{halves}"], [f"BQ:Z:{halves}", f"ZQ:Z:{halves}"],
                                       [f"BQ:Z:{halves[1:]}"], [f"ZQ:Z:{halves[1:]}"]]):
            for start, is_of_reference in ((100 * number + 11, True), (100 * number + 61, False)):
                sequence = bases[start - 1:start + 39] if is_of_reference else "".join(rng.choices("ACGT", k=40))
                lines.append(record(f"r{start}", 0, "a", start, "40M", sequence, tags=tags))
        bam, reference = self.write({"a": bases}, lines)
        expected = mpileup(bam, whole_contigs(bam), "-f", reference)
        counted = [np.count_nonzero(expected[start:start + 50]) for start in range(0, 600, 50)]
        self.assertEqual(counted[2:8], [20, 20, 40, 40, 20, 20])
        self.assertTrue(counted[1] < 40 and counted[9] < 40 and counted[11] == 40, counted)
        self.check(["--count-like", "mpileup", "--reference", reference], expected, bam=bam)

    def test_the_reference_around_a_read(self):
        """Clipped ends, which are realigned too, find their place in a repeat; of one half the reads before, of the
        other behind, so that they reach over every border of what is read of the reference at once."""
        unit, repeats = "TACCT", 14_000
        lines = []
        for start in range(1_001, 69_000, 10):
            lines.append(record(f"b{start}", 0, "a", start, "60S20M", unit * 16))
            lines.append(record(f"e{start}", 0, "a", start, "20M60S", unit * 16))
        bam, reference = self.write({"a": unit * repeats}, lines)
        self.check(["--count-like", "mpileup", "--reference", reference],
                   mpileup(bam, whole_contigs(bam), "-f", reference), [("9000", 2), ("1M", None)], bam=bam)

    def test_regions(self):
        rng = random.Random(7)
        segments = [Segment("one", 0, 701)]
        for _ in range(20):
            begin = rng.randint(0, 8_500)
            segments.append(Segment("chr1", begin, begin + rng.choice([5, 100, 450])))
        for options, of_mpileup in (([], []), (["--reference", self.reference], ["-f", self.reference])):
            self.check(["--count-like", "mpileup", *options, *region_options(segments)],
                       mpileup(self.bam, segments, *of_mpileup), [("333", None)], segments)

    def test_a_deep_pile_has_no_cap(self):
        lines = OddPairs(8, [Contig("deep", 1_500)], always_sequence=True).lines(50_000)
        bam = write_bam(self.folder / "deep.bam", lines)
        expected = mpileup(bam, whole_contigs(bam))
        self.assertGreater(expected.max(), 8_000)
        self.check(["--count-like", "mpileup"], expected, [("700", 2)], bam=bam)

    def test_a_reference_that_does_not_fit(self):
        def refused(path, code, *words):
            result = swather("coverage", self.bam, "-o", self.output, "--count-like", "mpileup", "--reference", path)
            self.assert_one_error(result, code, *words)

        other = OddPairs(5, CONTIGS[:2])
        missing = other.fasta(self.folder / "missing.fa")
        refused(missing, CANNOT_READ, ".fai", "samtools faidx")
        tool("samtools", "faidx", missing)
        refused(missing, BAD_DATA, "no sequence 'one'")
        longer = OddPairs(5, [*CONTIGS[:2], Contig("one", 702)]).fasta(self.folder / "longer.fa")
        tool("samtools", "faidx", longer)
        refused(longer, BAD_DATA, "'one'", "702", "701")
        refused(self.folder / "none.fa", CANNOT_READ, "none.fa")

    def test_another_reference_is_another_result(self):
        copy = self.output.with_name("copy.fa")
        for name in ("", ".fai"):
            shutil.copy(f"{self.reference}{name}", f"{copy}{name}")
        options = ["--count-like", "mpileup", "--reference", copy]
        output = self.coverage(self.bam, *options)
        self.assertIn(str(copy), facts_of(h5py.File(output)))
        copy.write_text(copy.read_text().replace("A", "a", 1) + "\n")
        result = swather("coverage", self.bam, "-o", output, *options)
        self.assert_one_error(result, CANNOT_CREATE, "--force")


class FragmentsTest(CountLikeTest):
    """By hand: the first mate of a proper pair stands for [start, start + length) of the template, of the left mate."""

    def expected(self, longest, left_out=0x704):
        depths = {contig.name: np.zeros(contig.length + 1, np.int64) for contig in CONTIGS}
        for line in tool("samtools", "view", self.bam).decode().splitlines():
            _, flag, contig, start, _, _, mate_contig, mate_start, length = line.split("\t")[:9]
            flag, start, mate_start, length = int(flag), int(start), int(mate_start), abs(int(length))
            if flag & left_out or flag & (2 | 128 | 2048) != 2 or mate_contig != "=" or not 0 < length <= longest:
                continue
            begin = min(start, mate_start) - 1
            depths[contig][begin] += 1
            depths[contig][min(begin + length, len(depths[contig]) - 1)] -= 1
        return np.concatenate([np.cumsum(steps)[:-1] for steps in depths.values()])

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rng = random.Random(12)
        lines = sam_header(CONTIGS)
        for number in range(1_500):
            contig = rng.choice(CONTIGS)
            length = rng.choice([40, 150, 300, 699, min(rng.randint(700, 5_000), contig.length)])
            left = rng.randint(1, contig.length - length + 1)
            right, flags = left + length - 40, (99, 147) if rng.random() < 0.5 else (163, 83)
            odd = rng.choice([0] * 10 + [2, 1024, 2048])  # not proper, a duplicate, supplementary
            for flag, start, mate, sign in ((flags[0], left, right, 1), (flags[1], right, left, -1)):
                lines.append("\t".join([f"f{number}", str(flag ^ odd), contig.name, str(start), "60", "20M5D15M", "=",
                                        str(mate), str(sign * length), "*", "*"]))
        cls.bam = write_bam(cls.folder / "fragments.bam", lines)

    def test_any_cut(self):
        self.check(["--fragments"], self.expected(2_000), CUTS)
        self.check(["--fragments", "--longest-fragment", "699"], self.expected(699), CUTS)
        self.check(["--fragments", "--longest-fragment", "5k"], self.expected(5_000), CUTS)
        self.check(["--fragments", "-G", "REVERSE"], self.expected(2_000, 0x714))
        self.assertGreater(np.count_nonzero(self.expected(2_000) != self.expected(699)), 1_000)

    def test_a_mate_that_is_further_away_than_its_fragment_is_long(self):
        read = record("r", 99, "chr1", 8_001, "40M", "A" * 40, ("=", 1_001)).replace("\t1001\t0\t", "\t1001\t200\t")
        bam = write_bam(self.folder / "lies.bam", sam_header(CONTIGS) + [read])
        self.check(["--fragments"], np.zeros(sum(c.length for c in CONTIGS), np.int32), [("500", 2), ("1M", 1)], bam=bam)

    def test_what_does_not_go_with_them(self):
        for options in (["--min-baseq", "10"], ["--count-like", "mosdepth-fast"], ["--overlaps", "once"], ["--count-skips"],
                        ["--longest-fragment", "2G"], ["--longest-fragment", "few"]):
            result = swather("coverage", self.bam, "-o", self.output, "--fragments", *options)
            self.assert_one_error(result, USAGE, "fragment")
        result = swather("coverage", self.bam, "-o", self.output, "--longest-fragment", "100")
        self.assert_one_error(result, USAGE, "--longest-fragment", "--fragments")


class RealReadsTest(CountLikeTest):
    """Small BAMs from the test suites of other programs."""

    def test_all(self):
        bams = sorted(READS.glob("*.bam"))
        self.assertGreater(len(bams), 25, f"the BAMs of {READS} are not there")
        for bam in bams:
            is_small = sum(contig.length for contig in contigs_of(bam)) < 2_000_000
            segments = whole_contigs(bam) if is_small else windows(bam)
            regions = [] if is_small else region_options(segments)
            for name in self.tools_for(bam):
                self.check(["--count-like", name, *regions], TOOLS[name](bam, segments), [("900", None)], segments, bam)

    def tools_for(self, bam):
        longest = max(contig.length for contig in contigs_of(bam))
        return [name for name in TOOLS
                if name != "depth" and not (name.startswith("mosdepth") and longest > LONGEST_OF_MOSDEPTH)]


if __name__ == "__main__":
    unittest.main()
