# SPDX-License-Identifier: MIT
"""What the tests of `swather counts` share: make odd tables, run the command, compare with the reference."""

import math
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import h5py
from counts_reference import AGGREGATES, Column, Counts, counts, quotes_close
from swather_testing import SwatherTest, columns_of, swather

BOM = b"\xef\xbb\xbf"


# --- what is asked --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Query:
    """The options of a run, for the command line and for the reference."""

    by: tuple = ("SampleID",)
    aggregates: dict = field(default_factory=dict)  # sum, mean, min, max, distinct → columns
    delimiter: str = ","
    guess: bool = True  # the delimiter
    header: bool = True
    sort: str = "key"
    where: tuple = ()  # the text, and a function of a row (a dict of texts)

    def options(self):
        options = ["--by", ",".join(self.by)]
        for kind in AGGREGATES:
            if self.aggregates.get(kind):
                options += [f"--{kind}", ",".join(self.aggregates[kind])]
        if not self.guess:
            options += ["--delimiter", "tab" if self.delimiter == "\t" else self.delimiter]
        if not self.header:
            options += ["--no-header"]
        if self.sort != "key":
            options += ["--sort", self.sort]
        if self.where:
            options += ["--where", self.where[0]]
        return options

    def expected(self, *paths):
        return counts(paths, self.by, delimiter=self.delimiter, header=self.header, sort=self.sort,
                      where=self.where[1] if self.where else None, **self.aggregates)


# --- making tables --------------------------------------------------------------------------------------------------


def quoted(text):
    """A field as a writer of CSV puts it between quotes."""
    return '"' + text.replace('"', '""') + '"'


class OddTable:
    """Random rows `SampleID,Site,Volume,Age,Date,Note`, the same for the same seed."""

    header = ["SampleID", "Site", "Volume", "Age", "Date", "Note"]
    notes = ["", "ok", "a, b", "5\" pipe", "two\nlines", "two\r\nlines", "carriage\rreturn", "\"", "\"\"", ",", "\n",
             "S1,A,1,1,,\nS2,B,2,2,,", "é", " x ", "tab\there", "'", "\\\"", "no\"", "\"no", "end\n"]

    def __init__(self, seed, samples=40, ends=("\n",), delimiter=",", quoting=0.1, notes=(), dirty=0.0):
        self.random = random.Random(seed)
        self.samples, self.ends, self.delimiter = samples, ends, delimiter
        self.quoting = quoting  # how many fields stand in quotes that need none
        self.notes = notes or self.notes
        self.dirty = dirty  # how many rows are short, long, blank, or have no number for Volume

    def row(self):
        rng = self.random
        age = rng.choice(["", str(rng.randint(0, 99)), str(rng.randint(0, 99))])
        volume = rng.choice([str(rng.randint(-1_000, 1_000)), f"{rng.uniform(-5, 5):.3f}", f"{rng.random():.6e}", ""])
        date = f"20{rng.randint(10, 24)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        return [f"S{int(rng.paretovariate(0.5)) % self.samples}", rng.choice(["A", "B", "Bern", ""]), volume, age, date,
                rng.choice(self.notes)]

    def written(self, fields):
        needs = (self.delimiter, '"', "\n", "\r")
        return self.delimiter.join(
            quoted(text) if any(c in text for c in needs) or self.random.random() < self.quoting else text
            for text in fields)

    def dirty_row(self):
        row = self.row()
        kind = self.random.choice(["blank", "short", "long", "number"])
        if kind == "blank":
            return ""
        if kind == "number":
            row[2] = self.random.choice(["n/a", "12abc", "-", "1e400", "9223372036854775808", "0x10"])
        if kind == "short":
            row = row[:self.random.randint(1, 5)]
        return self.written(row + ["more"] if kind == "long" else row)

    def text(self, rows, header=True):
        lines = [self.delimiter.join(self.header)] if header else []
        for _ in range(rows):
            lines.append(self.dirty_row() if self.random.random() < self.dirty else self.written(self.row()))
        return "".join(line + self.random.choice(self.ends) for line in lines)

    def content(self, rows, header=True):
        return self.text(rows, header).encode()


