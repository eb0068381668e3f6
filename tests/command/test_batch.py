# SPDX-License-Identifier: MIT
"""What a job of a batch system needs: blocks on demand, a status to watch, memory as it was given, an end to a standstill."""

import csv
import json
import os
import random
import re
import select
import signal
import subprocess
import time
import unittest
import unittest.mock
from pathlib import Path

from strike import Strike
from swather_testing import (
    BAD_DATA, CANNOT_CREATE, CANNOT_READ, ENVIRONMENT, IO_ERROR, STOPPED, USAGE, Contig, Result, SwatherTest, command,
    contents, many_reads, program, running, swather, wait_until, write_bam)
from test_restart import RestartTest


class AlikeTest(SwatherTest):
    """Ranks that are not of one mind end before they read anything."""

    def assert_refused(self, first, second, word):
        launch = [part for part in command([], ranks=1) if part != program()]
        ranks = [*launch, *map(str, first), ":", "-n", "1", *map(str, second)]
        done = subprocess.run(["timeout", "60", *ranks], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              env=ENVIRONMENT, check=False)
        self.assert_one_error(Result(done.returncode, done.stdout, done.stderr), USAGE, "rank 1", word)

    def test_other_options(self):
        arguments = [program(), "coverage", "reads.bam", "-o", self.output]
        self.assert_refused(arguments, [*arguments, "--min-mapq", "3"], "other options")

    def test_another_version(self):
        version = swather("--version", ranks=None).stdout.split()[1].encode()
        other = self.output.with_name("swather")
        begin = version[:4]  # which compilers may have as a number in the code
        other.write_bytes(Path(program()).read_bytes().replace(begin, b"9" + begin[1:]))
        other.chmod(0o755)
        arguments = ["coverage", "reads.bam", "-o", self.output]
        self.assert_refused([program(), *arguments], [other, *arguments], "another version")


class DynamicTest(RestartTest):
    """`--schedule dynamic`: the same file, to the bit."""

    def test_any_number_of_ranks(self):
        for ranks in (None, 1, 2, 3, 4, 7):
            with self.subTest(ranks=ranks):
                result = swather(*self.arguments(), "--schedule", "dynamic", ranks=ranks)
                self.assertEqual(result.code, 0, result)
                self.assert_same_as_undisturbed()
                self.output.unlink()

    def test_more_ranks_than_blocks(self):
        options = ["--block-size", "1000000", "--schedule", "dynamic"]
        result = swather("coverage", self.bam, "-o", self.output, *options, ranks=7)
        self.assertEqual(result.code, 0, result)
        self.block_size = 1_000_000
        self.assert_same_as_undisturbed()

    def test_killed_and_resumed_the_other_way(self):
        for first, then in (("dynamic", "static"), ("static", "dynamic")):
            with self.subTest(first=first, then=then):
                with self.start("--schedule", first, ranks=3) as run:
                    self.wait_for_blocks(run)
                    self.freeze_and_kill(run)
                self.assert_nothing_published(self.output)
                self.assert_resumed(self.resume("--schedule", then, ranks=2))
                self.output.unlink()

    def test_stopped_by_a_signal(self):
        with self.start("--schedule", "dynamic", ranks=3) as run:
            self.wait_for_blocks(run)
            os.kill(run.ranks()[1], signal.SIGUSR1)  # those that wait for a block must hear of it
            result = run.wait(20)
        self.assertEqual(result.code, STOPPED, result)
        self.assert_resumed(self.resume(ranks=3))

    def test_a_block_that_fails(self):
        damaged = bytearray(self.bam.read_bytes())
        middle = len(damaged) // 2
        damaged[middle:middle + 200] = bytes(200)
        bam = self.output.with_name("damaged.bam")
        bam.write_bytes(damaged)
        Path(f"{bam}.bai").write_bytes(Path(f"{self.bam}.bai").read_bytes())
        for ranks in (1, 2, 4):
            with self.subTest(ranks=ranks):
                result = swather(*self.arguments(bam), "--schedule", "dynamic", "--force", ranks=ranks, seconds=30)
                self.assert_one_error(result, BAD_DATA, "damaged.bam")
                self.assert_nothing_published(self.output)

    def test_blocks_that_have_to_be_computed_twice(self):
        """Of a table most of whose blocks begin inside quotes, with no quote near before them."""
        rng = random.Random(4)
        fake = "S1,5,no\nS2,6,\n" * 3_000
        table = self.output.with_name("table.csv")
        table.write_text("SampleID,Volume,Note\n" + "".join(
            f'S{rng.randint(0, 99)},{rng.randint(-99, 99)},"{fake[rng.randint(0, 30):]}"\n' for _ in range(60)))
        expected = None
        for schedule, ranks in (("static", 2), ("dynamic", 2), ("dynamic", 4)):
            result = swather("counts", table, "--by", "SampleID", "--sum", "Volume", "--block-size", "3000",
                             "--schedule", schedule, "-o", self.output, ranks=ranks)
            self.assertEqual(result.code, 0, result)
            self.assertIn("computed again", result.stderr)
            expected = expected or contents(self.output)
            self.assert_same_file(self.output, expected)
            self.output.unlink()


    def test_a_dry_run_promises_no_balance(self):
        """Nobody knows beforehand which rank will get how much."""
        options = ["--block-size", "500000", "--dry-run", "--schedule", "dynamic"]
        printed = swather("coverage", self.bam, "-r", "chr1:1-1,000,000", *options, ranks=3).stdout
        self.assertRegex(printed, r"ranks +3: work of .* in all, dealt on demand, .* in the dearest block\n")
        self.assertNotIn("max/mean", printed)


