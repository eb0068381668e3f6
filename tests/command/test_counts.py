# SPDX-License-Identifier: MIT
"""`swather counts` gives what Python's csv module and a dict give, in the file that was promised."""

import gzip
import math
import os
import random
import re
import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import h5py
import numpy as np
import pandas
from counts_reference import Column, counts, number, quotes_close
from counts_testing import BOM, CountsTest, OddTable, Query, quoted, read_counts, soup
from swather_testing import (
    ENVIRONMENT, STOPPED, USAGE, columns_of, command, contents, facts_of, open_in_xarray, peak_of_a_rank, running,
    swather, tool, values_of)

BEYOND_THE_FILE = "1000000000"

EVERYTHING = {"sum": ("Volume",), "mean": ("Volume",), "min": ("Volume", "Date"), "max": ("Date", "Age"),
              "distinct": ("Note", "Volume")}
SHORT = {"sum": ("Volume",), "mean": ("Volume",), "min": ("Volume",), "max": ("Note",), "distinct": ("Note",)}


# --- the reference itself -------------------------------------------------------------------------------------------


class ReferenceTest(unittest.TestCase):
    """Worked out by hand, and asked of pandas."""

    def setUp(self):
        self.path = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="swather-test-"))) / "table.csv"

    def counts(self, text, by="k", **options):
        self.path.write_bytes(text.encode())
        return counts([self.path], by.split(","), **options)

    def test_by_hand(self):
        result = self.counts('k,v\nb,1\n\n"a\n",2,more\nb\n"a\n",x\n,5\nb, \n',
                             sum=["v"], mean=["v"], min=["v"], distinct=["v"])
        self.assertEqual({name: (column.stored, column.values) for name, column in result.columns.items()}, {
            "k": ("text", [b"", b"a\n", b"b"]),
            "count": ("int64", [1, 2, 3]),
            "sum_v": ("int64", [5, 2, 1]),
            "mean_v": ("float64", [5.0, 2.0, 1.0]),
            "min_v": ("text", [b"5", b"2", b"1"]),
            "distinct_v": ("int64", [1, 2, 3]),
        })
        self.assertEqual(result.files, {
            "file": [str(self.path)], "rows": [6], "blank_rows": [1], "short_rows": [1],
            "long_rows": [1], "not_numbers": [1], "blank_lines": ["3"], "short_lines": ["6"], "long_lines": ["4"],
            "not_number_lines": ["7"], "zero_divisions": [0], "zero_division_lines": [""], "too_large": [0],
            "too_large_lines": [""]})
        self.assertEqual((result.rows, result.groups), (6, 3))

    def test_numbers(self):
        for text, value in {"5": 5, "+5": 5, "007": 7, "-0": 0, "9223372036854775807": 2**63 - 1, "5.": 5.0, ".5": 0.5,
                            "1e3": 1000.0, "-1.5E-3": -0.0015}.items():
            self.assertEqual((number(text), type(number(text))), (value, type(value)), text)
        for text in ("", "x", "1 2", "0x10", "1_000", "1e", ".", "-", "--1", "1e400", "9223372036854775808", "1,5"):
            self.assertIsNone(number(text), text)

    def test_key_types(self):
        for keys, stored in ((["1", "-2", "9223372036854775807"], "int64"), (["1", "02"], "text"),
                             (["1", "-0"], "text"), (["1", ""], "text"), (["1", "+2"], "text"),
                             (["9223372036854775808"], "text"),
                             (["0.5", "1e+16", "-1.0"], "float64"), (["0.5", "1"], "text"), (["0.50"], "text")):
            result = self.counts("k\n" + "".join(f'"{key}"\n' for key in keys))
            self.assertEqual(result.columns["k"].stored, stored, keys)

    def test_open_quotes(self):
        for text, closed in (('a,"b"', True), ('a,"b', False), ('a,"b""', False), ('a"b', True), ('"a"b"', True),
                             ('"a""b"', True), ('a,"', False), ('""', True), ('"""', False), ("a\n", True)):
            self.assertEqual(quotes_close(text.encode()), closed, text)

    def test_against_pandas(self):
        self.path.write_bytes(OddTable(1).content(3_000))
        expected = Query(("SampleID", "Site"), EVERYTHING).expected(self.path)
        table = pandas.read_csv(self.path, dtype={name: str for name in ("SampleID", "Site", "Date", "Note")},
                                keep_default_na=False, na_values={"Volume": [""], "Age": [""]}, lineterminator="\n")
        groups = table.groupby(["SampleID", "Site"])
        frame = pandas.DataFrame({
            "count": groups.size(), "sum_Volume": groups["Volume"].sum(), "mean_Volume": groups["Volume"].mean(),
            "min_Volume": groups["Volume"].min(), "min_Date": groups["Date"].min(), "max_Date": groups["Date"].max(),
            "max_Age": groups["Age"].max(), "distinct_Note": groups["Note"].nunique(),
        }).reset_index()
        for name in frame:
            values = expected.columns[name].values
            if expected.columns[name].stored == "text":
                self.assertEqual([value.decode() for value in values], frame[name].tolist())
            else:
                np.testing.assert_allclose(values, frame[name], rtol=1e-9, atol=1e-9, err_msg=name)


# --- every kind of table --------------------------------------------------------------------------------------------


