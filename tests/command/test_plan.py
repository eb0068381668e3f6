# SPDX-License-Identifier: MIT
"""`swather plan`, and the seconds of single blocks of which its figures are."""

import csv
import gzip
import heapq
import os
import re
import subprocess
import unittest

from swather_testing import (BAD_DATA, CANNOT_CREATE, CANNOT_READ, ENVIRONMENT, IO_ERROR, USAGE, Contig, SwatherTest,
                             many_reads, sam_header, swather, write_bam)

CONTIGS = [Contig("a", 300_000), Contig("b", 50_000)]
BLOCK_SIZE = ["--block-size", "9000"]
BLOCKS = 39  # of 350,000 positions


def rows_of(text):
    return [{name: float(value) if name != "limit" else value for name, value in row.items()}
            for row in csv.DictReader(text.splitlines())]


def dealt(costs, ranks):
    """The rank of each block, beforehand: the dearest first, each to the rank that has least, the first of several."""
    loads = [(0.0, rank) for rank in range(ranks)]
    rank_of = {}
    for block in sorted(range(len(costs)), key=lambda block: -costs[block]):
        load, rank = heapq.heappop(loads)
        rank_of[block] = rank
        heapq.heappush(loads, (load + costs[block], rank))
    return [rank_of[block] for block in range(len(costs))]


def cost_of(row):
    return row["bytes"] + 0.3 * row["cells"]


