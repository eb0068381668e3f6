# SPDX-License-Identifier: MIT
"""`swather stage`, and `--index`, make the indexes that inputs need."""

import gzip
import os
import shutil
import unittest

import h5py
import numpy as np
from disks import mount_tmpfs
from odd_pairs import OddPairs
from swather_testing import (
    BAD_DATA, CANNOT_CREATE, CANNOT_READ, Contig, SwatherTest, beside, samtools_depth, sam_header, sam_line, swather, tool, write_bam)

CONTIGS = [Contig("chr1", 9_000), Contig("chr2", 3_100)]


class StageTest(SwatherTest):
    def setUp(self):
        super().setUp()
        pairs = OddPairs(3, CONTIGS, always_sequence=True)
        self.bam = write_bam(self.output.with_name("reads.bam"), pairs.lines(500))
        self.reference = pairs.fasta(self.output.with_name("ref.fa"))
        self.expected = samtools_depth(self.bam)
        for index in beside(self.bam):
            self.bam.with_name(index).unlink()

    def stage(self, *paths):
        result = swather("stage", *paths, ranks=None)
        self.assertEqual(result.code, 0, result)
        return result.stderr

    def refused(self, path, code, *words):
        before = sorted(p.name for p in self.output.parent.iterdir())
        self.assert_one_error(swather("stage", path, ranks=None), code, *words)
        self.assertEqual(sorted(p.name for p in self.output.parent.iterdir()), before)

    def packed(self):
        packed = self.output.with_name("packed.fa.gz")
        packed.write_bytes(tool("bgzip", "-c", self.reference))
        return packed

    def assert_region_reads(self, path, printed):
        self.assertEqual(tool("samtools", "depth", "-aa", "-r", "chr2:50-2000", path), printed)

    def test_bam_and_cram(self):
        printed = tool("samtools", "depth", "-aa", "-r", "chr2:50-2000", self.with_samtools_index())
        self.stage(self.bam, self.reference)
        self.assertEqual(beside(self.bam), ["reads.bam.bai"])
        self.assert_region_reads(self.bam, printed)
        cram = self.output.with_name("reads.cram")
        tool("samtools", "view", "-C", "-T", self.reference, "-o", cram, self.bam)
        self.stage(cram)
        self.assertEqual(beside(cram), ["reads.cram.crai"])
        self.assert_region_reads(cram, printed)

    def with_samtools_index(self):
        copy = self.output.with_name("indexed.bam")
        copy.write_bytes(self.bam.read_bytes())
        tool("samtools", "index", copy)
        return copy

    def test_fasta(self):
        packed = self.packed()
        self.stage(self.reference, packed)
        for path in (self.reference, packed):
            made = path.with_name(f"{path.name}.fai").read_bytes()
            tool("samtools", "faidx", path)
            self.assertEqual(path.with_name(f"{path.name}.fai").read_bytes(), made)
        self.assertEqual(beside(packed), ["packed.fa.gz.fai", "packed.fa.gz.gzi"])

    def test_a_contig_that_is_too_long_for_a_bai(self):
        contigs = [Contig("long", 600_000_000)]
        lines = [*sam_header(contigs), sam_line("long", 599_999_000, "100M")]
        bam = write_bam(self.output.with_name("long.bam"), lines, index="csi")
        for index in beside(bam):
            bam.with_name(index).unlink()
        self.stage(bam)
        self.assertEqual(beside(bam), ["long.bam.csi"])
        output = self.coverage(bam, "-r", "long:599,998,990-599,999,010")
        with h5py.File(output) as file:  # the read begins at 599,999,000
            np.testing.assert_array_equal(file["coverage/depth"], [0] * 10 + [1] * 11)

    def test_an_index_that_is_there_is_left_alone_unless_it_is_older(self):
        self.stage(self.bam)
        index = self.bam.with_name("reads.bam.bai")
        before = index.stat()
        self.assertIn("nothing to do", self.stage(self.bam))
        self.assertEqual(index.stat().st_mtime_ns, before.st_mtime_ns)
        os.utime(self.bam)
        self.stage(self.bam)
        self.assertGreaterEqual(index.stat().st_mtime_ns, self.bam.stat().st_mtime_ns)

    def test_an_older_index_is_replaced_where_it_stands(self):
        tool("samtools", "index", "-c", self.bam)  # a .csi is looked at before a .bai
        index = self.bam.with_name("reads.bam.csi")
        made = index.read_bytes()
        index.write_bytes(b"of another BAM")
        os.utime(index, (1, 1))
        self.stage(self.bam)
        self.assertEqual(beside(self.bam), ["reads.bam.csi"])
        self.assertEqual(gzip.decompress(index.read_bytes()), gzip.decompress(made))

    def test_a_folder_that_cannot_be_written(self):
        disk = self.output.with_name("disk")
        mount_tmpfs(self, disk, "1m")
        bam = disk / "reads.bam"
        shutil.copy(self.bam, bam)
        tool("mount", "-o", "remount,ro", disk)
        result = swather("stage", bam, ranks=None)
        self.assert_one_error(result, CANNOT_CREATE, "reads.bam", "cannot be written", f"ln -s '{bam}'")
        self.assertNotIn("leave out --index", result.stderr)

    def test_a_rehearsal_makes_nothing(self):
        result = swather("coverage", self.bam, "--index", "--dry-run")
        self.assert_one_error(result, CANNOT_READ, "no index")
        self.assertEqual(beside(self.bam), [])

    def test_on_the_way(self):
        result = swather("coverage", self.bam, "-o", self.output)
        self.assert_one_error(result, CANNOT_READ, "no index", "swather stage", "--index")
        output = self.coverage(self.bam, "--index", "--reference", self.packed(), ranks=3)
        with h5py.File(output) as file:
            np.testing.assert_array_equal(file["coverage/depth"], self.expected)
        self.assertEqual(beside(self.bam), ["reads.bam.bai"])

    def test_what_has_no_index(self):
        unsorted = self.output.with_name("unsorted.bam")
        lines = [*sam_header(CONTIGS), sam_line("chr1", 500, "10M"), sam_line("chr1", 100, "10M")]
        write_bam(unsorted, lines, index=None, sort=False)
        self.refused(unsorted, BAD_DATA, "unsorted.bam", "samtools sort")
        truncated = self.output.with_name("truncated.bam")
        truncated.write_bytes(self.bam.read_bytes()[:-200])
        self.refused(truncated, BAD_DATA, "truncated.bam")
        text = self.output.with_name("text.txt")
        text.write_text("a\tb\n")
        self.refused(text, BAD_DATA, "text.txt", "no index")
        ragged = self.output.with_name("ragged.fa")
        ragged.write_text(">a\nACGT\nAC\nACGT\n")
        self.refused(ragged, BAD_DATA, "ragged.fa")
        self.refused(self.output.with_name("nowhere.bam"), CANNOT_READ, "nowhere.bam")


if __name__ == "__main__":
    unittest.main()