def kinds():
    """{name: (content, query)}: every kind of table that the command must read; the quotes of all close."""
    short = Query(aggregates=SHORT)
    full = Query(aggregates=EVERYTHING)
    head = b"SampleID,Volume,Note\n"
    plain = OddTable(2, notes=["", "ok", "x y"], quoting=0)
    tables = {
        "plain": (plain.content(100), full),
        "CRLF": (OddTable(3, ends=("\r\n",)).content(100), full),
        "CR only": (OddTable(4, ends=("\r",)).content(100), full),
        "mixed ends": (OddTable(5, ends=("\n", "\r\n", "\r")).content(100), full),
        "BOM": (BOM + OddTable(6).content(50), full),
        "BOM and a quoted header": (BOM + b'"SampleID","Volume",Note\r\na,1,x\r\nb,2,"' + BOM + b'"\r\n', short),
        "BOM of UTF-8 later is text": (head + BOM + b"a,1,x\na,1,x\n" + BOM + b"a,1,x\n", short),
        "no end at the end": (head + b"a,1,x\nb,2,y", short),
        "a delimiter at the end": (head + b"a,1,x\nb,2,", short),
        "a quote at the end": (head + b'a,1,x\nb,2,"y"', short),
        "an empty quote at the end": (head + b'a,1,x\nb,2,""', short),
        "a CR at the end": (head + b"a,1,x\r\nb,2,y\r", short),
        "one field at the end": (head + b"a,1,x\nb", short),
        "blank lines": (b"SampleID,Volume,Note\r\n\r\n\n\na,1,x\n\r\r\nb,2,y\n\r\n\r\n\r\r\n\n\na,3,z\n\n\n\n", short),
        "only blank lines below the header": (head + b"\n\r\n\r\n\n", short),
        "rows that only look blank": (head + b' \n,\n,,\n""\n"",""\n\t\n" "\n\'\'\n,,,\n"\n"\n', short),
        "short and long rows": (
            head + b'a\na,1\na,1,x,\na,1,x,y,z\nb\n,\n,,,,,,,\nb,2\nb,2,x,"y\nz"\nb,2,x\n', short),
        "one column": (b"SampleID\na\nb\n\na\n\"\"\nb,c\n", Query()),
        "header only": (b"SampleID,Volume,Note\n", short),
        "header only, no end": (b"SampleID,Volume,Note", short),
        "one row": (head + b"a,1,x\n", short),
        "quoted fields": (OddTable(7, quoting=1).content(100), full),
        "quotes everywhere": (
            OddTable(8, notes=['"' * n for n in range(9)] + ['",' * n for n in range(1, 9)]).content(100), full),
        "ends of lines in quotes": (
            OddTable(9, notes=["\n", "\r\n", "\r", "\n\n", "\r\r\n", "a\n\nb", '\n"\n', "\r\n,\r\n"]).content(100),
            full),
        "rows in quotes": (OddTable(10, notes=[OddTable(11).text(9, header=False).replace('"', "'") for _ in range(5)])
                           .content(30), full),
        "a whole table in quotes": (head + b'a,1,"' + b"b,2,x\n" * 1_500 + b'"\nb,2,y\n', short),
        "almost all in quotes": (head + b"".join(b'%d,1,"' % n + b"x\n,y\r\n" * 60 + b'"\n' for n in range(12)), short),
        "stray quotes": (
            head + b'a,1,5" pipe\na"b,2,x"\n"a"b,3,"x"y\n"a""b"c"d,4,""x\n"a" ,5, "x"\n "a,6,x"x"\n""a,7,"a"""b"\n'
            b'b,8,x""\n"b"",\n9,"",""\n,"x,9,y\n"a"\'b,1,"x" "y"\n"c"\r,1,"d"\r\n"a"\n5",6",7"\n', short),
        "many stray quotes": (head + b'a,1,5" pipe\nb,"2"0,6" and 7"\n"c"d"e,3,x\n' * 200, short),
        "empty keys": (head + b',1,x\n"",2,y\na,3,z\n ,4,x\n,5,x\n', short),
        "TSV": (OddTable(12, delimiter="\t", ends=("\n", "\r\n")).content(100),
                Query(aggregates=EVERYTHING, delimiter="\t")),
        "TSV, said": (OddTable(13, delimiter="\t").content(50),
                      Query(aggregates=EVERYTHING, delimiter="\t", guess=False)),
        "semicolons": (OddTable(14, delimiter=";").content(100),
                       Query(aggregates=EVERYTHING, delimiter=";", guess=False)),
        "bars": (OddTable(15, delimiter="|").content(50), Query(aggregates=EVERYTHING, delimiter="|", guess=False)),
        "commas in a TSV": (b"SampleID\tVolume\tNote\ta,b\na,b\t1\t\"x\ty\"\t,\na,b\t2\t,\t\n",
                            Query(aggregates=SHORT, delimiter="\t", guess=False)),
        "no header": (OddTable(16).content(60, header=False),
                      Query(("1", "2"), {"sum": ("3",), "max": ("5",), "distinct": ("6",)}, header=False)),
        "no header, the first row is short": (b"a,1\nb,2,3\nc\n\na,5\n", Query(("1",), {"sum": ("2",)}, header=False)),
        "invalid UTF-8": (
            head + b"J\xfcrgen,1,\xff\nJ\xc3\xbcrgen,2,x\n\xc3,3,\xed\xa0\x80\n\xc3,4,\xf4\x90\x80\x80\n", short),
        "invalid UTF-8 in a column that is not asked for": (
            head + b"J\xc3\xbcrgen,1,\xff\nb,2,x\n", Query(aggregates={"sum": ("Volume",)})),
        "all of UTF-8": (
            head + "é,1,x\n€,2,漢字\n𝄞,3,\u0085\n\u2028,4,\x1c\x0b\x0c\n\ufeff,5,\u00a0\n".encode(), short),
        "bytes of no meaning": (head + b"\x01\x02,1,\x7f\n\x1a,2,\x1f\n\x1b[0m,3,\x1e\n\x0b,4,\x0c\n", short),
        "keys of 255, 256 and 257 bytes": (head + b"".join(b"%s,1,x\n" % (b"k" * n) for n in (255, 256)),
                                           Query(aggregates={"max": ("Note",)})),
        "a key of 257 bytes": (head + b"%s,1,x\na,1,y\n" % (b"k" * 257), Query(aggregates={"max": ("Note",)})),
        "long keys": (head + b"".join(b"%s%d,%d,x\n" % (b"k" * 300, n % 7, n) for n in range(60)), short),
        "very long keys": (head + b"".join(b'"%s,%d",%d,x\n' % (b"k" * 100_000, n % 3, n) for n in range(12)), short),
        "keys that begin alike": (
            head + b"".join(b"%s,1,x\n" % (b"abcdefghijklmnopqrstuvwxyz" * 3)[:n]
                            for n in (1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 70, 8, 16)), short),
        "one key": (OddTable(17, samples=1).content(100), full),
        "keys all different": (head + b"".join(b"k%d,%d,x\n" % (n * 7_919 % 1_000, n) for n in range(1_000)), short),
        "dirty": (OddTable(18, dirty=0.4, ends=("\n", "\r\n", "\r")).content(150), full),
        "many columns": (
            ",".join(["SampleID", *(f"c{n}" for n in range(300)), "Volume", "Note"]).encode() + b"\n"
            + b"".join(b"s%d" % (n % 3) + b"," * 301 + b"%d,x\n" % n for n in range(9)), short),
        "columns of one name that nobody asks for": (b"SampleID,x,x,Volume,Note,,\na,1,2,3,y,,\n", short),
    }
    for name, (content, query) in tables.items():
        if not quotes_close(content, query.delimiter):
            raise AssertionError(f"a quote of {name} is open")
    return tables


class KindsTest(CountsTest):
    def test_each_kind(self):
        """In the smallest blocks, in which most borders are."""
        checks = {}
        for name, (content, query) in kinds().items():
            path = self.put(content, re.sub(r"\W+", "_", name) + ".csv")
            checks[name] = (path, query, "--block-size", "1" if len(content) < 500 else "64"), {}
        self.check_all(checks)

    def test_all_kinds_together(self):
        """Those of one header in one run: blocks of every size, ranks of every number."""
        tables = {name: content for name, (content, query) in kinds().items()
                  if query == Query(aggregates=SHORT) and len(content) < 100_000}
        self.assertGreater(len(tables), 20)
        paths = [self.put(content, re.sub(r"\W+", "_", name) + ".csv") for name, content in tables.items()]
        query = Query(aggregates=SHORT)
        expected = query.expected(*paths)
        self.check_all({f"blocks of {size}, {ranks} ranks": ((paths, query, "--block-size", size),
                                                             {"ranks": ranks, "expected": expected})
                        for size, ranks in ((1, None), (5, 3), (63, None), (64, 1), (65, 4), (97, 2), (128, None),
                                            (256, 7), (1_000, 3), (4_096, None), (BEYOND_THE_FILE, 2))})

    def test_nul_in_a_key(self):
        """A string of HDF5 ends at NUL: such keys must be bytes."""
        path = self.put(b"SampleID,Volume,Note\na\0b,1,x\na\0c,2,x\na,3,x\n\0,4,x\0\n")
        self.check(path, Query(aggregates=SHORT), "--block-size", "3")

    def test_odd_names(self):
        path = self.put(b'"a/b"," v ","x""y",\xc3\xa4,\n2,3,4,5,6\n2,5,6,7,8\n')
        output = self.counts(path, "--by", "a/b", "--sum", " v ", "--distinct", 'ä,x"y', ranks=None)
        with h5py.File(output, "r") as file:
            self.assertEqual(list(columns_of(file["counts"])),
                             ["a%2Fb", "count", "sum_ v ", "distinct_ä", 'distinct_x"y'])
            self.assertEqual(file["counts/a%2Fb"].attrs["long_name"], "a/b")
            self.assertEqual([column[0] for column in columns_of(file["counts"]).values()], [2, 2, 8, 2, 2])

    def test_blank_lines_before_the_header(self):
        path = self.put("\n\r\nSampleID,Volume\na,1\n")
        self.check(path, Query(aggregates={"sum": ("Volume",)}), "--block-size", "3")


