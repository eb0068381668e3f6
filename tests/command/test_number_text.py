# SPDX-License-Identifier: MIT
"""Texts of numbers as inputs of `swather rolling` and `reduce`, against numpy.loadtxt."""

import gzip
import unittest

import h5py
import numpy as np
from restart_testing import InterruptedTest, module_folder, run_to_its_end
from swather_testing import BAD_DATA, USAGE, SwatherTest, contents, swather, tool

REALS = "0.1 -2.5e3\n1e400 -1e-400\n+.5 7.\nnan -Infinity\n"


class TextTest(SwatherTest):
    def write(self, content, name="in.txt"):
        path = self.output.parent / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def values_of(self, *paths, ranks=None, options=()):
        """All values of an array as they are: each is the largest of a window of one."""
        output = self.new_output()
        result = swather("rolling", *paths, "--window", 1, "--stat", "max", "-o", output, *options, ranks=ranks)
        self.assertEqual(result.code, 0, result)
        self.assert_complete(output)
        with h5py.File(output, "r") as file:
            return file["rolling/max"][...]

    def assert_values(self, got, expected):
        self.assertEqual((got.dtype, got.shape), (expected.dtype, expected.shape))
        np.testing.assert_array_equal(got, expected)
        if expected.dtype.kind == "f":
            np.testing.assert_array_equal(np.signbit(got), np.signbit(expected))


class NumbersTest(TextTest):
    def test_layouts(self):
        """Every one that numpy.loadtxt reads, and what it makes of a single column, line and number."""
        for number, (content, delimiter) in enumerate((
                ("1 2 3\n4 5 6\n", None), ("1\n2\n3\n", None), ("1 2 3", None), ("42", None), ("1,2\n3,4", ","),
                ("  1 ,\t2 \n 3 , 4\n", ","), ("1\t2\n3\t4\n", None), ("1,2\r\n3,4\r\n", ","), ("1 2\r3 4\r", None),
                ("# by hand\n\n \n1 2 # two\n#\n3 4#5 6\n\n", None), ("#only\n7", None), ("\ufeff1 2\n3 4\n", None),
                ("\v1\f2 \n3  4", None), ("9223372036854775807 -0\n-9223372036854775808 +7", None),
                ("1\n" + "#" + " comment" * 100_000 + "\n2\n", None), (" ".join(map(str, range(100_000))), None))):
            with self.subTest(number=number):
                path = self.write(content)
                expected = np.loadtxt(path, dtype=np.int64, delimiter=delimiter, ndmin=1, encoding="utf-8-sig")
                self.assert_values(self.values_of(path), expected)

    def test_reals(self):
        path = self.write(REALS)
        self.assert_values(self.values_of(path), np.loadtxt(path))
        # An integer among reals is the nearest of them, and "-0" has its sign.
        path = self.write("9007199254740993 -0\n0.5 123456789012345678901234567890\n")
        self.assert_values(self.values_of(path), np.loadtxt(path))
        values = np.random.default_rng(1).normal(size=(500, 3)) * 10.0 ** np.arange(-200, 300)[:, None]
        for form in ("%r", "%.18e", "%.3g"):
            path = self.output.parent / "in.csv"
            np.savetxt(path, values, form, delimiter=", ")
            self.assert_values(self.values_of(path), np.loadtxt(path, delimiter=","))

    def test_integers_beyond_int64(self):
        """uint64 where all are, else float64, to the nearest as numpy."""
        most = 2**64 - 1
        for content, dtype in ((f"5\n{most}\n{most - 1}\n", np.uint64), (f"5 {most} {most + 1}", np.float64),
                               (f"-5 {2**63} 1", np.float64), (f"{2**63} -5 1", np.float64), (f"1 {-2**63 - 1}", np.float64)):
            with self.subTest(content=content):
                path = self.write(content)
                if dtype is np.float64:
                    self.assert_values(self.values_of(path), np.loadtxt(path))
                    continue
                printed = swather("reduce", path, "--stat", "argmax,argmin,mean", "-o", "-", ranks=None)
                exact = sum(map(int, content.split())) / 3
                self.assertEqual(printed.stdout, f"argmax\targmin\tmean\n1\t0\t{exact!r}\n")
                refused = swather("reduce", path, "--stat", "max", "-o", "-", ranks=None)
                self.assert_one_error(refused, BAD_DATA, f"max is {most}", "int64", "'" + str(path) + "'")

    def test_an_error_names_the_file_of_its_result(self):
        names = [self.write("1\n2\n", "one.txt"), self.write("1\n9223372036854775808\n", "two.txt"), self.write("1\n2\n", "three.txt")]
        for options, words in (((), ("two.txt', at file 1",)), (("--axis", "all"), ("one.txt' and 2 more",)),
                               (("--axis", "file"), ("one.txt' and 2 more, at d0 1",))):
            result = swather("reduce", *names, "--stat", "max", "-o", self.output, *options, ranks=2)
            self.assert_one_error(result, BAD_DATA, "9223372036854775808", *words)

    def test_types_that_are_given(self):
        path = self.write("1 2.75\n-3 1e-3\n")
        self.assert_values(self.values_of(path, options=["--dtype", "float32"]), np.loadtxt(path, np.float32).astype(float))
        path = self.write("0 1\n200 255\n")
        self.assert_values(self.values_of(path, options=["--dtype", "uint8"]), np.loadtxt(path, np.int64))
        # (0 + 1) / 2, (200 + 255) / 2; the mean of integers would be rounded down.
        result = swather("rolling", path, "-w", 2, "--axis", 1, "--dtype", "float64", "-o", self.output, ranks=None)
        self.assertEqual(result.code, 0, result)
        with h5py.File(self.output, "r") as file:
            self.assertEqual(file["rolling/mean"][...].tolist(), [[0.5], [227.5]])

    def test_packed(self):
        content = "".join(f"{row},{row * row}\n" for row in range(5_000))
        expected = np.array([(row, row * row) for row in range(5_000)])
        path = self.write(content, "plain.csv")
        for name, packed in (("a.csv.gz", gzip.compress(content.encode())), ("b.csv.gz", tool("bgzip", "-c", path)),
                             ("c.csv.gz", gzip.compress(content[:6].encode()) + gzip.compress(content[6:].encode()))):
            with self.subTest(name=name):
                self.assert_values(self.values_of(self.write(packed, name), ranks=2), expected)
                result = swather("reduce", self.write(packed[:-20], name), "--stat", "sum", "-o", self.output, ranks=None)
                self.assert_one_error(result, BAD_DATA, name, "truncated")

    def test_several_files_have_one_type(self):
        """That in which the numbers of all fit."""
        self.write("1\n2\n3\n", "part-1.txt")
        self.write("0.5\n0.25\nnan\n", "part-2.txt")
        got = self.values_of(self.output.parent / "part-*.txt", ranks=2)
        self.assert_values(got, np.array([[1, 2, 3], [0.5, 0.25, np.nan]]))
        np.save(self.output.parent / "three.npy", np.arange(3))
        got = self.values_of(self.output.parent / "part-1.txt", self.output.parent / "three.npy")
        self.assert_values(got, np.array([[1, 2, 3], [0, 1, 2]]))


