# SPDX-License-Identifier: MIT
"""`swather coverage` of a CRAM gives what it gives of the same BAM, and looks at the reference first."""

import gzip
import os
import shutil
import unittest
from pathlib import Path

import h5py
import numpy as np
from odd_pairs import OddPairs
from restart_testing import InterruptedTest
from swather_testing import (
    BAD_DATA, CANNOT_READ, READS, USAGE, Contig, SwatherTest, facts_of, open_in_xarray, samtools_depth, swather, tool,
    write_bam)

CONTIGS = [Contig("chr1", 9_000), Contig("chr2", 3_100), Contig("one", 701), Contig("empty", 40)]
# Containers of one slice, of several, of many contigs; with the reference in the file, and without one.
KINDS = {"usual": [], "slices": ["seqs_per_slice=90", "slices_per_container=3"], "small": ["seqs_per_slice=40"],
         "many contigs": ["multi_seq_per_slice=1", "seqs_per_slice=500"], "2.1": ["version=2.1", "seqs_per_slice=300"],
         "3.1": ["version=3.1", "seqs_per_slice=300"], "embedded": ["embed_ref=1", "seqs_per_slice=300"],
         "no reference": ["no_ref=1", "seqs_per_slice=300"]}
RULES = [[], ["-q", "20"], ["-Q", "20", "--read-group", "b"], ["--count-like", "depth-J"], ["--count-like", "mosdepth"],
         ["--count-like", "mosdepth-fast"], ["--count-like", "mpileup", "--no-baq"], ["--count-like", "mpileup"]]


def write_cram(path, bam, reference, *options):
    tool("samtools", "view", "-C", "-T", reference, *(f"--output-fmt-option={option}" for option in options), "-o", path, bam)
    tool("samtools", "index", path)
    return path


def depth_in(path):
    with h5py.File(path) as file:
        return file["coverage/depth"][:]


