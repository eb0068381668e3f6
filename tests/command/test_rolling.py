# SPDX-License-Identifier: MIT
"""`swather rolling` against numpy and pandas, on any number of ranks and for any size of blocks."""

import unittest

import h5py
import numpy as np
import pandas as pd
from restart_testing import InterruptedTest, module_folder, run_to_its_end
from swather_testing import BAD_DATA, CANNOT_READ, USAGE, SwatherTest, swather

STATISTICS = ("mean", "sum", "min", "max")


def windows_of(values, window, axis):
    return np.lib.stride_tricks.sliding_window_view(values, window, axis)


def expected_of(values, window, axis=0):
    """Of integers exactly, by Python's own, which know no overflow."""
    if values.dtype.kind in "iu":
        windows = windows_of(values.astype(object), window, axis)
        return {"mean": windows.sum(-1) // window, "sum": windows.sum(-1), "min": windows.min(-1),
                "max": windows.max(-1)}
    windows = windows_of(values.astype(np.float64), window, axis)
    exact = windows.astype(np.longdouble).sum(-1)
    return {"mean": (exact / window).astype(np.float64), "sum": exact.astype(np.float64), "min": windows.min(-1),
            "max": windows.max(-1)}


def random_values(seed, shape, dtype):
    rng = np.random.default_rng(seed)
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        return (rng.standard_normal(shape) * 10.0 ** rng.integers(-3, 4, shape)).astype(dtype)
    limits = np.iinfo(dtype)
    lowest, highest = max(limits.min, -10**6), min(limits.max, 10**6)
    return rng.integers(lowest, highest, shape, dtype=dtype.newbyteorder("="), endpoint=True).astype(dtype)


class RollingTest(SwatherTest):
    def save(self, values, name="in.npy"):
        path = self.output.parent / name
        np.save(path, values)
        return path

    def rolling(self, path, *options, ranks=None, statistics=STATISTICS):
        """Runs `swather rolling`, which must succeed and leave nothing but the output."""
        output = self.new_output()
        result = swather("rolling", path, "-o", output, "--stat", ",".join(statistics), *options, ranks=ranks)
        self.assertEqual(result.code, 0, result)
        self.assert_complete(output)
        return output

    def assert_rolled(self, output, expected, is_integer):
        with h5py.File(output, "r") as file:
            for name, values in expected.items():
                got = file[f"rolling/{name}"][...]
                self.assertEqual(got.shape, values.shape, name)
                if is_integer:
                    self.assertEqual(got.dtype, np.int64)
                    self.assertTrue((got == values.astype(np.int64)).all(), name)
                else:
                    self.assertEqual(got.dtype, np.float64)
                    np.testing.assert_allclose(got, values.astype(np.float64), rtol=1e-14, atol=1e-300, err_msg=name)