class DirtyTableTest(CountsTest):
    """All that is odd in one table, on every number of ranks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        table = OddTable(20, samples=300, dirty=0.15, ends=("\n", "\r\n", "\r"))
        stray = b'a"b,"x"y,3,4" pipe,"q"r"\r\n"",",",""\n' * 5
        cls.path = cls.folder / "dirty.csv"
        cls.path.write_bytes(BOM + table.content(400) + stray + table.content(400, header=False))
        cls.query = Query(("SampleID", "Site"), EVERYTHING)
        cls.expected = cls.query.expected(cls.path)

    def test_it_is_worth_its_name(self):
        for name, values in self.expected.files.items():
            if name.endswith(("rows", "numbers")):
                self.assertGreater(values[0], 8, name)
        self.assertGreater(self.expected.groups, 200)

    def test_any_number_of_ranks_gives_the_same_file(self):
        for block_size in ("64", "1009", BEYOND_THE_FILE):
            output = self.check(self.path, self.query, "--block-size", block_size, expected=self.expected)
            same = contents(output)
            for ranks in (1, 2, 3, 4, 7):
                with self.subTest(block_size=block_size, ranks=ranks):
                    output = self.counts(self.path, *self.query.options(), "--block-size", block_size, ranks=ranks)
                    self.assert_same_file(output, same)

    def test_any_block_size_gives_the_same_counts(self):
        self.check_all({f"blocks of {size}": ((self.path, self.query, "--block-size", size),
                                              {"expected": self.expected})
                        for size in (1, 2, 63, 65, 128, 500, 4_096, 30_000)})

    def test_the_default_block_size(self):
        self.check(self.path, self.query, ranks=2, expected=self.expected)

    def test_options_that_change_nothing_in_the_data(self):
        same = contents(self.counts(self.path, *self.query.options()))
        (self.output.parent / "scratch").mkdir()
        for options in (["--no-verify"], ["--hash-inputs"], ["--timings"], ["--memory", "2G"], ["--progress", "plain"],
                        ["--scratch", self.output.parent / "scratch"], ["--max-row", "1000000"]):
            with self.subTest(options=options):
                self.assert_same_file(self.counts(self.path, *self.query.options(), *options, ranks=None), same)
        self.assertEqual(os.listdir(self.output.parent / "scratch"), [])

    def test_compression_changes_no_value(self):
        for level in (0, 9):
            self.check(self.path, self.query, "--compress", level, expected=self.expected)


class RandomQuotingTest(CountsTest):
    """Random quotes, delimiters and ends of lines: what the csv module reads, row by row and line by line."""

    def test_small_files(self):
        for seed, block_sizes in ((1, (1, 2, 3)), (2, (7, 31)), (3, (64, BEYOND_THE_FILE))):
            rng = random.Random(seed)
            paths = [self.put(soup(f"{seed}:{number}", rng.randint(0, 120)), f"{seed}_{number}.csv")
                     for number in range(300)]
            query = Query(aggregates=SHORT)
            expected = query.expected(*paths)
            self.check_all({f"seed {seed}, blocks of {size}": ((paths, query, "--block-size", size),
                                                               {"expected": expected})
                            for size in block_sizes})

    def test_larger_files(self):
        for seed in range(4):
            paths = [self.put(soup(f"large {seed}:{number}", 20_000), f"{seed}_{number}.csv") for number in range(3)]
            query = Query(("Note", "SampleID"), {"sum": ("Volume",), "distinct": ("Volume",)})
            expected = query.expected(*paths)
            self.check_all({f"seed {seed}, blocks of {size}": ((paths, query, "--block-size", size),
                                                               {"expected": expected})
                            for size in (64, 1_000, BEYOND_THE_FILE)})


# --- keys -----------------------------------------------------------------------------------------------------------


class KeysTest(CountsTest):
    def check_keys(self, columns, stored):
        """Columns of keys side by side, each of which must be stored so."""
        names = [f"k{number_of_column}" for number_of_column in range(len(columns))]
        rows = [",".join(f'"{key}"' for key in keys) + "\n" for keys in zip(*columns)]
        path = self.put(",".join(names) + "\n" + "".join(rows))
        got = read_counts(self.check(path, Query(tuple(names)), "--block-size", "20")).columns
        for name, keys in zip(names, columns):
            self.assertEqual(got[name].stored, stored, keys)

    def test_integers_are_numbers_where_all_are_canonical(self):
        self.check_keys([["10", "9", "-1", "0", "9"],
                         ["9223372036854775807", "-9223372036854775808", "9223372036854775806", "5", "5"]], "int64")
        others = ["007", "+1", "-0", " 1", "1 ", "9223372036854775808", "-9223372036854775809", "", "1.0", "1e3", "0x1"]
        self.check_keys([["10", other, "9"] for other in others], "text")

    def test_reals_are_numbers_where_all_are_canonical(self):
        self.check_keys([["0.5", "-0.5", "10.0", "9.0", "-1.0"], ["0.0", "-2.0", "1e+16", "1e-05", "0.0001"],
                         ["5e-324", "1.7976931348623157e+308", "0.1", "123456789012345.6", "1e+22"]], "float64")
        others = ["1", "0.50", "1e16", "1.5e3", ".5", "5.", "+0.5", "1E+16", "0.1000000000000000055", "1e400", "-",
                  "1e05", "100000000000000000.0", "0.00001", ""]
        self.check_keys([["0.5", other, "1.5"] for other in others], "text")

    def test_reals_that_are_no_number(self):
        """Not equal to themselves, or to another: they would not be keys."""
        others = ("inf", "-inf", "nan", "-0.0", "Infinity", "-nan", "NaN", "INF", "+inf")
        self.check_keys([["0.5", other, "1.5"] for other in others], "text")

    def test_order_is_that_of_bytes(self):
        """By hand, also for numbers."""
        output = self.check(self.put("SampleID\n9\n10\n-1\n100\n1\n"), Query(), "--block-size", "2")
        self.assertEqual(read_counts(output).columns["SampleID"].values, [-1, 1, 10, 100, 9])

    def test_each_column_by_itself(self):
        path = self.put(b"a,b,c\n1,0.5,x\n2,1.5,\xff\n1,0.5,x\n")
        output = self.check(path, Query(("a", "b", "c")))
        self.assertEqual([column.stored for column in read_counts(output).columns.values()],
                         ["int64", "float64", "bytes", "int64"])

    def test_several_keys_are_not_run_together(self):
        separators = ["", ",", "\t", "\x1f", "\x1e", "\x01", ":", "|", " ", "!", "\x7f"]
        rows = [(a + s, t + b) for a in ("a", "") for b in ("b", "") for s in separators for t in separators]
        content = "a,b\n" + "".join(f'"{a}","{b}"\n' for a, b in rows * 2)
        self.check(self.put(content), Query(("a", "b")), "--block-size", "100", ranks=2)
        self.check(self.put(content), Query(("b", "a")), "--block-size", "77")

    def test_keys_in_any_order_of_columns(self):
        path = self.put(OddTable(21).content(300))
        self.check_all({by: ((path, Query(by, {"sum": ("Volume",)}), "--block-size", "500"), {})
                        for by in (("Site", "SampleID"), ("SampleID", "Site", "Date"), ("Note",),
                                   ("Date", "Note", "Age", "Site", "Volume"))})

    def test_a_key_that_is_also_summed(self):
        path = self.put(OddTable(22).content(300))
        self.check(path, Query(("Volume",), {"sum": ("Volume",), "max": ("Volume",), "distinct": ("Volume",)}))

    def test_a_column_named_as_the_dimension(self):
        path = self.put("group,v\nx,1\ny,2\nx,3\n")
        output = self.counts(path, "--by", "group", "--sum", "v")
        with h5py.File(output, "r") as file:
            self.assertEqual(values_of(file["counts/group"]).tolist(), ["x", "y"])
            self.assertEqual(file["counts/sum_v"][...].tolist(), [4, 2])

    def test_a_column_named_as_a_result(self):
        """Two columns of one name cannot be: refused, or one of them gets another name."""
        path = self.put("count,v\nx,1\ny,2\nx,3\n")
        result = swather("counts", path, "--by", "count", "-o", self.output, ranks=None)
        if result.code == 0:
            with h5py.File(self.output, "r") as file:
                columns = [values_of(column).tolist() for column in columns_of(file["counts"]).values()]
            self.assertEqual(columns, [["x", "y"], [2, 1]])
        else:
            self.assert_one_error(result, USAGE, "count")

    def test_sorted_by_count(self):
        path = self.put(OddTable(23).content(500))
        self.check_all({(by, size): ((path, Query(by, SHORT, sort="count"), "--block-size", size), {"ranks": ranks})
                        for by in (("SampleID",), ("Site", "Age"), ("Volume",))
                        for size, ranks in ((300, 3), (BEYOND_THE_FILE, None))})

    def test_sorted_by_key_when_said(self):
        path = self.put(OddTable(23).content(100))
        one, other = self.counts(path, "--by", "SampleID", "--sort", "key"), self.counts(path, "--by", "SampleID")
        self.assert_same_file(one, other)


class ManyKeysTest(CountsTest):
    """More groups than a text column may have, and than a first table has room for."""

    def many(self, groups, digits=7):
        numbers = np.random.default_rng(1).permutation(groups)
        path = self.put("SampleID,Volume\n" + "".join(f"k{n:0{digits}},{n}\n" for n in numbers.tolist())
                        + "".join(f"k{n:0{digits}},1\n" for n in range(0, groups, 1_000)))
        keys = [b"k%0*d" % (digits, n) for n in range(groups)]
        return path, keys, [2 if n % 1_000 == 0 else 1 for n in range(groups)]

    def check_many(self, groups, stored, *options, ranks=2, digits=7):
        path, keys, count = self.many(groups, digits)
        output = self.counts(path, "--by", "SampleID", "--sum", "Volume", *options, ranks=ranks)
        got = read_counts(output)
        self.assertEqual(got.columns["SampleID"].stored, stored)
        self.assertTrue(got.columns["SampleID"].values == keys)
        self.assertTrue(got.columns["count"].values == count)
        self.assertTrue(got.columns["sum_Volume"].values == [n + (n % 1_000 == 0) for n in range(groups)])
        self.assertEqual((got.groups, got.rows), (groups, groups + len(range(0, groups, 1_000))))
        return output

    def test_a_million(self):
        self.check_many(1_000_000, "text")

    def test_more_than_a_million(self):
        same = contents(self.check_many(1_000_001, "bytes"))
        for ranks in (None, 3):
            path, *_ = self.many(1_000_001)
            self.assert_same_file(self.counts(path, "--by", "SampleID", "--sum", "Volume", ranks=ranks), same)

    def peak_of_a_rank(self, *arguments, ranks):
        return peak_of_a_rank("counts", *arguments, "-o", self.new_output(), ranks=ranks)

    def test_memory_is_kept(self):
        """Groups come in rounds, however many they are and however alike the blocks."""
        keys = list(range(10_000_000, 11_500_000))
        random.Random(17).shuffle(keys)
        path = self.put("SampleID\n" + "".join(f"{key:x}s\n" for key in keys))
        small = self.put("SampleID\n1\n", "small.csv")
        MiB = 1 << 20
        for ranks in (None, 3):
            if (base := self.peak_of_a_rank(small, "--by", "SampleID", ranks=ranks)) > 60 * MiB:
                self.skipTest(f"a sanitizer takes {base / MiB:.0f} MiB for itself")
            memory = max(72, base // MiB + 15)  # the process alone takes more in a build for debugging
            for sort in ("key", "count"):
                with self.subTest(ranks=ranks, sort=sort):
                    peak = self.peak_of_a_rank(path, "--by", "SampleID", "--sort", sort, "--memory", f"{memory}M",
                                               "--block-size", "256K", ranks=ranks)
                    # A build for debugging takes more for each group.
                    self.assertLess(peak / MiB, 1.05 * memory if base < 40 * MiB else memory + 64)

    def test_16_mebibytes_of_text(self):
        self.check_many(111_107, "text", digits=150)  # 16,777,157 bytes
        self.check_many(111_108, "bytes", digits=150)

    def test_a_million_numbers_are_numbers(self):
        path = self.put("SampleID\n" + "".join(f"{n}\n" for n in range(1_000_010)))
        got = read_counts(self.counts(path, "--by", "SampleID")).columns["SampleID"]
        self.assertEqual(got.stored, "int64")
        self.assertTrue(got.values == sorted(range(1_000_010), key=str))

    def test_many_keys_in_small_blocks(self):
        self.check_many(50_000, "text", "--block-size", "1000", ranks=3)


# --- values ---------------------------------------------------------------------------------------------------------


class AggregatesTest(CountsTest):
    def column(self, values, *kinds_of, groups=1, **options):
        """One column X, its values given one after the other to some groups."""
        path = Path(tempfile.mkdtemp(dir=self.output.parent)) / "table.csv"
        path.write_text("SampleID,X\n" + "".join(f'{row % groups},"{value}"\n' for row, value in enumerate(values)),
                        encoding="utf-8")
        return (path, Query(aggregates={kind: ("X",) for kind in kinds_of}), "--block-size", "50"), options

    def all_of(self, *columns, groups=1):
        self.check_all({str(values[:10]): self.column(values, "sum", "mean", "min", "max", "distinct", groups=groups)
                        for values in columns})

    def check_column(self, *arguments, **options):
        arguments, options = self.column(*arguments, **options)
        return self.check(*arguments, **options)

    def test_integers(self):
        self.all_of([1, 2, 3, -4, 5, 0, 7], ["007", "+5", "-0", "00"], [2**63 - 1, -2**63],
                    [2**53 + 1, 1, 2**53 + 3, 2**62, -2**61], groups=2)

    def test_integer_sums_are_exact_on_the_way(self):
        """Beyond int64 in between, and back again."""
        self.all_of([2**63 - 1] * 40 + [-2**63 + 1] * 40 + [5])

    def test_a_mean_of_integers_whose_sum_is_beyond_int64(self):
        self.check_column([2**63 - 1] * 10, "mean")

    def test_one_real_makes_a_column_real(self):
        self.all_of([1, 2, 3, "4.0", 5, 6], [1, 2, 3, "1e0", 5, 6], groups=3)

    def test_reals(self):
        rng = random.Random(1)
        self.all_of(["0.1"] * 10 + ["1e16", "1", "-1e16", ".5", "5.", "1E+2", "-1.5e-3", "+2.5"],
                    [repr(rng.uniform(-1, 1) * 10 ** rng.randint(-20, 20)) for _ in range(500)])
        self.all_of(["1e308", "-1e308", "1e-308", "1.7976931348623157e308", "4.9e-324", "2.2250738585072014e-308"],
                    groups=6)

    def test_compensated_sums(self):
        """1 is lost in a plain sum of doubles."""
        self.all_of(["1e16", "1.0", "1.0", "-1e16"] * 20, ["0.1"] * 5_000 + ["1e12"] + ["0.1"] * 5_000)

    def test_missing_values(self):
        self.all_of(["", 1, "", 2, " ", "   "], ["", 1, "", "2.5"], ["", " ", ""], ["", "b", "", "a"], ["1", "", "", 2],
                    groups=2)

    def test_what_is_no_number(self):
        """Each in a column of its own, and in a row of its own."""
        odd = ["n/a", "12abc", "0x10", "1_000", "--1", "1.2.3", "1e", ".", "-", "1e400", "-1e400", "1,5", "1 2", "ten",
               "9223372036854775808", "-9223372036854775809", "9" * 40, "+", "e5", "1e5.5", "５", "1f", "1d2", "TRUE"]
        names = [f"x{number_of_column}" for number_of_column in range(len(odd))]
        rows = [",".join([str(row % 3), *(f'"{odd[row]}"' if row == column else str(row + column)
                                          for column in range(len(odd)))]) for row in range(len(odd))]
        path = self.put("SampleID," + ",".join(names) + "\n" + "".join(row + "\n" for row in rows))
        kinds_of = {kind: tuple(names) for kind in ("sum", "mean", "min", "max", "distinct")}
        output = self.check(path, Query(aggregates=kinds_of), "--block-size", "100")
        self.assertEqual(read_counts(output).files["not_numbers"], [len(odd)])

    def test_nothing_but_texts(self):
        self.all_of(["x", "y"])

    def test_no_number_where_none_is_needed(self):
        output = self.check_column(["n/a", 1, "x"], "min", "max", "distinct")
        self.assertEqual(read_counts(output).files["not_numbers"], [0])

    def test_more_odd_values_than_are_told(self):
        output = self.check_column([1, "a", 2, "b", "c", "d", "e"], "sum")
        self.assertEqual(read_counts(output).files["not_number_lines"], ["3, 5, 6, 7, 8"])
        output = self.check_column([1, "a", 2, "b", "c", "d", "e", "f"], "sum", "mean")
        self.assertEqual(read_counts(output).files["not_number_lines"], ["3, 5, 6, 7, 8, …"])

    def test_texts(self):
        self.all_of(["b", "a", "é", "Z", "10", "9", "aa", "a ", "31/1/2020", "1/2/2020"],
                    ["x" * 300, "y", "x" * 300, "x" * 299], groups=2)

    def test_distinct(self):
        values = [f"v{n * n % 97}" for n in range(2_000)] + ["", "", " ", "v1 ", "V1"]
        self.check_column(values, "distinct", groups=5, ranks=3)
        self.check_column(["1", "1.0", "01", "+1", "1"], "distinct")

    def test_several_columns_at_once(self):
        path = self.put(OddTable(24).content(400))
        names = ("Volume", "Age")
        query = Query(("Site",), {"sum": names, "mean": names, "min": ("Note", *names), "max": ("Date", "Volume"),
                                  "distinct": ("Note", "SampleID", "Age")})
        for block_size, ranks in ((200, 3), (BEYOND_THE_FILE, None)):
            output = self.check(path, query, "--block-size", block_size, ranks=ranks)
        self.assertEqual(list(read_counts(output).columns), [
            "Site", "count", "sum_Volume", "sum_Age", "mean_Volume", "mean_Age", "min_Note", "min_Volume", "min_Age",
            "max_Date", "max_Volume", "distinct_Note", "distinct_SampleID", "distinct_Age"])

    def test_integer_results_do_not_know_the_blocks(self):
        """By hand; a column of integers in some blocks, and of reals and texts in others."""
        path = self.put("SampleID,X\n" + "a,1\n" * 100 + "a,0.5\n" + "b,2\n" * 100 + "c,\n")
        for block_size in (7, 100, BEYOND_THE_FILE):
            columns = read_counts(self.counts(path, "--by", "SampleID", "--sum", "X", "--min", "X",
                                              "--block-size", block_size, ranks=None)).columns
            self.assertEqual(columns["count"].values, [101, 100, 1])
            self.assertEqual(columns["sum_X"], Column("float64", [100.5, 200.0, 0.0]))
            self.assertEqual((columns["min_X"].stored, columns["min_X"].values[:2]), ("float64", [0.5, 2.0]))
            self.assertTrue(math.isnan(columns["min_X"].values[2]))


def as_number(text):
    return math.nan if number(text) is None else number(text)


class WhereTest(CountsTest):
    """The rows that Python would choose."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        table = OddTable(25, samples=20)
        table.notes = ["", "ok", "a, b", "two\nlines", "and", "it's"]
        cls.path = cls.folder / "where.csv"
        cls.path.write_bytes(table.content(600))

    def check_where(self, conditions, ranks=None):
        checks = {}
        for text, function in conditions.items():
            query = Query(aggregates={"sum": ("Volume",), "distinct": ("Note",)}, where=(text, function))
            expected = query.expected(self.path)
            self.assertGreater(expected.groups, 0, f"{text} is a test of nothing")
            checks[text] = (self.path, query, "--block-size", "700"), {"expected": expected, "ranks": ranks}
        self.check_all(checks)

    def test_numbers(self):
        self.check_where({
            "Age >= 18": lambda r: as_number(r["Age"]) >= 18,
            "Age > 50": lambda r: as_number(r["Age"]) > 50,
            "Age < 18": lambda r: as_number(r["Age"]) < 18,
            "Age<=18": lambda r: as_number(r["Age"]) <= 18,
            "Age == 18": lambda r: as_number(r["Age"]) == 18,
            "Age == 18.0": lambda r: as_number(r["Age"]) == 18,
            "Volume > -0.5": lambda r: as_number(r["Volume"]) > -0.5,
            "Volume >= 1e2": lambda r: as_number(r["Volume"]) >= 100,
            "  Volume<.5  ": lambda r: as_number(r["Volume"]) < 0.5,
        })

    def test_texts(self):
        self.check_where({
            "Site == 'A'": lambda r: r["Site"] == "A",
            'Site == "A"': lambda r: r["Site"] == "A",
            "Site != 'A'": lambda r: r["Site"] != "A",
            "Site == ''": lambda r: r["Site"] == "",
            "Site != ''": lambda r: r["Site"] != "",
            "Date >= '2015-06-01'": lambda r: r["Date"] >= "2015-06-01",
            "Date < '2015'": lambda r: r["Date"] < "2015",
            "Note == 'a, b'": lambda r: r["Note"] == "a, b",
            "Note == 'and'": lambda r: r["Note"] == "and",
            'Note == "it\'s"': lambda r: r["Note"] == "it's",
            "Note == 'two\nlines'": lambda r: r["Note"] == "two\nlines",
        })

    def test_and_or_not(self):
        def age(r):
            return as_number(r["Age"])
        self.check_where({
            "Age >= 18 and Site == 'A'": lambda r: age(r) >= 18 and r["Site"] == "A",
            "Age >= 18 or Site == 'A'": lambda r: age(r) >= 18 or r["Site"] == "A",
            "not Site == 'A'": lambda r: not r["Site"] == "A",
            "not Site == 'A' and Age > 30": lambda r: not r["Site"] == "A" and age(r) > 30,
            "not (Site == 'A' and Note == 'ok')": lambda r: not (r["Site"] == "A" and r["Note"] == "ok"),
            "Site == 'A' or Site == 'B' and Age > 90": lambda r: r["Site"] == "A" or r["Site"] == "B" and age(r) > 90,
            "(Site == 'A' or Site == 'B') and Age > 90": lambda r: r["Site"] in ("A", "B") and age(r) > 90,
            "not not ((Site == 'A'))": lambda r: r["Site"] == "A",
            "Site=='A'or Site=='B'and not Note=='ok'":
                lambda r: r["Site"] == "A" or r["Site"] == "B" and not r["Note"] == "ok",
        }, ranks=2)

    def test_nothing_passes(self):
        output = self.counts(self.path, "--by", "SampleID", "--sum", "Volume", "--where", "Age > 1000")
        got = read_counts(output)
        self.assertEqual((got.groups, got.rows, got.files["rows"]), (0, 600, [600]))

    def test_types_follow_the_rows_that_pass(self):
        path = self.put("SampleID,X,keep\n1,1,y\nx,n/a,n\n2,2.5,n\n1,5,y\n")
        self.check(path, Query(aggregates={"sum": ("X",), "min": ("X",)},
                               where=("keep == 'y'", lambda r: r["keep"] == "y")))

    def test_a_column_of_the_condition_alone(self):
        path = self.put("SampleID,keep\na,1\nb\nc,2\n")
        self.check(path, Query(where=("keep < 2", lambda r: as_number(r["keep"]) < 2)))


