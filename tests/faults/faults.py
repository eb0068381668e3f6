# SPDX-License-Identifier: MIT
"""The kinds of faults. Each is drawn for a case from a seeded generator, tells itself in words, and is inflicted on a
trial, which gives the verdict: completed, refused, stopped; or untouched, where a run was over before the fault came."""

import functools
import itertools
import os
import random
import shutil
import signal
import subprocess
import time

import h5py
from cases import RANKS
from swather_testing import BAD_DATA, CANNOT_CREATE, CANNOT_READ, IO_ERROR, contents, journal_size, kill, status_of, wait_until
from strike import Strike
from trial import Lost

FULL = ("ENOSPC", "EDQUOT", "EIO")
HOW = {"pwrite": (*FULL, "EINTR", "short"), "write": (*FULL, "EINTR", "short"), "fsync": FULL, "ftruncate": FULL,
       "fallocate": FULL, "rename": FULL, "open": FULL, "mkdir": FULL, "close": FULL, "remove": ("EIO",),
       "pread": ("EIO", "EINTR", "short"), "read": ("EIO", "EINTR", "short"), "open_to_read": ("EIO",)}


def in_turn(*lists):
    """One of each list after the other, until all are at their end."""
    return [one for row in itertools.zip_longest(*lists) for one in row if one is not None]


@functools.cache
def failing_calls(case, seed):
    """All calls of an undisturbed run, and one more, which must pass untouched; each may go wrong in all ways."""
    of_calls = []
    for call, ways in HOW.items():
        strikes = [Strike(call, number, how, rank, for_good)
                   for rank in range(RANKS) for number in range(1, case.calls[rank].get(call, 0) + 2)
                   for how in ways for for_good in (False, True) if not (for_good and how == "EINTR")]
        random.Random(f"{seed} {call}").shuffle(strikes)
        of_calls.append(strikes)
    return in_turn(*of_calls)


class FailingCall:
    """A call of the system fails, or does half of its work."""

    name = "failing call"

    def __init__(self, case, _, number, seed):
        strikes = failing_calls(case, seed)
        self.strike = strikes[number % len(strikes)]

    def __str__(self):
        return str(self.strike)

    def __call__(self, trial):
        reads = (BAD_DATA, CANNOT_READ) if self.strike.call in ("pread", "read", "open_to_read") else ()
        result = trial.run(strike=self.strike)
        verdict = trial.judge(result, (IO_ERROR, CANNOT_CREATE, *reads))
        return verdict if trial.was_struck() else untouched(verdict)


def untouched(verdict):
    if verdict != "completed":
        raise Lost(f"{verdict}, though nothing was done to it")
    return "untouched"


def any_call(case, rng, calls):
    """One of these calls of an undisturbed run; each name is as likely as another."""
    rank = rng.randrange(RANKS)
    call = rng.choice([call for call in calls if case.calls[rank].get(call)])
    return rank, call, rng.randint(1, case.calls[rank][call])


class WrongWrite:
    """Bytes are written wrong, or not at all, and nobody is told: verification must see it."""

    name = "wrong write"

    def __init__(self, case, rng, *_):
        rank, call, number = any_call(case, rng, ("pwrite", "pwrite", "write"))
        self.strike = Strike(call, number, rng.choice(["flip", "flip", "drop"]), rank, byte=rng.randrange(1 << 20))

    def __str__(self):
        return str(self.strike)

    def __call__(self, trial):
        verdict = trial.judge(trial.run(strike=self.strike))
        return verdict if trial.was_struck() else untouched(verdict)


class FullDisk:
    """The output and the journal lie on a file system that is too small, or has too few inodes."""

    name = "full disk"

    def __init__(self, case, rng, *_):
        needed = 2 * case.size + sum(case.sizes.values())
        self.limit = rng.choice([f"size={rng.randrange(4_096, needed)}"] * 5 + [f"nr_inodes={rng.randint(1, 10)}"])

    def __str__(self):
        return f"tmpfs with {self.limit}"

    def __call__(self, trial):
        trial.force = []  # what stood there before is on the disk below
        self.mount(trial, self.limit)
        try:
            return trial.judge(trial.run(), mend=lambda: self.mount(trial, "remount,size=64m,nr_inodes=0"))
        finally:
            subprocess.run(["umount", "-l", trial.place], check=True)

    @staticmethod
    def mount(trial, options):
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", trial.place], check=True, capture_output=True)