class NumbersTest(RollingTest):
    def test_names_of_several_inputs(self):
        """Where there is a row for each of them."""
        paths = [str(self.save(np.full((9, 4), number), f"in-{number}.npy")) for number in range(3)]
        for axis, options, has_names in (("d0", (), True), ("file", (), False), ("file", ("--min-periods", 1), True)):
            output = self.output.parent / "names.h5"
            result = swather("rolling", *paths, "-w", 2, "--axis", axis, *options, "-o", output, "--force", ranks=2)
            self.assertEqual(result.code, 0, result)
            with h5py.File(output, "r") as file:
                names = file["rolling/file_name"].asstr()[...].tolist() if "file_name" in file["rolling"] else None
            self.assertEqual(names, paths if has_names else None)

    def test_any_block_size_on_any_number_of_ranks(self):
        for values, window in ((random_values(1, 1_003, np.int64), 10), (random_values(2, 501, np.float64), 64)):
            path = self.save(values)
            whole = self.rolling(path, "--window", window)
            self.assert_rolled(whole, expected_of(values, window), values.dtype.kind == "i")
            for block_size, ranks in ((1, 3), (7, 2), (64, 4), (400, 1), (10**6, 7)):
                with self.subTest(block_size=block_size, ranks=ranks):
                    output = self.rolling(path, "--window", window, "--block-size", block_size, ranks=ranks)
                    with h5py.File(output, "r") as got, h5py.File(whole, "r") as wanted:
                        for name in STATISTICS:
                            self.assertEqual(got[f"rolling/{name}"][...].tobytes(),
                                             wanted[f"rolling/{name}"][...].tobytes(), name)

    def test_types_orders_and_axes(self):
        for number, dtype in enumerate(("i1", "u1", "<i2", ">u2", ">i4", "u4", "i8", "u8", "f4", ">f8")):
            values = random_values(10 + number, (5, 13, 11), dtype)
            values = np.asfortranarray(values) if number % 2 else values
            path = self.save(values)
            axis = number % 3
            with self.subTest(dtype=dtype, axis=axis):
                output = self.rolling(path, "--window", 4, "--axis", axis - 3 if number % 2 else f"d{axis}",
                                      "--block-size", 2, ranks=2)
                self.assert_rolled(output, expected_of(values, 4, axis), values.dtype.kind != "f")

    def test_windows_of_one_and_of_all(self):
        for values in (random_values(30, 77, np.int32), random_values(31, (77, 9), np.float32)):
            path = self.save(values)
            for window in (1, 77):
                with self.subTest(window=window, dtype=values.dtype):
                    self.assert_rolled(self.rolling(path, "--window", window, "--block-size", 5),
                                       expected_of(values, window), values.dtype.kind == "i")

    def test_negative_means_are_rounded_down(self):
        # -1 // 2 = -1; -3 // 2 = -2; (-2 + 1) // 2 = -1; 1 // 2 = 0
        path = self.save(np.array([0, -1, -2, 1, 0]))
        with h5py.File(self.rolling(path, "--window", 2), "r") as file:
            self.assertEqual(file["rolling/mean"][...].tolist(), [-1, -2, -1, 0])

    def test_sums_beyond_64_bits(self):
        """Their mean is exact, and the sum itself an error that says where."""
        values = np.array([2**63 - 1, 2**63 - 1, 2**63 - 3, -2**63, -2**63, 5], np.int64)
        path = self.save(values)
        with h5py.File(self.rolling(path, "--window", 3, statistics=["mean"]), "r") as file:
            self.assertEqual(file["rolling/mean"][...].tolist(), expected_of(values, 3)["mean"].tolist())
        result = swather("rolling", path, "-o", self.output, "--window", 3, "--stat", "sum", ranks=2)
        self.assert_one_error(result, BAD_DATA, "the sum of the window of 3 at d0 0", "int64", "take the mean")
        self.assert_nothing_published(self.output)
        large = np.ones((3, 4, 5), np.uint64)
        large[1, 2, 3] = 2**64 - 1
        for statistic in ("max", "mean", "sum"):
            with self.subTest(statistic=statistic):
                result = swather("rolling", self.save(large), "-o", self.output, "--window", 1, "--stat", statistic,
                                 "--axis", 1, "--block-size", 1, ranks=3)
                self.assert_one_error(result, BAD_DATA, f"the {statistic} of", "d0 1, d1 2, d2 3", "int64")
                self.assert_nothing_published(self.output)

    def test_what_is_no_number_and_what_is_infinite(self):
        """As numpy: where it is in a window, and nowhere else."""
        values = np.arange(40.0)
        values[[7, 21, 22]] = np.nan, np.inf, -np.inf
        for shape in ((40,), (10, 4), (4, 10)):
            path = self.save(values.reshape(shape))
            windows = windows_of(values.reshape(shape), 3, 0)
            with self.subTest(shape=shape), h5py.File(self.rolling(path, "--window", 3, "--block-size", 3), "r") as file, \
                    np.errstate(invalid="ignore"):
                for name, expected in (("sum", windows.sum(-1)), ("mean", windows.mean(-1)), ("min", windows.min(-1)),
                                       ("max", windows.max(-1))):
                    np.testing.assert_array_equal(file[f"rolling/{name}"][...], expected, err_msg=name)

    def test_sums_that_cancel(self):
        """1e16 is gone after a window, and leaves no error behind, as it does where sums run on."""
        values = np.full(60, 0.1)
        values[5], values[6] = 1e16, -1e16
        with h5py.File(self.rolling(self.save(values), "--window", 10), "r") as file:
            np.testing.assert_allclose(file["rolling/sum"][10:], np.full(41, 1.0), rtol=1e-15)
            # Here both are in: what is left is 8 · 0.1.
            np.testing.assert_allclose(file["rolling/sum"][:6], np.full(6, 0.8), rtol=1e-15)