class RanksTest(TextTest):
    def test_any_block_size_on_any_number_of_ranks(self):
        """The data are those of the same array as .npy."""
        path = self.output.parent / "in.txt"
        np.savetxt(path, np.random.default_rng(2).normal(size=(203, 5)), "%.12g")
        array = np.loadtxt(path)
        np.save(path.with_suffix(".npy"), array)
        windows = np.lib.stride_tricks.sliding_window_view(array, 7, 0)
        commands = (("rolling", "-w", 7, "--stat", "mean,min,max"), ("reduce", "--stat", "mean,min,max", "--axis", 0),
                    ("reduce", "--stat", "mean,sum", "--axis", 1))
        for number, (command, *options) in enumerate(commands):
            expected = None
            for block_size, ranks in ((None, None), (1, 3), (64, 2), (10**6, 1))[:4 if number == 0 else 2]:
                with self.subTest(command=command, options=options, block_size=block_size, ranks=ranks):
                    source = path if ranks else path.with_suffix(".npy")
                    output = self.new_output()
                    result = swather(command, source, *options, "-o", output, ranks=ranks,
                                     *(["--block-size", block_size] if block_size else []))
                    self.assertEqual(result.code, 0, result)
                    self.assert_complete(output)
                    with h5py.File(output, "r") as file:
                        got = {name: file[command][name][...].tobytes() for name in options[options.index("--stat") + 1].split(",")}
                        if number == 0:
                            np.testing.assert_allclose(file["rolling/mean"][...], windows.mean(-1), rtol=1e-12)
                        elif number == 1:
                            np.testing.assert_array_equal(file["reduce/max"][...], array.max(0))
                        else:
                            np.testing.assert_allclose(file["reduce/sum"][...], array.sum(1), rtol=1e-12, atol=1e-12)
                    expected = expected or got
                    self.assertEqual(got, expected)

    def test_a_rehearsal_and_what_is_up_to_date(self):
        path = self.write("1 2\n3 4\n")
        command = ("reduce", path, "--stat", "sum", "-o", self.output)
        before = sorted(self.output.parent.iterdir())
        self.assertEqual(swather(*command, "--dry-run").code, 0)
        self.assertEqual(sorted(self.output.parent.iterdir()), before)
        self.assertEqual(swather(*command).code, 0)
        self.assertIn("up to date", swather(*command).stderr)
        self.assertNotEqual(swather(*command, "--dtype", "float64").code, 0)