class Killed:
    """A rank is killed, or stopped for a while, just before one of its calls."""

    name = "killed at a call"

    def __init__(self, case, rng, *_):
        rank, call, number = any_call(case, rng, HOW)
        self.strike = Strike(call, number, rng.choice(["kill", "stop"]), rank)
        self.then = rng.choice([signal.SIGCONT, signal.SIGCONT, signal.SIGKILL])
        self.pause = rng.uniform(0, 0.5)
        rank, call, number = any_call(case, rng, HOW)
        self.second = rng.choice([None, Strike(call, number, "kill", rank)])

    def __str__(self):
        then = f", {self.then.name} {self.pause:.2f} s later" if self.strike.how == "stop" else ""
        return f"{self.strike}{then}" + (f"; resumed, {self.second}" if self.second else "")

    def __call__(self, trial):
        def kill_again():
            if self.second:
                trial.run("--resume", strike=self.second)

        result = trial.run(strike=self.strike, meddle=lambda run: self.go_on(trial, run))
        was_struck = trial.was_struck()
        verdict = trial.judge(result, codes=None, mend=kill_again)
        return verdict if was_struck else untouched(verdict)

    def go_on(self, trial, run):
        if self.strike.how != "stop" or not stopped_at(trial, run):
            return
        time.sleep(self.pause)
        for pid in run.ranks():
            kill(pid, self.then)


def stopped_at(trial, run):
    """Whether a run was stopped by its strike, before it ended. The mark comes a moment before the signal: a rank that
    was told to go on in between would stop for ever."""
    def is_stopped():
        return trial.was_struck() and any((status_of(pid) or "?")[0] == "T" for pid in run.ranks())

    wait_until(lambda: is_stopped() or not run.running(), seconds=60)
    return is_stopped()


class Signalled:
    """Ranks or mpirun get a signal at any time."""

    name = "signal"

    def __init__(self, _, rng, *__):
        self.whom = rng.choice(["mpirun", "all", *range(RANKS)])
        self.number = rng.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGSTOP])
        self.then = rng.choice([signal.SIGCONT, signal.SIGCONT, signal.SIGKILL])
        self.wait, self.pause = rng.uniform(0, 0.9), rng.uniform(0, 1)

    def __str__(self):
        then = f", {self.then.name} {self.pause:.2f} s later" if self.number == signal.SIGSTOP else ""
        whom = f"rank {self.whom}" if isinstance(self.whom, int) else self.whom
        return f"{self.number.name} to {whom} after {self.wait:.3f} s{then}"

    def __call__(self, trial):
        sent = []
        verdict = trial.judge(trial.run(meddle=lambda run: sent.extend(self.send(run))), codes=None)
        return verdict if sent else untouched(verdict)

    def send(self, run):
        """The processes that got it."""
        time.sleep(self.wait)
        if not run.running():
            return []
        ranks = run.ranks()
        pids = {"mpirun": [run.pid], "all": ranks}.get(self.whom)
        if pids is None:
            pids = ranks[self.whom:][:1]
        for pid in pids:
            kill(pid, self.number)
        if self.number == signal.SIGSTOP:
            time.sleep(self.pause)
            for pid in pids:
                kill(pid, self.then)
        return pids


class DamagedJournal:
    """The journal of a killed run is cut, or has wrong bytes, when the run is resumed."""

    name = "damaged journal"

    def __init__(self, case, rng, *_):
        rank, call, number = any_call(case, rng, ("write", "pwrite", "rename", "fsync"))
        self.strike = Strike(call, number, "kill", rank)
        self.damages = [rng.choice([cut, flip, zero, append, swap, remove, copy]) for _ in range(rng.randint(1, 3))]

    def __str__(self):
        return f"{self.strike}; then {', '.join(damage.__name__ for damage in self.damages)}"

    def __call__(self, trial):
        trial.run(strike=self.strike)
        if not journal_size(trial.journal):
            return "untouched"
        for damage in self.damages:
            files = sorted(path for path in trial.journal.iterdir() if path.name != "lock" and path.stat().st_size)
            if files:
                damage(trial.rng.choice(files), trial.rng)
        trial.complete("--resume")
        return "completed"


def rewrite(path, change):
    content = bytearray(path.read_bytes())
    change(content)
    path.write_bytes(content)


def cut(path, rng):
    os.truncate(path, rng.randrange(path.stat().st_size))


def flip(path, rng):
    def change(content):
        for _ in range(rng.randint(1, 4)):
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    rewrite(path, change)