class CramTest(SwatherTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        pairs = OddPairs(5, CONTIGS[:3], always_sequence=True)
        lines = pairs.lines(3_000)
        lines.insert(len(CONTIGS[:3]) + 1, "@SQ\tSN:empty\tLN:40")
        pairs.bases["empty"] = "ACGTacgtnN" * 4
        cls.bases = "".join(pairs.bases[c.name] for c in CONTIGS)
        cls.reference = pairs.fasta(cls.folder / "ref.fa")
        tool("samtools", "faidx", cls.reference)
        cls.bam = write_bam(cls.folder / "reads.bam", lines)
        cls.cram = write_cram(cls.folder / "usual.cram", cls.bam, cls.reference)

    def of(self, reads, *options, ranks=1, reference=None):
        return self.coverage(reads, "--reference", reference or self.reference, *options, ranks=ranks)

    def test_is_the_same_bam(self):
        expected = {tuple(rules): depth_in(self.of(self.bam, *rules)) for rules in RULES}
        self.assertEqual(len({values.tobytes() for values in expected.values()}), len(RULES))  # they all differ
        np.testing.assert_array_equal(expected[()], samtools_depth(self.bam))
        for kind, options in KINDS.items():
            cram = write_cram(self.folder / "kind.cram", self.bam, self.reference, *options)
            for rules in RULES if kind in ("usual", "slices") else (RULES[0], RULES[-1]):
                with self.subTest(kind=kind, rules=rules):
                    np.testing.assert_array_equal(depth_in(self.of(cram, "--block-size", "777", *rules, ranks=2)),
                                                  expected[tuple(rules)])

    def test_every_cut(self):
        expected = depth_in(self.of(self.bam, "--count-like", "mosdepth"))
        cram = write_cram(self.folder / "small.cram", self.bam, self.reference, *KINDS["small"])
        for block_size, ranks in (("300", 3), ("5000", 4), ("1M", 1)):
            with self.subTest(block_size=block_size, ranks=ranks):
                found = self.of(cram, "--count-like", "mosdepth", "--block-size", block_size, ranks=ranks)
                np.testing.assert_array_equal(depth_in(found), expected)

    def test_regions(self):
        regions = ["-r", "one:100-400", "-r", "chr1:8001-8100", "-r", "chr2:1-50", "-r", "empty"]
        for kind in ("small", "many contigs"):
            with self.subTest(kind=kind):
                cram = write_cram(self.folder / "regions.cram", self.bam, self.reference, *KINDS[kind])
                np.testing.assert_array_equal(depth_in(self.of(cram, *regions, "--block-size", "64", ranks=2)),
                                              depth_in(self.of(self.bam, *regions)))

    def test_real_reads(self):
        for name in ("ce#5b", "c1#pad2", "ex_spliced", "nanopore"):
            with self.subTest(name=name):
                bam = READS / f"{name}.bam"
                lines = tool("samtools", "view", "-H", bam).decode().splitlines()
                contigs = [dict(field.split(":", 1) for field in line.split("\t")[1:]) for line in lines if line[:3] == "@SQ"]
                if sum(int(c["LN"]) for c in contigs) > 200_000_000:
                    continue
                reference = self.folder / "n.fa"
                with reference.open("w") as file:
                    for c in contigs:
                        file.write(f">{c['SN']}\n{'N' * int(c['LN'])}\n")
                tool("samtools", "faidx", reference)
                plain = self.folder / "plain.bam"  # their M5 are of other bases
                header = "\n".join("\t".join(f for f in line.split("\t") if f[:3] not in ("M5:", "UR:")) for line in lines)
                (self.folder / "plain.sam").write_text(header + "\n")
                plain.write_bytes(tool("samtools", "reheader", self.folder / "plain.sam", bam))
                cram = write_cram(self.folder / "real.cram", plain, reference, "seqs_per_slice=30")
                np.testing.assert_array_equal(depth_in(self.of(cram, "--block-size", "20000", ranks=2, reference=reference)),
                                              samtools_depth(bam))

    def test_bases_of_the_reference(self):
        for reads, options in ((self.bam, []), (self.cram, ["--block-size", "100"])):
            output = self.of(reads, *options, ranks=2)
            with h5py.File(output) as file:
                self.assertEqual(file["coverage/base"].dtype, np.dtype("S1"))
                self.assertEqual(file["coverage/base"][:].tobytes().decode(), self.bases)
                self.assertEqual(list(file["coverage/by_contig"]), [c.name for c in CONTIGS])
            with open_in_xarray(output, "coverage") as data:
                self.assertEqual(data["base"].dims, data["depth"].dims)
                self.assertEqual(bytes(data["base"].values[:4]).decode(), self.bases[:4])
        output = self.of(self.bam, "-r", "empty:3-8", "-r", "chr1:101-103")
        with h5py.File(output) as file:
            self.assertEqual(file["coverage/base"][:].tobytes().decode(), "GTacgt" + self.bases[100:103])
        self.assertIn(str(self.reference), facts_of(h5py.File(output)))

    def test_an_index_that_is_older_than_its_reference(self):
        reference = Path(shutil.copy(self.reference, self.output.with_name("ref.fa")))
        shutil.copy(f"{self.reference}.fai", f"{reference}.fai")
        for age, warnings in ((0, 0), (60, 1)):
            os.utime(f"{reference}.fai", ns=(reference.stat().st_mtime_ns - age * 10**9,) * 2)
            result = swather("coverage", self.bam, "-o", self.output, "--reference", reference, "--force", ranks=3)
            self.assertEqual(result.code, 0, result)
            self.assertEqual(result.stderr.count(f"warning: the index '{reference}.fai' is older"), warnings, result)



class ResumeTest(InterruptedTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        pairs = OddPairs(11, CONTIGS[:2], always_sequence=True)
        cls.reference = pairs.fasta(cls.folder / "ref.fa")
        tool("samtools", "faidx", cls.reference)
        cls.bam = write_bam(cls.folder / "reads.bam", pairs.lines(3_000))
        cls.cram = write_cram(cls.folder / "reads.cram", cls.bam, cls.reference)

    def arguments(self):
        return ["coverage", self.cram, "--reference", self.reference, "-o", self.output, "--block-size", "10"]

    def test_a_killed_run_goes_on(self):
        with self.start() as run:
            self.wait_for_blocks(run)
            self.freeze_and_kill(run)
        self.assert_nothing_published(self.output)
        there, blocks = self.blocks_in_journal(self.resume())
        self.assertTrue(0 < there < blocks, (there, blocks))
        np.testing.assert_array_equal(depth_in(self.output), samtools_depth(self.bam))


class RefusedTest(SwatherTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        pairs = OddPairs(9, CONTIGS[:2], always_sequence=True)
        cls.pairs = pairs
        cls.reference = pairs.fasta(cls.folder / "ref.fa")
        tool("samtools", "faidx", cls.reference)
        cls.bam = write_bam(cls.folder / "reads.bam", pairs.lines(3_000))
        cls.cram = write_cram(cls.folder / "reads.cram", cls.bam, cls.reference, "seqs_per_slice=200")

    def refused(self, cram, code, *words, reference=None, options=()):
        result = swather("coverage", cram, "-o", self.output, "--reference", reference or self.reference, *options)
        self.assert_one_error(result, code, *words)

    def copy(self):
        copy = self.output.with_name("copy.cram")
        shutil.copy(self.cram, copy)
        shutil.copy(f"{self.cram}.crai", f"{copy}.crai")
        return copy

    def test_without_a_reference(self):
        self.assert_one_error(swather("coverage", self.cram, "-o", self.output), USAGE, "CRAM", "--reference")

    def test_another_reference(self):
        changed = self.output.with_name("changed.fa")
        bases = dict(self.pairs.bases)
        bases["chr2"] = bases["chr2"][:3_000] + ("A" if bases["chr2"][3_000] != "A" else "C") + bases["chr2"][3_001:]
        self.pairs.bases, bases = bases, self.pairs.bases
        try:
            self.pairs.fasta(changed)
        finally:
            self.pairs.bases = bases
        tool("samtools", "faidx", changed)
        self.refused(self.cram, BAD_DATA, "'chr2'", "MD5", "M5", reference=changed)
        # Nor is it taken for a BAM whose header knows better, and lower case is the same sequence.
        self.refused(self.with_digests(), BAD_DATA, "'chr2'", "MD5", reference=changed)
        lower = self.output.with_name("lower.fa")
        lines = self.reference.read_text().splitlines(keepends=True)
        lower.write_text("".join(line if line[0] == ">" else line.lower() for line in lines))
        tool("samtools", "faidx", lower)
        self.coverage(self.cram, "--reference", lower)

    def with_digests(self):
        """The BAM with the M5 that are in the CRAM's header."""
        bam = self.output.with_name("digests.bam")
        tool("samtools", "view", "-b", "-T", self.reference, "-o", bam, self.cram)
        tool("samtools", "index", bam)
        return bam

    def test_a_reference_that_lacks_a_contig(self):
        lacking = OddPairs(9, CONTIGS[:1]).fasta(self.output.with_name("lacking.fa"))
        tool("samtools", "faidx", lacking)
        self.refused(self.cram, BAD_DATA, "no sequence 'chr2'", reference=lacking)
        self.refused(self.cram, BAD_DATA, "no sequence 'chr2'", reference=lacking, options=["-r", "chr1"])

    def test_no_index(self):
        copy = self.copy()
        copy.with_name("copy.cram.crai").unlink()
        self.refused(copy, CANNOT_READ, ".crai", "samtools index")

    def test_indexes_that_are_none(self):
        copy = self.copy()
        index = copy.with_name("copy.cram.crai")
        good = gzip.decompress(index.read_bytes()).decode()
        lines = good.splitlines(keepends=True)
        first, third = lines[0].split("\t"), lines[2].split("\t")[3]
        for what, text in (("no numbers", "a\tb\n"), ("five numbers", "0\t1\t2\t3\t4\n"), ("unsorted", "".join(lines[::-1])),
                           ("too far", "\t".join([*first[:3], "99999999", *first[4:]])),
                           ("no such contig", "\t".join(["7", *first[1:]])), ("begins late", "".join(lines[1:])),
                           ("ends early", "".join(lines[:-1])), ("nothing", ""),
                           ("between containers", good.replace(f"\t{third}\t", f"\t{int(third) + 5}\t"))):
            index.write_bytes(gzip.compress(text.encode()))
            with self.subTest(what):
                self.refused(copy, BAD_DATA, "copy.cram", options=["--block-size", "300"])
        index.write_bytes(b"\x1f\x8b\x08 no gzip")
        self.refused(copy, BAD_DATA, "copy.cram.crai")

    def test_the_index_of_another(self):
        other = write_cram(self.output.with_name("other.cram"), self.bam, self.reference, "seqs_per_slice=300")
        copy = self.copy()
        shutil.copy(f"{other}.crai", f"{copy}.crai")
        self.refused(copy, BAD_DATA, "copy.cram.crai", "samtools index")

    def test_damaged(self):
        copy = self.copy()
        whole = copy.read_bytes()
        for size in (len(whole) - 38, len(whole) - 1, len(whole) // 2, 300, 30):
            with self.subTest(size=size):
                copy.write_bytes(whole[:size])
                self.refused(copy, BAD_DATA, "copy.cram")

    def test_flipped_bytes(self):
        """They are an error where they are decoded, and otherwise make no difference."""
        copy = self.copy()
        whole = copy.read_bytes()
        for rules, least in (([], 2), (["--count-like", "mpileup"], 10)):
            options = ["--reference", self.reference, *rules]
            expected = depth_in(self.coverage(self.cram, *options))
            refused = 0
            for place in range(2_000, len(whole) - 100, len(whole) // 12):
                with self.subTest(place=place, rules=rules):
                    copy.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1:])
                    output = self.new_output()
                    result = swather("coverage", copy, "-o", output, *options)
                    if result.code == 0:
                        np.testing.assert_array_equal(depth_in(output), expected)
                    else:
                        self.assert_one_error(result, BAD_DATA, "copy.cram")
                        refused += 1
            self.assertGreaterEqual(refused, least, rules)


if __name__ == "__main__":
    unittest.main()