class BadInputTest(TextTest):
    def test_is_refused(self):
        long = "9" * 400_000
        for content, code, words, *options in (
                ("", BAD_DATA, ("has no numbers",)),
                ("# a\n\n \r\n#", BAD_DATA, ("has no numbers",)),
                ("1 2\n\n3 4 5\n", BAD_DATA, ("line 3 has 3 numbers", "each line above 2", "nan")),
                ("time,x\n1,2\n", BAD_DATA, ("line 1, column 1", "'time'", "begin with #", "transform")),
                ("1,2\n#\n3,x y\n", BAD_DATA, ("line 3, column 2: 'x'", "write nan")),
                ("1\r\n\r\nNA\r\n", BAD_DATA, ("line 3, column 1: 'NA'", "write nan")),
                ("1,,2\n", BAD_DATA, ("line 1, column 2", "empty", "nan")),
                ("1 2\n1,5 2,5\n", BAD_DATA, ("line 2", "a comma before number 2", "white space between", "decimal comma")),
                ("1 2\n3 é\n".encode("latin1"), BAD_DATA, (r"'\xe9' is no number",)),
                (f"1\n{long}", BAD_DATA, ("line 2", "more than 64")),
                ("1;2\n", BAD_DATA, ("'1;2'", "white space or a comma")),
                (np.arange(9.0).tobytes(), BAD_DATA, ("no array", "text of numbers", "--dtype and --shape")),
                (np.arange(9.0).tobytes(), USAGE, ("--dtype without --shape", "in.txt"), "--dtype", "float64"),
                ("1 300\n", BAD_DATA, ("column 2: '300' is no number of type uint8", "--dtype"), "--dtype", "uint8"),
                ("1 2\n", BAD_DATA, ("4 bytes", "leave --shape out"), "--dtype", "float64", "--shape", 2),
                ("1 2\n", USAGE, ("--axis 2", "d0 (2)"), "--axis", 2)):
            with self.subTest(content=content[:40]):
                result = swather("reduce", self.write(content), "--stat", "mean", "-o", self.output, *options, ranks=None)
                self.assert_one_error(result, code, *words)
                self.assert_nothing_published(self.output)
        others = (self.write("1 2 3", "a.txt"), self.write("1 2", "b.txt"))
        result = swather("reduce", *others, "--stat", "mean", "-o", self.output, ranks=2)
        self.assert_one_error(result, BAD_DATA, "not alike", "a.txt' is 3", "b.txt' is 2")


class KilledTest(InterruptedTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        shared = module_folder()
        cls.path = shared / "in.txt"
        numbers = np.random.default_rng(3).integers(-999, 999, 10_000)
        cls.path.write_text("".join(f"{number}\n" for number in numbers) * 400)
        expected = shared / "expected.h5"
        cls.size = run_to_its_end(*cls.command(), output=expected)
        cls.expected = contents(expected)
        with h5py.File(expected, "r") as file:
            # 10,000 windows begin on each of the repeated numbers, and all have the same sum.
            assert file["rolling/sum"][12_345] == numbers.sum()

    @classmethod
    def command(cls):
        return ["rolling", cls.path, "--window", 10_000, "--stat", "sum,min", "--block-size", 40_000]

    def arguments(self):
        return [*self.command(), "-o", self.output]

    def test_is_resumed_on_another_number_of_ranks(self):
        resumed = self.kill_and_resume(self.size // 3)
        self.assertIn("written as int64 by an earlier run", resumed.stderr)
        self.assert_same_file(self.output, self.expected)


if __name__ == "__main__":
    unittest.main()