# --- files ----------------------------------------------------------------------------------------------------------


class FilesTest(CountsTest):
    def visits(self):
        """Three files of the same columns, in other orders."""
        first = self.put("Site,SampleID,Volume\nA,s1,1\nB,s2,2\n\nA,s1,3\n", "visits-1.csv")
        second = self.put(BOM + b'Volume,"SampleID",extra,Site\r\n10,s1,x,A\r\n20,s9,"y\r\nz",B\r\n30,s1,x\r\n',
                          "visits-2.csv")
        third = self.put("SampleID,Site,Volume", "visits-3.csv")
        return [first, second, third]

    query = Query(("Site", "SampleID"), {"sum": ("Volume",), "max": ("Volume",)})

    def test_columns_in_any_order(self):
        paths = self.visits()
        expected = self.query.expected(*paths)
        for block_size, ranks in ((1, None), (10, 3), (64, 7), (BEYOND_THE_FILE, 2)):
            self.check(paths, self.query, "--block-size", block_size, ranks=ranks, expected=expected)

    def test_other_orders_of_the_files_give_the_same_counts(self):
        paths = self.visits()
        self.assertEqual(self.query.expected(*paths).columns, self.query.expected(*paths[::-1]).columns)
        self.check(paths[::-1], self.query, "--block-size", "9", ranks=2)

    def test_globs(self):
        paths = self.visits()
        same = contents(self.counts(*paths, *self.query.options()))
        for pattern in ("visits-*.csv", "visits-?.csv", "visits-[1-3].csv"):
            with self.subTest(pattern=pattern):
                output = self.counts(self.output.with_name(pattern), *self.query.options())
                self.assert_same_file(output, same)

    def test_a_file_whose_name_looks_like_a_glob(self):
        self.check(self.put("SampleID\na\n", "what[1]*.csv"), Query())

    def test_other_names(self):
        self.check(self.put("SampleID\na\n", "it's mine, Jürgen.csv"), Query())
        self.check(Path(os.path.relpath(self.put("SampleID\na\n"))), Query())

    def test_line_numbers_are_of_each_file(self):
        table = [OddTable(seed, dirty=0.3).content(60) for seed in (30, 31, 32)]
        paths = [self.put(content, f"{number}.csv") for number, content in enumerate(table)]
        for block_size, ranks in ((64, 2), (BEYOND_THE_FILE, None)):
            self.check(paths, Query(aggregates={"sum": ("Volume",)}), "--block-size", block_size, ranks=ranks)

    def test_quotes_end_with_the_file(self):
        """A border of two files lies within no row, whatever the first one ends with."""
        paths = [self.put('SampleID,Volume\na,"1"', "a.csv"), self.put('SampleID,Volume\nb,"2"\n""', "b.csv"),
                 self.put("SampleID,Volume\nc,3\r", "c.csv"), self.put("\nSampleID,Volume\nd,", "d.csv")]
        self.check(paths, Query(aggregates={"sum": ("Volume",)}), "--block-size", "5", ranks=2)

    def test_delimiters_of_each_file(self):
        """Guessed from each header by itself."""
        paths = [self.put("SampleID,Volume\na,1\n", "a.csv"), self.put("SampleID\tVolume\na\t2\n", "b.tsv")]
        output = self.counts(*paths, "--by", "SampleID", "--sum", "Volume")
        self.assertEqual(read_counts(output).columns["sum_Volume"].values, [3])

    def test_many_files(self):
        paths = [self.put(OddTable(number, samples=5).content(3), f"{number}.csv") for number in range(200)]
        self.check(paths, Query(aggregates={"distinct": ("Note",)}), "--block-size", "100", ranks=3)