class PlanTest(SwatherTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Ten times as deep in the middle, so that blocks are not alike.
        lines = many_reads(CONTIGS, 10, seed=1)
        lines += [line for line in many_reads([CONTIGS[0]], 100, seed=2)
                  if not line.startswith("@") and 100_000 <= int(line.split("\t")[3]) < 130_000]
        cls.bam = write_bam(cls.folder / "uneven.bam", lines)
        cls.blocks_csv = cls.folder / "blocks.csv"
        cls.table = cls.folder / "table.csv.gz"
        with gzip.open(cls.table, "wt") as file:
            file.write("SampleID,Volume\n" + "".join(f"S{number % 7},{number}\n" for number in range(5_000)))
        cls.genome = cls.folder / "genome.fa"
        cls.genome.write_text(">chr1\n" + "ACGTGAATTC" * 500 + "\n")
        subprocess.run([os.environ["SIMULATE_SERIES"], cls.folder / "bold", "--shape", "6,5,4", "--volumes", "9"],
                       check=True, capture_output=True)
        cls.image = next(cls.folder.glob("bold*.nii.gz"))
        cls.measured_on_three = cls.folder / "three.csv"
        for path, ranks in ((cls.blocks_csv, 1), (cls.measured_on_three, 3)):
            result = swather("coverage", cls.bam, *BLOCK_SIZE, "-o", cls.folder / "measured.h5", "--force",
                             "--timings-blocks", path, "--timings-csv", cls.folder / "runs.csv", ranks=ranks)
            assert result.code == 0, result
        cls.blocks = rows_of(cls.blocks_csv.read_text())

    def plan(self, *arguments):
        """What is printed; nothing is left in the folder in which it was called."""
        result = subprocess.run([os.environ["SWATHER"], "plan", *map(str, arguments)], cwd=self.output.parent,
                                capture_output=True, text=True, env=ENVIRONMENT, check=False)
        self.assertEqual(result.returncode, 0, result)
        self.assertNotIn("runtime error", result.stderr)
        self.assertEqual(list(self.output.parent.iterdir()), [])
        return result.stdout

    def modelled(self, *arguments, per_block=None):
        return rows_of(self.plan("coverage", self.bam, *BLOCK_SIZE, "--per-block", per_block or self.blocks_csv, "--csv",
                                 *arguments))

    def test_a_line_for_each_block(self):
        three = rows_of(self.measured_on_three.read_text())
        for rows in (self.blocks, three):
            self.assertEqual([row["block"] for row in rows], list(range(BLOCKS)))
            self.assertEqual([row["cells"] for row in rows], [9_000] * (BLOCKS - 1) + [350_000 - 38 * 9_000])
        self.assertEqual([row["bytes"] for row in three], [row["bytes"] for row in self.blocks])
        self.assertEqual([row["stored"] for row in three], [row["stored"] for row in self.blocks])
        self.assertEqual({row["rank"] for row in self.blocks}, {0})
        self.assertEqual([row["rank"] for row in three], dealt([cost_of(row) for row in three], 3))
        # What is not of a block, but of its phase, is little: the clocks themselves.
        with open(self.folder / "runs.csv", newline="", encoding="utf-8") as file:
            run = next(csv.DictReader(file))
        for phase in ("read", "compute"):
            self.assertAlmostEqual(sum(row[phase] for row in self.blocks), float(run[f"{phase}_wall_max"]), delta=0.02)
        self.assertLessEqual(sum(row["journal"] for row in self.blocks), float(run["journal_wall_max"]) + 0.02)
        self.assertAlmostEqual(sum(row["cpu"] for row in self.blocks),
                               float(run["compute_cpu_max"]) + float(run["journal_cpu_max"]), delta=0.05)

    def test_the_seconds_of_the_busiest_rank(self):
        costs = [cost_of(row) for row in self.blocks]
        seconds = [row["cpu"] for row in self.blocks]
        counts = [1, 2, 3, 7, 1000]
        for row, ranks in zip(self.modelled("--ranks", ",".join(map(str, counts))), counts, strict=True):
            of_rank = [0.0] * ranks
            for block, rank in enumerate(dealt(costs, ranks)):
                of_rank[rank] += seconds[block]
            self.assertEqual(row["ranks"], ranks)
            self.assertAlmostEqual(row["computing"], max(of_rank), delta=2e-6)
            self.assertAlmostEqual(row["mean_work"], sum(seconds) / ranks, delta=2e-6)
            self.assertAlmostEqual(row["imbalance"], max(of_rank) * ranks / sum(seconds), delta=0.01)
            self.assertAlmostEqual(row["time"], row["planning"] + row["messages"] + row["computing"] + row["gathering"],
                                   delta=5e-6)
        on_demand = self.modelled("--ranks", "1,64", "--schedule", "dynamic")
        self.assertAlmostEqual(on_demand[0]["computing"], sum(seconds), delta=1e-5)
        self.assertAlmostEqual(on_demand[1]["computing"], max(seconds), delta=1e-5)  # 39 blocks for 63 ranks

    def test_messages_and_files(self):
        stored = sum(row["stored"] for row in self.blocks)
        to_read = sum(row["bytes"] for row in self.blocks)
        options = ["--ranks", "1024", "--latency", "3", "--bandwidth", "1e9"]
        row, = self.modelled(*options, "--io-bandwidth", "0.001", "--gathering", "0.5")
        self.assertAlmostEqual(row["messages"], 3e-6 * (40 * 10 + 5 * 1023), delta=1e-6)
        self.assertAlmostEqual(row["files"], (to_read + stored) / 1e6, delta=1e-4)
        # Of 0.5 s on one rank, 5 µs of each of 39 chunks are root's.
        placing = BLOCKS * 5e-6
        self.assertAlmostEqual(row["gathering"], placing + (0.5 - placing) / 1024 + 3 * stored / 1e6, delta=1e-4)
        self.assertEqual(row["limit"], "files")
        # 39 blocks of a chunk of 20 µs each on one rank, 15 of which more ranks share.
        row, = self.modelled(*options)
        self.assertEqual(row["files"], 0)
        self.assertAlmostEqual(row["gathering"], BLOCKS * (5e-6 + 15e-6 / 1024), delta=1e-6)
        alone, = self.modelled("--ranks", "1")
        self.assertAlmostEqual(alone["gathering"], BLOCKS * 20e-6, delta=1e-6)

    def test_blocks_that_were_not_measured(self):
        """They take what the others took for their cost."""
        some = self.blocks[:10]
        path = self.folder / "some.csv"
        path.write_text("".join(self.blocks_csv.read_text().splitlines(keepends=True)[:11]))
        rate = sum(row["cpu"] for row in some) / sum(map(cost_of, some))
        expected = sum(row["cpu"] for row in some) + rate * sum(map(cost_of, self.blocks[10:]))
        row, = self.modelled("--ranks", "1", per_block=path)
        self.assertAlmostEqual(row["computing"], expected, delta=1e-4)
        said = self.plan("coverage", self.bam, *BLOCK_SIZE, "--per-block", path)
        self.assertIn("10 measured", said)
        self.assertIn("29 by their bytes", said)

    def test_what_a_dry_run_says(self):
        dry = swather("coverage", self.bam, *BLOCK_SIZE, "--dry-run", ranks=None).stdout
        planned = self.plan("coverage", self.bam, *BLOCK_SIZE)
        to_read = re.search(r"to read +(.*)", dry).group(1)
        memory = re.search(r"memory +(.*) a rank at most", dry).group(1)
        self.assertRegex(planned, rf"blocks +{BLOCKS} of 9,000 positions each, {re.escape(to_read)} to read\n")
        self.assertRegex(planned, rf"memory +{re.escape(memory)} a rank at most, .* on rank 0")
        self.assertRegex(planned, r"1 measured: block \d+ \([ab]:.*\), tried now; 38 by their bytes\n")
        self.assertRegex(planned, r"(?m)^ *ranks +time +efficiency +imbalance +limit$")
        self.assertEqual(len(re.findall(r"(?m)^ +[\d,]+ +[\d.]+ (?:s|ms|µs) +\d+ % +[\d.]+   \w", planned)), 8)
        enough = int(re.search(r"More than (\d+) ranks? do not help", planned).group(1))
        self.assertLessEqual(enough, BLOCKS)
        self.assertLess(planned.count("\n"), 25)

    def test_every_analysis(self):
        """Nothing is written, neither of the output nor of what a .csv.gz is inflated to."""
        for arguments in (["counts", self.table, "--by", "SampleID", "--block-size", "1000"],
                          ["fit", self.image, "--model", "mean"],
                          ["motif", self.genome, "-p", "GAATTC"],
                          ["coverage", self.bam, "-o", "out.h5", "--only-block", "3", "--resume", "--timings-blocks", "x"]):
            with self.subTest(command=arguments[0]):
                said = self.plan(*arguments, "--ranks", "1,8")
                for word in ("Modelled", "time", "imbalance", "memory", "tried now"):
                    self.assertIn(word, said)
        self.assertIn("--gathering tells", self.plan("counts", self.table, "--by", "SampleID"))
        empty = write_bam(self.folder / "empty.bam", sam_header([]))
        self.assertIn("nothing to compute", self.plan("coverage", empty))

    def test_what_is_wrong(self):
        plan = ["plan", "coverage", self.bam]
        for arguments, code, *words in (
                ([*plan, "--ranks", "0"], USAGE, "--ranks"),
                ([*plan, "--io-bandwidth", "0"], USAGE, "--io-bandwidth", "0 is no number from"),
                ([*plan, "--latency", "nan"], USAGE, "--latency", "nan is no number from"),
                ([*plan, "--gathering", "1e300"], USAGE, "--gathering"),
                ([*plan, "--mispelt"], USAGE, "swather plan coverage --help"),
                (["plan"], USAGE, "subcommand"),
                (["plan", "inspect", self.bam], USAGE),
                (["coverage", self.bam, "--ranks", "4"], USAGE, "--ranks"),
                ([*plan, "--per-block", self.folder / "nowhere.csv"], CANNOT_READ, "nowhere.csv"),
                ([*plan, "--per-block", self.folder / "runs.csv"], BAD_DATA, "runs.csv", "--timings-blocks"),
                (["plan", "coverage", self.folder / "nowhere.bam"], CANNOT_READ, "nowhere.bam")):
            with self.subTest(arguments=arguments):
                self.assert_one_error(swather(*arguments, ranks=None), code, *words)
        self.assert_one_error(swather(*plan, ranks=2), USAGE, "swather plan", "one process")

    def test_timings_that_tell_little(self):
        """They are used, and a warning says so."""
        for per_block, block_size, word in ((self.blocks_csv, "8000", "no block of this plan"),
                                            (self.measured_on_three, "9000", "several ranks"),
                                            (self.blocks_csv, "9000", None)):
            result = swather("plan", "coverage", self.bam, "--block-size", block_size, "--per-block", per_block, ranks=None)
            self.assertEqual(result.code, 0, result)
            self.assertEqual(result.stderr.count("warning"), 1 if word else 0, result)
            self.assertIn(word or "", result.stderr)

    def test_the_block_that_is_tried(self):
        """Of a cohort most of whose blocks have no reads, it is one with reads."""
        empty = write_bam(self.folder / "no_reads.bam", sam_header([Contig("long", 3_000_000)]))
        self.assertRegex(self.plan("coverage", empty, self.bam, "--block-size", "50000"), r"block \d+ \([^)]*\ba:")

    def test_a_config_file_of_a_run(self):
        """Its options are not those of a plan; as those of a plan they are."""
        config = self.output.with_name("run.toml")
        written = swather("coverage", self.bam, *BLOCK_SIZE, "-o", self.output, "--print-config", ranks=None).stdout
        config.write_text(written)
        plan = ["plan", "coverage", self.bam, "--config", config]
        self.assert_one_error(swather(*plan, ranks=None), USAGE, "[coverage]", "[plan.coverage]")
        config.write_text(written.replace("[coverage]", "[plan.coverage]"))
        self.assertIn(f"{BLOCKS} of 9,000", swather(*plan, ranks=None).stdout)

    def test_what_cannot_be_printed(self):
        for arguments in (["plan", "coverage", self.bam, "--csv"], ["coverage", self.bam, "--dry-run"]):
            with open("/dev/full", "w", encoding="utf-8") as full:
                done = subprocess.run([os.environ["SWATHER"], *map(str, arguments)], stdout=full, stderr=subprocess.PIPE,
                                      text=True, env=ENVIRONMENT, check=False)
            self.assertEqual(done.returncode, IO_ERROR, done)
            self.assertIn("No space left", done.stderr)

    def test_where_no_timings_can_be_written(self):
        """It is told before anything is computed."""
        options = ["coverage", self.bam, "-o", self.output]
        same = self.output.with_name("same")
        for path, *words in ((self.output.parent / "nowhere" / "blocks.csv", "blocks.csv"),
                             (self.folder / "runs.csv", "runs.csv", "columns")):
            self.assert_one_error(swather(*options, "--timings-blocks", path), CANNOT_CREATE, *words)
        for other, path in (("-o", self.output), ("--timings-csv", same), ("lock", f"{self.output}.lock"),
                            ("journal", f"{self.output}.journal")):
            result = swather(*options, "--timings-csv", same, "--timings-blocks", path)
            self.assert_one_error(result, USAGE, "--timings-blocks", other, "same file")
        self.assert_nothing_published(self.output)

    def test_a_block_that_has_to_be_computed_twice(self):
        """Of a table most of whose blocks begin inside quotes, with no quote near before them."""
        table = self.output.with_name("table.csv")
        fake = "S1,5,no\nS2,6,\n" * 3_000
        table.write_text("SampleID,Volume,Note\n" + "".join(f'S{row},{row},"{fake[row:]}"\n' for row in range(10)))
        timings = self.output.with_name("blocks.csv")
        result = swather("counts", table, "--by", "SampleID", "--block-size", "30000", "-o", self.output,
                         "--timings-blocks", timings)
        self.assertEqual(result.code, 0, result)
        self.assertIn("computed again", result.stderr)
        rows = rows_of(timings.read_text())
        blocks = -(-table.stat().st_size // 30_000)
        self.assertEqual({row["block"] for row in rows}, set(range(blocks)))
        self.assertGreater(len(rows), blocks)
        self.assertGreaterEqual(min(row["cpu"] for row in rows), 0)


if __name__ == "__main__":
    unittest.main()
