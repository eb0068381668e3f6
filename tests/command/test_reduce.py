# SPDX-License-Identifier: MIT
"""`swather reduce` against numpy, on any number of ranks and for any size of blocks."""

import functools
import math
import unittest
import warnings

import h5py
import nibabel
import numpy as np
from reduce_testing import ReduceTest
from restart_testing import InterruptedTest, module_folder, run_to_its_end
from swather_testing import BAD_DATA, CANNOT_READ, USAGE, contents, open_in_xarray, running, swather

ALL = "sum,mean,sd,var,min,max,argmin,argmax,nonfinite"


def flattened(array, axes):
    """The elements of each result in C order, along a last axis."""
    kept = [axis for axis in range(array.ndim) if axis not in axes]
    shape = [array.shape[axis] for axis in kept]
    return array.transpose([*kept, *sorted(axes)]).reshape([*shape, -1])


def reference(array, axes):
    """All statistics, over these axes; integers by Python's, which do not overflow."""
    values = flattened(array, axes)
    exact = values.astype(object) if values.dtype.kind in "iu" else values.astype(np.float64)
    with np.errstate(all="ignore"):
        return {"sum": exact.sum(-1), "mean": values.astype(np.float64).mean(-1), "var": values.astype(np.float64).var(-1),
                "sd": values.astype(np.float64).std(-1), "min": values.min(-1), "max": values.max(-1),
                "argmin": values.argmin(-1), "argmax": values.argmax(-1), "nonfinite": (~np.isfinite(values)).sum(-1)}


class StatisticsTest(ReduceTest):
    def reduce(self, path, *options, stat=ALL, ranks=2):
        return super().reduce(path, "--stat", stat, *options, ranks=ranks)

    def assert_results(self, output, array, axes):
        expected = reference(array, axes)
        with h5py.File(output, "r") as file:
            results = {name: values[...] for name, values in file["reduce"].items() if name in expected}
        self.assertEqual(set(results), set(expected))
        shape = expected["mean"].shape or (1,)
        for name, values in expected.items():
            got = results[name]
            self.assertEqual(got.shape, shape, name)
            if name in ("mean", "var", "sd") or (name == "sum" and array.dtype.kind == "f"):
                np.testing.assert_allclose(got, np.reshape(values, shape), rtol=2e-14, atol=1e-12, err_msg=name)
            else:
                self.assertEqual(got.tolist(), np.reshape(values, shape).tolist(), name)


