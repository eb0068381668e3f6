# SPDX-License-Identifier: MIT
"""Quantiles of `swather reduce` against numpy: equal to the last bit, of few results and many, on any number of ranks."""

import json
import re
import signal
import unittest
import warnings
from contextlib import contextmanager

import h5py
import numpy as np
from reduce_testing import ReduceTest
from restart_testing import InterruptedTest
from swather_testing import BAD_DATA, STOPPED, USAGE, contents, journal_size, kill, open_in_xarray, swather, wait_until

QUANTILES = [0.5, 0.05, 0.95, 0, 1, 0.123, 2 / 3]
ASKED = ",".join(map(repr, QUANTILES))


def quantiles_of(rows, quantiles, skip_nan=False):
    """numpy's of each row, of reals in float64; a last axis has the quantiles."""
    rows = rows.astype(np.float64) if rows.dtype.kind == "f" else rows
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of rows of NaN, of infinite differences
        with np.errstate(all="ignore"):
            return np.moveaxis((np.nanquantile if skip_nan else np.quantile)(rows, quantiles, axis=-1), 0, -1)


class QuantilesTest(ReduceTest):
    def assert_quantiles(self, output, expected, name="quantiles"):
        """Equal in all bits, but for the signs of 0 and those of NaN."""
        with h5py.File(output, "r") as file:
            got = file["reduce"][name][...]
        self.assertEqual(got.dtype, np.float64)
        self.assertEqual(got.shape, expected.shape)
        np.testing.assert_array_equal(got, expected)

    def passes(self):
        """How often the run has read everything."""
        return 1 + len(re.findall(r"reduce: pass \d+ over", self.result.stderr))


