# SPDX-License-Identifier: MIT
"""A run that was killed or stopped goes on from its journal, on any number of ranks, to the same file."""

import contextlib
import functools
import os
import pty
import random
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import unittest.mock
from pathlib import Path

from restart_testing import InterruptedTest, module_folder
from swather_testing import (
    BAD_DATA, CANNOT_CREATE, ENVIRONMENT, STOPPED, USAGE, Contig, Output, beside, command, contents, journal_size,
    many_reads, samtools_depth, swather, wait_until, whole_contigs, write_bam)

CONTIGS = [Contig("chr1", 1_200_000), Contig("none", 0), Contig("chr2", 300_001)]
BLOCK_SIZE = 500


@functools.cache
def undisturbed_run():
    """One BAM for all tests, and the file that an undisturbed run makes of it."""
    folder = module_folder()
    bam, output = folder / "reads.bam", folder / "undisturbed.h5"
    write_bam(bam, many_reads(CONTIGS, 10, seed=1))
    result = swather("coverage", bam, "-o", output, "--block-size", BLOCK_SIZE, ranks=2)
    if result.code != 0:
        raise AssertionError(str(result))
    return bam, output, contents(output)


class RestartTest(InterruptedTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.block_size = BLOCK_SIZE
        cls.bam, cls.undisturbed, cls.expected = undisturbed_run()

    def arguments(self, bam=None):
        return ["coverage", bam or self.bam, "-o", self.output, "--block-size", self.block_size]

    def assert_resumed(self, result):
        """The run went on from a journal, and the file is the one of an undisturbed run. Returns what was in it."""
        there, blocks = self.blocks_in_journal(result)
        self.assertEqual(blocks, -(-sum(contig.length for contig in CONTIGS) // self.block_size))
        self.assertGreater(there, 0)
        self.assertLess(there, blocks)
        self.assert_same_as_undisturbed()
        return there

    def assert_same_as_undisturbed(self):
        self.assert_complete(self.output)
        if self.block_size == BLOCK_SIZE:
            self.assert_same_file(self.output, self.expected)
        else:
            expected = Output(self.undisturbed)
            self.assert_depth(self.output, expected.depth, expected.segments)


class UndisturbedTest(RestartTest):
    def test_it_is_what_samtools_counts(self):
        self.assert_depth(self.undisturbed, samtools_depth(self.bam), whole_contigs(self.bam))
        self.assertEqual(beside(self.undisturbed), [])


class ProgressTest(RestartTest):
    """On stderr: a bar on a terminal, lines in a log."""

    def test_a_terminal(self):
        result = self.on_a_terminal("--progress", "auto")
        self.assertIn("\r", result)
        self.assertIn("%", result)
        self.assertIn("complete", result.splitlines()[-1])

    def test_a_terminal_that_wants_lines(self):
        self.assertNotIn("\r", self.on_a_terminal("--progress", "plain").replace("\r\n", "\n"))

    def on_a_terminal(self, *options):
        """What a run without mpirun prints on a terminal."""
        ours, its = pty.openpty()
        with subprocess.Popen(command([*self.arguments(), *options], None), stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=its, env=ENVIRONMENT) as process:
            os.close(its)
            printed = b""
            with contextlib.suppress(OSError):  # a terminal ends with an error when nobody has it open
                while part := os.read(ours, 65_536):
                    printed += part
            os.close(ours)
        self.assertEqual(process.returncode, 0, printed)
        return printed.decode()

    def test_a_log(self):
        """Lines every few seconds; that there is never a \\r in it is checked for every run."""
        with self.start(ranks=2) as run:
            with self.frozen(run):
                time.sleep(6)
            result = run.wait()
        self.assertEqual(result.code, 0, result)
        lines = [line for line in result.stderr.splitlines() if re.search(r"[\d,]+ of [\d,]+ blocks, +\d+ %", line)]
        self.assertTrue(lines, result)
        self.assertLess(len(lines), 30, result)
        self.assertRegex(result.stderr, r" of CPU on 2 ranks: .*read and compute \d.*\n"
                                        r".*wall time of a phase, at most: launch \d.*\n.*max/mean of the work is \d\.\d\d")


class KillTest(RestartTest):
    def test_a_rank_is_killed(self):
        with self.start(ranks=3) as run:
            self.wait_for_blocks(run)
            ranks = run.ranks()
            self.assertEqual(len(ranks), 3)
            os.kill(ranks[1], signal.SIGKILL)
            result = run.wait(20)
            self.assert_gone(ranks)
        self.assertNotEqual(result.code, 0)
        self.assert_nothing_published(self.output)
        self.assert_resumed(self.resume(ranks=2))

    def test_mpirun_is_killed(self):
        with self.start(ranks=2) as run:
            self.wait_for_blocks(run)
            ranks = run.ranks()
            os.kill(run.pid, signal.SIGKILL)
            run.process.wait()
            self.assert_gone(ranks)
        self.assert_nothing_published(self.output)
        self.assert_resumed(self.resume(ranks=4))

    def test_a_run_without_mpirun_is_killed(self):
        with self.start(ranks=None) as run:
            self.wait_for_blocks(run)
            self.freeze_and_kill(run)
        self.assert_nothing_published(self.output)
        self.assert_resumed(self.resume(ranks=1))

    def test_killed_again_and_again(self):
        """Each run adds to the journal of those before it."""
        size = 0
        for ranks in (2, 3, 1):
            with self.start("--resume", ranks=ranks) as run:
                self.wait_for_blocks(run, size + 20_000)
                self.freeze_and_kill(run)
            size = journal_size(self.journal)
        self.assert_resumed(self.resume(ranks=7))

    def test_killed_when_all_is_computed(self):
        """While the output is assembled, or just before or after: whatever stands there, the next run ends well."""
        whole = self.undisturbed.stat().st_size
        for size in (0, whole // 2):
            with self.subTest(size=size):
                with self.start() as run:
                    wait_until(lambda: self.is_assembled(run, size), pause=0.001)
                    self.freeze_and_kill(run)
                result = self.resume()
                self.assertRegex(result.stderr, "blocks are in the journal|up to date")
                self.assert_same_as_undisturbed()
                self.output.unlink()


    def is_assembled(self, run, size):
        """Whether so much of the output is written, or the run has ended."""
        run.watch()
        try:
            return not run.running() or Path(f"{self.output}.part").stat().st_size > size
        except FileNotFoundError:
            return False


class SignalTest(RestartTest):
    def stop(self, number, ranks):
        with self.start(ranks=ranks) as run:
            self.wait_for_blocks(run)
            pids = run.ranks()
            os.kill(run.pid, number)
            result = run.wait(20)
            self.assert_gone(pids)
        self.assert_nothing_published(self.output)
        self.assertTrue(self.journal.is_dir(), "the journal is not there")
        return result

    def test_sigusr1_to_mpirun(self):
        result = self.stop(signal.SIGUSR1, ranks=3)
        self.assertEqual(result.code, STOPPED, result)
        self.assertEqual(result.stderr.count("error:"), 1, result)
        self.assertIn("--resume", result.stderr)
        self.assert_resumed(self.resume(ranks=2))

    def test_sigterm_to_mpirun(self):
        """mpirun passes it on after a second, and kills a second later."""
        self.block_size = 100
        result = self.stop(signal.SIGTERM, ranks=2)
        self.assertNotEqual(result.code, 0, result)
        self.assert_resumed(self.resume(ranks=3))

    def test_signals_without_mpirun(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1):
            with self.subTest(signal=number.name):
                result = self.stop(number, ranks=None)
                self.assert_one_error(result, STOPPED, "--resume")
                shutil.rmtree(self.journal)

    def test_time_limit(self):
        self.assert_stopped_in_time("--time-limit", "3s", ranks=2)

    def test_time_limit_of_slurm(self):
        """SLURM is asked by squeue, here by one that always says the same."""
        folder = self.enterContext(tempfile.TemporaryDirectory())
        squeue = Path(folder) / "squeue"
        slurm = {"SLURM_JOB_ID": "17", "PATH": f"{folder}:{os.environ['PATH']}"}
        for left in ("UNLIMITED", "", "0:03", "0:00"):
            with self.subTest(left=left), unittest.mock.patch.dict(ENVIRONMENT, slurm):
                squeue.write_text(f"#!/bin/sh\n[ \"$2\" = --states=RUNNING ] && [ \"$3\" = --jobs=17 ] && printf '18 9:00:00\\n17 {left}\\n'\n")
                squeue.chmod(0o755)
                if left == "0:03":
                    self.assert_stopped_in_time("--time-limit", "auto", ranks=2)
                    self.output.unlink()
                    continue
                if left == "0:00":
                    result = swather(*self.arguments(), "--time-limit", "auto", ranks=2)
                    self.assert_one_error(result, STOPPED, "before its time limit")
                    continue
                result = swather(*self.arguments(), "--time-limit", "auto", ranks=2)
                self.assertEqual(result.code, 0, result)
                self.assertIn("no SLURM job here that has a limit", result.stderr)
                self.output.unlink()

    def test_no_use_of_a_wrong_end_time(self):
        for end in ("", "Unknown", "0"):
            with self.subTest(end=end), unittest.mock.patch.dict(ENVIRONMENT, {"SLURM_JOB_END_TIME": end}):
                result = swather(*self.arguments(), "--time-limit", "auto", ranks=1)
                self.assertEqual(result.code, 0, result)
                self.output.unlink()

    def test_what_is_no_time_limit(self):
        for limit in ("90", "0s", "soon", "-5m"):
            with self.subTest(limit=limit):
                result = swather(*self.arguments(), f"--time-limit={limit}", ranks=2)
                self.assert_one_error(result, USAGE, "--time-limit", limit)

    def assert_stopped_in_time(self, *options, ranks):
        with self.start(*options, ranks=ranks) as run:
            self.wait_for_blocks(run)
            with self.frozen(run):
                time.sleep(3)
            result = run.wait(20)
        self.assertEqual(result.code, STOPPED, result)
        self.assertEqual(result.stderr.count("error:"), 1, result)
        self.assertIn("before its time limit", result.stderr)
        self.assertIn("--resume", result.stderr)
        self.assert_nothing_published(self.output)
        self.assert_resumed(self.resume(ranks=3))

    def test_sigusr1_to_one_rank_stops_all(self):
        with self.start(ranks=3) as run:
            self.wait_for_blocks(run)
            os.kill(run.ranks()[2], signal.SIGUSR1)
            result = run.wait(20)
        self.assertEqual(result.code, STOPPED, result)
        self.assert_nothing_published(self.output)
        self.assert_resumed(self.resume(ranks=2))


class OneJournalTest(RestartTest):
    """Tests that begin with the journal of one and the same run, which was stopped.

    A killed run's last record may be torn, so that one could not tell how many blocks a damage costs.
    """

    def setUp(self):
        super().setUp()
        self.kept = self.folder / "kept.journal"
        if self.kept.exists():
            shutil.copytree(self.kept, self.journal)
        else:
            with self.start() as run:
                self.wait_for_blocks(run, 300_000)
                os.kill(run.ranks()[0], signal.SIGUSR1)
                self.assertEqual(run.wait(20).code, STOPPED)
            shutil.copytree(self.journal, self.kept)

    def files(self):
        """The files of blocks, the largest first."""
        return sorted(self.journal.glob("blocks.*"), key=lambda path: -path.stat().st_size)


class DamagedJournalTest(OneJournalTest):
    def setUp(self):
        super().setUp()
        self.largest = self.files()[0]

    def blocks_after(self, damage):
        """How many blocks a run finds in the journal when a file of it was damaged; its output must not show it."""
        content = bytearray(self.largest.read_bytes())
        damage(content)
        self.largest.write_bytes(content)
        there = self.assert_resumed(self.resume())
        self.output.unlink()
        shutil.copytree(self.kept, self.journal)
        return there

    def test_damage(self):
        def starts(content):
            """Where records begin, by the mark that each begins with."""
            mark = bytes(content[:8])
            return [found.start() for found in re.finditer(re.escape(mark), content)]

        def torn_body(content):
            del content[-10:]

        def torn_header(content):
            del content[starts(content)[-1] + 20:]

        def body(content):
            content[starts(content)[3] - 1] ^= 1  # the last byte of the third record

        def header(content):
            content[starts(content)[3] + 11] ^= 1

        def mark(content):
            content[starts(content)[-2]] ^= 1

        def hole(content):
            middle = len(content) // 2
            content[middle:middle + 4_096] = bytes(4_096)

        def nothing_left(content):
            content.clear()

        def appended(content):
            content += random.Random(1).randbytes(5_000)

        whole = self.blocks_after(lambda content: None)
        records = len(starts(self.largest.read_bytes()))
        for damage, lost in ((torn_body, {1}), (torn_header, {1}), (body, {1}), (header, range(1, records)),
                             (mark, {1, 2}), (hole, range(1, records)), (nothing_left, {records}), (appended, {0})):
            with self.subTest(damage=damage.__name__):
                self.assertIn(whole - self.blocks_after(damage), lost)

    def test_files_that_are_not_there(self):
        self.largest.unlink()
        self.resume()
        self.assert_same_as_undisturbed()

    def test_the_same_blocks_twice(self):
        for path in self.files():
            shutil.copy(path, self.journal / path.name.replace("blocks.1", "blocks.2"))
        self.assert_resumed(self.resume())

    def test_files_of_nobody(self):
        (self.journal / "notes.txt").write_text("mine")
        (self.journal / "blocks.1.99").write_bytes(b"")
        self.assertIn("blocks are in the journal", self.resume().stderr)
        self.assertEqual(os.listdir(self.journal), ["notes.txt"])  # not ours to remove
        shutil.rmtree(self.journal)
        self.assert_same_as_undisturbed()

    def test_a_journal_that_does_not_say_of_what_run_it_is(self):
        """Killed before that was written, or damaged: nothing in it can be trusted."""
        fingerprint = self.journal / "fingerprint"
        content = fingerprint.read_bytes()
        for left in (None, b"", content[:len(content) // 2], content.replace(b"reads.bam", b"reabs.bam", 1)):
            with self.subTest(left=left and len(left)):
                fingerprint.unlink() if left is None else fingerprint.write_bytes(left)
                self.resume()
                self.assert_same_as_undisturbed()
                self.output.unlink()
                shutil.copytree(self.kept, self.journal)


class OtherRunsTest(OneJournalTest):
    def refused(self, *options, words=(), bam=None, ranks=(None,)):
        """--resume with something else is wrong use, says what differs, and leaves the journal as it is."""
        before = journal_size(self.journal)
        for number in ranks:
            result = swather(*self.arguments(bam), "--resume", *options, ranks=number)
            self.assert_one_error(result, USAGE, *words)
            self.assert_nothing_published(self.output)
        self.assertEqual(journal_size(self.journal), before)

    def test_other_options(self):
        self.refused("--min-mapq", "5", words=["min-mapq", "5"])
        self.refused("--min-baseq", "7", "-r", "chr1", words=["min-baseq", "region"])
        self.refused("--exclude-flags", "16", words=["exclude-flags"])
        self.assert_resumed(self.resume())

    def test_other_block_size(self):
        self.block_size = 501
        self.refused(words=["block-size", "500", "501"], ranks=(None, 2))
        self.block_size = BLOCK_SIZE
        self.assert_resumed(self.resume())

    def test_another_input(self):
        bam = shutil.copy(self.bam, self.output.with_name("other.bam"))
        shutil.copy(f"{self.bam}.bai", f"{bam}.bai")
        self.refused(words=["other.bam"], bam=bam)

    def test_a_changed_input_is_told_before_another_block_size(self):
        status = self.bam.stat()
        self.addCleanup(os.utime, self.bam, ns=(status.st_atime_ns, status.st_mtime_ns))
        os.utime(self.bam, ns=(status.st_atime_ns, status.st_mtime_ns + 5_000_000_000))
        self.block_size = 501
        result = swather(*self.arguments(), "--resume", ranks=None)
        self.assert_one_error(result, USAGE, "reads.bam modified", "--block-size")
        self.assertLess(result.stderr.index("reads.bam modified"), result.stderr.index("--block-size"))

    def test_a_changed_input(self):
        status = self.bam.stat()
        self.addCleanup(os.utime, self.bam, ns=(status.st_atime_ns, status.st_mtime_ns))
        os.utime(self.bam, ns=(status.st_atime_ns, status.st_mtime_ns + 5_000_000_000))
        self.refused(words=["reads.bam"])

    def test_ranks_memory_and_compression_may_differ(self):
        result = self.resume("--memory", "800M", "--compress", "9", "--no-verify", "--timings", ranks=1)
        self.assertIn("blocks are in the journal", result.stderr)
        self.assert_complete(self.output)
        expected = Output(self.undisturbed)
        self.assert_depth(self.output, expected.depth, expected.segments)

    def test_without_resume_the_journal_is_discarded(self):
        result = swather(*self.arguments(), ranks=2)
        self.assertEqual(result.code, 0, result)
        self.assertRegex(result.stderr, r"journal.*discarded")
        self.assertNotIn("blocks are in the journal", result.stderr)
        self.assert_same_as_undisturbed()

    def test_another_run_without_resume(self):
        result = swather("coverage", self.bam, "-o", self.output, "--min-mapq", "20", ranks=2)
        self.assertEqual(result.code, 0, result)
        self.assertRegex(result.stderr, r"journal.*discarded")
        self.assert_depth(self.output, samtools_depth(self.bam, options=["-Q", "20"]), whole_contigs(self.bam))
        self.assert_complete(self.output)

    def test_a_dry_run_leaves_the_journal(self):
        before = journal_size(self.journal)
        result = swather(*self.arguments(), "--dry-run", ranks=2)
        self.assertEqual(result.code, 0, result)
        self.assertEqual(journal_size(self.journal), before)


class NoJournalTest(RestartTest):
    def test_resume_starts_fresh(self):
        result = self.resume()
        self.assertNotIn("blocks are in the journal", result.stderr)
        self.assert_same_as_undisturbed()
        again = self.resume()
        self.assertIn("up to date", again.stderr)

    def test_an_empty_folder_is_no_journal(self):
        self.journal.mkdir()
        self.resume()
        self.assert_same_as_undisturbed()

    def test_journal_in_scratch(self):
        scratch = self.output.parent / "scratch"
        scratch.mkdir()
        beside_output = self.journal
        with self.start("--scratch", scratch) as run:
            wait_until(lambda: any(scratch.iterdir()))
            self.journal = next(scratch.iterdir())
            self.assertRegex(self.journal.name, r"^out\.h5-[0-9a-f]{8}\.journal$")
            self.wait_for_blocks(run)
            self.assertFalse(beside_output.exists())
            self.freeze_and_kill(run)
        self.assert_resumed(self.resume("--scratch", scratch))
        self.assertEqual(os.listdir(scratch), [])


class InputChangedTest(RestartTest):
    def test_an_input_that_changes_during_the_run(self):
        bam = Path(shutil.copy(self.bam, self.output.with_name("changing.bam")))
        shutil.copy(f"{self.bam}.bai", f"{bam}.bai")
        with self.start(bam=bam) as run:
            with self.frozen(run):
                os.utime(bam)
            result = run.wait(60)
        self.assertEqual(result.code, BAD_DATA, result)
        self.assertEqual(result.stderr.count("error:"), 1, result)
        self.assertIn("changing.bam", result.stderr)
        self.assert_nothing_published(self.output)
        self.assertFalse(self.journal.exists(), "nobody can tell of what its blocks are")


class TwoRunsTest(RestartTest):
    def test_a_second_run_into_the_same_output(self):
        with self.start() as run:
            with self.frozen(run):
                for options in ([], ["--resume"]):
                    second = swather(*self.arguments(), *options, ranks=None)
                    self.assert_one_error(second, CANNOT_CREATE, "out.h5.lock")
            self.assertEqual(run.wait(60).code, 0)
        self.assert_same_as_undisturbed()


class FailingRankTest(RestartTest):
    def test_all_ranks_end_within_a_block(self):
        """One rank comes upon damage at once; the others have thousands of blocks before them."""
        content = bytearray(self.bam.read_bytes())
        middle = len(content) // 2
        content[middle:middle + 60] = bytes(60)
        bam = self.output.with_name("bad.bam")
        bam.write_bytes(content)
        shutil.copy(f"{self.bam}.bai", f"{bam}.bai")
        result = swather(*self.arguments(bam), ranks=3)
        lines = [line for line in result.stderr.splitlines() if " info: " not in line]
        self.assertEqual(result.code, BAD_DATA, result)
        self.assertEqual(sum("error:" in line for line in lines), 1, result)
        self.assertIn("bad.bam", result.stderr)
        self.assert_nothing_published(self.output)
        size_of_all = self.undisturbed.stat().st_size
        self.assertLess(journal_size(self.journal), 0.9 * size_of_all)


if __name__ == "__main__":
    unittest.main()
