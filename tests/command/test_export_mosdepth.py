# SPDX-License-Identifier: MIT
"""`swather export --mosdepth` writes what mosdepth 0.3.3, run in the test, writes of the same BAM: byte for byte."""

import os
import random
import shutil
import unittest

import h5py
import numpy as np
from export_testing import CONTIGS, ExportCoverageTest, files_of, mosdepth, odd_lines
from swather_testing import (
    BAD_DATA, CANNOT_CREATE, READS, USAGE, Contig, contigs_of, sam_header, sam_line, tool, write_bam)

LENGTH = {contig.name: contig.length for contig in CONTIGS}
SUMMARY, GLOBAL_DIST, PER_BASE = ".mosdepth.summary.txt", ".mosdepth.global.dist.txt", ".per-base.bed.gz"


class MosdepthTest(ExportCoverageTest):
    def check(self, file, bam, mosdepth_options=(), options=(), other_index=False):
        """Both write the same files; of another index only where it stands in for."""
        name = f"{len(self.names_beside())}"
        theirs = mosdepth(self.output.with_name(f"theirs{name}"), bam, *mosdepth_options)
        ours = self.output.with_name(f"ours{name}")
        self.export(file, "--mosdepth", ours, *options)
        ours = files_of(ours)
        self.assertEqual(sorted(ours), sorted(theirs))
        for extension, content in theirs.items():
            if not (other_index and extension.endswith(".csi")):
                self.assertTrue(ours[extension] == content, f"{extension} differs: {self.output}")
        return ours

    def bed(self, regions):
        path = self.output.with_name("regions.bed")
        path.write_text("".join("\t".join(map(str, region if region[3] else region[:3])) + "\n" for region in regions))
        return path


class WholeContigsTest(MosdepthTest):
    def test_files(self):
        ours = self.check(self.like_mosdepth, self.bam)
        self.assertEqual(sorted(ours), sorted([SUMMARY, GLOBAL_DIST, PER_BASE, f"{PER_BASE}.csi"]))
        # A contig without reads is in none of the texts, one whose reads do not count is.
        summary = ours[SUMMARY].decode()
        self.assertIn("filtered\t500\t0\t0.00\t0\t0\n", summary)
        self.assertIn("unmapped\t120\t0\t0.00\t0\t0\n", summary)
        self.assertNotIn("silent", summary)

    def test_other_rules(self):
        for options, theirs in ((["--count-like", "mosdepth-fast"], ["-x"]),
                                (["--count-like", "mosdepth", "-Q", "30"], ["-Q", "30"]),
                                (["--count-like", "mosdepth-fast", "-G", "REVERSE"], ["-x", "-F", str(1796 | 16)])):
            with self.subTest(options=options):
                self.check(self.coverage(self.bam, *options), self.bam, theirs)

    def test_one_contig(self):
        for name in ("chr2", "silent_first", "unmapped", "one", "none"):
            with self.subTest(name=name):
                file = self.coverage(self.bam, "-r", name, "--count-like", "mosdepth")
                # The levels of mosdepth's index are for the longest contig of the BAM.
                self.check(file, self.bam, ["-c", name], other_index=True)

    def test_quantized(self):
        for classes in ("0:1:4:", ":1:", "5", "3:10", "1:5:5:50:", "0:1:5:150:", "2:0:9", "0:100000"):
            with self.subTest(classes=classes):
                self.check(self.like_mosdepth, self.bam, ["-q", classes], ["--quantize", classes])

    def test_other_seeds(self):
        for seed in (2, 3):
            bam = write_bam(self.output.with_name(f"{seed}.bam"), odd_lines(seed, 300))
            file = self.coverage(bam, "--count-like", "mosdepth", "--block-size", "500")
            self.check(file, bam, ["-q", "0:1:2:3:"], ["--quantize", "0:1:2:3:"])

    def test_very_deep(self):
        """mosdepth's distribution ends at 400,000, and where it is sparse."""
        contigs = [Contig("deep", 5), Contig("other", 4)]
        reads = [sam_line("deep", 2 if n < 400_001 else 4, "1M") for n in range(400_400)]
        bam = write_bam(self.output.with_name("deep.bam"), sam_header(contigs) + reads + [sam_line("other", 4, "1M")])
        ours = self.check(self.coverage(bam, "--count-like", "mosdepth"), bam)
        self.assertIn(b"deep\t399990\t0.20\n", ours[GLOBAL_DIST])

    def test_no_reads_at_all(self):
        bam = write_bam(self.output.with_name("none.bam"), sam_header(CONTIGS))
        self.check(self.coverage(bam, "--count-like", "mosdepth"), bam, ["-q", "0:1:"], ["--quantize", "0:1:"])

    def test_many_lines(self):
        """More than a block of BGZF, and an index of many bins."""
        rng = random.Random(7)
        contigs = [Contig("a", 600_000), Contig("b", 40), Contig("c", 300_000)]
        reads = [sam_line(c.name, rng.randint(1, c.length - 90), f"{rng.randint(1, 90)}M") for c in contigs[::2]
                 for _ in range(40_000)]
        bam = write_bam(self.output.with_name("many.bam"), sam_header(contigs) + reads)
        ours = self.check(self.coverage(bam, "--count-like", "mosdepth"), bam, ["-q", "0:5:"], ["--quantize", "0:5:"])
        self.assertGreater(len(ours[PER_BASE]), 200_000)

    def test_real_bams(self):
        compared = 0
        for bam in sorted(READS.glob("*.bam")):
            if sum(contig.length for contig in contigs_of(bam)) > 3_000_000:
                continue
            with self.subTest(bam=bam.name):
                try:
                    mosdepth(self.output.with_name("try"), bam)
                except RuntimeError:
                    continue  # reads beyond the end of their contig, say
                self.check(self.coverage(bam, "--count-like", "mosdepth"), bam)
                compared += 1
        self.assertGreater(compared, 10)

    def test_multiqc_reads_them(self):
        folder = self.output.with_name("reports")
        folder.mkdir()
        self.export(self.like_mosdepth, "--mosdepth", folder / "sample")
        tool("multiqc", "-q", "-o", folder, folder)
        stats = (folder / "multiqc_data" / "multiqc_general_stats.txt").read_text()
        mean = (folder / f"sample{SUMMARY}").read_text().splitlines()[-1].split("\t")[3]
        self.assertIn("sample", stats)
        self.assertIn(mean, stats)
        self.assertTrue((folder / "multiqc_data" / "mosdepth_cumcov_dist.txt").exists())