class StatusTest(RestartTest):
    def setUp(self):
        super().setUp()
        self.status = self.output.with_name("status.json")

    def read(self):
        return json.loads(self.status.read_text())

    def test_from_begin_to_end(self):
        seen = []
        with self.start("--status", self.status, ranks=2) as run:
            self.assertTrue(wait_until(self.status.exists))
            while run.running():
                seen.append(self.read())  # which is whole at any time
                time.sleep(0.01)
            self.assertEqual(run.wait().code, 0)
        first, last = seen[0], self.read()
        self.assertEqual(first["state"], "running")
        for status in [*seen, last]:
            self.assertEqual((status["ranks"], status["output"]), (2, str(self.output)))
            self.assertIn("swather coverage", status["command_line"])
        self.assertEqual((last["state"], last["exit_code"], last["blocks_done"]), ("complete", 0, last["blocks"]))
        self.assertEqual(last["blocks"], 3_001)  # of 1,500,001 positions in blocks of 500
        self.assertNotIn("seconds_left", last)
        result = swather(*self.arguments(), "--status", self.status)
        self.assertEqual((result.code, self.read()["state"]), (0, "up to date"), result)

    def test_stopped_and_resumed(self):
        with self.start("--status", self.status, ranks=2) as run:
            self.wait_for_blocks(run)
            os.kill(run.pid, signal.SIGUSR1)
            self.assertEqual(run.wait(20).code, STOPPED)
        stopped = self.read()
        self.assertEqual((stopped["state"], stopped["exit_code"]), ("stopped", STOPPED))
        self.assertIn("--resume", stopped["message"])
        self.assertGreater(stopped["blocks_done"], 0)
        self.assertLess(stopped["blocks_done"], stopped["blocks"])
        there = self.assert_resumed(self.resume("--status", self.status))
        self.assertEqual(self.read()["blocks_done"], self.read()["blocks"])
        self.assertGreaterEqual(there, stopped["blocks_done"])

    def test_failed(self):
        result = swather("coverage", self.bam, "-r", "nowhere", "-o", self.output, "--status", self.status)
        self.assert_one_error(result, USAGE, "nowhere")
        self.assertEqual((self.read()["state"], self.read()["exit_code"]), ("failed", USAGE))
        self.assertIn("nowhere", self.read()["message"])

    def test_failed_before_it_began(self):
        """What an earlier run has left does not stay, however early this one ends; nor is an empty file in the way."""
        self.status.touch()
        for arguments, code, word in (
                ([*self.arguments(), "--scratch", "/nowhere"], CANNOT_CREATE, "/nowhere"),
                (["fit", "nothere.nii.gz", "--model", "mean", "-o", self.output], CANNOT_READ, "nothere.nii.gz"),
                ([*self.arguments(), "--memory", "1M"], USAGE, "too little")):
            with self.subTest(word=word):
                self.assertEqual(swather(*self.arguments(), "--force", "--status", self.status).code, 0)
                self.assertEqual((self.read()["state"], self.read()["exit_code"]), ("complete", 0))
                result = swather(*arguments, "--force", "--status", self.status)
                self.assert_one_error(result, code, word)
                self.assertEqual((self.read()["state"], self.read()["exit_code"]), ("failed", code))
                self.assertIn(word, self.read()["message"])

    def test_nothing_else_is_replaced(self):
        """Neither an input nor another's file, nor what is no file; and not the output."""
        notes = self.output.with_name("notes.txt")
        notes.write_text("important")
        for path in (notes, self.bam, "/dev/null", self.output.parent):
            with self.subTest(path=path):
                result = swather(*self.arguments(), "--status", path)
                self.assert_one_error(result, CANNOT_CREATE, str(path), "no status of swather")
        self.assertEqual(notes.read_text(), "important")
        result = swather(*self.arguments(), "--status", self.output)
        self.assert_one_error(result, USAGE, "--status and -o")
        self.assert_nothing_published(self.output)

    def test_without_an_output(self):
        """Of what writes nothing there is no status; it is no error to want one."""
        for what in (["--dry-run"], ["--only-block", "0"]):
            for option in ("--status", "--timings-csv"):
                with self.subTest(what=what, option=option):
                    result = swather("coverage", self.bam, *what, option, self.status)
                    self.assertEqual(result.code, 0, result)
                    self.assertFalse(self.status.exists())

    def test_a_place_where_none_can_be_written(self):
        """The run goes on, and says so once."""
        result = swather(*self.arguments(), "--status", self.output.parent / "nowhere" / "status.json")
        self.assertEqual(result.code, 0, result)
        self.assertEqual(result.stderr.count("no status any more"), 1, result)
        self.assert_same_as_undisturbed()