class NumbersTest(StatisticsTest):
    def test_many_and_few_results_of_any_axes(self):
        """More than 4,096 results are many: their blocks have all of their elements."""
        integers = np.random.default_rng(1).integers(-30_000, 30_000, (60, 25, 90), np.int16)
        reals = np.random.default_rng(2).normal(3, 2, (25, 9, 30, 2)).astype(np.float32)
        for array, axes in ((integers, (0,)), (integers, (1,)), (integers, (0, 2)), (integers, (0, 1, 2)),
                            (reals, (3,)), (reals, (0, 2)), (reals, (1, 2, 3)), (reals, (0, 3))):
            with self.subTest(shape=array.shape, axes=axes):
                path = self.write("in.npy", array)
                output = self.reduce(path, "--axis", ",".join(map(str, axes)), ranks=None)
                self.assert_results(output, array, axes)

    def test_any_block_size_on_any_number_of_ranks(self):
        array = np.random.default_rng(3).lognormal(size=(300, 130, 20)) * 1e3 - 700
        path = self.write("in.npy", array)
        for axis, sizes in (("all", ((1, 3), (2, 1), (3, 7), (100, 4))), ("0,1", ((1, 2), (5, 4))), ("d1", ((1, 4), (7, 3), (299, 2)))):
            whole = self.reduce(path, "--axis", axis, ranks=None)
            axes = {"all": (0, 1, 2), "0,1": (0, 1), "d1": (1,)}[axis]
            self.assert_results(whole, array, axes)
            expected = self.values(whole)
            for block_size, ranks in sizes:
                with self.subTest(axis=axis, block_size=block_size, ranks=ranks):
                    self.assertEqual(self.values(self.reduce(path, "--axis", axis, "--block-size", block_size, ranks=ranks)), expected)
            with self.subTest(axis=axis):
                self.assert_same_file(self.reduce(path, "--axis", axis, ranks=4), contents(whole))

    @staticmethod
    def values(output):
        """The bytes of all results."""
        with h5py.File(output, "r") as file:
            return {name: values[...].tobytes() for name, values in file["reduce"].items() if "long_name" in values.attrs}

    def test_sums_are_those_of_fsum(self):
        """Of reals that cancel each other, to the last digit; the mean is then rounded once more."""
        rng = np.random.default_rng(4)
        array = np.concatenate([rng.normal(size=99_999) * 10.0 ** rng.integers(-9, 9, 99_999), [1e17, -1e17]])
        rng.shuffle(array)
        output = self.reduce(self.write("in.npy", array), stat="sum,mean")
        with h5py.File(output, "r") as file:
            self.assertEqual(file["reduce/sum"][0], math.fsum(array))
            self.assertAlmostEqual(file["reduce/mean"][0], math.fsum(array) / len(array), delta=abs(array.sum()) * 1e-15)

    def test_far_from_zero(self):
        """A variance that is small beside the mean."""
        array = 1e9 + np.random.default_rng(5).normal(size=200_000)
        output = self.reduce(self.write("in.npy", array), "--ddof", 1, stat="var,sd")
        with h5py.File(output, "r") as file:
            self.assertAlmostEqual(file["reduce/var"][0], (array - 1e9).var(ddof=1), delta=1e-12)

    def test_all_types_in_both_orders_of_bytes_and_of_axes(self):
        for number, dtype in enumerate("i1 u1 i2 u2 i4 u4 i8 u8 f4 f8".split()):
            limits = np.iinfo(dtype) if dtype[0] != "f" else np.finfo(dtype)
            most = min(int(limits.max), 2**58) if dtype[0] != "f" else 1000
            array = np.random.default_rng(number).uniform(max(float(limits.min), -most), most, (7, 6)).astype(dtype)
            array = array.astype(array.dtype.newbyteorder(">" if number % 2 else "<"))
            with self.subTest(dtype=dtype):
                path = self.write("in.npy", np.asfortranarray(array) if number % 3 == 0 else array)
                self.assert_results(self.reduce(path, "--axis", "-1", ranks=None), array.astype(dtype), (1,))

    def test_nan_and_infinity_are_those_of_numpy(self):
        array = np.random.default_rng(6).normal(size=(70, 3, 900))
        array[3, 1, 5] = array[60, 1, 800] = array[:, 0, 7] = np.nan
        array[10, 0, 0], array[11, 0, 0], array[12, 0, 0] = np.inf, -np.inf, np.inf
        array[20] = np.nan
        path = self.write("in.npy", array)
        for axis in ("1", "0,2", "1,2"):  # many results, few
            axes = tuple(map(int, axis.split(",")))
            with self.subTest(axis=axis):
                self.assert_nan_alike(self.reduce(path, "--axis", axis), reference(array, axes))
                values = flattened(array, axes)
                no_number = np.isnan(values).all(-1)
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    expected = {"mean": np.nanmean(values, -1), "sd": np.nanstd(values, -1), "min": np.nanmin(values, -1),
                                "max": np.nanmax(values, -1), "sum": np.nansum(values, -1),
                                "argmin": np.where(no_number, -1, np.where(np.isnan(values), np.inf, values).argmin(-1)),
                                "nonfinite": (~np.isfinite(values)).sum(-1)}
                self.assert_nan_alike(self.reduce(path, "--axis", axis, "--skip-nan"), expected)

    def assert_nan_alike(self, output, expected):
        with h5py.File(output, "r") as file:
            for name, values in expected.items():
                np.testing.assert_allclose(file["reduce"][name][...], np.asarray(values, float), rtol=1e-13, atol=1e-13, err_msg=name)

    def test_histograms(self):
        """numpy's, to the value on an edge, of few results and many."""
        rng = np.random.default_rng(10)
        reals = np.concatenate([rng.normal(size=3_000), np.linspace(-1, 1, 2_000), [np.nan, np.inf, -np.inf]] * 2).reshape(2, -1)
        integers = rng.integers(-5, 300, (70, 5, 61))
        for array, axes, bins, least, most in ((reals, (1,), 10, -1, 1), (reals, (0, 1), 7, -0.3, 0.9), (integers, (1,), 11, 0, 255),
                                               (integers, (0, 2), 255, 0, 255)):
            with self.subTest(shape=array.shape, axes=axes):
                path = self.write("in.npy", array)
                output = self.reduce(path, "--axis", ",".join(map(str, axes)), "--bins", bins, f"--range={least},{most}",
                                     "--block-size", 3, stat="mean", ranks=3)
                values = flattened(array, axes)
                expected = [np.histogram(one[np.isfinite(one)], bins, (least, most))[0] for one in values.reshape(-1, values.shape[-1])]
                with h5py.File(output, "r") as file:
                    got, lower = file["reduce/histogram"][...], file["reduce/bins/lower"][...]
                self.assertEqual(got.shape[-1], bins)
                self.assertEqual(got.reshape(-1, bins).tolist(), np.array(expected).tolist())
                self.assertEqual(lower.tolist(), np.histogram_bin_edges([0.0], bins, (least, most))[:-1].tolist())
        for code, word, *options in ((USAGE, "--range", "--bins", 3), (USAGE, "larger", "--bins", 3, "--range=2,2"),
                                     (USAGE, "not printed", "--bins", 3, "--range=0,2", "-o", "-")):
            self.assert_one_error(swather("reduce", path, "--stat", "mean", *options, *([] if "-o" in options else ["-o", self.output]),
                                          ranks=None), code, word)

    def test_a_sum_beyond_int64(self):
        path = self.write("in.npy", np.full((3, 5), 2**62))
        result = swather("reduce", path, "--stat", "sum", "-o", self.output)
        self.assert_one_error(result, BAD_DATA, "beyond int64", "mean")
        with h5py.File(self.reduce(path, stat="mean,var"), "r") as file:
            self.assertEqual((file["reduce/mean"][0], file["reduce/var"][0]), (2**62, 0))
        unsigned = np.array([[1, 5], [2**64 - 1, 2**64 - 2]], np.uint64)
        path = self.write("unsigned.npy", unsigned)
        self.assert_one_error(swather("reduce", path, "--stat", "max", "--axis", 1, "-o", self.output), BAD_DATA,
                              "max is 18446744073709551615", "'" + str(path) + "', at d0 1", "argmax")
        many = self.write("many.npy", np.where(np.arange(5000)[:, None] == 4321, np.uint64(2**63), np.zeros((1, 2), np.uint64)))
        for statistic in ("min", "sum"):
            self.assert_one_error(swather("reduce", many, "--stat", statistic, "--axis", 1, "-o", self.output), BAD_DATA,
                                  statistic, "'" + str(many) + "', at d0 4321")
        with h5py.File(self.reduce(path, "--axis", 1, stat="argmin,argmax"), "r") as file:
            self.assertEqual(file["reduce/argmin"][...].tolist(), [0, 1])
            self.assertEqual(file["reduce/argmax"][...].tolist(), [1, 0])

    def test_variance_of_large_integers(self):
        """float64 rounds integers near 2^62 to multiples of 1,024. Of n numbers that follow each other the variance is
        (n² - 1) / 12."""
        ends = np.array([-2**63, 2**63 - 1] * 600)  # half of the difference is 2^63 - 1/2
        for array, variance in ((2**62 + np.arange(2000), 333333.25), (-2**62 - np.arange(2000), 333333.25),
                                (np.uint64(2**63) + np.arange(2000, dtype=np.uint64), 333333.25), (ends, 2.0**126)):
            with h5py.File(self.reduce(self.write("in.npy", array), stat="var", ranks=None), "r") as file:
                self.assertAlmostEqual(file["reduce/var"][0] / variance, 1, delta=1e-14)


