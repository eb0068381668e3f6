# SPDX-License-Identifier: MIT
"""FILE.h5:/GROUP as an input of transform and counts: groups that h5py or swather made, against pandas and h5py."""

import functools
import os
import unittest

import h5py
import numpy as np
import pandas as pd
from restart_testing import InterruptedTest, module_folder
from swather_testing import BAD_DATA, CANNOT_READ, USAGE, SwatherTest, columns_of, swather, values_of

ROWS = 5_000
TEXTS = ["x", 'say "hi"', "a,b", "l\nm", "", "é", "r\rs"]


@functools.cache
def columns():
    """Of each type that h5py writes; the last row has the largest value."""
    random = np.random.default_rng(7)
    made = {}
    for name in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"):
        limits = np.iinfo(name)
        made[name] = random.integers(limits.min, limits.max, ROWS, dtype=name, endpoint=True)
        made[name][-2:] = limits.min, min(limits.max, 2**63 - 1)
        if name == "uint64":
            made[name] //= 2
    made["big"] = np.arange(ROWS, dtype=">i4")
    for name in ("float16", "float32", "float64"):
        made[name] = random.normal(size=ROWS).astype(name)
        made[name][:4] = np.nan, np.inf, -np.inf, -0.0
    made["bool"] = random.random(ROWS) < 0.5
    made["texts"] = random.choice(TEXTS, ROWS).astype(object)
    made["ascii"] = random.choice(["p", "qq", ""], ROWS).astype(object)
    made["fixed"] = random.choice([b"u", b"vw", b"", b"x,y"], ROWS).astype("S3")
    made["letter"] = random.choice([b"+", b"-"], ROWS).astype("S1")
    return made


@functools.cache
def made_file():
    """The columns in one file and, in halves, in two more; in the order in which they are made."""
    folder = module_folder()
    for name, rows in (("all.h5", slice(None)), ("part1.h5", slice(1_234)), ("part2.h5", slice(1_234, None))):
        with h5py.File(folder / name, "w") as file:
            group = file.create_group("a/t", track_order=True)
            for column, values in columns().items():
                kind = {"texts": h5py.string_dtype(), "ascii": h5py.string_dtype("ascii")}.get(column)
                group.create_dataset(column, data=values[rows], dtype=kind, chunks=(1_000,))
            group["image"] = np.zeros((2, 2))  # of other dimensions: no columns
            group["scalar"] = 1
            group.create_group("below")
    return folder / "all.h5"