class TimingsCsvTest(RestartTest):
    def test_a_line_for_each_run(self):
        path = self.output.with_name("timings.csv")
        for ranks, schedule in ((1, "static"), (3, "dynamic")):
            result = swather(*self.arguments(), "--timings-csv", path, "--force", "--schedule", schedule, ranks=ranks)
            self.assertEqual(result.code, 0, result)
            size = self.output.stat().st_size
            self.output.unlink()
        with open(path, newline="") as file:
            first, second = csv.DictReader(file)
        self.assertEqual([row["ranks"] for row in (first, second)], ["1", "3"])
        self.assertEqual([row["schedule"] for row in (first, second)], ["static", "dynamic"])
        for row in (first, second):
            self.assertEqual((row["nodes"], row["blocks"]), ("1", "3001"))
            self.assertEqual(int(row["bytes_out"]), size)
            self.assertIn(str(self.bam), row["command_line"])
            phases = ("launch", "plan", "read", "compute", "journal", "write", "verify")
            longest = [float(row[f"{phase}_wall_max"]) for phase in phases]
            self.assertLessEqual(max(longest), float(row["wall"]))
            self.assertGreater(sum(longest), 0.3 * float(row["wall"]))
            self.assertGreaterEqual(float(row["imbalance"]), 1)
            for phase in phases:
                self.assertGreaterEqual(float(row[f"{phase}_cpu_max"]), float(row[f"{phase}_cpu_mean"]))
                self.assertGreaterEqual(float(row[f"{phase}_wall_max"]), float(row[f"{phase}_wall_mean"]))
        # One rank is max and mean.
        self.assertEqual(first["compute_wall_max"], first["compute_wall_mean"])

    def test_a_place_where_none_can_be_written(self):
        """It is told before anything is computed."""
        result = swather(*self.arguments(), "--timings-csv", self.output.parent / "nowhere" / "timings.csv")
        self.assert_one_error(result, CANNOT_CREATE, "timings.csv")
        self.assert_nothing_published(self.output)

    def test_other_files_stay_as_they_are(self):
        path = self.output.with_name("timings.csv")
        for text in ("a,b\n1,2\n", "date,version"):
            path.write_text(text)
            result = swather(*self.arguments(), "--timings-csv", path)
            self.assert_one_error(result, CANNOT_CREATE, "timings.csv", "columns")
            self.assertEqual(path.read_text(), text)
        self.assert_one_error(swather(*self.arguments(), "--timings-csv", "/dev/full"), CANNOT_CREATE, "/dev/full")
        self.assert_nothing_published(self.output)

    def test_a_dry_run_makes_none(self):
        path = self.output.with_name("timings.csv")
        self.assertEqual(swather(*self.arguments(), "--timings-csv", path, "--dry-run").code, 0)
        self.assertFalse(path.exists())