class CompressedTest(CountsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        table = OddTable(40, samples=200, dirty=0.05, ends=("\n", "\r\n"))
        cls.content = BOM + table.content(8_000)
        cls.query = Query(aggregates=EVERYTHING)
        cls.plain = cls.folder / "plain.csv"
        cls.plain.write_bytes(cls.content)
        cls.expected = cls.query.expected(cls.plain)

    def check_compressed(self, path):
        self.expected.files["file"] = [str(path)]
        self.check_all({f"blocks of {size}": ((path, self.query, "--block-size", size),
                                              {"ranks": ranks, "expected": self.expected})
                        for size, ranks in ((5_000, 3), (100_000, None))})

    def test_plain(self):
        self.check_compressed(self.plain)

    def test_bgzf(self):
        path = self.put(tool("bgzip", "-c", self.plain), "table.csv.gz")
        self.check_compressed(path)
        self.assertEqual(list(path.parent.glob("*.gzi")), [])

    def test_bgzf_of_small_blocks(self):
        """As when a writer flushes: blocks of a few bytes, and empty ones in between."""
        whole, end = tool("bgzip", "-c", self.plain), tool("bgzip", "-c", text=b"")
        parts = [self.content[begin:begin + 3_001] for begin in range(0, len(self.content), 3_001)]
        self.assertTrue(whole.endswith(end))
        blocks = b"".join(tool("bgzip", "-c", text=part)[:-len(end)] for part in parts[:30])
        rest = tool("bgzip", "-c", text=b"".join(parts[30:]))
        self.check_compressed(self.put(blocks + end + rest, "flushed.csv.gz"))

    def test_gzip(self):
        path = self.put(gzip.compress(self.content), "table.csv.gz")
        self.check_compressed(path)
        self.assertEqual(sorted(p.name for p in path.parent.iterdir() if p.is_file()), ["table.csv.gz"])

    def test_gzip_of_several_members(self):
        parts = [self.content[:70_001], b"", self.content[70_001:]]
        self.check_compressed(self.put(b"".join(map(gzip.compress, parts)), "members.csv.gz"))

    def test_zeros_behind_the_end(self):
        for name, packed in (("gzip", gzip.compress(self.content)), ("bgzf", tool("bgzip", "-c", self.plain))):
            self.check_compressed(self.put(packed + bytes(5_000), f"{name}.csv.gz"))

    def test_gzip_with_a_name_in_it(self):
        path = self.output.with_name("named.csv")
        shutil.copy(self.plain, path)
        tool("gzip", "-9", path)
        self.check_compressed(Path(f"{path}.gz"))

    def test_staged_in_scratch(self):
        path = self.put(gzip.compress(self.content), "table.csv.gz")
        scratch = self.output.parent / "scratch"
        scratch.mkdir()
        self.expected.files["file"] = [str(path)]
        self.check(path, self.query, "--scratch", scratch, ranks=2, expected=self.expected)
        self.assertEqual(os.listdir(scratch), [])

    def test_all_kinds_at_once(self):
        """The same rows three times."""
        paths = [self.plain, self.put(tool("bgzip", "-c", self.plain), "b.csv.gz"),
                 self.put(gzip.compress(self.content), "g.csv.gz")]
        self.check(paths, self.query, "--block-size", "20000", ranks=3)

    def test_small_ones(self):
        for content in (b"SampleID,Volume,Note", b"SampleID,Volume,Note\na,1,x", b"SampleID,Volume,Note\n\n\n"):
            for compressed in (gzip.compress(content), tool("bgzip", "-c", text=content)):
                self.check(self.put(compressed, "table.csv.gz"), Query(aggregates=SHORT), "--block-size", "4")


# --- the result -----------------------------------------------------------------------------------------------------


class StdoutTest(CountsTest):
    """`-o -`: the result as text, and no file."""

    def setUp(self):
        super().setUp()
        self.here = self.output.parent / "here"
        self.here.mkdir()
        self.temporary = self.output.parent / "temporary"
        self.temporary.mkdir()

    def start(self, *arguments, ranks=None):
        return subprocess.Popen(["timeout", "-k", "5", "60", *command(["counts", *arguments, "-o", "-"], ranks)],
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.here,
                                env=ENVIRONMENT | {"TMPDIR": str(self.temporary)})

    def printed(self, *arguments, ranks=None):
        with self.start(*arguments, ranks=ranks) as process:
            stdout, stderr = process.communicate()
        self.assertEqual(process.returncode, 0, stderr.decode())
        self.assert_no_file()
        return stdout

    def assert_no_file(self):
        self.assertEqual(os.listdir(self.here), [])
        self.assertEqual([name for name in os.listdir(self.temporary) if not name.startswith("ompi")], [])

    def assert_printed(self, printed, expected):
        place = 0

        def skip(what, message):
            nonlocal place
            self.assertEqual(printed[place:place + len(what)], what, message)
            place += len(what)

        skip("\t".join(expected.columns).encode() + b"\n", "header")
        for row in range(expected.groups):
            for number_of_column, (name, column) in enumerate(expected.columns.items()):
                value = column.values[row]
                if number_of_column:
                    skip(b"\t", f"behind a field of row {row}")
                if isinstance(value, float):
                    text = re.compile(rb"[^\t\n]*").match(printed, place).group()
                    place += len(text)
                    if math.isnan(value):
                        self.assertEqual(text, b"", name)
                    else:
                        self.assertTrue(math.isclose(float(text), value, rel_tol=1e-12), f"{name}: {text} for {value}")
                else:
                    text = value if isinstance(value, bytes) else str(value).encode()
                    for special, written in ((b"\\", rb"\\"), (b"\t", rb"\t"), (b"\n", rb"\n"), (b"\r", rb"\r")):
                        text = text.replace(special, written)
                    skip(text, f"{name} of row {row}")
            skip(b"\n", f"end of row {row}")
        self.assertEqual(printed[place:], b"")

    def test_it_is_what_is_in_the_file(self):
        path = self.put(OddTable(50, samples=100).content(800))
        for query in (Query(), Query(("Note", "Site"), EVERYTHING), Query(("Age",), EVERYTHING, sort="count"),
                      Query(("Volume",))):
            for ranks in (None, 3):
                with self.subTest(by=query.by, ranks=ranks):
                    printed = self.printed(path, *query.options(), "--block-size", "2000", ranks=ranks)
                    self.assert_printed(printed, query.expected(path))

    def test_by_hand(self):
        path = self.put("k,v\nb,1\na,0.1\na,0.2\nc,\n")
        self.assertEqual(self.printed(path, "--by", "k", "--min", "v", "--mean", "v").decode().splitlines(), [
            "k\tcount\tmean_v\tmin_v", "a\t2\t0.15000000000000002\t0.1", "b\t1\t1.0\t1.0", "c\t1\t\t"])

    def test_floats_are_the_shortest_that_read_back(self):
        path = self.put("v\n0.1\n123456789.125\n5e-324\n0.30000000000000004\n")
        printed = self.printed(path, "--by", "v").decode()
        self.assertEqual([line.split("\t")[0] for line in printed.splitlines()[1:]],
                         ["0.1", "0.30000000000000004", "123456789.125", "5e-324"])

    def test_bytes_of_any_kind(self):
        query = Query(aggregates=SHORT)
        path = self.put(b"SampleID,Volume,Note\nJ\xfcrgen,1,\xff\n\xc3,3,\0\r\n%s,1,x\r\n" % (b"k" * 1_000))
        self.assert_printed(self.printed(path, *query.options()), query.expected(path))

    def test_a_row_is_a_line(self):
        path = self.put('"k\t1",v\n"a\tb",1\n"two\nlines",1\n"cr\rlf\r\n",1\n"C:\\new",1\n\\\\,1\n')
        self.assertEqual(self.printed(path, "--by", "k\t1", "--max", "k\t1").decode().split("\n"), [
            r"k\t1" "\tcount\t" r"max_k\t1", r"C:\\new" "\t1\t" r"C:\\new", r"\\\\" "\t1\t" r"\\\\",
            r"a\tb" "\t1\t" r"a\tb", r"cr\rlf\r\n" "\t1\t" r"cr\rlf\r\n", r"two\nlines" "\t1\t" r"two\nlines", ""])

    def test_no_rows(self):
        self.assertEqual(self.printed(self.put("k,v\n"), "--by", "k", "--sum", "v"), b"k\tcount\tsum_v\n")

    def test_a_reader_that_has_enough(self):
        path = self.put("k\n" + "".join(f"key{number}\n" for number in range(100_000)))
        for read in (1, 100_000):
            with self.subTest(read=read):
                with self.start(path, "--by", "k") as process:
                    self.assertEqual(process.stdout.read(read)[:1], b"k")
                    process.stdout.close()
                    stderr = process.stderr.read()
                    process.wait()
                self.assertEqual((process.returncode, stderr.count(b"error")), (0, 0), stderr)
                self.assert_no_file()

    def test_an_mpirun_that_loses_its_reader(self):
        """It fails, and kills all ranks: they have nothing left to leave behind."""
        path = self.put("k\n" + "".join(f"key{number}\n" for number in range(200_000)))
        with self.start(path, "--by", "k", "--block-size", "100K", ranks=3) as process:
            self.assertEqual(process.stdout.read(1), b"k")
            process.stdout.close()
            process.stderr.read()
        for _ in range(100):
            if not os.listdir(self.here):
                break
            time.sleep(0.1)
        self.assertEqual(os.listdir(self.here), [])

    def test_nothing_is_said_of_resuming(self):
        path = self.put("k\n" + "".join(f"key{number}\n" for number in range(300_000)))
        with self.start(path, "--by", "k", "--block-size", "1000") as process:
            while not os.listdir(self.here):
                time.sleep(0.001)
            process.terminate()  # timeout passes it on
            stdout, stderr = process.communicate()
        self.assertEqual((stdout, stderr.count(b"error:"), stderr.count(b"--resume")), (b"", 1, 0), stderr)
        self.assertIn(b"stopped", stderr)
        self.assert_no_file()
        with running("counts", path, "--by", "k", "--block-size", "1000", "-o", self.output, ranks=None) as run:
            while not list(self.output.parent.glob("out.h5.journal/blocks.*")):
                time.sleep(0.001)
            run.process.terminate()
            result = run.wait()
        self.assert_one_error(result, STOPPED, "stopped", "--resume")  # of a file, it is

    def test_no_resume(self):
        path = self.put("k\n1\n")
        for ranks in (None, 2):
            result = swather("counts", path, "--by", "k", "-o", "-", "--resume", ranks=ranks)
            self.assert_one_error(result, USAGE, "--resume")
            self.assertEqual(result.stdout, "")

    def test_journal_in_scratch(self):
        path = self.put(OddTable(51).content(300))
        scratch = self.output.parent / "scratch"
        scratch.mkdir()
        self.printed(path, "--by", "SampleID", "--scratch", scratch, "--block-size", "100", ranks=2)
        self.assertEqual(os.listdir(scratch), [])

    def test_gzip(self):
        """Staged, with no output beside which to stage."""
        path = self.put(gzip.compress(b"k\nb\na\nb\n"), "table.csv.gz")
        self.assertEqual(self.printed(path, "--by", "k"), b"k\tcount\na\t1\nb\t2\n")


class LayoutTest(CountsTest):
    """The file is what its readers were promised."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = cls.folder / "table.csv"
        cls.table.write_bytes(OddTable(60, samples=100).content(2_000))
        cls.long = cls.folder / "long.csv"
        cls.long.write_bytes(b"SampleID,v\n" + b"".join(b"%s%d,1\n" % (b"k" * 300, number) for number in range(50)))
        cls.query = Query(("SampleID", "Site"), EVERYTHING)
        cls.path, cls.long_path = cls.folder / "table.h5", cls.folder / "long.h5"
        cls.result = swather("counts", cls.table, *cls.query.options(), "-o", cls.path, "--block-size", "5000", ranks=3)
        other = swather("counts", cls.long, "--by", "SampleID", "-o", cls.long_path, ranks=2)
        for result in (cls.result, other):
            if result.code != 0:
                raise AssertionError(str(result))

    def setUp(self):
        super().setUp()
        self.file = h5py.File(self.path, "r")
        self.addCleanup(self.file.close)

    def test_attributes_of_the_file(self):
        attributes = dict(self.file.attrs)
        self.assertEqual((attributes["encoding-type"], attributes["complete"]), ("swather", 1))
        for name in ("Conventions", "title", "history", "source"):
            self.assertTrue(attributes[name], f"the attribute {name} is empty")
        self.assertIn(attributes["default"].strip("/").split("/")[0], self.file)

    def test_types_and_filters(self):
        for name, column in columns_of(self.file["counts"]).items():
            if column.dtype == object:
                kind = h5py.check_string_dtype(column.dtype)
                self.assertEqual((kind.encoding, kind.length), ("utf-8", None), name)
            else:
                self.assertIn(column.dtype, (np.dtype("<i8"), np.dtype("<f8")), name)
                self.assertEqual((column.compression, column.shuffle), ("gzip", True), name)

    def test_scales(self):
        for group, scale in (("counts", "group"), ("summary", "input")):
            for column in columns_of(self.file[group]).values():
                if column.name != "/summary/file":
                    self.assertEqual(len(column.dims[0]), 1, f"{column.name} has no scale")
                    self.assertEqual(column.dims[0][0].name.strip("/").split("/")[0], group)
        self.assertEqual(self.file["counts/count"].dims[0][0].name, "/counts/group")

    def test_bytes_and_offsets(self):
        with h5py.File(self.long_path, "r") as file:
            self.assertEqual([name for name in columns_of(file["counts"]) if name != "count"],
                             ["SampleID_bytes", "SampleID_offset"])
            self.assertEqual(file["counts/SampleID_bytes"].dtype, np.uint8)
            self.assertEqual(file["counts/SampleID_offset"].dtype, np.int64)
            self.assertEqual(file["counts/SampleID_offset"].shape, file["counts/count"].shape)
            self.assertEqual(file["counts/SampleID_offset"][0], 0)

    def test_provenance(self):
        text = facts_of(self.file)
        for fact in (str(self.table), "--by", "SampleID,Site", "5000", "counts"):
            self.assertIn(fact, text)

    def test_pandas_gives_the_same(self):
        """pandas' own groupby of a clean table."""
        path = self.put(OddTable(61, notes=["ok", "x, y", "two\nlines"]).content(3_000))
        output = self.counts(path, "--by", "SampleID,Site", "--sum", "Volume", "--mean", "Age", "--max", "Date",
                             "--distinct", "Note", ranks=3, output=self.output)
        with h5py.File(output, "r") as file:
            got = pandas.DataFrame({name: values_of(column) for name, column in columns_of(file["counts"]).items()})
        table = pandas.read_csv(path, dtype={"SampleID": str, "Site": str, "Date": str}, keep_default_na=False,
                                na_values={"Volume": [""], "Age": [""]})
        groups = table.groupby(["SampleID", "Site"])
        expected = pandas.DataFrame({
            "count": groups.size(), "sum_Volume": groups["Volume"].sum(), "mean_Age": groups["Age"].mean(),
            "max_Date": groups["Date"].max(), "distinct_Note": groups["Note"].nunique()}).reset_index()
        pandas.testing.assert_frame_equal(got, expected, rtol=1e-9, atol=1e-9)

    def test_xarray_reads_it(self):
        with open_in_xarray(self.path, "counts") as result:
            self.assertEqual(result["count"].dims, ("group",))
            self.assertEqual(result["SampleID"].dims, ("group",))
            self.assertIsInstance(result["SampleID"].values[0], str)
            np.testing.assert_array_equal(result["count"].values, self.file["counts/count"][...])
        with open_in_xarray(self.path, "summary") as summary:
            self.assertEqual(summary["rows"].dims, ("input",))
            self.assertEqual(summary.attrs["rows"], 2_000)
        with open_in_xarray(self.long_path, "counts") as result:
            self.assertEqual(result["SampleID_offset"].dims, ("group",))

    @unittest.skipUnless(shutil.which("ncdump"), "ncdump (netcdf-bin) is not installed")
    def test_netcdf_reads_it(self):
        header = tool("ncdump", "-h", self.path).decode()
        for words in ("group: counts", "string SampleID(group)", "int64 count(group)", "group: summary"):
            self.assertIn(words, header)
        for path in (self.path, self.long_path):
            tool("ncdump", path)

    @unittest.skipUnless(shutil.which("h5dump"), "h5dump (hdf5-tools) is not installed")
    def test_h5dump_reads_it(self):
        for path in (self.path, self.long_path):
            tool("h5dump", "-o", os.devnull, path)

    def test_no_groups(self):
        path = self.put("SampleID,Volume,Note\n")
        output = self.check(path, Query(aggregates=SHORT), ranks=3)
        tool("h5dump", "-o", os.devnull, output)
        with h5py.File(output, "r") as file:
            self.assertEqual(file["counts/count"].shape, (0,))

    def test_messages(self):
        self.assertEqual(self.result.stdout, "")
        self.assertNotIn("error", self.result.stderr)


class OtherCommandsTest(CountsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.path = cls.folder / "table.csv"
        cls.path.write_bytes(OddTable(70, dirty=0.1).content(1_000))
        cls.options = Query(aggregates=EVERYTHING, where=("Age >= 18", None), sort="count").options()

    def test_dry_run_prints_the_plan_and_writes_nothing(self):
        for path in (self.path, self.put(gzip.compress(self.path.read_bytes()), "table.csv.gz")):
            before = sorted(self.output.parent.iterdir())
            result = swather("counts", path, *self.options, "-o", self.output, "--dry-run", "--block-size", "1000",
                             ranks=3)
            self.assertEqual(result.code, 0, result)
            for word in ("block", "rank", "memory", "output"):
                self.assertIn(word, (result.stdout + result.stderr).lower())
            self.assertIn("of 1,000 bytes each", result.stdout)
            self.assertEqual(sorted(self.output.parent.iterdir()), before)

    def test_timings(self):
        result = swather("counts", self.path, *self.options, "-o", self.output, "--timings", ranks=3)
        self.assertEqual(result.code, 0, result)
        for phase in ("plan", "read", "compute", "journal", "write", "verify"):
            self.assertIn(phase, result.stdout + result.stderr)

    def test_inspect(self):
        output = self.counts(self.path, *self.options)
        result = swather("inspect", output, ranks=None)
        self.assertEqual((result.code, result.stderr), (0, ""), result)
        for words in (str(self.path), "/counts/SampleID", "/counts/count"):
            self.assertIn(words, result.stdout)
        self.assertLess(len(result.stdout.splitlines()), 60)

    def test_any_text_comes_back_from_a_file(self):
        keys = ["a 'b'", 'a "b"', "#1", "back\\", "two\nlines", "t\tab", "ö", "007", "7", "[x]", "a,b"]
        path = self.put("k\n" + "".join(quoted(key) + "\n" for key in keys))
        config = self.output.with_name("options.toml")
        for where in [*(f"k == {quoted(key)}" for key in keys), """k == "it's" or k == '#1' and k != "a" """]:
            with self.subTest(where=where):
                options = [path, "--by", "k", "--where", where, "-o", "-"]
                printed = swather("counts", *options, "--print-config", ranks=None)
                config.write_text(printed.stdout, encoding="utf-8")
                again = swather("counts", "--config", config, "--print-config", ranks=None)
                self.assertEqual((again.code, again.stdout), (0, printed.stdout), again)
                done = swather("counts", "--config", config, ranks=None)
                self.assertEqual((done.code, len(done.stdout.splitlines())), (0, 2), done)
                self.assertEqual(done.stdout, swather("counts", *options, ranks=None).stdout)

    def test_a_file_that_is_no_toml(self):
        config = self.put("[counts]\nby = \"k\"\nwhere = 'a\n", "options.toml")
        result = swather("counts", self.path, "--config", config, ranks=None)
        self.assert_one_error(result, USAGE, "--config", "line 3")

    def test_options_from_a_file(self):
        printed = swather("counts", self.path, *self.options, "-o", self.output, "--print-config", ranks=None)
        self.assertEqual((printed.code, printed.stderr), (0, ""), printed)
        config = self.output.with_name("options.toml")
        config.write_text(printed.stdout, encoding="utf-8")
        result = swather("counts", "--config", config)
        self.assertEqual(result.code, 0, result)
        self.assert_same_file(self.output, self.counts(self.path, *self.options))

    def test_one_block_alone(self):
        before = sorted(self.output.parent.iterdir())
        result = swather("counts", self.path, *self.options, "-o", self.output, "--block-size", "1000",
                         "--only-block", "3", ranks=None)
        self.assertEqual(result.code, 0, result)
        self.assertTrue(result.stdout)
        self.assertEqual(sorted(self.output.parent.iterdir()), before)

    def test_odd_rows_are_told(self):
        """Nobody else tells."""
        result = swather("counts", self.path, *self.options, "-o", self.output, ranks=2)
        for words in ("blank", "short", "long", "number"):
            self.assertIn(words, result.stderr, result)

    def test_silence(self):
        result = swather("counts", self.path, *self.options, "-o", self.output, "--log-level", "error",
                         "--progress", "none")
        self.assertEqual((result.code, result.stdout, result.stderr), (0, "", ""), result)

    def test_help(self):
        usage = swather("counts", "--help", ranks=None)
        self.assertEqual((usage.code, usage.stderr), (0, ""))
        for option in ("--by", "--sum", "--mean", "--min", "--max", "--distinct", "--where", "--delimiter",
                       "--no-header", "--strict", "--sort", "--max-row", "--block-size", "--resume"):
            self.assertIn(option, usage.stdout)


if __name__ == "__main__":
    unittest.main()