class InputsTest(StatisticsTest):
    def test_hdf5_with_names_of_dimensions(self):
        array = np.random.default_rng(7).integers(0, 4_000, (37, 20, 90), np.uint16)
        path = self.output.parent / "in.h5"
        with h5py.File(path, "w") as file:
            images = file.create_dataset("a/images", data=array, chunks=(8, 7, 50), compression="gzip")
            for axis, name in enumerate(("t", "y", "x")):
                file.create_dataset(name, data=np.arange(array.shape[axis])).make_scale(name)
                images.dims[axis].attach_scale(file[name])
        output = self.reduce(f"{path}:/a/images", "--axis", "t", ranks=3)
        self.assert_results(output, array, (0,))
        with open_in_xarray(output, "reduce") as dataset:
            self.assertEqual(dataset["mean"].dims, ("y", "x"))
        self.assert_results(self.reduce(f"{path}:/a/images", "--axis", "y,x"), array, (1, 2))

    def test_images_scaled_and_packed_and_several(self):
        rng = np.random.default_rng(8)
        arrays, paths = [], []
        for number in range(3):
            stored = rng.integers(-900, 900, (6, 5, 4, 9), np.int16)  # x, y, z, t
            image = nibabel.Nifti1Image(stored, np.eye(4))
            image.header.set_slope_inter(0.5, -3)
            paths.append(self.output.parent / f"subj-{number}.nii.gz")
            image.to_filename(paths[-1])
            arrays.append((stored * 0.5 - 3).T)  # as the file has it: t, z, y, x
        both = np.stack(arrays)
        self.assert_results(self.reduce(paths[0], "--axis", "t"), arrays[0], (0,))
        every = self.output.parent / "subj-*.nii.gz"
        output = self.reduce(every, ranks=3)
        self.assert_results(output, both, (1, 2, 3, 4))
        with h5py.File(output, "r") as file:
            self.assertEqual(file["reduce/file_name"].asstr()[...].tolist(), [str(path) for path in paths])
        self.assert_results(self.reduce(every, "--axis", "file"), both, (0,))
        self.assert_results(self.reduce(every, "--axis", "all"), both, (0, 1, 2, 3, 4))

    def test_coordinates_of_images(self):
        """From the first voxel on; of several images that differ in them there are none."""
        array = np.random.default_rng(12).normal(size=(4, 3, 5, 6)).astype(np.float32)  # x, y, z, t
        for number, zoom in enumerate((3.0, 3.0, 3.5)):
            image = nibabel.Nifti1Image(array, np.diag([2, zoom, 4, 1]))
            image.header.set_xyzt_units("mm", "sec")
            image.header["pixdim"][4] = 1.5
            image.to_filename(self.output.parent / f"in-{number}.nii")
        expected = {"z": [0, 4, 8, 12, 16], "y": [0, 3, 6], "x": [0, 2, 4, 6], "t": [0, 1.5, 3, 4.5, 6, 7.5]}
        files = [self.output.parent / f"in-{number}.nii" for number in range(3)]
        for paths, options, axes in ((files[:1], ("--axis", "t"), "zyx"), (files[:1], ("--axis", "z,x"), "ty"),
                                     (files[:2], ("--axis", "t,x"), "zy"), (files[1:], ("--axis", "t"), "zx")):
            with open_in_xarray(self.reduce(paths, *options, stat="mean"), "reduce") as dataset:
                self.assertEqual({name: values.values.tolist() for name, values in dataset.coords.items()},
                                 {name: expected[name] for name in axes})
                self.assertEqual({values.units for values in dataset.coords.values()}, {"s", "mm"} if "t" in axes else {"mm"})
        output = self.new_output()
        result = swather("rolling", files[0], "-w", 3, "-o", output, ranks=None)
        self.assertEqual(result.code, 0, result)
        with open_in_xarray(output, "rolling") as dataset:
            self.assertEqual(dataset["mean"].dims, ("t", "z", "y", "x"))
            self.assertEqual(dataset["t"].values.tolist(), expected["t"][:4])  # of the first volume of each window
            np.testing.assert_allclose(dataset["mean"].sel(t=1.5, x=4), array.T[1:4].astype(float).mean(0)[:, :, 2], rtol=1e-12)

    def test_images_of_which_some_are_scaled(self):
        stored = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
        for number, slope in enumerate((1, 0.5)):
            image = nibabel.Nifti1Image(stored, np.eye(4))
            image.header.set_slope_inter(slope, 0)
            image.to_filename(self.output.parent / f"in-{number}.nii")
        output = self.reduce(self.output.parent / "in-*.nii", stat="sum,max")
        with h5py.File(output, "r") as file:
            self.assertEqual(file["reduce/sum"][...].tolist(), [276, 138])  # 0 + 1 + … + 23
            self.assertEqual(file["reduce/max"].dtype, np.float64)

    def test_names_of_several_inputs_few_or_many_results(self):
        paths = [str(self.write(f"in-{number}.npy", np.full((3, 2000), number))) for number in range(3)]
        for axis, has_names in (("d0", True), ("d0,d1", True), ("file", False), ("all", False)):
            with h5py.File(self.reduce(paths, "--axis", axis, stat="mean", ranks=None), "r") as file:
                names = file["reduce/file_name"].asstr()[...].tolist() if "file_name" in file["reduce"] else None
                self.assertEqual(names, paths if has_names else None, axis)

    def test_names_of_axes_that_results_need(self):
        paths = []
        for number in range(2):
            paths.append(self.output.parent / f"in-{number}.h5")
            with h5py.File(paths[-1], "w") as file:
                file["x"] = np.arange(24).reshape(2, 3, 4)
                for axis, name in enumerate(("file_name", "bin", "histogram")):
                    file.create_dataset(name, data=np.arange(file["x"].shape[axis])).make_scale(name)
                    file["x"].dims[axis].attach_scale(file[name])
        output = self.reduce([f"{path}:/x" for path in paths], "--axis", -1, "--bins", 3, "--range=0,24", stat="max")
        with open_in_xarray(output, "reduce") as dataset:
            self.assertEqual(dataset["histogram"].dims, ("file", "d1", "d2", "bin"))
            # 0 to 3, 4 to 7, 8 to 11 … in bins of 8
            self.assertEqual(dataset["histogram"].values[1].tolist(), [[[4, 0, 0], [4, 0, 0], [0, 4, 0]],
                                                                       [[0, 4, 0], [0, 0, 4], [0, 0, 4]]])
            self.assertEqual(dataset["max"].values[0].tolist(), [[3, 7, 11], [15, 19, 23]])
            self.assertEqual(dataset["file_name"].values.tolist(), [f"{path}:/x" for path in paths])

    def test_attributes_of_netcdf_are_told(self):
        path = self.output.parent / "in.h5"
        with h5py.File(path, "w") as file:
            for name in "ab":
                file[name] = np.arange(4, dtype=np.int16)
                file[name].attrs["scale_factor"] = 0.5
        result = swather("reduce", f"{path}:/a", f"{path}:/b", "--stat", "sum", "-o", "-", ranks=2)
        self.assertEqual(result.stdout, "file\tsum\n0\t6\n1\t6\n")
        self.assertEqual(result.stderr.count("scale_factor"), 1, result.stderr)

    def test_plain_bytes_are_what_they_are(self):
        """Even where they begin as gzip does, or as .npy."""
        path = self.output.parent / "in.bin"
        path.write_bytes(b"\x1f\x8b\x08\x00" + bytes(60))
        plain = ("--dtype", "uint8", "--stat", "sum", "-o", "-")
        self.assertEqual(swather("reduce", path, "--shape", "4x16", *plain).stdout, f"sum\n{0x1f + 0x8b + 8}\n")
        path = self.write("in.npy", np.zeros(4))
        result = swather("reduce", path, "--shape", path.stat().st_size, *plain, ranks=None)
        self.assertEqual(result.stdout, f"sum\n{sum(path.read_bytes())}\n")
        self.assertIn("seems to have a header", result.stderr)

    def test_plain_bytes_and_random_numbers(self):
        array = np.random.default_rng(9).normal(size=(30, 77)).astype("f4")
        path = self.output.parent / "in.bin"
        path.write_bytes(array.tobytes())
        self.assert_results(self.reduce(path, "--dtype", "float32", "--shape", "30x77", "--axis", 0), array, (0,))
        spec = "random:300x500:float64:seed=3"
        output = self.reduce(spec, stat="mean,sd,min,max", ranks=3)
        with h5py.File(output, "r") as file:
            mean, sd, least, most = (file["reduce"][name][0] for name in ("mean", "sd", "min", "max"))
        self.assertLess(abs(mean - 0.5), 5 * math.sqrt(1 / 12 / 150_000))  # five standard errors
        self.assertLess(abs(sd - math.sqrt(1 / 12)), 0.002)
        self.assertTrue(0 <= least < 1e-3 and 1 - 1e-3 < most < 1)
        again = swather("reduce", spec, "--stat", "mean,sd,min,max", "-o", output)
        self.assertIn("up to date", again.stderr)
        other = swather("reduce", spec.replace("seed=3", "seed=4"), "--stat", "mean,sd,min,max", "-o", output)
        self.assertNotEqual(other.code, 0)

    def test_printed_and_inspected(self):
        array = np.arange(24, dtype=np.int32).reshape(2, 3, 4)
        path = self.write("in.npy", array)
        printed = swather("reduce", path, "--stat", "mean,sum,max", "--axis", "d2", "-o", "-", ranks=3)
        # 0+1+2+3 = 6, 4+5+6+7 = 22 …
        self.assertEqual(printed.stdout, "d0\td1\tmean\tsum\tmax\n0\t0\t1.5\t6\t3\n0\t1\t5.5\t22\t7\n0\t2\t9.5\t38\t11\n"
                                         "1\t0\t13.5\t54\t15\n1\t1\t17.5\t70\t19\n1\t2\t21.5\t86\t23\n")
        odd = self.write("odd.npy", np.array([[[np.nan, 1], [2, 3.5]]]))
        self.assertEqual(swather("reduce", odd, "--stat", "max", "--axis", 2, "-o", "-").stdout,
                         "d0\td1\tmax\n0\t0\tnan\n0\t1\t3.5\n")
        self.assertEqual(swather("reduce", path, "--stat", "sum", "-o", "-", ranks=None).stdout, "sum\n276\n")
        many = swather("reduce", self.write("many.npy", np.zeros((4097, 2))), "--stat", "sum", "--axis", 1, "-o", "-")
        self.assert_one_error(many, USAGE, "4,097 results", "-o OUT.h5")
        told = swather("inspect", self.reduce(path, stat="sum,mean"), ranks=None).stdout
        for words in ("/reduce/sum", "276", "11.5", "in.npy"):
            self.assertIn(words, told)