def regions_of(rng, names):
    """Regions that overlap, nest, repeat, end with their contig, or have no positions; by contig, start and end."""
    regions = []
    for contig in CONTIGS:
        for _ in range(0 if contig.name == "pair" else rng.choice([1, 4, 30]) if contig.length > 1 else 1):
            start = rng.randint(0, contig.length)
            end = min(contig.length, start + rng.choice([0, 1, 7, 100, 900, 9_000]))
            name = f"gene {rng.randint(1, 9)}" if rng.random() < names else ""
            regions += [(contig.name, start, end, name)] * rng.choice([1, 1, 1, 2])
    order = [contig.name for contig in CONTIGS]
    return sorted(regions, key=lambda r: (order.index(r[0]), r[1], r[2]))


def windows_of(size):
    return [(c.name, start, min(start + size, c.length), "") for c in CONTIGS for start in range(0, c.length, size)]


class RegionsTest(MosdepthTest):
    def file_with(self, regions, thresholds=(), bed=True, long_texts=False):
        """A file of coverage with regions; the columns that mosdepth needs."""
        copy = self.output.with_name(f"{len(self.names_beside())}.h5")
        shutil.copy(self.like_mosdepth, copy)
        with h5py.File(copy, "r+") as file:
            begin = dict(zip(file["coverage/contig"].asstr()[...], file["coverage/offset"][...]))
            depth = file["coverage/depth"][...]
            group = file.create_group("coverage/regions")
            self.add_texts(group, "contig", [region[0] for region in regions], long_texts)
            group["start"] = np.array([region[1] for region in regions], np.int64)
            group["end"] = np.array([region[2] for region in regions], np.int64)
            if any(region[3] for region in regions):
                self.add_texts(group, "name", [region[3] for region in regions], long_texts)
            for threshold in thresholds:
                group[f"at_least_{threshold}"] = np.array(
                    [np.count_nonzero(depth[begin[contig] + start:begin[contig] + end] >= threshold)
                     for contig, start, end, _ in regions], np.int64)
            if bed:
                file.create_group("coverage/region_histogram")
        return copy

    def add_texts(self, group, name, texts, long_texts):
        if not long_texts:
            group.create_dataset(name, data=texts, dtype=h5py.string_dtype())
            return
        encoded = [text.encode() for text in texts]
        group[f"{name}_bytes"] = np.frombuffer(b"".join(encoded), np.uint8)
        group[f"{name}_offset"] = np.cumsum([0, *map(len, encoded)])[:-1]

    def test_regions_of_a_bed(self):
        for seed, names, thresholds in ((1, 1, ()), (2, 0, (1, 10, 30)), (3, 0.5, (0, 5)), (4, 1, (100, 2, 20))):
            with self.subTest(seed=seed):
                regions = regions_of(random.Random(seed), names)
                options = ["--by", self.bed(regions)]
                if thresholds:
                    options += ["-T", ",".join(map(str, thresholds))]
                ours = self.check(self.file_with(regions, thresholds, long_texts=seed % 2 == 0), self.bam, options)
                self.assertEqual(".thresholds.bed.gz" in ours, bool(thresholds))
                self.assertIn(b"total_region", ours[SUMMARY])

    def test_windows(self):
        for size in (1, 33, 500, 700, 100_000):
            with self.subTest(size=size):
                file = self.file_with(windows_of(size), (1, 10), bed=False)
                self.check(file, self.bam, ["--by", str(size), "-T", "1,10"])

    def test_rounding(self):
        """Means that lie between two numbers of two decimals, as sums of quotients come to them."""
        rng = random.Random(9)
        regions = []
        for size in (8, 40, 200, 1_000, 3_000):
            regions += [("chr1", start, start + size, "") for start in rng.sample(range(0, 9_000 - size), 150)]
        regions.sort(key=lambda r: r[1:3])
        self.check(self.file_with(regions), self.bam, ["--by", self.bed(regions)])

    def test_contigs_without_regions(self):
        for names in (["chr2"], ["chr1", "HLA:A*01:01"], ["silent_first"]):
            regions = [(name, 10, 20, "") for name in names]
            self.check(self.file_with(regions), self.bam, ["--by", self.bed(regions)])

    def test_regions_that_are_in_no_order(self):
        file = self.file_with([("chr2", 5, 9, ""), ("chr1", 5, 9, "")])
        self.refused(BAD_DATA, "chr1:6-9", file=file, options=["--mosdepth", self.output.with_name("ours")])
        self.assertEqual(self.names_beside(), [file.name])