def zero(path, rng):
    """As a file system leaves what it had promised but not yet written."""
    def change(content):
        begin = rng.randrange(len(content))
        content[begin:] = bytes(len(content) - begin)
    rewrite(path, change)


def append(path, rng):
    with open(path, "ab") as file:
        file.write(rng.randbytes(rng.randint(1, 200)))


def swap(path, rng):
    """A stretch stands where another should."""
    def change(content):
        size = min(512, len(content))
        a, b = (rng.randrange(len(content) - size + 1) for _ in range(2))
        content[a:a + size] = content[b:b + size]
    rewrite(path, change)


def remove(path, _):
    path.unlink()


def copy(path, rng):
    """A file of blocks is there a second time: of a run that is said to be a later one."""
    if path.name.startswith("blocks."):
        shutil.copy(path, path.with_name(f"blocks.{rng.randint(1, 9)}.{rng.randint(10, 19)}"))


class TruncatedInput:
    """An input ends early: where one of its blocks begins, each of them once, and then anywhere."""

    name = "truncated input"

    def __init__(self, case, rng, number, _):
        borders = [(name, cut) for name in case.inputs for cut in case.cuts.get(name, ())]
        if number < len(borders):
            self.input, self.size = borders[number]
            return
        # Of a list of events that was cut nobody else here knows what it gives.
        self.input = rng.choice([name for name in case.inputs if not name.endswith(".tsv")])
        self.size = rng.randrange(case.sizes[self.input])

    def __str__(self):
        return f"{self.input} of {self.size} bytes"

    def __call__(self, trial):
        path = trial.inputs / self.input
        content = path.read_bytes()[:self.size]
        path.unlink()
        path.write_bytes(content)
        result = trial.run()
        if result.code != 0:
            return trial.judge(result, (BAD_DATA, CANNOT_READ), again=(), mend=lambda: restore(trial, self.input))
        if not trial.case.is_of_truncated(trial.output, trial.inputs):
            raise Lost("it has not what the truncated input holds")
        return "completed"


def restore(trial, name):
    path = trial.inputs / name
    path.unlink(missing_ok=True)
    path.symlink_to(trial.case.folder / name)


class ChangedInput:
    """An input becomes another while a rank is stopped at one of its calls."""

    name = "changed input"

    def __init__(self, case, rng, *_):
        self.input = rng.choice(case.inputs)
        rank, call, number = any_call(case, rng, ("write", "pwrite", "rename", "fsync", "read", "pread", "mkdir"))
        self.strike = Strike(call, number, "stop", rank)
        self.change = rng.choice([cut, flip, zero, append, swap, remove, touch, replace])

    def __str__(self):
        return f"{self.input}: {self.change.__name__} at {self.strike}"

    def __call__(self, trial):
        path, original = trial.inputs / self.input, trial.folder / "original"
        path.unlink()
        shutil.copy2(trial.case.folder / self.input, path)
        shutil.copy2(path, original)

        def meddle(run):
            if not stopped_at(trial, run):
                return
            self.change(path, trial.rng)
            for pid in run.ranks():
                kill(pid, signal.SIGCONT)

        result = trial.run(strike=self.strike, meddle=meddle)
        if not trial.was_struck():
            return untouched(trial.judge(result))
        if result.code != 0:
            return trial.judge(result, (BAD_DATA, CANNOT_READ), mend=lambda: os.replace(original, path))
        return self.judge_published(trial, path, original)

    @staticmethod
    def judge_published(trial, path, original):
        """An output is of the inputs that its provenance names: of the old ones or of the new, not of both."""
        with h5py.File(trial.output) as file:
            table = file["provenance/inputs"]
            rows = dict(zip(table["path"].asstr()[:], table["modified"].asstr()[:]))
        is_of = lambda one: rows[str(path)] == "{}.{:09}".format(*divmod(one.stat().st_mtime_ns, 10**9))
        if is_of(original):
            trial.check_output()
            return "completed"
        published = contents(trial.output)
        trial.output.unlink()
        result = trial.run()
        if not is_of(path) or result.code != 0 or contents(trial.output) != published:
            raise Lost("it is not of the input that its provenance names")
        return "completed"


def touch(path, _):
    os.utime(path)


def replace(path, rng):
    """Another file gets its name."""
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    flip(other, rng)
    other.rename(path)


KINDS = {kind.name: kind for kind in (FailingCall, WrongWrite, FullDisk, Killed, Signalled, DamagedJournal,
                                      TruncatedInput, ChangedInput)}
