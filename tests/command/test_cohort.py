# SPDX-License-Identifier: MIT
"""`swather coverage` of many samples: each as if it were alone, all of them side by side, without those that are broken."""

import re
import shutil
import unittest
from pathlib import Path

import h5py
import numpy as np
from odd_pairs import OddPairs
from restart_testing import InterruptedTest
from swather_testing import (
    BAD_DATA, BGZF_EOF, CANNOT_CREATE, CANNOT_READ, USAGE, Contig, OddReads, SwatherTest, columns_of, contents,
    many_reads, open_in_xarray, samtools_depth, swather, tool, values_of, write_bam, write_index)

CONTIGS = [Contig("chr1", 9_000), Contig("none", 0), Contig("chr2", 3_100), Contig("plasmid/2", 701)]
OTHERS = [Contig("other", 2_500), Contig("chr1", 9_000), Contig("late", 40)]
BY, THRESHOLDS = "500", "1,5,20"


def with_sample(lines, *names):
    """The same lines with a read group of each of these samples."""
    groups = [f"@RG\tID:g{number}\tSM:{name}" for number, name in enumerate(names)]
    last = max(number for number, line in enumerate(lines) if line.startswith("@"))
    return lines[:last + 1] + groups + lines[last + 1:]


def truncated(bam, path):
    """A BAM that is torn in its middle, with its index and with the block that ends a whole one."""
    data = bam.read_bytes()
    path.write_bytes(data[:len(data) // 2] + BGZF_EOF)
    shutil.copy(f"{bam}.bai", f"{path}.bai")
    return path


def damaged(bam, path):
    """A BAM with one byte changed in its middle, whose index is right: only who reads it there sees it."""
    data = bytearray(bam.read_bytes())
    data[len(data) // 2] ^= 0x55
    path.write_bytes(data)
    shutil.copy(f"{bam}.bai", f"{path}.bai")
    return path


def group_of(path, name=""):
    """All data of a sample: {name of the dataset: (type, shape, values)}; without a name, of a file of one sample."""
    found = {}

    def look_at(of, thing):
        if isinstance(thing, h5py.Dataset) and not of.startswith("provenance"):
            values = thing[...].tolist() if thing.dtype == object else thing[...].tobytes()
            found[of] = (str(thing.dtype), thing.shape, values)

    with h5py.File(path, "r") as file:
        (file[f"samples/{name}"] if name else file).visititems(look_at)
    return found


def cohort_of(path):
    """The table of samples: {column: values}."""
    with h5py.File(path, "r") as file:
        return {name: values_of(thing).tolist() for name, thing in columns_of(file["cohort"]).items() if thing.ndim == 1}


class CohortTest(SwatherTest):
    """Five samples: two of the same contigs, one of others, a CRAM, and one without a name in its header."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        pairs = OddPairs(5, [CONTIGS[0], *CONTIGS[2:]], always_sequence=True)
        cls.reference = pairs.fasta(cls.folder / "ref.fa")
        tool("samtools", "faidx", cls.reference)
        cls.samples = {
            "A": write_bam(cls.folder / "first.bam", with_sample(OddReads(1, CONTIGS).lines(), "A", "A")),
            "B/b": write_bam(cls.folder / "second.bam", with_sample(OddReads(2, CONTIGS).lines(), "B/b"), index="csi"),
            "other": write_bam(cls.folder / "third.bam", with_sample(OddReads(3, OTHERS).lines(), "other")),
            "one": write_bam(cls.folder / "pairs.bam", pairs.lines(800)),
        }
        cls.unnamed = write_bam(cls.folder / "no.name.bam", OddReads(4, OTHERS).lines())
        cls.alike = [cls.samples["A"], cls.samples["B/b"]]
        cls.cram = cls.folder / "cram.cram"
        tool("samtools", "view", "-C", "-T", cls.reference, "-o", cls.cram, cls.samples["one"])
        tool("samtools", "index", cls.cram)
        cls.torn = truncated(cls.samples["A"], cls.folder / "torn.bam")
        cls.block_size = ["--block-size", "700"]

    def cohort(self, *arguments, ranks=None, code=0, output=None):
        """Runs swather, which must end with this code; the file is there all the same."""
        output = output or self.new_output()
        result = swather("coverage", *arguments, "-o", output, *self.block_size, ranks=ranks)
        self.assertEqual(result.code, code, result)
        self.assert_complete(output)
        return output, result


class WholeTest(CohortTest):
    def test_any_number_of_ranks(self):
        """…and each sample is what it is alone, whatever stands beside it."""
        paths = list(self.samples.values())
        files = [self.cohort(*paths, "--by", BY, "--thresholds", THRESHOLDS, ranks=ranks)[0] for ranks in (None, 1, 2, 3, 4)]
        for file in files[1:]:
            self.assert_same_file(file, files[0])
        dynamic, _ = self.cohort(*paths, "--by", BY, "--thresholds", THRESHOLDS, "--schedule", "dynamic", ranks=7)
        self.assert_same_file(dynamic, files[0])
        for name, path in self.samples.items():
            alone, _ = self.cohort(path, "--by", BY, "--thresholds", THRESHOLDS)
            group = name.replace("/", "%2F")
            self.assertEqual(group_of(files[0], group), group_of(alone), name)
            with h5py.File(files[0]) as file:
                self.assertEqual(file[f"samples/{group}"].attrs["long_name"], name)
                np.testing.assert_array_equal(file[f"samples/{group}/coverage/depth"][:], samtools_depth(path))

    def test_side_by_side(self):
        output, result = self.cohort(*self.samples.values(), "--by", BY, "--thresholds", "1,5")
        self.assertIn("no matrix", result.stderr)
        table = cohort_of(output)
        self.assertEqual(list(table), ["name", "path", "positions", "mean_depth", "covered_bases", "at_least_1",
                                       "at_least_5"])
        self.assertEqual(table["name"], list(self.samples))
        self.assertEqual(table["path"], [str(path) for path in self.samples.values()])
        for row, path in enumerate(self.samples.values()):
            depth = samtools_depth(path)
            self.assertEqual([table[name][row] for name in list(table)[2:]],
                             [depth.size, depth.mean(), (depth > 0).sum(), (depth >= 1).sum(), (depth >= 5).sum()])
        with h5py.File(output) as file:
            self.assertEqual(file.attrs["default"], "cohort")
            self.assertEqual(file["cohort"].attrs["missing"], 0)
            self.assertNotIn("coverage", file)
            self.assertNotIn("missing", file["cohort"])
        self.assertEqual(list(cohort_of(self.cohort(*self.alike)[0]))[-3:], ["at_least_10", "at_least_20", "at_least_30"])

    def test_matrix_of_regions(self):
        """…is a view of what the samples have, and everybody reads it."""
        bed = self.output.with_name("targets.bed")
        bed.write_text("chr2\t5\t900\tx\nchr1\t0\t40\ty\nchr1\t20\t9000\tz\nplasmid/2\t1\t2\n")
        # Not of all contigs, but the same regions.
        more = self.folder / "more.bam"
        write_bam(more, with_sample(OddReads(7, [*CONTIGS, Contig("extra", 50)]).lines(), "more"))
        output, _ = self.cohort(*self.alike, more, "--by", bed)
        means = []
        for path in (*self.alike, more):
            with h5py.File(self.cohort(path, "--by", bed)[0]) as file:
                means.append(file["coverage/regions/mean"][:])
        with h5py.File(output) as file:
            matrix = file["cohort/region_mean"]
            self.assertTrue(matrix.is_virtual)
            # A "%" is doubled there, or it would begin the number of a block.
            self.assertEqual([source.dset_name for source in matrix.virtual_sources()],
                             [f"/samples/{name}/coverage/regions/mean" for name in ("A", "B%%2Fb", "more")])
            np.testing.assert_array_equal(matrix[:], np.array(means))
            self.assertEqual([scale[0].name for scale in matrix.dims], ["/cohort/sample", "/cohort/region"])
        self.assertIn("region_mean(sample, region)", tool("ncdump", "-h", output).decode())
        with open_in_xarray(output, "cohort") as data:
            self.assertEqual(data["region_mean"].dims, ("sample", "region"))
            np.testing.assert_array_equal(data["region_mean"].values, np.array(means))
            self.assertEqual(data["name"].values.tolist(), ["A", "B/b", "more"])
        # What a BED says of contigs is told once for each list of them: two samples have the same.
        bed.write_text(bed.read_text() + "nowhere\t0\t5\n")
        _, result = self.cohort(*self.alike, more, "--by", bed, "--skip-unknown")
        self.assertEqual(result.stderr.count("on no contig"), 2, result)

    def test_bam_and_cram(self):
        paths = [self.samples["one"], self.cram]
        for options in ([], ["--count-like", "mpileup"]):
            output, _ = self.cohort(*paths, "--names", "file", "--reference", self.reference, *options, ranks=3)
            self.assertEqual(cohort_of(output)["name"], ["pairs", "cram"])
            self.assertEqual(group_of(output, "cram"), group_of(output, "pairs"))
            self.assertIn("coverage/base", group_of(output, "cram"))
        result = swather("coverage", *paths, "--names", "file", "-o", self.output, ranks=None)
        self.assert_one_error(result, USAGE, self.cram, "--reference")

    def test_regions_of_each(self):
        options = ["-r", "chr1:101-900", "-r", "chr1", "--no-per-base", "--by", "300"]
        output, _ = self.cohort(*self.samples.values(), *options)
        for name, path in self.samples.items():
            self.assertEqual(group_of(output, name.replace("/", "%2F")), group_of(self.cohort(path, *options)[0]))
        result = swather("coverage", *self.alike, self.samples["other"], "-r", "chr2", "-o", self.output, ranks=3)
        self.assert_one_error(result, USAGE, "chr2", "third.bam")  # wrong use, not a broken sample
        result = swather("coverage", self.samples["A"], "", "-o", self.output)
        self.assert_one_error(result, USAGE, "name of an input is empty")

    def test_names(self):
        output, _ = self.cohort(self.samples["A"], self.unnamed)
        self.assertEqual(cohort_of(output)["name"], ["A", "no.name"])
        output, _ = self.cohort(self.samples["A"], self.unnamed, "--names", "file")
        self.assertEqual(cohort_of(output)["name"], ["first", "no.name"])

        again = shutil.copy(self.samples["A"], self.output.with_name("again.bam"))
        write_index(again)
        result = swather("coverage", self.samples["A"], again, "-o", self.output, ranks=None)
        self.assert_one_error(result, USAGE, self.samples["A"], again, "sample A", "samtools merge", "--names file")
        self.assertEqual(cohort_of(self.cohort(self.samples["A"], again, "--names", "file")[0])["name"], ["first", "again"])
        self.assert_one_error(swather("coverage", again, again, "-o", self.output, ranks=None), USAGE, again, "twice")

        two = write_bam(self.output.with_name("two.bam"), with_sample(OddReads(1, CONTIGS).lines(), "x", "y", "x"))
        self.assert_one_error(swather("coverage", two, again, "-o", self.output, ranks=None), USAGE, two, "x, y", "--names file")
        self.assertEqual(swather("coverage", two, "-o", self.output, ranks=None).code, 0)  # alone it needs no name

    def test_globs(self):
        folder = self.output.with_name("bams")
        folder.mkdir()
        for number in (10, 9):
            write_index(shutil.copy(self.unnamed, folder / f"s{number}.bam"))
        output, _ = self.cohort(folder / "*.bam")
        self.assertEqual(cohort_of(output)["name"], ["s9", "s10"])

    def test_index(self):
        """--index makes that of each."""
        for name in ("x", "y", "z"):
            shutil.copy(self.unnamed, self.output.with_name(f"{name}.bam"))
        output, _ = self.cohort(self.output.with_name("*.bam"), "--index")
        self.assertEqual(cohort_of(output)["name"], ["x", "y", "z"])

    def test_up_to_date(self):
        output, _ = self.cohort(*self.alike)
        _, result = self.cohort(*self.alike, output=output)
        self.assertIn("up to date", result.stderr)
        result = swather("coverage", *reversed(self.alike), *self.block_size, "-o", output, ranks=None)  # another run
        self.assert_one_error(result, CANNOT_CREATE, "samples")

    def test_rehearsals(self):
        result = swather("coverage", *self.alike, "--dry-run", *self.block_size, ranks=None)
        self.assertEqual(result.code, 0, result)
        self.assertRegex(result.stdout, r"samples +2\n")
        self.assertRegex(result.stdout, r"positions +25,602\n")  # 2 · (9,000 + 3,100 + 701)
        self.assertRegex(result.stdout, r"blocks +38 of 700 positions each")  # 2 · 19
        result = swather("coverage", *self.alike, "--only-block", "20", *self.block_size, ranks=None)
        self.assertIn("block    20 of 38: sample B/b, chr1:701-1400", result.stdout)

    def test_inspect(self):
        output, _ = self.cohort(*self.samples.values(), "--by", BY)
        text = swather("inspect", output, ranks=None).stdout
        self.assertLessEqual(len(text.splitlines()), 40, text)
        self.assertRegex(text, r"/samples/… +4 +groups")
        self.assertRegex(text, r"/samples/…/coverage/depth +12,801 +int32")
        table = cohort_of(output)
        for row, name in enumerate(self.samples):
            self.assertRegex(text, rf"{name} +{table['positions'][row]:,} +{table['mean_depth'][row]:.2f}")

    def test_export(self):
        output, _ = self.cohort(*self.samples.values(), "--count-like", "mosdepth", "--by", BY, "--thresholds", THRESHOLDS)
        targets = ["--bedgraph", "x.bg", "--bigwig", "x.bw", "--tsv", "x.tsv", "--mosdepth", "x"]
        for name, path in self.samples.items():
            alone, _ = self.cohort(path, "--count-like", "mosdepth", "--by", BY, "--thresholds", THRESHOLDS)
            made = []
            for source, options in ((output, ["--sample", name]), (alone, [])):
                folder = source.with_name(f"exported-{name.replace('/', '-')}")
                folder.mkdir()
                result = swather("export", source, *[folder / t if t[0] == "x" else t for t in targets], *options,
                                 ranks=None)
                self.assertEqual(result.code, 0, result)
                made.append({file.name: file.read_bytes() for file in folder.iterdir()})
            self.assertEqual(made[0], made[1])
            self.assertGreater(len(made[0]), 8)
        result = swather("export", output, "--tsv", "-", ranks=None)
        self.assert_one_error(result, USAGE, "several samples", "--sample", "A, B/b, other, one")
        result = swather("export", output, "--tsv", "-", "--sample", "C", ranks=None)
        self.assert_one_error(result, USAGE, "no such sample", "A, B/b, other, one")
        result = swather("export", alone, "--tsv", "-", "--sample", "C", ranks=None)
        self.assert_one_error(result, USAGE, "one sample")


class BrokenTest(CohortTest):
    """The others are there, and what is missing is told, by the run, the file, and each run after it."""

    def setUp(self):
        super().setUp()
        place = self.output.with_name
        self.damaged = damaged(self.samples["other"], place("damaged.bam"))
        self.no_index = Path(shutil.copy(self.unnamed, place("no_index.bam")))
        self.empty = place("empty.bam")
        self.empty.write_bytes(b"")
        self.broken = {"torn": self.torn, "damaged": self.damaged, "no_index": self.no_index, "empty": self.empty,
                       "absent": place("absent.bam"), "endless": place("endless.bam")}
        self.broken["endless"].symlink_to(self.broken["endless"])

    def test_the_others_complete(self):
        paths = [self.torn, self.samples["A"], self.damaged, self.empty, self.samples["one"], self.no_index,
                 self.broken["absent"], self.broken["endless"]]
        output, _ = self.cohort(*paths, code=BAD_DATA)
        expected = contents(output)
        whole, _ = self.cohort(self.samples["A"], self.samples["one"])
        for name in ("A", "one"):
            self.assertEqual(group_of(output, name), group_of(whole, name))
        for ranks, options in ((3, ["--schedule", "dynamic"]), (4, [])):
            output, result = self.cohort(*paths, *options, ranks=ranks, code=BAD_DATA)
            self.assert_same_file(output, expected)
            self.assertEqual(result.stderr.count("error:"), 1, result)
            told = result.stderr.split("error:")[1]
            self.assertIn("6 of 8 samples", told)
            for path in self.broken.values():
                self.assertEqual(told.count(f"({path})"), 1, told)
            for word in ("has no index", "is not a bam", "no such file", "too many levels", "samtools index"):
                self.assertIn(word, told.lower(), told)
        self.assertEqual(cohort_of(output)["name"], ["A", "one"])
        with h5py.File(output) as file:
            self.assertEqual(list(file["samples"]), ["A", "one"])
            self.assertEqual(file["cohort"].attrs["missing"], 6)
            missing = file["cohort/missing"]
            self.assertEqual(missing["path"].asstr()[:].tolist(), [str(path) for path in paths if path not in
                                                                   (self.samples["A"], self.samples["one"])])
        text = swather("inspect", output, ranks=None).stdout
        self.assertIn("6 missing", text)
        for path in self.broken.values():
            self.assertIn(str(path), text)

        _, again = self.cohort(*paths, ranks=1, code=BAD_DATA, output=output)
        self.assertIn("up to date", again.stderr)
        self.assertEqual(again.stderr.split("error:")[1], told)

    def test_a_damaged_block(self):
        """What only the reading of a block finds is told with the block, the same one whoever reads it."""
        told = set()
        for ranks, options in ((1, []), (3, []), (3, ["--schedule", "dynamic"])):
            _, result = self.cohort(self.samples["A"], self.damaged, *options, ranks=ranks, code=BAD_DATA)
            self.assertRegex(result.stderr, r"warning: sample other is broken")
            told.add(re.sub(r"'\S+out.h5'", "", result.stderr.split("error:")[1]))
        self.assertEqual(len(told), 1, told)
        self.assertRegex(told.pop(), r"in block \d+ \(sample other, \S+\)")

    def test_fail_fast(self):
        for path, code in ((self.torn, BAD_DATA), (self.no_index, CANNOT_READ), (self.broken["absent"], CANNOT_READ),
                           (self.damaged, BAD_DATA)):
            with self.subTest(path=path):
                result = swather("coverage", self.samples["A"], path, "--fail-fast", *self.block_size, "-o", self.output)
                self.assert_one_error(result, code, path)
                self.assert_nothing_published(self.output)

    def test_all_broken(self):
        for paths in ([self.torn, self.empty], [self.damaged, self.no_index]):
            result = swather("coverage", *paths, *self.block_size, "-o", self.output, ranks=3)
            self.assertEqual(result.code, BAD_DATA, result)
            told = result.stderr.split("error:")[1]
            for word in ("2 of 2 samples", *paths):
                self.assertIn(str(word), told)
            self.assert_nothing_published(self.output)

    def test_one_alone_is_as_ever(self):
        self.assert_one_error(swather("coverage", self.no_index, "-o", self.output, ranks=None), CANNOT_READ, "has no index")

    def test_what_all_share(self):
        """A BED or a reference that cannot be used is no sample's fault."""
        bed = self.output.with_name("bad.bed")
        for text, code, word in (("chr1\t5\tx\n", BAD_DATA, "line 1"), (None, CANNOT_READ, "No such file")):
            bed.unlink(missing_ok=True)
            if text:
                bed.write_text(text)
            result = swather("coverage", *self.alike, "--by", bed, "-o", self.output, ranks=None)
            self.assert_one_error(result, code, bed, word)
            self.assertNotIn("samples", result.stderr)
        result = swather("coverage", *self.alike, "--reference", "absent.fa", "-o", self.output, ranks=None)
        self.assert_one_error(result, CANNOT_READ, "absent.fa")

    def test_dry_run(self):
        result = swather("coverage", *self.alike, self.empty, "--dry-run", *self.block_size, ranks=None)
        self.assertRegex(result.stdout, r"blocks +38 of 700")
        self.assert_one_error(result, BAD_DATA, self.empty, "1 of 3 samples")


class InterruptedCohortTest(InterruptedTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        contigs = [Contig("chr1", 500_000), Contig("chr2", 100_001)]
        cls.bams = [write_bam(cls.folder / f"s{seed}.bam", many_reads(contigs, 5, seed=seed)) for seed in (1, 2)]
        cls.bams.insert(1, damaged(cls.bams[0], cls.folder / "damaged.bam"))

    def arguments(self):
        return ["coverage", *self.bams, "-o", self.output, "--block-size", "500"]

    def test_goes_on_from_its_journal(self):
        with self.start() as run:
            self.wait_for_blocks(run, 300_000)
            self.freeze_and_kill(run)
        self.assert_nothing_published(self.output)
        result = swather(*self.arguments(), "--resume", ranks=3)
        self.assertEqual(result.code, BAD_DATA, result)
        there, blocks = self.blocks_in_journal(result)
        self.assertEqual(blocks, 3 * 1201)  # of 600,001 positions
        self.assertTrue(0 < there < blocks, there)
        self.assert_complete(self.output)
        resumed = contents(self.output)
        self.output.unlink()
        self.assertEqual(swather(*self.arguments(), ranks=1).code, BAD_DATA)
        self.assertTrue(contents(self.output) == resumed)


if __name__ == "__main__":
    unittest.main()