class BadInputTest(StatisticsTest):
    def test_is_refused(self):
        good = self.write("good.npy", np.zeros((3, 4)))
        other = self.write("other.npy", np.zeros((3, 5)))
        whole = good.read_bytes()
        h5 = self.output.parent / "in.h5"
        with h5py.File(h5, "w") as file:
            file["x"] = np.zeros(4)
            file["text"] = np.array([b"a", b"b"])
            file.create_group("group")
            file.create_dataset("giant", shape=(2**40, 2**40), dtype="i1", chunks=(1024, 1024))
        linked = self.output.parent / "linked.h5"
        with h5py.File(linked, "w") as file:
            file["x"], file["above"] = h5py.ExternalLink("in.h5", "/x"), h5py.ExternalLink("in.h5", "/")
            layout = h5py.VirtualLayout((4,), "f8")
            layout[:] = h5py.VirtualSource(".", "x", (4,))
            file.create_virtual_dataset("virtual", layout)
            for number in range(9):
                file[f"own{number}"] = np.zeros(4)
        many = "x".join(["2"] * 2 + ["1"] * 33)

        def written(name, content):
            path = self.output.parent / name
            path.write_bytes(content)
            return path

        def npy_of(header):
            text = header.encode().ljust(117) + b"\n"
            return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text

        header = "{'descr': '<f8', 'fortran_order': False, 'shape': (%s), }"
        for code, words, *arguments in (
                (BAD_DATA, ("not alike", "3 × 4", "3 × 5"), good, other),
                (BAD_DATA, ("cut.npy", "truncated", "224"), written("cut.npy", whole[:-1])),
                (BAD_DATA, ("giant.npy",), written("giant.npy", npy_of(header % "9000000000000, 9000000000000"))),
                (BAD_DATA, ("long.npy", "truncated"), written("long.npy", npy_of(header % "90000000, 900000"))),
                (BAD_DATA, ("object.npy",), written("object.npy", npy_of("{'descr': '|O', 'fortran_order': False, 'shape': (3,), }"))),
                (BAD_DATA, ("no elements", "0 × 2"), written("none.npy", npy_of(header % "0, 2"))),
                (CANNOT_READ, ("/y", "/giant, /text, /x"), f"{h5}:/y"),
                (CANNOT_READ, ("/y", "/own6", "…"), f"{linked}:/y"),
                (CANNOT_READ, ("group", "/text, /x"), f"{h5}:/group"),
                (BAD_DATA, ("/text", "astype"), f"{h5}:/text"),
                (BAD_DATA, ("/giant", "2⁶⁰ elements or more", "1099511627776 × 1099511627776"), f"{h5}:/giant"),
                (USAGE, ("2⁶⁰ elements or more", "1 input like it"), "random:1000000000x1000000000", "random:1000000000x1000000000:seed=1"),
                (BAD_DATA, ("in other files",), f"{linked}:/x"),
                (BAD_DATA, ("in other files",), f"{linked}:/above/x"),
                (BAD_DATA, ("in other files",), f"{linked}:/virtual"),
                (USAGE, ("--dtype", "HDF5"), f"{h5}:/x", "--dtype", "float64", "--shape", "4"),
                (USAGE, ("--dtype", "random"), "random:4", "--dtype", "float64", "--shape", "4"),
                (USAGE, ("34 axes",), f"random:{many}", "--axis", "0"),
                (USAGE, ("no dataset is named",), h5),
                (CANNOT_READ, ("missing.npy",), self.output.parent / "missing.npy"),
                (BAD_DATA, ("no array",), written("bytes.dat", b"hello\0")),
                (BAD_DATA, ("line 1, column 1", "'hello' is no number"), written("text.dat", b"hello")),
                (BAD_DATA, ("96 bytes", "13 × 8"), written("raw.bin", bytes(96)), "--dtype", "uint8", "--shape", "13x8"),
                (USAGE, ("--axis z", "d0 (3), d1 (4)"), good, "--axis", "z"),
                (USAGE, ("--axis 2",), good, "--axis", "2"),
                (USAGE, ("named twice",), good, "--axis", "0,-2"),
                (USAGE, ("random",), "random:3x:float32"),
                (USAGE, ("random",), "random:3:int8")):
            with self.subTest(arguments=arguments):
                result = swather("reduce", *arguments, "--stat", "mean", "-o", self.output, ranks=None)
                self.assert_one_error(result, code, *words)
        result = swather("reduce", good, "--stat", "mean,mean", "-o", self.output)
        self.assert_one_error(result, USAGE, "mean twice")
        self.assert_nothing_published(self.output)