def soup(seed, length):
    """Rows below `SampleID,Volume,Note` that are random quotes, delimiters, ends of lines and little else."""
    rng = random.Random(seed)
    tokens = ['"', ",", "\n", "\r\n", "\r", "a", "b", "1", " ", "é", '""', '","', '"\n"', "-2.5"]
    weights = [rng.choice([1, 3, 9]) for _ in tokens]
    body = "".join(rng.choices(tokens, weights, k=length))
    content = "SampleID,Volume,Note\n".encode() + body.encode()
    return content if quotes_close(content) else content + b'"'


# --- comparing ------------------------------------------------------------------------------------------------------


def read_columns(group):
    """{name: Column} in the order of the file, whichever way a text is stored."""
    columns = {}
    for name, dataset in columns_of(group).items():
        stem = name.rsplit("_", 1)[0]
        pair = f"{stem}_bytes" in group and f"{stem}_offset" in group
        if name.endswith("_bytes") and pair:
            columns[stem] = Column("bytes", texts_of(group, stem))
        elif name.endswith("_offset") and pair:
            pass
        elif dataset.dtype == object:
            columns[name] = Column("text", dataset[...].tolist())
        else:
            columns[name] = Column(str(dataset.dtype), dataset[...].tolist())
    return columns


def texts_of(group, name):
    data, offset = group[f"{name}_bytes"][...].tobytes(), group[f"{name}_offset"][...].tolist()
    return [data[begin:end] for begin, end in zip(offset, [*offset[1:], len(data)])]


def read_counts(path):
    """What a file of `swather counts` holds, in the form that the reference gives."""
    with h5py.File(path, "r") as file:
        summary = file["summary"]
        files = {name: [v.decode() if isinstance(v, bytes) else v for v in column.values]
                 for name, column in read_columns(summary).items()}
        return Counts(read_columns(file["counts"]), files, int(summary.attrs["rows"]), int(summary.attrs["groups"]))


def same(got, expected, close):
    if isinstance(expected, float):
        if math.isnan(expected) or math.isnan(got):
            return math.isnan(expected) and math.isnan(got)
        return math.isclose(got, expected, rel_tol=1e-12, abs_tol=1e-300) if close else got == expected
    return got == expected


def shortened(value):
    return value if not isinstance(value, bytes) or len(value) < 80 else value[:80] + b"..."


class CountsTest(SwatherTest):
    def put(self, content, name="table.csv"):
        path = self.output.with_name(name)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def counts(self, *arguments, ranks=2, output=None):
        """Runs `swather counts`, which must succeed and leave nothing but the output."""
        output = output or self.new_output()
        result = swather("counts", *arguments, "-o", output, ranks=ranks)
        self.assertEqual(result.code, 0, result)
        self.assert_complete(output)
        return output

    def check(self, paths, query, *options, ranks=None, expected=None):
        """Runs it, and compares with the reference."""
        paths = paths if isinstance(paths, (list, tuple)) else [paths]
        output = self.counts(*paths, *query.options(), *options, ranks=ranks)
        self.assert_counts(output, expected or query.expected(*paths))
        return output

    def check_all(self, checks):
        """Calls of `check`, {name: (arguments, options)}, some at a time: a small run mostly waits for MPI."""
        with ThreadPoolExecutor(4) as pool:
            runs = {name: pool.submit(self.check, *arguments, **options)
                    for name, (arguments, options) in checks.items()}
        for name, run in runs.items():
            with self.subTest(name):
                run.result()

    def assert_counts(self, output, expected):
        got = read_counts(output)
        self.assertEqual(got.files, expected.files)
        self.assertEqual((got.rows, got.groups), (expected.rows, expected.groups))
        self.assertEqual(list(got.columns), list(expected.columns))
        keys = [name for name in expected.columns if name in got.columns][:1]
        for name, column in expected.columns.items():
            self.assert_column(name, got.columns[name], column, got.columns[keys[0]].values)

    def assert_column(self, name, got, expected, keys):
        self.assertEqual(len(got.values), len(expected.values), f"the length of {name}")
        if expected.values:  # of none any type is right
            self.assertEqual(got.stored, expected.stored, f"the type of {name}")
        close = name.startswith(("sum_", "mean_"))
        wrong = [row for row, (g, e) in enumerate(zip(got.values, expected.values)) if not same(g, e, close)]
        if wrong:
            row = wrong[0]
            self.fail(f"{len(wrong)} of {len(keys)} values of {name} differ, first in group {shortened(keys[row])!r}: "
                      f"{shortened(got.values[row])!r}, expected {shortened(expected.values[row])!r}")
