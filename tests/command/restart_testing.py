# SPDX-License-Identifier: MIT
"""What tests of runs need that end in their middle, and are resumed."""

import re
import shutil
import signal
import tempfile
import unittest
from contextlib import contextmanager
from pathlib import Path

from swather_testing import SwatherTest, is_alive, journal_size, kill, running, swather, wait_until


def module_folder():
    """A folder for what all tests of a module share; it is gone with the last of them."""
    folder = Path(tempfile.mkdtemp(prefix="swather-test-"))
    unittest.addModuleCleanup(shutil.rmtree, folder, ignore_errors=True)
    return folder


def run_to_its_end(*arguments, output):
    """A run that nothing is done to; returns how large its journal was, to know where its middle is."""
    size = 0
    with running(*arguments, "-o", output, ranks=2) as run:
        while run.running():
            run.watch()
            size = max(size, journal_size(Path(f"{output}.journal")))
            wait_until(lambda: not run.running(), seconds=0.005)
        result = run.wait()
    if result.code != 0:
        raise AssertionError(str(result))
    return size


class InterruptedTest(SwatherTest):
    """A test of runs that are stopped or killed in their middle: of the command that `arguments` gives."""

    def setUp(self):
        super().setUp()
        self.journal = Path(f"{self.output}.journal")

    def start(self, *options, ranks=2, **arguments):
        return running(*self.arguments(**arguments), *options, ranks=ranks)

    def resume(self, *options, ranks=3):
        result = swather(*self.arguments(), "--resume", *options, ranks=ranks)
        self.assertEqual(result.code, 0, result)
        return result

    def blocks_in_journal(self, result):
        """How many blocks a resumed run has found in the journal, and how many there are in all."""
        found = re.search(r"([\d,]+) of ([\d,]+) blocks are in the journal", result.stderr)
        self.assertTrue(found, result)
        return tuple(int(number.replace(",", "")) for number in found.groups())

    def wait_for_blocks(self, run, size=20_000):
        """Waits until blocks of a run are in the journal, so that what follows falls in its middle."""
        def grown():
            run.watch()
            return not run.running() or journal_size(self.journal) > size
        self.assertTrue(wait_until(grown), "the journal did not grow")
        self.assertTrue(run.running(), "the run ended before anything could be done to it")

    def freeze_and_kill(self, run):
        pids = [*run.ranks(), run.pid]
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in pids:
                kill(pid, number)
        self.assert_gone(pids)

    def kill_and_resume(self, size, ranks=2, more=3):
        """Kills a run once its journal is so large; returns that which resumes it, on another number of ranks."""
        with self.start(ranks=ranks) as run:
            self.wait_for_blocks(run, size)
            self.freeze_and_kill(run)
        self.assert_nothing_published(self.output)
        resumed = self.resume(ranks=more)
        there, blocks = self.blocks_in_journal(resumed)
        self.assertTrue(0 < there < blocks, (there, blocks))
        return resumed

    @contextmanager
    def frozen(self, run):
        """Stops a run in its middle, for what takes its time."""
        self.wait_for_blocks(run)
        ranks = run.ranks()
        for pid in ranks:
            kill(pid, signal.SIGSTOP)
        yield
        for pid in ranks:
            kill(pid, signal.SIGCONT)

    def assert_gone(self, pids):
        self.assertTrue(wait_until(lambda: not any(map(is_alive, pids)), seconds=5), "a process of swather is left")