class MemoryTest(RestartTest):
    def test_what_slurm_gives(self):
        for given, says in (({"SLURM_MEM_PER_CPU": "100"}, "95.0 MiB a rank"),
                            ({"SLURM_MEM_PER_CPU": "100", "SLURM_CPUS_PER_TASK": "2"}, "190.0 MiB a rank"),
                            # Of two ranks where SLURM had one task of two cores in mind.
                            ({"SLURM_MEM_PER_CPU": "100", "SLURM_CPUS_PER_TASK": "2", "SLURM_CPUS_ON_NODE": "2"},
                             "95.0 MiB a rank"),
                            ({"SLURM_MEM_PER_CPU": "100", "SLURM_CPUS_ON_NODE": "8"}, "95.0 MiB a rank"),
                            ({"SLURM_MEM_PER_NODE": "400"}, "190.0 MiB a rank"),  # of two ranks, less a twentieth
                            ({"SLURM_MEM_PER_NODE": "0"}, "GiB a rank")):
            with self.subTest(given=given), unittest.mock.patch.dict(ENVIRONMENT, given):
                result = swather(*self.arguments(), "--memory", "auto", ranks=2)
                self.assertEqual(result.code, 0, result)
                self.assertIn(f"--memory auto: {says}" if "GiB" not in says else says, result.stderr)
                self.assert_same_as_undisturbed()
                self.output.unlink()

    def test_too_little(self):
        with unittest.mock.patch.dict(ENVIRONMENT, {"SLURM_MEM_PER_CPU": "20"}):
            result = swather(*self.arguments(), "--memory", "auto", ranks=2)
        self.assert_one_error(result, USAGE, "too little")

    def test_resumed_with_more_memory(self):
        """Blocks that were cut to fit into little memory stay as they are: the journal is of use still."""
        reads = self.output.with_name("long.bam")
        empty = "@SQ\tSN:chr2\tLN:150000000"  # of many blocks, so that there is time to stop the run
        lines = many_reads([Contig("chr1", 6_000_000)], 1, seed=3)
        first_read = next(i for i, line in enumerate(lines) if not line.startswith("@"))
        write_bam(reads, [*lines[:first_read], empty, *lines[first_read:]])
        arguments = ["coverage", reads, "-o", self.output]
        # It depends on the program's own size.
        least = next(size for size in range(40, 200, 4)
                     if swather(*arguments, "--memory", f"{size}M", "--dry-run").code == 0)
        little, much = ["--memory", f"{least + 4}M"], ["--memory", "2G"]
        result = swather(*arguments, *much)
        self.assertEqual(result.code, 0, result)
        self.output.unlink()
        blocks_of_much = self.blocks_of(result)

        self.arguments = lambda: arguments
        with self.start(*little, ranks=2) as run:
            self.wait_for_blocks(run, 100)
            os.kill(run.pid, signal.SIGUSR1)
            stopped = run.wait(20)
        self.assertEqual(stopped.code, STOPPED)
        there, of = self.blocks_in_journal(self.resume(*much))
        self.assertGreater(there, 0)
        self.assertEqual(of, self.blocks_of(stopped))  # how many depends on what the process has, too
        self.assertGreater(of, blocks_of_much)  # else this tests nothing
        self.assert_complete(self.output)

    @staticmethod
    def blocks_of(result):
        """How many blocks its log tells."""
        return int(re.search(r" in ([\d,]+) blocks?, ", result.stderr)[1].replace(",", ""))