SPEC = "random:4000x200x64:float32:seed=5"


@functools.cache
def undisturbed():
    """A run in many small blocks: what its file holds, and how large its journal was."""
    output = module_folder() / "undisturbed.h5"
    size = run_to_its_end("reduce", SPEC, "--stat", ALL, "--axis", "d1", "--block-size", 4, output=output)
    return contents(output), size


class RestartTest(InterruptedTest):
    def arguments(self):
        return ["reduce", SPEC, "--stat", ALL, "--axis", "d1", "-o", self.output, "--block-size", 4]

    def test_killed_and_resumed_on_other_numbers_of_ranks(self):
        expected, size = undisturbed()
        self.kill_and_resume(int(0.2 * size))
        self.assert_same_file(self.output, expected)

    def test_few_results(self):
        command = ["reduce", SPEC, "--stat", ALL, "-o", self.output, "--block-size", 1]
        self.assertEqual(swather(*command, ranks=None).code, 0)
        expected = contents(self.output)
        self.output.unlink()
        with running(*command, ranks=2) as run:
            self.wait_for_blocks(run, 10_000)
            self.freeze_and_kill(run)
        result = swather(*command, "--resume", ranks=3)
        self.assertEqual(result.code, 0, result)
        self.assertGreater(self.blocks_in_journal(result)[0], 0)
        self.assert_same_file(self.output, expected)


if __name__ == "__main__":
    unittest.main()
