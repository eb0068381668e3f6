# SPDX-License-Identifier: MIT
"""The scripts of bench/ that measure scaling, draw and compare: each runs for a moment, and its answers are checked."""

import csv
import importlib.util
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

BENCH = Path(__file__).resolve().parents[2] / "bench"
SWATHER = os.environ["SWATHER"]
PYTHON = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else "python3"


class BenchTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="swather-bench-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)

    def script(self, name, *arguments, code=0):
        done = subprocess.run([PYTHON, BENCH / name, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True,
                              env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}, check=False)
        self.assertEqual(done.returncode, code, f"{name} {arguments}\n{done.stdout}\n{done.stderr}")
        return done.stdout + done.stderr

    def rows(self, path):
        with open(path, newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))


class ScalingTest(BenchTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.csv = cls.folder / "scaling.csv"
        cls.common = ["--swather", SWATHER, "--simulators", Path(SWATHER).parent, "--data", cls.folder / "data",
                      "--repeats", "1"]

    def test_every_command_strong_and_weak(self):
        self.script("scaling", *self.common, "--csv", self.csv, "--ranks", "1,2", "--sizes", "1", "--model", "1,2,64")
        rows = self.rows(self.csv)
        expected = []
        for kind in ("strong", "weak"):
            for command in ("coverage", "counts", "fit", "motif", "rolling", "reduce", "transform"):
                expected += [(kind, "measured", command, "1", "1"),
                             (kind, "measured", command, "2" if kind == "weak" else "1", "2")]
                if kind == "strong":
                    expected += [(kind, "modelled", command, "1", ranks) for ranks in ("1", "2", "64")]
        self.assertEqual([tuple(row[name] for name in ("kind", "source", "problem", "size", "ranks")) for row in rows],
                         expected)
        for row in rows:
            self.assertGreater(float(row["wall"]), 0)
            self.assertGreaterEqual(float(row["imbalance"]), 0.999)
            self.assertNotEqual(row["commit"], "")
            if row["source"] == "measured":
                self.assertGreaterEqual(float(row["process_wall"]), float(row["wall"]) - 0.2)
                self.assertGreater(int(row["bytes_out"]), 0)

        drawn = self.script("plot", self.csv, "-o", self.folder / "picture").split()
        self.assertEqual({Path(path).name for path in drawn},
                         {f"picture-{kind}{what}.{end}" for kind in ("strong", "weak") for what in ("", "-phases")
                          for end in ("svg", "png")})
        for path in map(Path, drawn):
            self.assertTrue(path.read_bytes().startswith(b"\x89PNG" if path.suffix == ".png" else b"<?xml"), path)
        self.assertIn("modelled", (self.folder / "picture-strong.svg").read_text())

    def test_a_command_of_ones_own(self):
        """Of what --timings-csv says alone, plot draws too."""
        table = self.folder / "table.csv"
        table.write_text("ID\n" + "a\nb\n" * 500)
        own = self.folder / "own.csv"
        self.script("scaling", *self.common, "--csv", own, "--ranks", "1,3", "--launcher",
                    "mpirun -q --oversubscribe -n {ranks}", "--schedules", "dynamic", "--", SWATHER, "counts", table, "--by", "ID")
        self.assertEqual([(row["ranks"], row["schedule"], row["kind"]) for row in self.rows(own)],
                         [("1", "dynamic", "strong"), ("3", "dynamic", "strong")])
        other = self.folder / "other.csv"
        other.write_text("a,b\n")
        self.assertIn("other columns", self.script("scaling", *self.common, "--csv", other, "--ranks", "1", "--", SWATHER,
                                                   "counts", table, "--by", "ID", code=1))
        plain = self.folder / "plain.csv"
        subprocess.run([SWATHER, "counts", table, "--by", "ID", "-o", self.folder / "out.h5", "--timings-csv", plain],
                       check=True, capture_output=True)
        self.assertEqual(len(self.script("plot", plain, "--clock", "cpu").split()), 4)
        lines = plain.read_text().splitlines()
        columns = lines[0].split(",")
        for name, value in (("ranks", "0"), ("ranks", ""), ("wall", "nan"), ("wall", "-1"), ("command_line", None)):
            row = next(csv.reader(lines[1:]))
            place = columns.index(name)
            row[place:] = [] if value is None else [value, *row[place + 1:]]
            with open(self.folder / "bad.csv", "w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows([columns, row])
            with self.subTest(name=name, value=value):
                said = self.script("plot", plain, self.folder / "bad.csv", code=1)
                self.assertRegex(said, r"^plot: '.*bad\.csv' cannot be drawn: line 2: .*\n$")
        for path in (other, self.folder / "nowhere.csv", SWATHER):
            self.assertRegex(self.script("plot", path, code=1), r"^plot: '.*' cannot be drawn: .*\n$")
        self.assertRegex(self.script("plot", plain, "-o", self.folder / "nowhere" / "x", code=1), r"^plot: cannot write '.*\n$")
        self.assertIn("one rank", self.script("scaling", *self.common, "--ranks", "2", "--model", "4", code=2))


class PeersTest(BenchTest):
    def test_one_table_of_all(self):
        """Each script compares results before it times anything, and fails where they differ."""
        names = ["coverage", "counts", "fit", "motif", "reduce", "transform"]
        if importlib.util.find_spec("numba"):
            names.append("rolling")
        folder = self.folder / "a/b"  # which is made
        command = ["all_peers", "--quick", "--swather", SWATHER, "--data", self.folder / "data", "-o", folder]
        self.script(*command, *(word for name in names for word in ("--only", name)))
        rows = [row for name in names for row in self.rows(folder / f"{name}.csv")]
        own = [row for row in rows if row["program"].startswith("swather")]
        self.assertGreater(len(rows), len(own))
        for name in ("coverage of 'quick', depth", "counts of 'zipf'", "GLM", "mean, --axis 0", "transform of 70,000 rows"):
            self.assertTrue([row for row in own if row["comparison"].startswith(name)], name)
        for row in rows:
            self.assertGreaterEqual(float(row["wall s"]), 0, row)
        table = folder / "peers.md"
        whole = table.read_text(encoding="utf-8").splitlines()
        self.assertEqual(len(whole), len(rows) + 2)
        # One that fails keeps what it told before, and the others stay in the table.
        said = self.script(*command, "--only", "transform", "--swather", "/bin/false", code=1)
        self.assertIn("failed: transform", said)
        self.assertEqual(table.read_text(encoding="utf-8").splitlines(), whole)

    def test_wrong_options(self):
        for options, words in ((("--quick", "--only", "coverage-large"), "with --quick there is"), (("--repeats", "0"), "at least 1")):
            self.assertIn(words, self.script("all_peers", *options, "-o", self.folder, code=2))


class LimitsTest(BenchTest):
    def test_every_command_on_many_ranks(self):
        said = self.script("limits", "--swather", SWATHER, "--simulators", Path(SWATHER).parent, "--data", self.folder / "data",
                           "--sizes", "1,300", "--ranks", "1,2,10000")
        self.assertEqual(re.findall(r"(?m)^\*\*(\w+)\*\*, [\d,]+ MB, modelled$", said),
                         ["counts", "fit", "motif", "rolling", "reduce", "transform"], said)
        rows = re.findall(r"(?m)^\| ([\d,]+) \| [\d.]+ \| (\d+)% \| ([\d.]+) \|", said)
        self.assertEqual([row[0] for row in rows], ["1", "2", "10,000"] * 6, said)
        for ranks, efficiency, imbalance in rows:
            if ranks == "1":
                self.assertEqual((efficiency, imbalance), ("100", "1.00"), said)
            if ranks == "10,000":  # than which there are fewer blocks
                self.assertGreater(float(imbalance), 2, said)

    def test_wrong_options(self):
        for options in (("--sizes", "1"), ("--sizes", "x,y"), ("--sizes", "0,20"), ("--ranks", "abc"), ("--ranks", "0"),
                        ("--commands", "coverage")):
            self.assertIn(options[0], self.script("limits", "--swather", SWATHER, *options, code=2))
        said = self.script("limits", "--swather", SWATHER, "--simulators", Path(SWATHER).parent, "--data", self.folder / "data",
                           "--commands", "fit", "--sizes", "1,1000", code=1)
        self.assertIn("60,000 volumes", said)


class TotalWorkTest(BenchTest):
    @unittest.skipUnless(shutil.which("valgrind"), "valgrind is not installed")
    def test_instructions_of_all_ranks(self):
        table = self.folder / "table.csv"
        table.write_text("ID\n" + "a\nb\n" * 20_000)
        said = self.script("total_work", "--ranks", "1,2", "--", SWATHER, "counts", table, "--by", "ID", "--block-size", "9000")
        work = [float(count) for count in re.findall(r"(?m)^\| [12] \| ([\d.]+) \|", said)]
        self.assertEqual(len(work), 2, said)
        self.assertGreater(min(work), 0.0005)  # 40,000 rows take some instructions each, and as many on two ranks
        self.assertLess(max(work), 1.5 * min(work), said)


class CompareTest(BenchTest):
    def write(self, name, times, **more):
        """A file as Google Benchmark writes it, with its means beside the repetitions."""
        runs = []
        for benchmark, all_of_it in times.items():
            common = {"run_name": benchmark, "time_unit": "us", **more}
            runs += [{**common, "name": benchmark, "run_type": "iteration", "cpu_time": time} for time in all_of_it]
            runs += [{**common, "name": f"{benchmark}_mean", "run_type": "aggregate", "cpu_time": 1e9}]
        path = self.folder / name
        path.write_text(json.dumps({"benchmarks": runs}))
        return path

    def test_slower_beyond_noise(self):
        before = self.write("before.json", {"quiet": [100, 101, 102], "noisy": [100, 110, 120], "gone": [1, 1, 1]})
        self.assertIn("0 slower", self.script("compare", before, before))
        # 8 % is more than three times the 1 % of the quiet one, and less than three times the 10 % of the other.
        after = self.write("after.json", {"quiet": [108, 109, 110], "noisy": [108, 119, 130], "new": [1, 1, 1]})
        said = self.script("compare", before, after, code=1)
        self.assertRegex(said, r"(?m)^quiet .*\+8\.0% +1\.0%  SLOWER$")
        self.assertRegex(said, r"(?m)^noisy .*\+8\.0% +10\.\d%$")
        self.assertIn("1 slower", said)
        self.assertIn("before.json: gone", said)
        self.assertIn("after.json: new", said)
        self.assertIn("0 slower", self.script("compare", before, after, "--threshold", "10"))
        self.assertRegex(self.script("compare", after, before), r"(?m)^quiet .*faster$")

    def test_what_cannot_be_compared(self):
        good = self.write("good.json", {"one": [1, 1, 1]})
        few = self.write("few.json", {"one": [1]})
        self.assertIn("--benchmark_repetitions", self.script("compare", good, few, code=2))
        self.assertIn("failed", self.script("compare", good, self.write("failed.json", {"one": [1, 1, 1]}, error_occurred=True),
                                            code=2))
        self.assertIn("in common", self.script("compare", good, self.write("else.json", {"two": [1, 1, 1]}), code=2))
        for time in (0, -1, float("nan"), "1"):
            odd = self.write("odd.json", {"one": [1, time, 1]})
            self.assertIn("odd.json", self.script("compare", good, odd, code=2))
        self.assertIn("--threshold", self.script("compare", good, good, "--threshold", "nan", code=2))
        text = self.folder / "text.json"
        text.write_text("no JSON")
        self.assertIn("text.json", self.script("compare", text, good, code=2))

    @unittest.skipUnless(os.environ.get("BENCH_KERNELS"), "Google Benchmark is not installed")
    def test_what_the_kernels_write(self):
        path = self.folder / "kernels.json"
        subprocess.run([os.environ["BENCH_KERNELS"], "--benchmark_filter=split_genome", "--benchmark_repetitions=3",
                        "--benchmark_min_time=0.001", f"--benchmark_out={path}", "--benchmark_out_format=json"],
                       check=True, capture_output=True)
        self.assertRegex(self.script("compare", path, path), r"(?m)^split_genome .*\+0\.0%")


if __name__ == "__main__":
    unittest.main()