class NumbersTest(QuantilesTest):
    def test_all_types_of_few_and_many_results(self):
        passes = {1: 1, 2: 1, 4: 2, 8: 4}  # 7 quantiles have too many neighbours for three passes of 8 bytes
        for number, dtype in enumerate("i1 u1 i2 u2 i4 u4 i8 u8 f4 f8".split()):
            rng = np.random.default_rng(number)
            if dtype[0] == "f":
                array = (rng.standard_cauchy((4200, 9)) * 10.0 ** rng.integers(-30, 30, (4200, 9))).astype(dtype)
            else:  # the middle of a type, that the differences of numpy do not wrap around
                limits = np.iinfo(dtype)
                array = rng.integers(int(limits.min) // 2, int(limits.max) // 2, (4200, 9), dtype, endpoint=True)
            path = self.write(f"{dtype}.npy", array)
            with self.subTest(dtype=dtype):
                output = self.reduce(path, "--quantiles", ASKED, "--stat", "median,max", ranks=None)
                self.assertEqual(self.passes(), passes[array.itemsize], self.result.stderr)
                everything = array.reshape(1, -1)
                self.assert_quantiles(output, quantiles_of(everything, QUANTILES))
                self.assert_quantiles(output, quantiles_of(everything, [0.5])[:, 0], "median")
                output = self.reduce(path, "--quantiles", ASKED, "--axis", 0, ranks=None)
                self.assert_quantiles(output, quantiles_of(array.T, QUANTILES))
                output = self.reduce(path, "--quantiles", ASKED, "--stat", "median,min", "--axis", 1, ranks=None)
                self.assertEqual(self.passes(), 1)
                self.assert_quantiles(output, quantiles_of(array, QUANTILES))
                self.assert_quantiles(output, quantiles_of(array, [0.5])[:, 0], "median")

    def test_integers_that_float64_does_not_hold(self):
        """All beyond 2^53, where the first bits of all are the same."""
        rng = np.random.default_rng(20)
        for array in (2**62 + rng.integers(0, 5000, 3001), -2**63 + np.arange(7), 2**63 - 1 - np.arange(4),
                      np.uint64(2**64 - 1) - rng.integers(0, 2**20, 3000).astype(np.uint64)):
            output = self.reduce(self.write("in.npy", array), "--quantiles", ASKED, ranks=3)
            self.assert_quantiles(output, quantiles_of(array[None], QUANTILES))
        # numpy's difference of the ends of a type wraps around: -2^63 + (2^64 - 1) / 4
        array = np.array([-2**63, 2**63 - 1])
        self.assert_quantiles(self.reduce(self.write("in.npy", array), "--quantiles", 0.25), np.array([[-(2.0**62)]]))

    def test_odd_elements(self):
        nan, inf = np.nan, np.inf
        cases = [[0.1] * 9, [-0.0, 0.0] * 4 + [0.0], [-inf] + [1.5] * 8, [-inf, inf] * 4 + [0], [inf] * 9, [nan] * 9, [nan] + [inf] * 8,
                 [nan] * 8 + [-3.25], [nan] * 7 + [2, -1], [5e-324, -5e-324, 1e308, -1e308, 1, 2, 3, 4, nan], list(range(9))]
        for dtype in (np.float64, np.float32):
            with np.errstate(over="ignore"):
                few = np.array(cases).astype(dtype)
            for rows in (few, np.tile(few, (400, 1))):
                path = self.write("in.npy", rows)
                for skip_nan in (False, True):
                    with self.subTest(dtype=dtype, rows=len(rows), skip_nan=skip_nan):
                        output = self.reduce(path, "--quantiles", ASKED, "--axis", 1, *["--skip-nan"] * skip_nan, ranks=None)
                        self.assert_quantiles(output, quantiles_of(rows, QUANTILES, skip_nan))

    def test_one_element_and_two(self):
        for array in (np.array([3.5]), np.array([7, -2]), np.array([[1], [2]], np.uint8), np.array([np.nan]), np.full((2, 3), np.nan)):
            output = self.reduce(self.write("in.npy", array), "--quantiles", ASKED, "--skip-nan", ranks=4)
            self.assert_quantiles(output, quantiles_of(array.reshape(1, -1), QUANTILES, skip_nan=array.dtype.kind == "f"))

    def test_any_block_size_on_any_number_of_ranks(self):
        rng = np.random.default_rng(21)
        array = np.round(rng.lognormal(size=(40, 130, 90)) * 1e3 - 700, 1)  # many are equal
        array[rng.random(array.shape) < 0.01] = np.nan
        path = self.write("in.npy", array)
        for axis, axes, sizes in (("all", (0, 1, 2), ((1, 3), (2, 1), (3, 7))), ("0,1", (0, 1), ((1, 2), (5, 4))),
                                  ("0", (0,), ((1, 4), (50, 7)))):
            arguments = ("--quantiles", ASKED, "--axis", axis, "--skip-nan", "--stat", "mean,median")
            output = self.reduce(path, *arguments, ranks=None)
            kept = [n for n in range(3) if n not in axes]
            rows = array.transpose([*kept, *axes]).reshape([*(array.shape[n] for n in kept), -1] if kept else [1, -1])
            self.assert_quantiles(output, quantiles_of(rows, QUANTILES, skip_nan=True))
            expected = self.values(output)
            for block_size, ranks in sizes:
                with self.subTest(axis=axis, block_size=block_size, ranks=ranks):
                    other = self.reduce(path, *arguments, "--block-size", block_size, "--schedule",
                                        "dynamic" if ranks > 2 else "static", ranks=ranks)
                    self.assertEqual(self.values(other), expected)
            self.assert_same_file(self.reduce(path, *arguments, ranks=4), contents(output))

    @staticmethod
    def values(output):
        """The bytes of all quantiles."""
        with h5py.File(output, "r") as file:
            return [file["reduce"][name][...].tobytes() for name in ("quantiles", "median")]

    def test_several_inputs_and_random_numbers(self):
        arrays = [np.random.default_rng(n).normal(size=(30, 7)) for n in range(3)]
        paths = [self.write(f"in-{n}.npy", array) for n, array in enumerate(arrays)]
        rows = np.stack(arrays).reshape(3, -1)
        self.assert_quantiles(self.reduce(paths, "--quantiles", ASKED, ranks=3), quantiles_of(rows, QUANTILES))
        self.assert_quantiles(self.reduce(paths, "--quantiles", ASKED, "--axis", "all"), quantiles_of(rows.reshape(1, -1), QUANTILES))
        output = self.reduce(paths, "--quantiles", ASKED, "--axis", "file")
        self.assert_quantiles(output, quantiles_of(np.stack(arrays, axis=-1), QUANTILES))
        output = self.reduce("random:300x5000:float32:seed=3", "--quantiles", "0.25,0.75", ranks=3)
        with h5py.File(output, "r") as file:  # of [0, 1): five standard errors
            np.testing.assert_allclose(file["reduce/quantiles"][0], [0.25, 0.75], atol=5 * np.sqrt(0.25 * 0.75 / 1.5e6))

    def test_approximate_ones_are_of_rounded_elements(self):
        """9 binary digits; np.frexp gives a fraction of 0.5 to 1."""
        def rounded(array):
            fraction, exponent = np.frexp(array)
            return np.ldexp(np.copysign(np.floor(np.abs(fraction) * 512 + 0.5) / 512, fraction), exponent)

        rng = np.random.default_rng(22)
        for array in (rng.standard_cauchy(20_001) * 10.0 ** rng.integers(-200, 200, 20_001), rng.normal(size=20_001).astype("f4"),
                      rng.integers(-2**62, 2**62, 20_001), np.array([np.inf, 1.7e308, -np.inf, -np.inf, 3.3, 3.1, np.nan])):
            path = self.write("in.npy", array)
            output = self.reduce(path, "--quantiles", ASKED, "--approx", "--skip-nan", ranks=3)
            self.assertEqual(self.passes(), 1)
            values = array[None].astype(np.float64)
            self.assert_quantiles(output, quantiles_of(rounded(values), QUANTILES, skip_nan=True))
            if len(array) == 20_001:  # 0.05 · 20,000 and so on are whole: each of these is one element
                on_elements = [0, 0.05, 0.5, 0.95, 1]
                with h5py.File(output, "r") as file:
                    got = file["reduce/quantiles"][0][[QUANTILES.index(q) for q in on_elements]]
                exact = quantiles_of(values, on_elements)[0]
                self.assertTrue((np.abs(got - exact) <= np.abs(exact) / 511).all(), (got, exact))
        small = rng.integers(-512, 512, (3, 999))
        self.assert_quantiles(self.reduce(self.write("in.npy", small), "--quantiles", ASKED, "--approx", "--axis", 1),
                              quantiles_of(small, QUANTILES))


class OutputTest(QuantilesTest):
    def test_printed(self):
        path = self.write("in.npy", np.arange(24, dtype=np.int32).reshape(2, 3, 4))
        printed = swather("reduce", path, "--stat", "median,sum", "--quantiles", "0,.25", "--axis", "1,d2", "-o", "-", ranks=3)
        # 0 to 11, 12 to 23
        self.assertEqual(printed.stdout, "d0\tsum\tmedian\tquantiles_0.0\tquantiles_0.25\n0\t66\t5.5\t0.0\t2.75\n1\t210\t17.5\t12.0\t14.75\n")
        self.assertEqual(swather("reduce", path, "--stat", "median", "-o", "-", ranks=None).stdout, "median\n11.5\n")

    def test_as_xarray_has_it(self):
        array = np.random.default_rng(23).normal(size=(5000, 4, 3))
        path = self.output.parent / "in.h5"
        with h5py.File(path, "w") as file:
            file["x"] = array
            for axis, name in enumerate(("t", "quantile", "median")):  # a dataset has that name
                file.create_dataset(name, data=np.arange(array.shape[axis])).make_scale(name)
                file["x"].dims[axis].attach_scale(file[name])
        for axis, axes, dims in (("t", 0, ("d1", "d2", "quantile")), ("1", 1, ("t", "d2", "quantile"))):
            with open_in_xarray(self.reduce(f"{path}:/x", "--axis", axis, "--quantiles", "0.9,0.1"), "reduce") as dataset:
                self.assertEqual(dataset["quantiles"].dims, dims)
                self.assertEqual(dataset["quantile"].values.tolist(), [0.9, 0.1])
                np.testing.assert_array_equal(dataset["quantiles"].sel(quantile=0.1), np.quantile(array, 0.1, axis=axes))
                self.assertEqual(set(dataset.data_vars), {"quantiles"})

    def test_wrong_options(self):
        path = self.write("in.npy", np.zeros(3))
        for words, *options in ((("2", "0 to 1"), "--quantiles", "0.5,2"), (("half",), "--quantiles", "half"),
                                (("nan",), "--quantiles", "nan"), (("0.5 twice",), "--quantiles", "0.5,.50"),
                                (("1,001", "1,000"), "--quantiles", ",".join(str(n / 2000) for n in range(1001))),
                                (("median twice",), "--stat", "median,median"), (("nothing is asked for", "--quantiles"),),
                                (("--approx goes with",), "--stat", "mean", "--approx")):
            with self.subTest(options=options[:2]):
                self.assert_one_error(swather("reduce", path, *options, "-o", self.output, ranks=None), USAGE, *words)
        self.assert_nothing_published(self.output)

    def test_memory_holds_all_elements_of_many_results(self):
        """32 MB of each: known before anything is read."""
        spec = "random:5000x4000000:float64:seed=1"
        arguments = ("reduce", spec, "--axis", 1, "--stat", "median", "-o", self.output, "--memory")
        self.assert_one_error(swather(*arguments, "60M", ranks=None), USAGE, "block of 1 coordinate", "--memory 60")
        self.assertEqual(swather(*arguments, "200M", "--dry-run", ranks=None).code, 0)
        arguments = ("reduce", "random:1000000:float64:seed=1", "--quantiles", 0.5, "-o", self.output, "--memory", "60M")
        self.assert_one_error(swather(*arguments, ranks=None), USAGE, "each rank takes", "whatever its blocks", "give more")
        for options, passes in ((("--quantiles", 0.5), ", in 3 passes at most\n"), (("--quantiles", "0.5,0.9"), ", in 4 passes at most\n"),
                                (("--quantiles", "0.5", "--approx"), "to read      7.6 MiB\n")):
            planned = swather("reduce", "random:1000000:float64:seed=1", *options, "-o", self.output, "--dry-run", ranks=None)
            self.assertIn(passes, planned.stdout)
        result = swather("plan", "reduce", "random:1000000:float64:seed=1", "--quantiles", 0.5, "--ranks", 1, ranks=None)
        self.assertIn("22.9 MiB to read", result.stdout, result)


class RestartTest(InterruptedTest):
    def arguments(self):
        return ["reduce", "random:4000x200x32:float32:seed=5", "--quantiles", "0.1,0.5", "-o", self.output, "--block-size", 1]

    @contextmanager
    def scouting(self, *options, ranks):
        """A run that is reading blocks, of which there are none in the journal yet."""
        status = self.output.with_name("status.json")
        status.unlink(missing_ok=True)
        with self.start("--status", status, *options, ranks=ranks) as run:
            def has_begun():
                return not run.running() or (status.exists() and json.loads(status.read_text())["phase"] == "compute")
            self.assertTrue(wait_until(has_begun))
            self.assertTrue(run.running())
            self.assertLess(journal_size(self.journal), 1000)
            yield run

    def test_killed_and_resumed_on_other_numbers_of_ranks(self):
        self.assertEqual(swather(*self.arguments(), ranks=None).code, 0)
        expected = contents(self.output)
        self.output.unlink()
        with self.scouting(ranks=2) as run:
            self.freeze_and_kill(run)
        with self.scouting("--resume", ranks=3) as run:
            kill(run.ranks()[1], signal.SIGTERM)
            self.assert_one_error(run.wait(), STOPPED, "--resume", "0 are whole")
        with self.start("--resume", ranks=3) as run:
            self.wait_for_blocks(run, 10_000)
            self.freeze_and_kill(run)
        self.assert_nothing_published(self.output)
        result = self.resume(ranks=4)
        self.assertEqual(result.stderr.count("of an earlier run"), 1, result)
        there, blocks = self.blocks_in_journal(result)
        self.assertTrue(0 < there < blocks, (there, blocks))
        self.assert_same_file(self.output, expected)

    def test_a_kept_pass_that_is_damaged_is_made_again(self):
        self.assertEqual(swather(*self.arguments(), ranks=None).code, 0)
        expected = contents(self.output)
        for place, size in ((None, 100), (-1, None), (0, None)):
            self.output.unlink()
            with self.start() as run:
                self.wait_for_blocks(run, 10_000)
                self.freeze_and_kill(run)
            kept = bytearray((self.journal / "pass.1").read_bytes())
            if place is not None:
                kept[place] ^= 1
            (self.journal / "pass.1").write_bytes(kept[:size])
            result = self.resume()
            self.assertIn("pass.1' is torn or damaged", result.stderr)
            self.assertNotIn("of an earlier run", result.stderr)
            self.assert_same_file(self.output, expected)

    def test_a_pass_of_another_run_is_not_used(self):
        with self.start() as run:
            self.wait_for_blocks(run, 10_000)
            self.freeze_and_kill(run)
        for path in self.journal.glob("blocks.*"):
            path.unlink()
        result = swather(*self.arguments()[:-1], 2, "--force", ranks=None)
        self.assertEqual(result.code, 0, result)
        self.assertIn("is discarded", result.stderr)
        self.assertIn("pass 1 over 200 blocks:", result.stderr)

    def test_a_rank_that_fails_while_it_scouts(self):
        path = self.output.parent / "in.h5"
        with h5py.File(path, "w") as file:
            file.create_dataset("x", data=np.random.default_rng(24).normal(size=1_000_000), chunks=(50_000,), compression="gzip")
            chunk = file["x"].id.get_chunk_info(17)
        with open(path, "r+b") as file:
            file.seek(chunk.byte_offset + 100)
            file.write(b"\xff" * 200)
        for ranks in (1, 3):
            result = swather("reduce", f"{path}:/x", "--quantiles", 0.5, "-o", self.output, "--block-size", 1, ranks=ranks)
            self.assert_one_error(result, BAD_DATA, "in block 17 (part 17)", "in.h5")  # a tile is a chunk
            self.assert_nothing_published(self.output)


if __name__ == "__main__":
    unittest.main()
