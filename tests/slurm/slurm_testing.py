# SPDX-License-Identifier: MIT
"""What the tests of jobs/ share: fill in a job, submit it, watch it, stop its ranks."""

import multiprocessing
import os
import re
import shlex
import shutil
import signal
import subprocess
import time
import traceback
import unittest
from contextlib import contextmanager
from pathlib import Path

import h5py

from swather_testing import Result, SwatherTest, is_swather, journal_size, kill, program, wait_until

JOBS = Path(__file__).resolve().parents[2] / "jobs"
FORK = multiprocessing.get_context("fork")
AT_THE_END = ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT")


def overlapping(cls):
    """Makes a class of tests that all run at once, each in a process: most of what they do is to wait for SLURM."""
    tests = {name: getattr(cls, name) for name in unittest.TestLoader().getTestCaseNames(cls)}
    set_up_class, set_up = cls.setUpClass, cls.setUp

    def run(name, outcome):
        os.setsid()  # Linux shares out the cores by session (sched_autogroup); of its jobs each has one
        test = cls(name)
        try:
            set_up(test)
            tests[name](test)
            outcome.send(None)
        except Exception:  # pylint: disable=broad-except
            outcome.send(traceback.format_exc())
        finally:
            test.doCleanups()

    def start_all():
        set_up_class()
        cls.outcomes = {}
        for name in tests:
            cls.outcomes[name], outcome = FORK.Pipe(duplex=False)
            process = FORK.Process(target=run, args=(name, outcome))
            process.start()
            cls.addClassCleanup(process.join)
            outcome.close()

    def result(self):
        failure = self.outcomes[self._testMethodName].recv()
        if failure:
            self.fail(failure)

    cls.setUpClass, cls.setUp = start_all, lambda self: None
    for name in tests:
        setattr(cls, name, result)
    return cls


class Job:
    """A job, or a task of an array, by its number."""

    def __init__(self, number, log):
        self.number = number
        self.log_path = log

    def field(self, name):
        """What SLURM says of it; where it is too busy to answer, it is asked again."""
        for _ in range(10):
            shown = subprocess.run(["scontrol", "show", "job", self.number],
                                   capture_output=True, text=True, check=False)
            if shown.returncode == 0:
                return re.search(rf"\b{name}=(\S*)", shown.stdout)[1]
            time.sleep(1)
        raise RuntimeError(f"scontrol does not know job {self.number}: {shown.stderr}")

    def state(self):
        return self.field("JobState")

    def wait(self, seconds=200):
        """Waits for its end; returns its state."""
        wait_until(lambda: self.state() in AT_THE_END, seconds, pause=1)
        return self.state()

    def log(self):
        return self.log_path.read_text() if self.log_path.exists() else ""

    def ranks(self):
        """The processes of swather that it has now, on whatever node. Does not ask SLURM: that takes its time."""
        names = ("SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID") if "_" in self.number else ("SLURM_JOB_ID",)
        mine = {f"{name}={value}".encode() for name, value in zip(names, self.number.split("_"))}
        return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc")))
                if is_swather(pid) and mine <= environment_of(pid)]

    def __str__(self):
        return f"job {self.number}: {self.state()}\n{self.log()}"


def environment_of(pid):
    try:
        return set(Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"))
    except OSError:
        return set()


def is_pending(pid, number):
    """Whether a signal waits for a stopped process."""
    pending = re.search(r"ShdPnd:\s*(\w+)", Path(f"/proc/{pid}/status").read_text())[1]
    return bool(int(pending, 16) >> (number - 1) & 1)


class SlurmTest(SwatherTest):
    """A test with a copy of jobs/ of its own, from whose folder it submits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "SLURM_CONF" not in os.environ:
            raise RuntimeError("there is no SLURM: run this by cluster.py")

    def setUp(self):
        super().setUp()
        self.here = self.output.parent
        self.jobs = Path(shutil.copytree(JOBS, self.here / "my jobs"))
        path = f"{self.here / 'bin'}:{Path(program()).parent}:{os.environ['PATH']}"
        self.environment = os.environ | {"PATH": path, "SLURM_WAIT": "5"}

    def put_on_path(self, name, script):
        """A command of this name that does what a script of shell says."""
        path = self.here / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def fill_in(self, script, *options, **lines):
        """Edits lines `name=value` of a script as a user does; adds options of swather."""
        path = self.jobs / script
        text = path.read_text()
        for name, value in lines.items():
            text, found = re.subn(rf"^{name}=\S*", lambda _, n=name, v=value: f"{n}={v}", text, flags=re.M)
            self.assertEqual(found, 1, f"{name}= in {script}")
        path.write_text(text.replace(" --resume", f" {shlex.join(options)} --resume") if options else text)

    def run_submit(self, *arguments, **environment):
        """Runs jobs/submit."""
        done = subprocess.run([self.jobs / "submit", *map(str, arguments)], cwd=self.here,
                              env=self.environment | environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
        return Result(done.returncode, done.stdout, done.stderr)

    def submit(self, script, *options, **environment):
        """Submits a job by jobs/submit."""
        result = self.run_submit(self.jobs / script, *options, **environment)
        self.assertRegex(result.stdout, r"^job \d+\n$", result)
        number = result.stdout.split()[1]
        return self.job(number, f"{Path(script).stem}-{number}.out")

    def job(self, number, log):
        """A job that was submitted, and will not outlive the test."""
        self.addCleanup(subprocess.run, ["scancel", number], check=False)
        return Job(number, self.here / log)

    def wait_for_blocks(self, job, size=20_000):
        """Waits until blocks of the job's run are in the journal, so that what follows falls in its middle."""
        journal = Path(f"{self.output}.journal")
        self.assertTrue(wait_until(lambda: journal_size(journal) > size, 100), job)
        self.assertFalse(self.output.exists(), "the run ended before anything could be done to it")

    @contextmanager
    def frozen(self, job):
        """Stops the ranks of a job in the middle of their work, for what takes its time."""
        self.wait_for_blocks(job)
        ranks = job.ranks()
        for pid in ranks:
            kill(pid, signal.SIGSTOP)
        self.assertTrue(ranks and not self.output.exists(), f"it ended before it was stopped\n{job}")
        yield ranks
        for pid in ranks:
            kill(pid, signal.SIGCONT)

    @contextmanager
    def asked_to_stop(self, job):
        """Does not let go of a run in the middle of its work before each rank was sent USR1."""
        with self.frozen(job) as ranks:
            yield
            asked = wait_until(lambda: all(is_pending(pid, signal.SIGUSR1) for pid in ranks), 60, pause=0.1)
            self.assertTrue(asked, f"USR1 did not come\n{job}")

    def send_usr1(self, job):
        """To the script of a job, as SLURM does before its time limit."""
        with self.asked_to_stop(job):
            subprocess.run(["scancel", "--batch", "--signal=USR1", job.number], check=True)

    def assert_completed(self, job):
        self.assertEqual(job.wait(), "COMPLETED", job)
        self.assertTrue(self.output.exists(), job)
        self.assert_complete(self.output)

    def assert_resumed(self, job, expected):
        """The job is complete, by more than one run; the file is that of an undisturbed one."""
        self.assert_completed(job)
        found = re.search(r"([\d,]+) of [\d,]+ blocks are in the journal", job.log())
        self.assertTrue(found and found[1] != "0", job)
        self.assert_same_file(self.output, expected)

    def assert_on(self, nodes):
        """The output was made on these nodes."""
        with h5py.File(self.output) as file:
            hosts = file["provenance"].attrs["hosts"]
        self.assertEqual(sorted(hosts.replace(",", " ").split()), nodes)
