# SPDX-License-Identifier: MIT
"""The Python of the README runs as it stands there, on a file that swather has made."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
from swather_testing import program, swather

README = Path(__file__).parents[2] / "README.md"


class Readme(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        subprocess.run(
            [os.environ["SIMULATE_READS"], "sample", "--contigs", "chr1:150000,chr2:120000", "--coverage", "10", "--level", "1"],
            cwd=cls.folder.name, check=True, capture_output=True)
        sample = Path(cls.folder.name, "sample.bam")
        result = swather("coverage", sample, "-o", sample.with_suffix(".h5"), ranks=2)
        assert result.code == 0, result
        other = Path(cls.folder.name, "other.bam")
        for end in ("", ".bai"):
            shutil.copy(f"{sample}{end}", f"{other}{end}")
        result = swather("coverage", sample, other, "--names", "file", "--by", "1000", "-o", other.with_name("cohort.h5"),
                         ranks=2)
        assert result.code == 0, result
        table = Path(cls.folder.name, "visits.csv")
        table.write_text("SampleID,Age\n" + "S2,30\n" * 7 + "S10,40\n" * 8)
        result = swather("counts", table, "--by", "SampleID", "--mean", "Age", "-o", table.with_name("counts.h5"), ranks=2)
        assert result.code == 0, result
        genome = Path(cls.folder.name, "genome.fa")
        genome.write_text(">chr1\nAAGAATTCTTGGCAAAC\nGTTGCCAGAATTC\n>chr2\nGAATTC\n")
        result = swather("motif", genome, "-p", "EcoRI=GAATTC", "-p", "TGGCANNNNNTGCCA", "-o", genome.with_name("motif.h5"), ranks=2)
        assert result.code == 0, result
        images = Path(cls.folder.name, "images.npy")
        np.save(images, np.arange(60).reshape(5, 3, 4))
        result = swather("reduce", images, "--axis", 0, "--stat", "mean", "-o", images.with_name("mean.h5"), ranks=2)
        assert result.code == 0, result
        series = Path(cls.folder.name, "series.npy")
        np.save(series, np.arange(1_500))
        result = swather("rolling", series, "--window", 1000, "--stat", "mean", "-o", series.with_name("rolled.h5"), ranks=2)
        assert result.code == 0, result
        subprocess.run([os.environ["SIMULATE_SERIES"], "bold", "--shape", "26,31,40", "--volumes", "60"],
                       cwd=cls.folder.name, check=True, capture_output=True)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def python(self, code):
        run = subprocess.run([sys.executable, "-c", code], cwd=self.folder.name, capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout

    def depth(self, region):
        text = subprocess.run(["samtools", "depth", "-aa", "-r", region, "sample.bam"], cwd=self.folder.name, check=True,
                              capture_output=True, text=True).stdout
        return [int(line.split("\t")[2]) for line in text.splitlines()]

    def test_examples(self):
        (cohort_block, _, reduce_block, rolling_block, h5py_block, pandas_block, xarray_block, counts_block, motif_block,
         _) = re.findall(r"```python\n(.*?)```", README.read_text(), re.S)
        expected = self.depth("chr2:100001-100010")
        self.assertEqual([int(n) for n in re.findall(r"\d+", self.python(h5py_block))], expected)
        self.assertEqual([int(n) for n in re.findall(r"\d+", self.python(cohort_block))][:10], expected)

        # of 0, 12, 24, 36 and 48: 24; of 4 … 52: 28
        self.assertEqual(re.findall(r"\d+", self.python(reduce_block)), ["24", "25", "26", "28", "29", "30"])
        self.assertEqual(self.python(rolling_block).split(), ["[499", "500", "501]"])  # of 0 … 999: 499.5, rounded down

        printed = self.python(pandas_block)
        chr1 = self.depth("chr1")
        self.assertRegex(printed, rf"chr1\s+150000\s+{sum(d > 0 for d in chr1)}\s")

        contig, mean = self.python(xarray_block).split()
        self.assertEqual(contig, "chr1")
        self.assertAlmostEqual(float(mean), sum(chr1) / len(chr1), places=4)

        largest, next_one = self.python(counts_block).splitlines()[1:]
        self.assertEqual([line.split() for line in self.python(motif_block).splitlines() if line.strip() != "contig  pattern"],
                         [["chr1", "EcoRI", "2"], ["TGGCANNNNNTGCCA", "1"], ["chr2", "EcoRI", "1"]])
        self.assertEqual((largest.split()[1:], next_one.split()[1:]), (["S10", "8", "40.0"], ["S2", "7", "30.0"]))

    def test_picture_of_a_fit(self):
        text = README.read_text()
        first = re.search(r"mpirun -q -n 16 swather (fit bold\.nii\.gz .*?)\n", text.split("## Commands")[1]).group(1)
        is_file = re.compile(r".*\.(gz|tsv|h5)")
        result = swather(*(Path(self.folder.name, word) if is_file.fullmatch(word) else word for word in shlex.split(first)))
        self.assertEqual(result.code, 0, result)
        block = next(block for block in re.findall(r"```python\n(.*?)```", text, re.S) if "pyplot" in block)
        self.python(block + "\nimport numpy\nassert numpy.nanmax(t) > 5 and numpy.nanmin(t) < -5, t")
        self.assertTrue(Path(self.folder.name, "fit.png").read_bytes().startswith(b"\x89PNG"))

    def test_every_command_has_its_section_and_help(self):
        overview = subprocess.run([program(), "--help"], capture_output=True, text=True).stdout
        names = re.findall(r"^  (\w+)  +\w", overview.split("Subcommands:")[1].split("\n\n")[0], re.M)
        self.assertIn("coverage", names)
        for name in names:
            self.assertIn(f"swather {name} ", README.read_text())
            self.assertEqual(subprocess.run([program(), name, "--help"], capture_output=True).returncode, 0)


if __name__ == "__main__":
    unittest.main()
