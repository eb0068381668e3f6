# SPDX-License-Identifier: MIT
"""`swather counts` that was killed or stopped goes on from its journal, on any number of ranks, to the same file."""

import functools
import gzip
import os
import random
import shutil
import signal
import unittest
from dataclasses import dataclass
from pathlib import Path

from counts_reference import Counts
from counts_testing import CountsTest, Query
from restart_testing import InterruptedTest, module_folder, run_to_its_end
from swather_testing import BAD_DATA, STOPPED, USAGE, contents, journal_size, running, swather, wait_until

QUERY = Query(("SampleID",), {"sum": ("Volume",), "distinct": ("Note",)})

# So many rows, in so small blocks, that a run lasts long enough to be killed in its middle.
ROWS = 250_000
BLOCK_SIZE = 300


@dataclass(frozen=True)
class Case:
    """A table, and what an undisturbed run makes of it."""

    path: Path
    output: Path
    expected: Counts  # of the reference
    contents: dict
    journal: int  # how large the journal was at its end


def plain_table():
    rng = random.Random(1)
    return "SampleID,Volume,Note\n" + "".join(
        f"S{rng.randint(0, 60_000):06},{rng.randint(-99, 99)},n{rng.randint(0, 9)}\n" for _ in range(ROWS))


def quoted_table():
    """Most blocks begin inside quotes, among what looks like rows: nearly all have to be computed a second time."""
    rng = random.Random(2)
    fake = "S000001,5,no\nS000002,6,\n" * 1_000  # so long that no quote is near
    return "SampleID,Volume,Note\n" + "".join(
        f'S{rng.randint(0, 999):06},{rng.randint(-99, 99)},"{fake[rng.randint(0, 30):]}"\n' for _ in range(ROWS // 4_000))


TABLES = {"plain": plain_table, "quoted": quoted_table, "staged": plain_table}


@functools.cache
def undisturbed(name):
    """The same for all tests."""
    folder = module_folder()
    content = TABLES[name]().encode()
    path, output = folder / ("table.csv.gz" if name == "staged" else "table.csv"), folder / "undisturbed.h5"
    path.write_bytes(gzip.compress(content, 1) if name == "staged" else content)
    size = run_to_its_end("counts", path, *QUERY.options(), "--block-size", BLOCK_SIZE, output=output)
    return Case(path, output, QUERY.expected(path), contents(output), size)


class CountsRestartTest(InterruptedTest, CountsTest):
    name = "plain"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = undisturbed(cls.name)

    def arguments(self, path=None):
        return ["counts", path or self.case.path, *QUERY.options(), "-o", self.output, "--block-size", BLOCK_SIZE]

    def wait_for(self, run, part):
        """Waits until this part of all results is in the journal."""
        self.wait_for_blocks(run, int(part * self.case.journal))

    def kill_in_the_middle(self, part=0.4, ranks=2):
        with self.start(ranks=ranks) as run:
            self.wait_for(run, part)
            self.freeze_and_kill(run)
        self.assertFalse(os.path.lexists(self.output))  # near the end it may already be assembled, as .part

    def assert_resumed(self, result):
        """The run went on from a journal, and the file is the one of an undisturbed run. Returns what was in it."""
        there, blocks = self.blocks_in_journal(result)
        self.assertGreater(there, 0)
        self.assertLessEqual(there, blocks)
        self.assert_same_as_undisturbed()
        return there

    def assert_same_as_undisturbed(self):
        self.assert_complete(self.output)
        self.assert_same_file(self.output, self.case.contents)


class PlainTest(CountsRestartTest):
    def test_undisturbed(self):
        self.assert_counts(self.case.output, self.case.expected)

    def test_a_rank_is_killed(self):
        with self.start(ranks=3) as run:
            self.wait_for(run, 0.2)
            ranks = run.ranks()
            self.assertEqual(len(ranks), 3)
            os.kill(ranks[1], signal.SIGKILL)
            result = run.wait(20)
            self.assert_gone(ranks)
        self.assertNotEqual(result.code, 0)
        self.assert_nothing_published(self.output)
        self.assert_resumed(self.resume(ranks=2))

    def test_killed_at_any_time(self):
        for part, ranks, more in ((0.05, 2, 1), (0.4, 3, 7), (0.8, 1, 4)):
            with self.subTest(part=part, ranks=ranks, resumed_by=more):
                self.kill_in_the_middle(part, ranks)
                self.assert_resumed(self.resume(ranks=more))
                self.output.unlink()

    def test_a_run_without_mpirun_is_killed(self):
        self.kill_in_the_middle(0.3, None)
        self.assert_resumed(self.resume(ranks=2))

    def test_killed_again_and_again(self):
        """Each run adds to the journal of those before it."""
        for part, ranks in ((0.2, 2), (0.4, 3), (0.6, 1)):
            with self.start("--resume", ranks=ranks) as run:
                self.wait_for(run, part)
                self.freeze_and_kill(run)
        self.assert_resumed(self.resume(ranks=7))

    def test_killed_while_it_is_assembled(self):
        """Whatever stands there, the next run ends well."""
        whole = self.case.output.stat().st_size
        for size in (0, whole // 2):
            with self.subTest(size=size):
                with self.start() as run:
                    wait_until(lambda: self.is_assembled(run, size), pause=0.001)
                    self.freeze_and_kill(run)
                self.assertRegex(self.resume().stderr, "blocks are in the journal|up to date")
                self.assert_same_as_undisturbed()
                self.output.unlink()

    def is_assembled(self, run, size):
        run.watch()
        try:
            return not run.running() or Path(f"{self.output}.part").stat().st_size > size
        except FileNotFoundError:
            return False

    def test_sigusr1(self):
        with self.start(ranks=3) as run:
            self.wait_for(run, 0.2)
            os.kill(run.pid, signal.SIGUSR1)
            result = run.wait(20)
        self.assertEqual(result.code, STOPPED, result)
        self.assertIn("--resume", result.stderr)
        self.assert_nothing_published(self.output)
        self.assert_resumed(self.resume(ranks=2))

    def test_damaged_journal(self):
        self.kill_in_the_middle()
        largest = max(self.journal.glob("blocks.*"), key=lambda path: path.stat().st_size)
        content = bytearray(largest.read_bytes())
        content[len(content) // 3] ^= 1
        largest.write_bytes(content[:-10])
        self.assert_resumed(self.resume())

    def test_other_options(self):
        """Wrong use; the journal is left as it is."""
        self.kill_in_the_middle()
        before = journal_size(self.journal)
        rest = ["-o", self.output, "--block-size", BLOCK_SIZE]
        for word, arguments in (
                ("--where", [*QUERY.options(), "--where", "Volume > 3", *rest]),
                ("--by", ["--by", "Note", *QUERY.options()[2:], *rest]),
                ("--sum", ["--by", "SampleID", *rest]),
                ("block-size", [*QUERY.options(), *rest[:-1], BLOCK_SIZE + 1])):
            with self.subTest(word=word):
                result = swather("counts", self.case.path, *arguments, "--resume", ranks=None)
                self.assert_one_error(result, USAGE, word)
        self.assertEqual(journal_size(self.journal), before)
        self.assert_resumed(self.resume())

    def test_a_changed_table(self):
        path = Path(shutil.copy(self.case.path, self.output.with_name("changing.csv")))
        with running(*self.arguments(path), ranks=2) as run:
            self.wait_for(run, 0.3)
            self.freeze_and_kill(run)
        with open(path, "a", encoding="utf-8") as file:
            file.write("S1,1,x\n")
        result = swather(*self.arguments(path), "--resume", ranks=2)
        self.assert_one_error(result, USAGE, "changing.csv")

    def test_a_table_that_changes_during_the_run(self):
        path = Path(shutil.copy(self.case.path, self.output.with_name("changing.csv")))
        with running(*self.arguments(path), ranks=2) as run:
            with self.frozen(run):
                os.utime(path)
            result = run.wait(60)
        self.assertEqual(result.code, BAD_DATA, result)
        self.assertIn("changing.csv", result.stderr)
        self.assert_nothing_published(self.output)


class QuotedTest(CountsRestartTest):
    """With a second round."""

    name = "quoted"

    def test_undisturbed(self):
        self.assert_counts(self.case.output, self.case.expected)
        for ranks in (None, 1, 3, 7):
            output = self.new_output()
            result = swather("counts", self.case.path, *QUERY.options(), "-o", output, "--block-size", BLOCK_SIZE,
                             ranks=ranks)
            self.assertEqual(result.code, 0, result)
            self.assertIn("computed again", result.stderr)
            self.assert_same_file(output, self.case.contents)

    def test_killed_at_any_time(self):
        """In the first round, and in the second."""
        for part, ranks, more in ((0.1, 2, 3), (0.45, 1, 2), (0.6, 3, 1), (0.75, 2, 7), (0.95, 2, 4)):
            with self.subTest(part=part, ranks=ranks, resumed_by=more):
                self.kill_in_the_middle(part, ranks)
                self.assert_resumed(self.resume(ranks=more))
                self.output.unlink()

    def test_killed_in_each_round(self):
        for part, ranks in ((0.3, 3), (0.7, 2), (0.9, 1)):
            with self.start("--resume", ranks=ranks) as run:
                self.wait_for(run, part)
                self.freeze_and_kill(run)
        self.assert_resumed(self.resume(ranks=2))

    def test_damaged_journal(self):
        self.kill_in_the_middle(0.8)
        for path in self.journal.glob("blocks.*"):
            content = bytearray(path.read_bytes())
            content[len(content) // 2] ^= 1
            path.write_bytes(content)
        self.assert_resumed(self.resume())


class StagedTest(CountsRestartTest):
    """The inflated table is kept for --resume, and removed at the end."""

    name = "staged"

    def test_killed(self):
        self.kill_in_the_middle(0.4, 2)
        self.assert_resumed(self.resume(ranks=3))
        self.assertEqual(sorted(os.listdir(self.output.parent)), ["out.h5"])

    def test_killed_while_it_is_inflated(self):
        for ranks in (None, 2):
            with self.start(ranks=ranks) as run:
                wait_until(lambda: not run.running() or self.journal.exists(), pause=0.001)
                self.freeze_and_kill(run)
            self.assert_nothing_published(self.output)
            self.resume(ranks=3)
            self.assert_same_as_undisturbed()
            self.output.unlink()

    def test_a_staged_table_that_was_damaged(self):
        """It is inflated again, or found to be another one: never counted."""
        self.kill_in_the_middle(0.4, 2)
        for path in Path(self.output.parent).rglob("*"):
            if path.is_file() and path.stat().st_size > 3_000_000:
                os.truncate(path, 1_000_000)
        self.resume()
        self.assert_same_as_undisturbed()

    def test_in_scratch(self):
        scratch = self.output.parent / "scratch"
        scratch.mkdir()
        with self.start("--scratch", scratch) as run:
            wait_until(lambda: any(scratch.iterdir()))
            self.journal = next(path for path in scratch.iterdir() if path.name.endswith(".journal"))
            self.wait_for(run, 0.4)
            self.freeze_and_kill(run)
        self.assert_resumed(self.resume("--scratch", scratch))
        self.assertEqual(os.listdir(scratch), [])


if __name__ == "__main__":
    unittest.main()