class ByTest(MosdepthTest):
    """The regions that `swather coverage --by` has made."""

    def test_regions_of_a_bed(self):
        for seed, thresholds in ((11, "1,10,30"), (12, "")):
            regions = regions_of(random.Random(seed), 1)
            # Of those that begin together, the longer comes first here, and the first line keeps its place.
            regions = [(contig, start, end + extra, f"{name}{extra}") for contig, start, end, name in regions
                       for extra in (3, 0) if end + extra <= LENGTH[contig] > 0]
            bed = self.bed(regions)
            for block_size, ranks in (("300", 3), ("1M", 1)):
                with self.subTest(seed=seed, block_size=block_size):
                    options = ["--by", bed, *(["--thresholds", thresholds] if thresholds else [])]
                    file = self.coverage(self.bam, "--count-like", "mosdepth", "--block-size", block_size, *options,
                                         ranks=ranks)
                    self.check(file, self.bam, ["--by", bed, *(["-T", thresholds] if thresholds else [])])

    def test_windows(self):
        for size in (33, 500):
            with self.subTest(size=size):
                file = self.coverage(self.bam, "--count-like", "mosdepth", "--by", size, "--thresholds", "1,10")
                self.check(file, self.bam, ["--by", str(size), "-T", "1,10"])


class PlaceTest(MosdepthTest):
    def test_parts_of_contigs(self):
        file = self.coverage(self.bam, "-r", "chr1:1-8999", "-r", "chr2", output=self.output)
        self.refused(BAD_DATA, "chr1:1-8999", file=file, options=["--mosdepth", self.output.with_name("m")])
        self.assertEqual(self.names_beside(), ["out.h5"])

    def test_what_exists_is_kept_without_force(self):
        prefix = self.output.with_name("m")
        for extension in (SUMMARY, GLOBAL_DIST, PER_BASE, f"{PER_BASE}.csi"):
            mine = self.output.with_name(f"m{extension}")
            mine.write_text("mine")
            self.refused(CANNOT_CREATE, mine.name, "--force", options=["--mosdepth", prefix])
            self.assertEqual((self.names_beside(), mine.read_text()), ([mine.name], "mine"))
            os.remove(mine)

    def test_wrong_use(self):
        self.refused(USAGE, "--quantize", "--mosdepth", options=["--quantize", "0:1:"])
        for classes in ("0:a:", "0::", "0:-1", "1.5"):
            self.refused(USAGE, "--quantize", classes, file=self.like_mosdepth,
                         options=["--mosdepth", self.output.with_name("m"), "--quantize", classes])
        self.assertEqual(self.names_beside(), [])


if __name__ == "__main__":
    unittest.main()
