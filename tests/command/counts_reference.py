# SPDX-License-Identifier: MIT
"""What `swather counts` must give, in plain Python: the csv module, dicts and math.fsum.

Bytes are read as Latin-1, so that every byte is one character, and the order of texts is the order of their bytes.
"""

import csv
import gzip
import io
import math
import re
import sys
from dataclasses import dataclass

csv.field_size_limit(sys.maxsize)

AGGREGATES = ("sum", "mean", "min", "max", "distinct")  # in the order of their columns
INT64 = range(-2**63, 2**63)
MOST_LINES = 5
MOST_TEXTS, LONGEST_TEXT = 1_000_000, 256


@dataclass
class Column:
    """A column of the result: text is bytes; `stored` is int64, float64, text, or bytes (X_bytes and X_offset)."""

    stored: str
    values: list


@dataclass
class Counts:
    columns: dict  # name → Column
    files: dict  # column of /summary → list
    rows: int
    groups: int


# --- reading --------------------------------------------------------------------------------------------------------


def read(path, delimiter):
    """The rows of csv.reader, blank ones too, each behind the line on which it begins."""
    with open(path, "rb") as file:
        content = file.read()
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    return parse(content, delimiter)


def parse(content, delimiter=","):
    text = content.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows, begin = [], 1
    for fields in reader:
        rows.append((begin, fields))
        begin = reader.line_num + 1
    return rows


def quotes_close(content, delimiter=","):
    """Whether no quote is open at the end: what is appended there becomes a row of its own."""
    return parse(content + b"\nthe end", delimiter)[-1][1] == ["the end"]


# --- counting -------------------------------------------------------------------------------------------------------


def counts(paths, by, *, delimiter=",", header=True, where=None, sort="key", **aggregates):
    """`aggregates`: sum, mean, min, max, distinct, each with the columns asked for. `where`: a row (a dict) → bool."""
    groups, files = {}, {}
    needs_number = [*aggregates.get("sum", ()), *aggregates.get("mean", ())]
    for path in paths:
        rows = read(path, delimiter)
        blank, short, long, not_number, names, number_of_rows = [], [], [], [], None, 0
        for line, fields in rows:
            if not fields:
                if names is not None or not header:  # before the header they are no rows
                    blank.append(line)
                continue
            if names is None:
                names = fields if header else [str(number + 1) for number in range(len(fields))]
                if header:
                    continue
            number_of_rows += 1
            if len(fields) < len(names):
                short.append(line)
            if len(fields) > len(names):
                long.append(line)
            row = dict(zip(names, fields + [""] * (len(names) - len(fields))))
            if where and not where(row):
                continue
            if any(not is_missing(row[name]) and number(row[name]) is None for name in needs_number):
                not_number.append(line)
            groups.setdefault(tuple(row[name] for name in by), []).append(row)
        summary = {"file": str(path), "rows": number_of_rows,
                   "blank_rows": len(blank), "short_rows": len(short), "long_rows": len(long),
                   "not_numbers": len(not_number), "blank_lines": first_few(blank), "short_lines": first_few(short),
                   "long_lines": first_few(long), "not_number_lines": first_few(not_number),
                   # No condition of these tests divides, or makes numbers that are too large.
                   "zero_divisions": 0, "zero_division_lines": "", "too_large": 0, "too_large_lines": ""}
        for name, value in summary.items():
            files.setdefault(name, []).append(value)

    keys = sorted(groups)
    if sort == "count":
        keys.sort(key=lambda key: -len(groups[key]))
    columns = {name: key_column([key[place] for key in keys]) for place, name in enumerate(by)}
    columns["count"] = Column("int64", [len(groups[key]) for key in keys])
    for kind in AGGREGATES:
        for name in aggregates.get(kind, ()):
            columns[f"{kind}_{name}"] = AGGREGATE[kind]([[row[name] for row in groups[key]] for key in keys])
    return Counts({name.replace("/", "%2F"): column for name, column in columns.items()},
                  files, sum(files["rows"]), len(keys))


def first_few(lines):
    return ", ".join([*map(str, lines[:MOST_LINES]), *(["…"] if len(lines) > MOST_LINES else [])])


# --- texts and numbers ----------------------------------------------------------------------------------------------

INTEGER = re.compile(r"[+-]?[0-9]+")
REAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def number(text):
    """The int or float that a field says; None where it is none, or beyond int64 or double."""
    text = text.strip(" \t")
    if INTEGER.fullmatch(text):
        return int(text) if int(text) in INT64 else None
    if REAL.fullmatch(text):
        return float(text) if math.isfinite(float(text)) else None
    return None


def is_missing(text):
    return not text.strip(" \t")


def is_canonical_integer(text):
    return INTEGER.fullmatch(text) is not None and int(text) in INT64 and str(int(text)) == text


def is_canonical_real(text):
    try:
        return repr(float(text)) == text and math.isfinite(float(text)) and text != "-0.0"
    except ValueError:
        return False


def key_column(texts):
    if all(map(is_canonical_integer, texts)):
        return Column("int64", [int(text) for text in texts])
    if all(map(is_canonical_real, texts)):
        return Column("float64", [float(text) for text in texts])
    return text_column(texts)


def text_column(texts):
    values = [text.encode("latin-1") for text in texts]
    plain = len(values) <= MOST_TEXTS and all(len(value) <= LONGEST_TEXT and is_text(value) for value in values)
    return Column("text" if plain else "bytes", values)


def is_text(value):
    """Whether a variable-length string of HDF5 can hold it: UTF-8 without NUL."""
    try:
        return "\0" not in value.decode()
    except UnicodeDecodeError:
        return False


# --- aggregates: the fields of each group → a column ----------------------------------------------------------------


def numbers_of(groups):
    return [[number(text) for text in group if number(text) is not None] for group in groups]


def all_integers(groups):
    return all(isinstance(value, int) for group in groups for value in group)


def sum_column(groups):
    groups = numbers_of(groups)
    if not all_integers(groups):
        return Column("float64", [math.fsum(group) for group in groups])
    sums = [sum(group) for group in groups]
    if any(value not in INT64 for value in sums):
        raise OverflowError
    return Column("int64", sums)


def mean_column(groups):
    groups = numbers_of(groups)
    total = sum if all_integers(groups) else math.fsum
    return Column("float64", [total(group) / len(group) if group else math.nan for group in groups])


def extreme_column(choose):
    def column(groups):
        complete = not any(is_missing(text) for group in groups for text in group)
        groups = [[text for text in group if not is_missing(text)] for group in groups]
        if any(number(text) is None for group in groups for text in group):
            return text_column([choose(group, default="") for group in groups])
        groups = numbers_of(groups)
        if all_integers(groups) and complete:  # as pandas: a column in which a value is missing is one of floats
            return Column("int64", [choose(group) for group in groups])
        return Column("float64", [float(choose(group, default=math.nan)) for group in groups])
    return column


def distinct_column(groups):
    return Column("int64", [len(set(group)) for group in groups])


AGGREGATE = {"sum": sum_column, "mean": mean_column, "min": extreme_column(min), "max": extreme_column(max),
             "distinct": distinct_column}
