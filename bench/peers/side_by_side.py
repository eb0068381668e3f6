# SPDX-License-Identifier: MIT
"""Runs programs in turn, measures each as a whole process, and makes the Markdown table: what the scripts that
compare swather with other programs share."""

import csv
import datetime
import math
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import typing

RECORD = ["comparison", "program", "wall s", "wall, least", "CPU s", "CPU, least", "peak MiB", "wall ÷ first", "CPU ÷ first"]
BUILD = pathlib.Path(__file__).resolve().parent.parent.parent / "build"


class Program(typing.NamedTuple):
    name: str
    command: list
    output: str = os.devnull  # where its standard output goes


class Run(typing.NamedTuple):
    wall: float  # seconds
    cpu: float  # seconds, user and system
    peak: float  # MiB, of the largest process


def tell(message):
    print(message, file=sys.stderr)


def fail(message):
    sys.exit(f"{pathlib.Path(sys.argv[0]).name}: {message}")


def made(path, make):
    """The path of an input, a file or a folder, which `make(partial)` makes in the first call; it is then kept. What an
    earlier call began, and did not end, is not taken for it."""
    if not path.exists():
        partial = path.with_name(f"partial-{path.name}")
        shutil.rmtree(partial) if partial.is_dir() else partial.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        tell(f"making {path} ...")
        make(partial)
        partial.rename(path)
    return path


def made_folder(path, fill):
    """The same of a folder, which `fill` finds empty."""
    def make(partial):
        partial.mkdir()
        fill(partial)
    return made(path, make)


def run(program):
    """Runs a program to its end. What wait4 reports includes all descendants that were waited for, hence the
    ranks under mpirun."""
    with open(program.output, "wb") as output, tempfile.TemporaryFile() as errors:
        start = time.monotonic()
        process = subprocess.Popen(program.command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            errors.seek(0)
            complaint = errors.read().decode(errors="replace").strip()
            fail(f"`{' '.join(program.command)}` ended with {process.returncode}\n{complaint}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def run_in_turn(programs, repeats):
    """For each name, its runs in the order of the repeats. Each repeat runs every program once, so that a slow
    minute of the machine is one for all."""
    results = {program.name: [] for program in programs}
    for _ in range(repeats):
        for program in programs:
            results[program.name].append(run(program))
    return results


def mpirun(ranks):
    oversubscribe = ["--oversubscribe"] if len(os.sched_getaffinity(0)) < ranks else []
    return ["mpirun", "-q", "-n", str(ranks), *oversubscribe]


def prepare_environment():
    """For mpirun, which refuses root, and whose idle ranks are to leave the cores to others."""
    if os.geteuid() == 0:
        os.environ |= {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    os.environ["OMPI_MCA_mpi_yield_when_idle"] = "1"


def python_with(*modules):
    """A python3 that has these, or None. They are used in processes of their own also because this one must stay
    small: the peak memory that wait4 reports is at least that of the process which forked."""
    for python in (sys.executable, "/usr/bin/python3"):
        command = [python, "-c", f"import {', '.join(modules)}"]
        if os.path.exists(python) and subprocess.run(command, stderr=subprocess.DEVNULL).returncode == 0:
            return python
    return None


def stdout_of(*command):
    return subprocess.run(command, capture_output=True, check=True).stdout.decode(errors="replace")


def first_line_of(*command):
    return stdout_of(*command).partition("\n")[0]


def machine(*versions):
    """What the table was measured on, and with."""
    with open("/proc/cpuinfo") as file:
        models = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    facts = [models[0] if models else platform.machine(), f"{len(os.sched_getaffinity(0))} cores"]
    return ", ".join([*facts, str(datetime.date.today()), *versions])


def report(comparison, results, bases, facts=""):
    """Prints what was compared, the facts about it, and the table of `results`, which are as run_in_turn gives them.
    Ratios are to the programs of the names `bases`, medians of those within each repeat. The rows also go to the
    CSV file of the environment's SWATHER_BENCH_CSV, if it names one."""
    repeats = len(next(iter(results.values())))
    print(f"{comparison}; medians of {repeats} repeat(s){f'; {facts}' if facts else ''}.\n")
    rows = rows_of(results, bases)
    columns = list(rows[0])
    lines = [columns, ["---"] + ["---:"] * (len(columns) - 1), *([row[name] for name in columns] for row in rows)]
    print("\n".join("| " + " | ".join(line) + " |" for line in lines), end="\n\n", flush=True)
    if path := os.environ.get("SWATHER_BENCH_CSV"):
        record(path, comparison, rows, bases)


def rows_of(results, bases):
    floor = run(Program("true", ["true"])).peak  # no process forked from this one can show less
    rows = []
    for name, runs in results.items():
        row = {"program": name}
        for quantity, unit in (("wall", " s"), ("CPU", " s")):
            values = [getattr(one, quantity.lower()) for one in runs]
            row[f"{quantity}{unit}"], row[f"{quantity}, least"] = shown(statistics.median(values)), shown(min(values))
        peak = max(one.peak for one in runs)
        row["peak MiB"] = f"≤ {floor:.0f}" if peak <= 1.05 * floor else shown(peak, 0)
        for base in bases:
            pairs = list(zip(runs, results[base]))
            row[f"wall ÷ {base}"] = shown(statistics.median(one.wall / other.wall for one, other in pairs))
            row[f"CPU ÷ {base}"] = shown(statistics.median(one.cpu / other.cpu for one, other in pairs))
        rows.append(row)
    return rows


def shown(value, digits=2):
    """Nothing of what was not measured."""
    return "" if math.isnan(value) else f"{value:.{digits}f}"


def record(path, comparison, rows, bases):
    """Of the ratios those to the first base, of whatever name."""
    is_new = not os.path.exists(path)
    with open(path, "a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        if is_new:
            writer.writerow(RECORD)
        for row in rows:
            ratios = [row[f"{quantity} ÷ {bases[0]}"] if bases else "" for quantity in ("wall", "CPU")]
            writer.writerow([comparison, *(row[name] for name in RECORD[1:-2]), *ratios])
