# SPDX-License-Identifier: MIT
"""A full disk is an error (74) that says so, publishes nothing, and keeps the journal for when there is room."""

import errno
import os
import re
import shutil
import unittest
from pathlib import Path

from disks import mount, mount_tmpfs
from strike import Strike
from swather_testing import (
    IO_ERROR, Contig, SwatherTest, contents, many_reads, running, swather, tool, write_bam)

CONTIGS = [Contig("chr1", 400_000), Contig("chr2", 150_000)]
BLOCK_SIZE = 2_000
DISK = 8 << 20


class DiskTest(SwatherTest):
    """A small file system of its own for each test, and a BAM whose output nearly fills it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bam = write_bam(cls.folder / "reads.bam", many_reads(CONTIGS, 6, seed=1))
        cls.undisturbed = cls.folder / "undisturbed.h5"
        result = swather("coverage", cls.bam, "-o", cls.undisturbed, "--block-size", BLOCK_SIZE)
        if result.code != 0:
            raise AssertionError(str(result))
        cls.expected = contents(cls.undisturbed)
        cls.size = cls.undisturbed.stat().st_size

    def setUp(self):
        super().setUp()
        self.scratch = self.output.parent / "scratch"
        self.scratch.mkdir()
        self.disk = self.output.parent / "disk"
        self.mount()
        self.output = self.disk / "out.h5"
        self.filler = self.disk / "filler"

    def mount(self):
        mount_tmpfs(self, self.disk, DISK)

    def leave(self, free):
        """Fills the disk but for so many bytes."""
        self.output.unlink(missing_ok=True)
        self.filler.unlink(missing_ok=True)
        with open(self.filler, "wb", buffering=0) as filler:
            try:
                while filler.write(bytes(4_096)):
                    pass
            except OSError as full:
                if full.errno != errno.ENOSPC:
                    raise
            filler.truncate(max(0, filler.tell() - free))

    def run_into_output(self, *options, ranks=2):
        return swather("coverage", self.bam, "-o", self.output, "--block-size", BLOCK_SIZE, *options, ranks=ranks)

    def assert_full(self, result):
        self.assert_one_error(result, IO_ERROR, "No space left on device", "out.h5")
        self.assert_nothing_published(self.output)

    def make_room_and_resume(self, *options):
        """With room the run completes; returns how many blocks it found in the journal."""
        self.filler.unlink()
        result = self.run_into_output("--resume", *options, ranks=3)
        self.assertEqual(result.code, 0, result)
        self.assert_complete(self.output)
        self.assert_same_file(self.output, self.expected)
        found = re.search(r"([\d,]+) of [\d,]+ blocks are in the journal", result.stderr)
        self.output.unlink()
        return int(found.group(1).replace(",", "")) if found else 0


class OutputOnAFullDiskTest(DiskTest):
    def test_the_journal_elsewhere(self):
        blocks = -(-sum(contig.length for contig in CONTIGS) // BLOCK_SIZE)
        for free, ranks in ((self.size - 4_096, 2), (self.size // 2, 3), (64 << 10, 1), (32 << 10, 2), (0, 2)):
            with self.subTest(free=free):
                self.leave(free)
                self.assert_full(self.run_into_output("--scratch", self.scratch, ranks=ranks))
                self.assertTrue(list(self.scratch.glob("out.h5-*.journal")), "the journal was not kept")
                self.assertEqual(self.make_room_and_resume("--scratch", self.scratch), blocks)
                self.assertEqual(os.listdir(self.scratch), [])

    def test_full_again_when_resumed(self):
        self.leave(64 << 10)
        self.assert_full(self.run_into_output("--scratch", self.scratch))
        self.assert_full(self.run_into_output("--scratch", self.scratch, "--resume", "--no-verify", ranks=3))
        self.make_room_and_resume("--scratch", self.scratch)

    def test_an_output_that_is_to_be_replaced_is_kept(self):
        self.leave(self.size + (64 << 10))
        shutil.copy(self.undisturbed, self.output)
        result = self.run_into_output("--force", "--min-mapq", "1", "--scratch", self.scratch)
        self.assert_one_error(result, IO_ERROR, "No space left on device")
        self.assertEqual(self.output.read_bytes(), self.undisturbed.read_bytes())
        self.assertFalse(Path(f"{self.output}.part").exists())


class JournalOnAFullDiskTest(DiskTest):
    def test_the_journal_beside_the_output(self):
        for free, ranks in ((0, 2), (16 << 10, 1), (100 << 10, 3), (self.size // 2, 2)):
            with self.subTest(free=free):
                self.leave(free)
                self.assert_full(self.run_into_output(ranks=ranks))
                self.make_room_and_resume()

    def test_the_journal_on_a_full_disk_the_output_elsewhere(self):
        self.output = self.scratch / "out.h5"
        self.leave(60 << 10)
        self.assert_full(self.run_into_output("--scratch", self.disk, ranks=3))
        self.make_room_and_resume("--scratch", self.disk)
        self.assertEqual(os.listdir(self.disk), [])

    def test_what_was_journalled_is_not_lost(self):
        self.leave(100 << 10)
        self.assert_full(self.run_into_output(ranks=2))
        self.assertGreater(self.make_room_and_resume(), 0)


class NoReservationTest(DiskTest):
    """A file system that cannot reserve space: the full disk is found while writing."""

    def mount(self):
        image = self.output.parent / "image"
        image.write_bytes(bytes(DISK))
        try:
            tool("mkfs.ext2", "-q", "-F", "-m", "0", "-b", "4096", image)
        except (OSError, RuntimeError) as missing:
            self.skipTest(f"mkfs.ext2 does not work here: {missing}")
        self.disk.mkdir()
        mount(self, self.disk, "-t", "ext2", "-o", "loop", image)

    def test_full(self):
        for free in (self.size - 40_000, self.size // 2, 100_000):
            with self.subTest(free=free):
                self.leave(free)
                self.assert_full(self.run_into_output("--scratch", self.scratch, ranks=3))
                self.make_room_and_resume("--scratch", self.scratch)

    def test_with_room_it_goes_on_and_says_so(self):
        result = self.run_into_output()
        self.assertEqual(result.code, 0, result)
        self.assertIn("reserve", result.stderr)
        self.assert_same_file(self.output, self.expected)


class SyncTest(SwatherTest):
    """A folder that cannot be synced: what was given its final name might lose it with the power."""

    def test_the_name_is_given_back(self):
        bam = write_bam(self.output.with_name("reads.bam"), many_reads(CONTIGS[1:], 1, seed=2))
        scratch, place, mark = (self.output.with_name(name) for name in ("scratch", "place", "mark"))
        scratch.mkdir()
        place.mkdir()
        output = place / "out.h5"
        run = ["coverage", bam, "-o", output, "--scratch", scratch]
        # Beside the output root syncs, in this order, its chunks and the finished file, and then the folder.
        strike = Strike("fsync", 3, "EIO").environment([place], mark)
        with running(*run, ranks=2, environment=strike) as struck:
            result = struck.wait()
        self.assertRegex(mark.read_text(), rf"fsync 3 {place}\n")
        self.assert_one_error(result, IO_ERROR, "Input/output error", "--resume")
        self.assertEqual(os.listdir(place), [])

        mark.unlink()
        output.write_bytes(b"what is to be replaced")
        with running(*run, "--force", "--resume", ranks=2, environment=strike) as struck:
            result = struck.wait()
        self.assertTrue(mark.exists())
        self.assert_one_error(result, IO_ERROR, "Input/output error", "--resume")
        self.assertEqual(output.read_bytes(), b"what is to be replaced")
        self.assertEqual(os.listdir(place), ["out.h5"])

        self.assertEqual(swather(*run, "--force", "--resume").code, 0)
        self.assert_complete(output)
        self.assertEqual(os.listdir(place), ["out.h5"])


if __name__ == "__main__":
    unittest.main()