class Hdf5TableTest(SwatherTest):
    def run_to_end(self, *arguments, ranks=2):
        output = self.new_output()
        result = swather(*arguments, "-o", output, ranks=ranks)
        self.assertEqual(result.code, 0, result)
        self.assert_complete(output)
        with h5py.File(output) as file:
            return output, {name: values_of(column) for name, column in columns_of(file[arguments[0]]).items()}

    def assert_columns(self, found):
        self.assertEqual(list(found), list(columns()))
        for name, expected in columns().items():
            if expected.dtype == bool:
                expected = np.where(expected, "True", "False")
            elif expected.dtype.kind == "S":
                expected = expected.astype(str)
            elif expected.dtype.kind == "f":
                expected = expected.astype("float64")
                np.testing.assert_array_equal(np.signbit(found[name][3]), True)
            np.testing.assert_array_equal(found[name], expected, name)

    def test_each_type_on_any_number_of_ranks(self):
        for ranks, block_size in ((None, 1 << 20), (3, 20_000), (4, 100_000)):
            with self.subTest(ranks=ranks):
                self.assert_columns(self.run_to_end("transform", f"{made_file()}:/a/t", "--block-size", block_size,
                                                    ranks=ranks)[1])

    def test_several_files(self):
        self.assert_columns(self.run_to_end("transform", f"{made_file().parent}/part*.h5:/a/t")[1])

    def test_where_and_keep(self):
        _, found = self.run_to_end("transform", f"{made_file()}:/a/t/", "--set", "K = int8 * 2 + uint16", "--where",
                                   "bool == 'True' and float64 > 0", "--keep", "K,texts")
        wanted = columns()["bool"] & (columns()["float64"] > 0)
        np.testing.assert_array_equal(found["K"], (columns()["int8"] * 2.0 + columns()["uint16"])[wanted])
        np.testing.assert_array_equal(found["texts"], columns()["texts"][wanted])
        _, found = self.run_to_end("transform", f"{made_file()}:/a/t", "--set", "one = 1", "--keep", "one")
        np.testing.assert_array_equal(found["one"], np.ones(ROWS))

    def test_what_swather_made(self):
        """Counts by pandas; then its own table, from which it comes out as it was."""
        frame = pd.DataFrame({"texts": columns()["texts"], "int8": columns()["int8"].astype("int64")})
        expected = frame.groupby("texts").int8.agg(["size", "sum"])
        output, found = self.run_to_end("counts", f"{made_file()}:/a/t", "--by", "texts", "--sum", "int8")
        self.assertEqual(dict(zip(found["texts"], found["count"].tolist())), expected["size"].to_dict())
        self.assertEqual(dict(zip(found["texts"], found["sum_int8"].tolist())), expected["sum"].to_dict())
        _, again = self.run_to_end("transform", f"{output}:/counts")
        for name, values in found.items():
            np.testing.assert_array_equal(again[name], values, name)
        self.assertEqual(list(again), list(found))
        long_texts = self.output.parent / "long.csv"
        long_texts.write_text(f"a/b,T\n1,{'x' * 300}\n2,y\n")
        output, _ = self.run_to_end("transform", long_texts)
        with h5py.File(output) as file:
            self.assertIn("T_bytes", file["transform"])
        _, found = self.run_to_end("counts", f"{output}:/transform", "--by", "a/b", "--by", "T")
        self.assertEqual(found["a%2Fb"].tolist(), [1, 2])
        with h5py.File(self.run_to_end("transform", f"{output}:/transform")[0]) as file:
            self.assertEqual(file["transform/T_bytes"][...].tobytes(), b"x" * 300 + b"y")

    def test_no_rows_and_columns_without_an_order(self):
        path = self.output.parent / "plain.h5"
        with h5py.File(path, "w") as file:
            for name in "ba":
                file[f"none/{name}"] = np.zeros(0)
                file[f"none/{name}"].make_scale(name)  # a coordinate is a column
                file[name] = [1.5, np.nan]
        self.assertEqual({name: len(values) for name, values in
                          self.run_to_end("transform", f"{path}:/none")[1].items()}, {"a": 0, "b": 0})
        found = self.run_to_end("transform", f"{path}:/")[1]
        self.assertEqual(list(found), ["a", "b"])
        np.testing.assert_array_equal(found["a"], [1.5, np.nan])

    def test_dry_run(self):
        result = swather("transform", f"{made_file()}:/a/t", "-o", self.output, "--dry-run")
        self.assertEqual(result.code, 0, result)
        self.assertEqual(os.listdir(self.output.parent), [])

    def test_errors(self):
        folder = self.output.parent
        path = folder / "odd.h5"
        with h5py.File(path, "w") as file:
            file["good/x"] = [1, 2]
            file["uneven/x"] = [1, 2]
            file["uneven/y"] = [1, 2, 3]
            file.create_group("empty")
            file["compound/c"] = np.zeros(2, [("a", "i4")])
            file["reference/c"] = np.array([file["good"].ref] * 2, dtype=h5py.ref_dtype)
            file["arrays/c"] = np.array([np.arange(2), np.arange(3)], dtype=object).astype(h5py.vlen_dtype("i4"))
        text = folder / "text.csv"
        text.write_text("x\n1\n")
        for code, words, *arguments in (
                (CANNOT_READ, ["none.h5"], folder / "none.h5:/t"),
                (CANNOT_READ, ["no group '/other'", f"{path}:/good"], f"{path}:/other"),
                (BAD_DATA, ["no table"], f"{path}:/empty"),
                (BAD_DATA, ["'x' has 2 rows", "'y' 3"], f"{path}:/uneven"),
                (BAD_DATA, ["'c'", "compounds"], f"{path}:/compound"),
                (BAD_DATA, ["'c'", "references"], f"{path}:/reference"),
                (BAD_DATA, ["'c'", "arrays"], f"{path}:/arrays"),
                (BAD_DATA, ["no file of HDF5"], f"{text}:/x"),
                (USAGE, ["no table is named", f"{path}:/good"], path),
                (USAGE, ["no column 'q'"], f"{path}:/good", "--keep", "q"),
                (USAGE, ["--delimiter"], f"{path}:/good", "--delimiter", ";"),
                (USAGE, ["--no-header"], f"{path}:/good", "--no-header")):
            with self.subTest(arguments=arguments):
                self.assert_one_error(swather("transform", *arguments, "-o", self.output, ranks=None), code, *words)
                self.assert_nothing_published(self.output)


class KilledTest(InterruptedTest):
    def arguments(self):
        return "transform", f"{made_file()}:/a/t", "-o", self.output, "--block-size", 4_096

    def test_the_staged_table_is_taken_again(self):
        with self.start() as run:
            self.wait_for_blocks(run)
            self.freeze_and_kill(run)
        self.assertEqual(len(list(self.journal.glob("staged.*"))), 1)
        result = self.resume()
        self.assertIn("was written as CSV by an earlier run", result.stderr)
        self.assertGreater(self.blocks_in_journal(result)[0], 0)
        self.assert_complete(self.output)
        undisturbed = self.new_output()
        self.assertEqual(swather(*self.arguments()[:2], "-o", undisturbed, "--block-size", 4_096).code, 0)
        self.assert_same_file(self.output, undisturbed)


if __name__ == "__main__":
    unittest.main()