class WatchdogTest(RestartTest):
    """A run in which nothing moves any more is ended, by one message, and its journal is kept."""

    def stand_still(self, stuck, *options):
        """What a run of three ranks says when some of its ranks are stopped."""
        with self.start("--watchdog", "3s", *options, ranks=3) as run:
            self.wait_for_blocks(run)
            ranks = run.ranks()
            for rank in stuck:
                os.kill(ranks[rank], signal.SIGSTOP)
            result = run.wait(40)
            self.assert_gone(ranks)
        self.assertEqual(result.code, IO_ERROR, result)
        self.assertEqual(result.stderr.count("error:"), 1, result)
        self.assertIn("nothing has moved for 3", result.stderr)
        self.assertIn("--resume", result.stderr)
        for rank in range(3):
            self.assertEqual(f"rank {rank} on " in result.stderr, rank in stuck, result)
        self.assert_nothing_published(self.output)
        self.assert_resumed(self.resume(ranks=2))
        self.output.unlink()
        return result

    def test_a_rank_is_stopped(self):
        self.assertIn("compute", self.stand_still([2]).stderr)

    def test_root_is_stopped(self):
        self.stand_still([0])

    def test_two_are_stopped_while_blocks_are_dealt_on_demand(self):
        self.stand_still([0, 2], "--schedule", "dynamic")

    def stand_still_at_a_call(self, how, rank, *options, call="write", number=20):
        """What a run of three ranks says when a rank does not come back from a call, of a write to the journal say."""
        strike = Strike(call, number, how, rank=rank).environment([self.journal, self.output.parent], self.output.parent / "mark")
        with running(*self.arguments(), "--watchdog", "3s", *options, ranks=3, environment=strike) as run:
            result = run.wait(60)
        self.assertEqual(result.code, IO_ERROR, result)
        self.assertEqual(result.stderr.count("error:"), 1, result)
        self.assert_nothing_published(self.output)
        return result

    def test_a_file_system_that_does_not_answer(self):
        result = self.stand_still_at_a_call("hang", 1)
        self.assertRegex(result.stderr, r"rank 1 on \S+ waits for a device: compute, block \d+\n")
        self.assertNotRegex(result.stderr, "rank [02] on")

    def test_a_block_without_end(self):
        """Which a longer limit, or a smaller block, may be the cure of."""
        result = self.stand_still_at_a_call("spin", 2)
        self.assertRegex(result.stderr, r"rank 2 on \S+ does not come to an end: compute, block \d+\n")
        self.assertIn("--watchdog", result.stderr)
        self.assertIn("--block-size", result.stderr)
        self.assertIn("--resume", result.stderr)
        self.assertNotRegex(result.stderr, "rank [01] on")

    def test_a_rank_that_computes_for_ever_is_not_said_to_wait(self):
        """Of ranks that are busy in a phase of all, nobody can tell which of them keeps the others waiting."""
        result = self.stand_still_at_a_call("spin", 1, call="fsync", number=2)
        self.assertRegex(result.stderr, r"rank 1 on \S+ computes, or waits for others: ")

    def test_a_reader_that_pauses(self):
        """What is printed is not watched: its reader may take his time."""
        table = self.output.with_name("table.csv")
        table.write_text("Name\n" + "".join(f"{i:09}\n" for i in range(20_000)))  # more than a pipe takes
        with running("counts", table, "--by", "Name", "-o", "-", "--watchdog", "2s", ranks=None) as run:
            self.assertTrue(wait_until(lambda: select.select([run.process.stdout], [], [], 0)[0], 60))
            time.sleep(5)
            result = run.wait(60)
        self.assertEqual((result.code, result.stdout.count("\n")), (0, 20_001), result.stderr)

    def test_the_status_is_where_nothing_answers(self):
        """All of the ranks wait for it, and the last status cannot be written: the run ends all the same."""
        result = self.stand_still_at_a_call("hang", "all", "--status", self.output.with_name("status.json"))
        self.assertIn("rank 0 on", result.stderr)

    def test_what_the_run_says_of_itself_is_no_movement(self):
        """Root writes the status every two seconds while it waits; and its last one is how the run ended."""
        status = self.output.with_name("status.json")
        result = self.stand_still([1, 2], "--status", status)
        told = json.loads(status.read_text())
        self.assertEqual((told["state"], told["exit_code"]), ("failed", IO_ERROR))
        self.assertIn(told["message"], result.stderr)

    def test_a_job_that_was_suspended(self):
        """All of its ranks stood still for longer than the limit; when they go on, they have seen nothing."""
        with self.start("--watchdog", "3s", ranks=3) as run:
            with self.frozen(run):
                time.sleep(7)
            self.assertEqual(run.wait(60).code, 0)
        self.assert_same_as_undisturbed()

    def test_a_pause_is_none(self):
        with self.start("--watchdog", "10s", ranks=2) as run:
            with self.frozen(run):
                time.sleep(3)
            self.assertEqual(run.wait(40).code, 0)
        self.assert_same_as_undisturbed()

    def test_what_is_no_duration(self):
        result = swather(*self.arguments(), "--watchdog", "often")
        self.assert_one_error(result, USAGE, "--watchdog", "often")


if __name__ == "__main__":
    unittest.main()