class PandasTest(RollingTest):
    """One window for each element, as pandas has them."""

    def test_against_pandas(self):
        values = random_values(40, 301, np.float64)
        values[[3, 50, 51, 52, 200]] = np.nan
        values[120] = np.inf
        for number, source in enumerate((values, random_values(41, 300, np.int16))):
            path = self.save(source)
            for window, least, centered in ((7, 3, False), (8, 1, True), (7, None, True), (8, None, True), (5, 0, False),
                                            (400, 2, False), (1, 1, True), (10**12, 3, False), (2 * 10**9, 2, True)):
                options = ["--window", window, *(["--centered"] if centered else []),
                           *([] if least is None else ["--min-periods", least])]
                with self.subTest(number=number, window=window, least=least, centered=centered):
                    rolled = pd.Series(source).rolling(window, min_periods=least, center=centered)
                    with h5py.File(self.rolling(path, *options, "--block-size", 37), "r") as file:
                        for name in STATISTICS:
                            np.testing.assert_allclose(file[f"rolling/{name}"][...], getattr(rolled, name)().to_numpy(),
                                                       rtol=1e-9, atol=1e-9, err_msg=name)

    def test_along_another_axis_and_on_any_number_of_ranks(self):
        values = random_values(42, (31, 50), np.float32)
        path = self.save(values)
        options = ("--window", 6, "--min-periods", 2, "--centered")
        for axis, frame in ((0, pd.DataFrame(values)), (1, pd.DataFrame(values.T))):
            expected = frame.astype(float).rolling(6, min_periods=2, center=True).mean().to_numpy()
            first = None
            for block_size, ranks in ((1, 4), (5, 2), (31, 1)):
                output = self.rolling(path, *options, "--axis", axis, "--block-size", block_size, ranks=ranks)
                with h5py.File(output, "r") as file:
                    got = file["rolling/mean"][...]
                np.testing.assert_allclose(got, expected if axis == 0 else expected.T, rtol=1e-12)
                first = got if first is None else first
                self.assertEqual(got.tobytes(), first.tobytes())


class InputsTest(RollingTest):
    def test_datasets_of_hdf5(self):
        values = random_values(50, (60, 7), np.int32)
        path = self.output.parent / "in.h5"
        with h5py.File(path, "w") as file:
            file.create_dataset("a/series", data=values, chunks=(9, 3), compression="gzip")
        self.assert_rolled(self.rolling(f"{path}:/a/series", "--window", 11, ranks=3), expected_of(values, 11), True)

    def test_plain_bytes(self):
        values = random_values(51, (20, 6), np.uint16)
        path = self.output.parent / "in.raw"
        path.write_bytes(values.tobytes())
        output = self.rolling(path, "--dtype", "uint16", "--shape", "20x6", "--window", 3, "--axis", 1)
        self.assert_rolled(output, expected_of(values, 3, 1), True)

    def test_several_files_are_rolled_over_each_by_itself(self):
        values = random_values(52, (3, 40), np.float64)
        for number, one in enumerate(values):
            self.save(one, f"part{number}.npy")
        output = self.rolling(self.output.parent / "part*.npy", "--window", 5, ranks=2)
        self.assert_rolled(output, expected_of(values, 5, 1), False)
        with h5py.File(output, "r") as file:
            self.assertEqual([dim.label or dim[0].name for dim in file["rolling/mean"].dims][0], "/rolling/file")

    def test_axes_of_equal_names(self):
        """A dimension has one size; those of statistics are named as datasets are."""
        values = random_values(53, (3, 8), np.float64)
        for name in ("a", "b"):
            with h5py.File(self.output.parent / f"{name}.h5", "w") as file:
                data = file.create_dataset("x", data=values)
                for axis, called in enumerate(("d1", "mean") if name == "a" else ("file", "d0")):
                    scale = file.create_dataset(called, data=np.arange(values.shape[axis]))
                    scale.make_scale(called)
                    data.dims[axis].attach_scale(scale)
        output = self.rolling(f"{self.output.parent}/a.h5:/x", "--window", 2, "--axis", 1, statistics=["mean"])
        self.assert_rolled(output, {"mean": expected_of(values, 2, 1)["mean"]}, False)
        with h5py.File(output, "r") as file:
            self.assertEqual([dim[0].name for dim in file["rolling/mean"].dims], ["/rolling/d1", "/rolling/d1_"])
        files = [f"{self.output.parent}/b.h5:/x"] * 2
        output = self.new_output()
        result = swather("rolling", *files, "--window", 2, "--axis", "file", "-o", output)
        self.assertEqual(result.code, 0, result)
        with h5py.File(output, "r") as file:
            self.assertEqual(file["rolling/mean"].shape, (1, 3, 8))
            self.assertEqual([dim[0].name for dim in file["rolling/mean"].dims],
                             ["/rolling/file", "/rolling/d1", "/rolling/d0"])
            self.assertNotIn("file_name", file["rolling"])  # one result is of two files

    def test_datasets_whose_numbers_are_elsewhere(self):
        path = self.output.parent / "in.h5"
        with h5py.File(path, "w") as file:
            file["there"] = np.arange(10)
            file["none"] = h5py.Empty("f8")
            layout = h5py.VirtualLayout((10,), int)
            layout[:] = h5py.VirtualSource(self.output.parent / "gone.h5", "x", (10,))
            file.create_virtual_dataset("other", layout)
            layout = h5py.VirtualLayout((5,), int)
            layout[:] = h5py.VirtualSource(".", "there", (10,))[3:8]
            file.create_virtual_dataset("part", layout)
        for name, word in (("none", "no elements"), ("other", "other files")):
            result = swather("rolling", f"{path}:/{name}", "--window", 2, "-o", self.output)
            self.assert_one_error(result, BAD_DATA, name, word)
            self.assert_nothing_published(self.output)
        output = self.rolling(f"{path}:/part", "--window", 2)
        self.assert_rolled(output, expected_of(np.arange(3, 8), 2), True)

    def test_inspect(self):
        output = self.rolling(self.save(np.arange(100)), "--window", 10)
        shown = swather("inspect", output, ranks=None).stdout
        for word in ("/rolling/mean", "windows of 10 along d0", "int64", "91"):
            self.assertIn(word, shown)


