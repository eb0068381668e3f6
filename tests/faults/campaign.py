# SPDX-License-Identifier: MIT
"""A campaign of faults against swather: so many runs that something is done to, and what became of them.

The environment variables SWATHER, SIMULATE_SERIES and FAIL_CALLS hold the absolute paths of the program, of the one that
makes images, and of the library that makes calls fail."""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "command"))

from cases import make_case  # noqa: E402  pylint: disable=wrong-import-position
from faults import KINDS, FullDisk  # noqa: E402  pylint: disable=wrong-import-position
from trial import Trial, judged  # noqa: E402  pylint: disable=wrong-import-position

COMMANDS = ("coverage", "counts", "fit")
VERDICTS = ("completed", "refused", "stopped", "unclear", "lost", "hung")
BAD = ("unclear", "lost", "hung")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=300, help="faults in all (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="other faults for other seeds (%(default)s)")
    parser.add_argument("--command", choices=COMMANDS, action="append", help="only of this analysis; repeatable")
    parser.add_argument("--kind", choices=KINDS, action="append", help="only of this kind; repeatable")
    parser.add_argument("--only", metavar="KIND/COMMAND/NUMBER", help="this one fault, as it was told")
    # A run mostly waits for MPI to start and for mpirun to end.
    parser.add_argument("--jobs", type=int, default=3 * len(os.sched_getaffinity(0)), help="at a time (%(default)s)")
    return parser.parse_args()


def drawn(options, kinds, commands):
    """The names of all faults: kind, command, and number."""
    if options.only:
        kind, command, number = options.only.split("/")
        return [(kind, command, int(number))]
    pairs = [(kind, command) for kind in kinds for command in commands]
    return [(*pairs[number % len(pairs)], number // len(pairs)) for number in range(options.count)]


def inflict(case, folder, kind, number, seed):
    rng = random.Random(f"{seed} {kind} {case.name} {number}")
    fault = KINDS[kind](case, rng, number, seed)
    trial = Trial(case, folder / f"{kind}-{case.name}-{number}".replace(" ", "-"), rng)
    verdict, reason = judged(trial, fault)
    return verdict, trial.mpirun_hung, "\n".join([f"{verdict}: {kind}/{case.name}/{number}: {fault}", reason, *trial.log])


def may_mount():
    """Whether a file system of our own can be had."""
    if os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], capture_output=True, check=False)
        return done.returncode == 0 and subprocess.run(["umount", folder], check=True).returncode == 0


def print_table(verdicts, mpirun_hung, seconds, seed):
    print("| fault | command | injected | " + " | ".join(VERDICTS) + " |\n|---|---|" + "---|" * (len(VERDICTS) + 1))
    rows = {key: Counter() for key in verdicts} | {("**all**", ""): Counter()}
    for key, found in verdicts.items():
        for verdict, number in found.items():
            if verdict != "untouched":
                rows[key][verdict] += number
                rows["**all**", ""][verdict] += number
    for (kind, command), counts in rows.items():
        numbers = [sum(counts.values()), *(counts[verdict] for verdict in VERDICTS)]
        print(f"| {kind} | {command} | " + " | ".join(f"{number:,}" for number in numbers) + " |")
    passed = sum(found["untouched"] for found in verdicts.values())
    print(f"\nSeed {seed}; {passed} more runs were over before the fault came. It took {seconds / 60:.1f} minutes. "
          f"mpirun itself hung {mpirun_hung} times, when none of its ranks was left.")


def main():
    options = arguments()
    kinds, commands = options.kind or list(KINDS), options.command or COMMANDS
    if FullDisk.name in kinds and not may_mount():
        print("no full disks: a small file system cannot be mounted here, only root can", file=sys.stderr)
        kinds = [kind for kind in kinds if kind != FullDisk.name]
    begin = time.monotonic()
    # In memory, where there is room: fsync of a disk would take most of the time.
    roomy = Path("/dev/shm") if shutil.disk_usage("/dev/shm").free > 1 << 30 else None
    folder = Path(tempfile.mkdtemp(prefix="swather-faults-", dir=roomy))
    names = drawn(options, kinds, commands)
    cases = {command: make_case(command, folder / command) for command in dict.fromkeys(name[1] for name in names)}
    verdicts = {(kind, command): Counter() for kind, command, _ in names}
    bad = mpirun_hung = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        trials = {pool.submit(inflict, cases[command], folder, kind, number, options.seed): (kind, command)
                  for kind, command, number in names}
        for done, trial in enumerate(as_completed(trials), 1):
            verdict, of_mpirun, story = trial.result()
            mpirun_hung += of_mpirun
            verdicts[trials[trial]][verdict] += 1
            if verdict in BAD:
                bad += 1
                print(f"{story}\n", file=sys.stderr, flush=True)
            if done % 100 == 0 or done == len(names):
                print(f"{done} of {len(names)} faults, {time.monotonic() - begin:.0f} s", file=sys.stderr, flush=True)
    print_table(verdicts, mpirun_hung, time.monotonic() - begin, options.seed)
    if bad:
        print(f"{bad} faults that did not end well: what they left is kept in {folder}", file=sys.stderr)
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
