# SPDX-License-Identifier: MIT
"""`swather transform` against pandas, on any number of ranks; `export --csv` against Python's csv module."""

import csv
import functools
import gzip
import io
import itertools
import math
import os
import unittest

import h5py
import numpy as np
import pandas as pd
from restart_testing import InterruptedTest, module_folder, run_to_its_end
from swather_testing import BAD_DATA, CANNOT_CREATE, USAGE, SwatherTest, contents, swather

ROWS = 20_000
TEXTS = ["x", 'say "hi"', "a,b", "l\nm", "", "NA", "é"]
SET = ["K = A * 2", "H = sqrt(A*A + B*B) + C/2", "M = if(A % 3 == 0, B / A, max(A, B))",
       "`A b` = -K // 3 >= id and name != 'x'"]
WHERE = "id > -500000 and not name in ('x', 'a,b')"


COMPARISONS = {"lt": "<", "le": "<=", "eq": "==", "ne": "!=", "ge": ">=", "gt": ">"}


def options_of(assignments):
    return [part for one in assignments for part in ("--set", one)]


@functools.cache
def table():
    """A table, and what pandas makes of it."""
    random = np.random.default_rng(1)
    path = module_folder() / "table.csv"
    pd.DataFrame({"id": random.integers(-10**6, 10**6, ROWS), "A": random.integers(-50, 50, ROWS),
                  "B": random.normal(size=ROWS), "C": np.where(random.random(ROWS) < 0.1, np.nan, random.random(ROWS)),
                  "name": random.choice(TEXTS, ROWS)}).to_csv(path, index=False)
    expected = pd.read_csv(path, keep_default_na=False, na_values={"C": [""]}, float_precision="round_trip")
    expected = expected[(expected.id > -500_000) & ~expected.name.isin(["x", "a,b"])].copy()
    expected["K"] = expected.A * 2
    expected["H"] = np.sqrt(expected.A * expected.A + expected.B * expected.B) + expected.C / 2
    with np.errstate(all="ignore"):
        expected["M"] = np.where(expected.A % 3 == 0, expected.B / expected.A, np.maximum(expected.A, expected.B))
    expected["A b"] = (-expected.K // 3 >= expected.id) & (expected.name != "x")
    return path, expected


def columns_of(output):
    """The columns of /transform, by name: arrays of numbers, lists of text."""
    with h5py.File(output) as file:
        group = file["transform"]
        return {name: column.asstr()[...].tolist() if h5py.check_string_dtype(column.dtype) else column[...]
                for name, column in group.items() if column.attrs.get("long_name") is not None}


class TransformTest(SwatherTest):
    def transform(self, *arguments, ranks=None, output=None):
        output = output or self.new_output()
        result = swather("transform", *arguments, "-o", output, ranks=ranks)
        self.assertEqual(result.code, 0, result)
        self.assert_complete(output)
        return output, result

    def write(self, text, name="table.csv"):
        path = self.output.parent / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def assert_columns(self, output, expected):
        """`expected`: columns of pandas; a condition is 1 or 0, and all that is computed float64."""
        found = columns_of(output)
        self.assertEqual(list(found), list(expected))
        for name, column in expected.items():
            if column.dtype == object:
                self.assertEqual(found[name], column.tolist(), name)
            else:
                self.assertEqual(found[name].dtype, "int64" if name in ("id", "A") else "float64", name)
                np.testing.assert_array_equal(found[name], column.to_numpy(), name)


class PandasTest(TransformTest):
    def test_any_number_of_ranks_and_any_size_of_blocks(self):
        path, expected = table()
        first = None
        for ranks, block_size in ((1, 65_536), (2, 65_536), (3, 65_536), (7, 65_536), (2, 1_000), (4, 10_000_000)):
            with self.subTest(ranks=ranks, block_size=block_size):
                output, _ = self.transform(path, *options_of(SET), "--where", WHERE, "--block-size", block_size,
                                           ranks=ranks)
                if block_size == 65_536 and first:  # and so chunks and all that is not provenance
                    self.assert_same_file(output, first)
                    continue
                first = first or contents(output)
                self.assert_columns(output, expected)
                with h5py.File(output) as file:
                    self.assertEqual(file["summary/rows"][...].tolist(), [ROWS])
                    self.assertEqual(file["summary/dropped_rows"][...].tolist(), [ROWS - len(expected)])
                    self.assertEqual(file["transform/K"].attrs["long_name"], "A * 2")

    def test_some_columns(self):
        path, expected = table()
        output, _ = self.transform(path, *options_of(SET), "--where", WHERE, "--keep", "M,name", "--keep", "id", ranks=2)
        self.assert_columns(output, expected[["M", "name", "id"]])

    def test_a_column_that_is_set_again_stays_where_it_stands(self):
        path, expected = table()
        output, _ = self.transform(path, "--set", "A = A + 1", "--set", "A = A / 2", "--where", WHERE)
        found = columns_of(output)
        self.assertEqual(list(found), ["id", "A", "B", "C", "name"])
        np.testing.assert_array_equal(found["A"], (expected.A + 1) / 2)

    def test_packed_and_several_files(self):
        path, _ = table()
        lines = path.read_text().replace("l\nm", "l m").splitlines()
        half = len(lines) // 2
        one = self.write(gzip.compress("\n".join(lines[:half]).encode()), "1.csv.gz")
        reader = csv.reader(io.StringIO("\n".join([lines[0], *lines[half:]])))
        text = io.StringIO()
        csv.writer(text, delimiter=";").writerows(row[::-1] for row in reader)
        two = self.write(text.getvalue(), "2.csv")
        output, _ = self.transform(one, two, "--set", "K = A * 2", "--block-size", "20000", ranks=2)
        expected = pd.read_csv(io.StringIO("\n".join(lines)), keep_default_na=False, na_values={"C": [""]},
                               float_precision="round_trip")
        self.assert_columns(output, expected.assign(K=expected.A * 2))


class TypesTest(TransformTest):
    # Of each column its fields, and what it becomes: worked out by hand from the README.
    COLUMNS = {
        "integers": (["1", "-5", "0", "9223372036854775807"], "int64", [1, -5, 0, 2**63 - 1]),
        "missing": (["1", "", " ", "9007199254740992"], "float64", [1, math.nan, math.nan, 2.0**53]),
        "words": (["NA", "2", "NaN", "null"], "float64", [math.nan, 2, math.nan, math.nan]),
        "reals": (["1.50", "+5", "-0", "1e5"], "float64", [1.5, 5, 0, 1e5]),
        "infinite": (["inf", "-inf", "1", "-Infinity"], "float64", [math.inf, -math.inf, 1, -math.inf]),
        "signs": (["+5", "-0", "+9007199254740993", "1"], "int64", [5, 0, 2**53 + 1, 1]),
        "small": (["0e-5", "1e-400", "-0e-5", "1"], "float64", [0, 0, 0, 1]),
        "blanks": ([" 1", "2 ", "\t3", "4"], "int64", [1, 2, 3, 4]),
        "no_value": (["", " ", "NA", ""], "float64", [math.nan] * 4),
        "zeros": (["007", "1", "2", "3"], "text", None),
        "long": (["9223372036854775808", "1", "2", "3"], "text", None),
        "wide": (["9007199254740993", "", "1", "2"], "text", None),  # as a double it would be another
        "texts": (["a", "1", "NA", ""], "text", None),
        "far": (["1e400", "1", "-1e400", "3"], "float64", [math.inf, 1, -math.inf, 3]),
    }

    def test_each_type(self):
        rows = zip(*(fields for fields, _, _ in self.COLUMNS.values()))
        path = self.write(",".join(self.COLUMNS) + "\n" + "".join(",".join(row) + "\n" for row in rows))
        for block_size, ranks in ((4_096, None), (30, 3)):  # a row or two in a block: each has an opinion of its own
            output, result = self.transform(path, "--set", "one = 1", "--block-size", block_size, ranks=ranks)
            found = columns_of(output)
            self.assertEqual(list(found), [*self.COLUMNS, "one"])
            for name, (fields, stored, values) in self.COLUMNS.items():
                with self.subTest(name=name, block_size=block_size):
                    if stored == "text":
                        self.assertEqual(found[name], values or fields)
                        continue
                    self.assertEqual(found[name].dtype, stored)
                    np.testing.assert_array_equal(found[name], values)
            self.assertTrue(np.signbit(found["reals"][2]))
            self.assertEqual(np.signbit(found["small"]).tolist(), [False, False, True, False])
            self.assertIn("a number beyond float64 (or an integer beyond 64 bits), which became a float, "
                          "2 of them, on lines 2, 4", result.stderr)

    def test_no_rows(self):
        path = self.write("A,B\n1,x\n")
        output, _ = self.transform(path, "--set", "K = A", "--where", "A > 1", ranks=2)
        self.assertEqual([len(column) for column in columns_of(output).values()], [0, 0, 0])

    def test_names_in_a_list(self):
        path = self.write('"x,y",b,,"c`,d","e f","\'q\'"\n1,2,3,4,5,6\n')
        output, _ = self.transform(path, "--keep", "e f,`x,y`,``,b", "--keep", "`c``,d`,'q'")
        self.assertEqual(list(columns_of(output)), ["e f", "x,y", "%2E", "b", "c`,d", "'q'"])

    def test_odd_names(self):
        path = self.write('"a/b","c d",row,\n1,2,3,4\n')
        output, _ = self.transform(path, "--set", "`x/y` = `a/b` + `c d` + row + ``", "--set", "row_ = 1")
        self.assertEqual({name: float(column[0]) for name, column in columns_of(output).items()},
                         {"a%2Fb": 1, "c d": 2, "row": 3, "%2E": 4, "x%2Fy": 10, "row_": 1})


class MissingTest(TransformTest):
    def test_two_columns_as_pandas_compares_them(self):
        numbers = ["1", "2", "", "NA", "5", ""]
        text = "A,B\n" + "".join(f"{a},{b}\n" for a, b in itertools.product(numbers, numbers))
        path = self.write(text)
        output, _ = self.transform(path, *options_of(f"{name} = A {mark} B" for name, mark in COMPARISONS.items()))
        table = pd.read_csv(io.StringIO(text))
        found = columns_of(output)
        for name, mark in COMPARISONS.items():
            np.testing.assert_array_equal(found[name], table.eval(f"A {mark} B"), mark)


class OddRowsTest(TransformTest):
    TABLE = "A,B\n1,0\nx,2\n,0\nNA,0\n9223372036854775807,1\n\n5\n99999999999999999999,1\n"

    def test_they_are_told(self):
        """By hand; the empty row is no row, and the short one has no B."""
        path = self.write(self.TABLE)
        for block_size, ranks in ((4_096, None), (10, 3)):
            output, result = self.transform(path, "--set", "R = A / B", "--set", "S = A + 1", "--keep", "R,S",
                                            "--block-size", block_size, ranks=ranks)
            found = columns_of(output)
            nan = math.nan
            np.testing.assert_array_equal(found["R"], [math.inf, nan, nan, nan, 2.0**63, nan, 1e20])
            np.testing.assert_array_equal(found["S"], [2, nan, nan, nan, 2.0**63, 6, 1e20])
            with h5py.File(output) as file:
                told = {name: file["summary"][name].asstr()[0] if "lines" in name else int(file["summary"][name][0])
                        for name in ("rows", "blank_lines", "short_lines", "not_numbers", "not_number_lines",
                                     "zero_divisions", "zero_division_lines", "too_large", "too_large_lines")}
            self.assertEqual(told, {"rows": 7, "blank_lines": "7", "short_lines": "8", "not_numbers": 2,
                                    "not_number_lines": "3, 5", "zero_divisions": 1, "zero_division_lines": "2",
                                    "too_large": 2, "too_large_lines": "6, 9"})
            for words in ("wrong rows: no number where one is wanted, 2 of them, on lines 3, 5",
                          "a division by zero", "an integer beyond 64 bits"):
                self.assertIn(words, result.stderr)

    def test_those_of_a_condition_are_told(self):
        """By hand: A + 1 is wanted of all rows, 1 / B of those for which it is over 1; the row of line 2 is kept."""
        path = self.write("A,B\n1,2\nx,2\n3,0\n9223372036854775807,-1\nNA,1\n")
        where = "A + 1 > 1 and 1 / B > 0 and 1 / B < 9"
        for command in (["transform", "--set", "K = A + 1"], ["counts", "--by", "B"]):
            for ranks, block_size in ((None, 4_096), (3, 8)):
                output = self.new_output()
                result = swather(command[0], path, *command[1:], "--where", where, "-o", output, "--block-size", block_size,
                                 ranks=ranks)
                self.assertEqual(result.code, 0, result)
                with h5py.File(output) as file:
                    told = [file["summary"][name].asstr()[0]
                            for name in ("not_number_lines", "zero_division_lines", "too_large_lines")]
                self.assertEqual(told, ["3, 6", "4", "5"])
                for words in ("no number where one is wanted, 2 of them, on lines 3, 6", "a division by zero, on line 4",
                              "which became a float, on line 5"):
                    self.assertIn(words, result.stderr)
            result = swather(*command, path, "--where", where, "--strict", "-o", self.output)
            self.assert_one_error(result, BAD_DATA, "table.csv", "line 3", "no number")

    def test_strict(self):
        path = self.write("A,B\n1,2\nx,3\n")
        result = swather("transform", path, "--set", "K = A + B", "--strict", "-o", self.output)
        self.assert_one_error(result, BAD_DATA, "table.csv", "line 3", "no number")
        self.assert_nothing_published(self.output)
        self.transform(path, "--set", "K = A + B", "--where", "A != 'x'", "--strict")
        self.transform(path, "--set", "K = if(isnan(A), 0, 1) + B", "--strict")

    def test_errors(self):
        path = self.write("A,B\n1,2\n")
        other = self.write("A,B,C\n1,2,3\n", "other.csv")
        for code, words, *arguments in (
                (USAGE, ["no column 'Q'"], path, "--set", "K = Q"),
                (USAGE, ["no column 'Q'"], path, "--keep", "Q"),
                (USAGE, ["--keep 'A,,B'"], path, "--keep", "A,,B"),
                (USAGE, ["--keep 'A,'"], path, "--keep", "A,"),
                (USAGE, ["--keep '`A`B'"], path, "--keep", "`A`B"),
                (USAGE, ["--keep", "not closed"], path, "--keep", "`A,B"),
                (USAGE, ["--keep", "'A' twice"], path, "--keep", "A,B", "--keep", "`A`"),
                (USAGE, ["expected a function", "did you mean sqrt?"], path, "--set", "K = sqr(A)"),
                (USAGE, ["--set: found the end"], path, "--set", "K = A +"),
                (USAGE, ["--set: found '=='"], path, "--set", "K == A"),
                (USAGE, ["--where: found the end"], path, "--where", "A"),
                (USAGE, ["a column 'C'", "choose"], path, other, "--set", "K = A"),
                (BAD_DATA, ["table.csv", "line 3", "quote"], self.write('A,B\n1,2\n3,"4\n'), "--set", "K = A")):
            with self.subTest(arguments=arguments):
                self.assert_one_error(swather("transform", *arguments, "-o", self.output), code, *words)
                self.assert_nothing_published(self.output)


class CsvTest(TransformTest):
    def export(self, file, csv_file, *options):
        return swather("export", file, "--csv", csv_file, *options, ranks=None)

    def test_as_the_csv_module_writes_it(self):
        path, _ = table()
        output, _ = self.transform(path, *options_of(SET), "--where", WHERE)
        columns = [column if isinstance(column, list) else ["" if value != value else value for value in column.tolist()]
                   for column in columns_of(output).values()]
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows(itertools.chain([columns_of(output)], zip(*columns)))
        for name, unpack in (("out.csv", bytes), ("out.csv.gz", gzip.decompress)):
            target = self.output.parent / name
            result = self.export(output, target)
            self.assertEqual(result.code, 0, result)
            self.assertEqual(unpack(target.read_bytes()).decode(), text.getvalue())
        before = target.read_bytes()
        self.assert_one_error(self.export(output, target), CANNOT_CREATE, "--force")
        self.assertEqual(self.export(output, target, "--force").code, 0)
        self.assertEqual(target.read_bytes(), before)
        # And back again: each column as it was.
        again, _ = self.transform(target, "--block-size", "3000", ranks=2)
        for (name, found), expected in zip(columns_of(again).items(), columns_of(output).values()):
            np.testing.assert_array_equal(found, expected, name)

    def test_odd_cells(self):
        path = self.write('"a/b","c ""d"""\n"x\ry",1\n"""",2\n', "odd.csv")
        output, _ = self.transform(path, "--set", "Z = 1 / (`c \"d\"` - 1)")
        target = self.output.parent / "out.csv"
        self.assertEqual(self.export(output, target).code, 0)
        self.assertEqual(target.read_bytes(), b'a/b,"c ""d""",Z\n"x\ry",1,inf\n"""",2,1.0\n')
        alone, _ = self.transform(path, "--set", "N = 0/0", "--keep", "N")
        self.assertEqual(self.export(alone, target, "--force").code, 0)
        self.assertEqual(target.read_bytes(), b'N\n""\n""\n')  # as the module has it, too: not blank lines

    def test_long_texts_and_columns_that_are_named_as_their_parts(self):
        """A text of over 256 bytes is stored as T_bytes and T_offset; n_bytes and n_offset are columns of numbers."""
        text = f"n_bytes,n_offset,T\n1,2,{'x' * 300}\n3,4,\"a,b\"\n"
        output, _ = self.transform(self.write(text))
        with h5py.File(output) as file:
            self.assertEqual(file["transform/T_bytes"][...].tobytes(), b"x" * 300 + b"a,b")
        target = self.output.parent / "out.csv"
        self.assertEqual(self.export(output, target).code, 0)
        self.assertEqual(target.read_text(), text)
        # A text, whose names are taken: the later columns have others in the file, but not for the user.
        text = f"A,A_bytes,A_offset,a%2Fb\nx,1,y,2\n{'z' * 300},3,{'u' * 300},4\n"
        for rows in (text, "".join(text.splitlines(keepends=True)[:2])):
            output, _ = self.transform(self.write(rows))
            with h5py.File(output) as file:
                self.assertIn("A_bytes (2)", file["transform"])
            self.assertEqual(self.export(output, target, "--force").code, 0)
            self.assertEqual(target.read_text(), rows)

    def test_other_tables(self):
        path, _ = table()
        counts = self.new_output()
        result = swather("counts", path, "--by", "name", "--mean", "A", "-o", counts)
        self.assertEqual(result.code, 0, result)
        target = self.output.parent / "counts.csv"
        self.assertEqual(self.export(counts, target).code, 0)
        found = pd.read_csv(target, keep_default_na=False, float_precision="round_trip")
        means = pd.read_csv(path, keep_default_na=False).groupby("name").A.mean()
        self.assertEqual(list(found), ["name", "count", "mean_A"])
        self.assertEqual(dict(zip(found.name, found.mean_A)), means.to_dict())
        genome = self.write(">c\nGAATTCGAATTC\n", "genome.fa")
        motif = self.new_output()
        self.assertEqual(swather("motif", genome, "--pattern", "E=GAATTC", "-o", motif).code, 0)
        self.assertEqual(self.export(motif, target, "--force").code, 0)
        self.assertEqual(target.read_text(), "contig,start,strand,pattern\nc,0,+,E\nc,6,+,E\n")

    def test_errors(self):
        path = self.write("A\n1\n")
        output, _ = self.transform(path)
        self.assert_one_error(self.export(path, self.output.parent / "a.csv"), BAD_DATA, "table.csv")
        self.assert_one_error(self.export(output, output), CANNOT_CREATE)
        self.assert_one_error(self.export(output, output, "--force"), USAGE, "itself")
        self.assert_one_error(self.export(output, "-"), USAGE, "--csv")


class PrintTest(TransformTest):
    def test_on_stdout(self):
        path, expected = table()
        for ranks in (None, 3):
            result = swather("transform", path, "--set", SET[1], "--where", WHERE, "--keep", "id,H,C", "-o", "-",
                             "--block-size", "65536", ranks=ranks)
            self.assertEqual(result.code, 0, result)
            found = pd.read_csv(io.StringIO(result.stdout), sep="\t", float_precision="round_trip")
            self.assertEqual(list(found), ["id", "H", "C"])
            for name in found:
                np.testing.assert_array_equal(found[name], expected[name])

    def test_csv(self):
        """What is printed is what export makes of the file, which is held against pandas."""
        path, _ = table()
        options = [*options_of(SET), "--where", WHERE]
        output, _ = self.transform(path, *options)
        exported = self.output.parent / "exported.csv"
        self.assertEqual(swather("export", output, "--csv", exported, "--force", ranks=None).code, 0)
        for ranks in (None, 3):
            result = swather("transform", path, *options, "-o", "-", "--csv", "--block-size", "65536", ranks=ranks)
            self.assertEqual(result.code, 0, result)
            self.assertEqual(result.stdout, exported.read_text())
        result = swather("transform", path, *options, "-o", self.output, "--csv", ranks=2)
        self.assert_one_error(result, USAGE, "--csv", "-o -", "export")

    def test_inspect(self):
        path, expected = table()
        output, _ = self.transform(path, *options_of(SET), "--where", WHERE)
        result = swather("inspect", output, ranks=None)
        self.assertEqual(result.code, 0, result)
        for words in ("/transform/H", "sqrt(A*A + B*B) + C/2", f"{len(expected):,}", "dropped_rows"):
            self.assertIn(words, result.stdout)


BLOCK_SIZE = 2_000


@functools.cache
def undisturbed():
    """A run in many small blocks: what it holds, and how large its journal was."""
    output = module_folder() / "undisturbed.h5"
    size = run_to_its_end("transform", table()[0], *options_of(SET), "--where", WHERE, "--block-size", BLOCK_SIZE,
                          output=output)
    return contents(output), size


class RestartTest(InterruptedTest):
    def arguments(self):
        return ["transform", table()[0], *options_of(SET), "--where", WHERE, "-o", self.output, "--block-size", BLOCK_SIZE]

    def kill_at(self, part, ranks):
        with self.start(ranks=ranks) as run:
            self.wait_for_blocks(run, int(part * undisturbed()[1]))
            self.freeze_and_kill(run)
        self.assertFalse(os.path.lexists(self.output))  # on a busy machine it may already be assembled, as .part

    def test_killed_and_resumed_on_other_numbers_of_ranks(self):
        undisturbed()
        for part, ranks, more in ((0.1, 2, 7), (0.5, 3, 1)):
            with self.subTest(part=part, ranks=ranks, resumed_by=more):
                self.kill_at(part, ranks)
                there, blocks = self.blocks_in_journal(self.resume(ranks=more))
                self.assertGreater(there, 0)
                self.assertLessEqual(there, blocks)
                self.assert_same_file(self.output, undisturbed()[0])
                self.output.unlink()

    def test_another_expression_resumes_nothing(self):
        undisturbed()
        self.kill_at(0.2, 2)
        result = swather(*self.arguments(), "--set", "one = 1", "--resume")
        self.assert_one_error(result, USAGE, "--set")


if __name__ == "__main__":
    unittest.main()