class ErrorsTest(RollingTest):
    def test_bad_input(self):
        path = self.save(np.arange(20.0).reshape(10, 2))
        cases = (
            (("--window", 11), USAGE, "window 11", "d0", "10"),
            (("--window", 3, "--axis", 1), USAGE, "window 3", "d1", "2"),
            (("--window", 0), USAGE, "window"),
            (("--window", "x"), USAGE, "window"),
            ((), USAGE, "--window is required"),
            (("--window", 2, "--axis", 2), USAGE, "--axis 2", "d0", "d1"),
            (("--window", 2, "--axis", "time"), USAGE, "--axis time", "d0"),
            (("--window", 2, "--stat", "median"), USAGE, "median"),
            (("--window", 2, "--min-periods", 3), USAGE, "min-periods 3", "window 2"),
            (("--window", 2, "--min-periods", -1), USAGE, "min-periods"),
        )
        for options, code, *words in cases:
            with self.subTest(options=options):
                result = swather("rolling", path, "-o", self.output, *options, ranks=None)
                self.assert_one_error(result, code, *words)
                self.assert_nothing_published(self.output)

    def test_chunks_that_hdf5_cannot_have(self):
        """A row of 600,000,000 means is 4.5 GiB, of 500,000,000 3.7: told before anything is computed."""
        for size, code in ((600_000_000, USAGE), (500_000_000, 0)):
            result = swather("rolling", f"random:1x{size}", "--axis", 1, "-w", 2, "--dry-run", ranks=None)
            if code:
                self.assert_one_error(result, code, "1 row", "4.5 GiB", "4 GiB")
            else:
                self.assertEqual(result.code, 0, result)

    def test_inputs_that_are_none(self):
        path = self.save(np.arange(20.0))
        truncated = self.output.parent / "short.npy"
        truncated.write_bytes(path.read_bytes()[:-8])
        for name, code, *words in ((self.output.parent / "none.npy", CANNOT_READ, "none.npy"),
                                   (truncated, BAD_DATA, "short.npy", "truncated"),
                                   (self.output, CANNOT_READ, "out.h5")):
            with self.subTest(name=name):
                result = swather("rolling", name, "--window", 2, "-o", self.output.parent / "o.h5", ranks=2)
                self.assert_one_error(result, code, *words)
                self.assert_nothing_published(self.output.parent / "o.h5")


class KilledTest(InterruptedTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shared = module_folder()
        cls.path = cls.shared / "in.npy"
        np.save(cls.path, random_values(60, 6_000_000, np.float64))
        cls.expected = cls.shared / "expected.h5"
        cls.size = run_to_its_end(*cls.command(), output=cls.expected)

    @classmethod
    def command(cls):
        return ["rolling", cls.path, "--window", 1000, "--stat", "mean,min", "--block-size", 40_000]

    def arguments(self):
        return [*self.command(), "-o", self.output]

    def test_is_resumed_on_another_number_of_ranks(self):
        self.kill_and_resume(self.size // 3)
        self.assert_same_file(self.output, self.expected)


if __name__ == "__main__":
    unittest.main()
