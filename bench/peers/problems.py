# SPDX-License-Identifier: MIT
"""Inputs of every command of swather, simulated, of about so many MB: `args` has the paths of the programs and folders."""

import gzip
import pathlib
import shutil

from peers.side_by_side import Program, made_folder, run, stdout_of

PEERS = pathlib.Path(__file__).resolve().parent


def make_reads(args, path, size):
    """At 30-fold depth, a million positions are 23 MB."""
    prefix = path.with_suffix("")
    run(Program("simulator", [str(args.simulators / "simulate_reads"), str(prefix), "--contigs",
                              f"chr1:{size * 30_000},chr2:{size * 14_000}", "--threads", "2"]))


def make_table(args, path, size):
    run(Program("simulator", [str(args.simulators / "simulate_table"), str(path), "--rows", str(size * 44_000)]))


def make_series(args, path, size):
    """A slice of 64 × 64 voxels of 60 volumes is a MB; it is unpacked, so that all ranks read alike."""
    prefix = path.with_suffix("")
    run(Program("simulator", [str(args.simulators / "simulate_series"), str(prefix), "--shape", f"64,64,{max(size, 2)}",
                              "--volumes", "60"]))
    with gzip.open(f"{prefix}.nii.gz") as packed, open(path, "wb") as plain:
        shutil.copyfileobj(packed, plain)


def make_genome(args, path, size):
    """With its index, and 48 patterns of 16 or 17 bases, which have few hits."""
    run(Program("genome", [args.python, str(PEERS / "make_genome.py"), str(path), str(size * 980_000), "60"]))
    stdout_of("samtools", "faidx", str(path))
    patterns = [first + second + "NCGTTNAARTGCC" for first in ("GA", "TC", "CA", "AR", "YG", "TT", "GG", "WC")
                for second in ("A", "CT", "G", "TA", "RC", "KG")]
    path.with_suffix(".patterns.txt").write_text("".join(f"{pattern}\n" for pattern in patterns), encoding="utf-8")


def make_series_of_numbers(args, path, size):
    run(Program("series", [args.python, str(PEERS / "make_series.py"), str(path), str(size * 125_000)]))


def make_columns(args, path, size):
    run(Program("table", [args.python, str(PEERS / "make_table.py"), str(path), str(size * 21_000)]))


# Of each command: the end of its input's name, who makes it, and the options.
PROBLEMS = {
    "coverage": (".bam", make_reads, []),
    "counts": (".csv", make_table, ["--by", "SampleID"]),
    "fit": (".nii", make_series, ["--model", "glm", "--events", "{prefix}.events.tsv", "--mask", "{prefix}.mask.nii.gz"]),
    "motif": (".fa", make_genome, ["--patterns", "{prefix}.patterns.txt"]),
    "rolling": (".npy", make_series_of_numbers, ["--window", "1000", "--stat", "mean,min,max"]),
    "reduce": (".npy", make_series_of_numbers, ["--stat", "mean,sd,min,max", "--quantiles", "0.05,0.5,0.95"]),
    "transform": (".csv", make_columns, ["--set", "K = A * 2", "--set", "H = sqrt(A*A + B*B) + C/2"]),
}


def swather(args, command, size):
    """The command line of a problem, whose input is made in the first call and then kept."""
    end, make, options = PROBLEMS[command]
    folder = args.data / f"scaling-{command}-{size}"
    path = folder / f"input{end}"
    made_folder(folder, lambda partial: make(args, partial / path.name, size))
    prefix = str(path.with_suffix(""))
    return [args.swather, command, str(path), *(option.format(prefix=prefix) for option in options)]
