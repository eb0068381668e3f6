# SPDX-License-Identifier: MIT
"""The scripts of jobs/, filled in and submitted as a user does, on a SLURM cluster of four nodes:

    cd tests/slurm
    PYTHONPATH=../command SWATHER=… SIMULATE_SERIES=… ./cluster.py /usr/bin/python3 -m unittest test_jobs
"""

import csv
import functools
import os
import random
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import unittest
from collections import Counter
from pathlib import Path

import h5py

from cluster import NODES, kill_node, run_on_node
from slurm_testing import FORK, JOBS, SlurmTest, overlapping
from swather_testing import (
    CANNOT_CREATE, CANNOT_READ, BAD_DATA, STOPPED, USAGE, Contig, contents, kill, many_reads, samtools_depth, swather,
    wait_until, whole_contigs, write_bam)

CONTIGS = [Contig("chr1", 1_200_000), Contig("none", 0), Contig("chr2", 300_001)]
SMALL_BLOCKS = ["--block-size", "200"]  # a run of some seconds
FOUR_NODES = ["--nodes=4", "--ntasks=4"]


def by_hand(output, *arguments):
    """Runs swather without SLURM, for what a job is to give."""
    result = swather(*arguments, "-o", output)
    if result.code != 0:
        raise AssertionError(str(result))
    return output


@functools.cache
def undisturbed_run():
    """One BAM for all tests, and the file that an undisturbed run makes of it."""
    folder = Path(tempfile.mkdtemp(prefix="swather-test-"))
    unittest.addModuleCleanup(shutil.rmtree, folder, ignore_errors=True)
    bam = write_bam(folder / "reads.bam", many_reads(CONTIGS, 10, seed=1))
    return bam, by_hand(folder / "undisturbed.h5", "coverage", bam, *SMALL_BLOCKS)


class CoverageTest(SlurmTest):
    """Tests that run coverage of one BAM, and know the outcome."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bam, cls.undisturbed = undisturbed_run()
        cls.expected = contents(cls.undisturbed)

    def coverage_in_small_blocks(self, *options, **environment):
        self.fill_in("coverage.sbatch", *SMALL_BLOCKS, input=self.bam, output=self.output)
        return self.submit("coverage.sbatch", *options, **environment)


class UndisturbedTest(CoverageTest):
    def test_it_is_what_samtools_counts(self):
        self.assert_depth(self.undisturbed, samtools_depth(self.bam), whole_contigs(self.bam))


@overlapping
class JobsTest(CoverageTest):
    def test_coverage_by_srun(self):
        self.output = self.here / "new folder" / "out.h5"
        self.fill_in("coverage.sbatch", input=self.bam, output="'new folder/out.h5'")
        job = self.submit("coverage.sbatch", *FOUR_NODES)
        self.assert_completed(job)
        self.assert_same_file(self.output, by_hand(self.here / "by_hand.h5", "coverage", self.bam))
        self.assert_on(NODES)

    def test_counts_by_mpirun(self):
        sites = random.Random(1).choices(["a", "b", "c"], k=10_000)
        table = self.here / "visits.csv"
        table.write_text("\n".join(["SampleID", *sites]) + "\n")
        self.fill_in("counts.sbatch", input=table, output=self.output)
        job = self.submit("counts.sbatch", *FOUR_NODES, launcher="mpirun")
        self.assert_completed(job)
        with h5py.File(self.output) as file:
            counts = dict(zip(file["counts/SampleID"].asstr()[...], file["counts/count"][...].tolist()))
        self.assertEqual(counts, Counter(sites))
        self.assert_on(NODES)

    def test_fit_by_srun(self):
        subprocess.run([os.environ["SIMULATE_SERIES"], self.here / "bold", "--shape", "12,10,8", "--volumes", "60"],
                       check=True, capture_output=True)
        self.fill_in("fit.sbatch", input="bold.nii.gz", output=self.output)
        job = self.submit("fit.sbatch", "--nodes=2", "--ntasks=3")
        self.assert_completed(job)
        bold = self.here / "bold"
        self.assert_same_file(self.output, by_hand(
            self.here / "by_hand.h5", "fit", f"{bold}.nii.gz", "--model", "glm", "--events", f"{bold}.events.tsv",
            "--mask", f"{bold}.mask.nii.gz", "--contrast", "A - B"))

    def test_time_limit_under_srun(self):
        self.assert_survives_its_time_limit("srun")

    def test_time_limit_under_mpirun(self):
        self.assert_survives_its_time_limit("mpirun")

    def assert_survives_its_time_limit(self, launcher):
        job = self.coverage_in_small_blocks(*FOUR_NODES, "--time=1", "--signal=B:USR1@20", launcher=launcher)
        with self.asked_to_stop(job):
            pass
        self.assert_resumed(job, self.expected)
        self.assertGreaterEqual(int(job.field("Restarts")), 1)
        self.assertIn("back into the queue (restart 1 of at most 20)", job.log())

    def test_a_bounded_number_of_restarts(self):
        """After the last one the job has failed, and what waits for it never starts."""
        job = self.coverage_in_small_blocks("--nodes=1", "--ntasks=2", most_restarts="1")
        self.fill_in("counts.sbatch", input="never.csv", output="never.h5")
        after = self.submit("counts.sbatch", *needs(job))
        for runs in (1, 2):
            self.assertTrue(wait_until(lambda: job.log().count(" to compute on ") == runs, 100), job)
            self.send_usr1(job)
        self.assertEqual(job.wait(), "FAILED", job)
        self.assertEqual(job.field("ExitCode"), f"{STOPPED}:0")
        self.assertEqual(after.wait(), "CANCELLED")
        self.assertEqual(after.field("Reason"), "DependencyNeverSatisfied")

    def test_scancel_under_srun(self):
        self.assert_survives_scancel("srun")

    def test_scancel_under_mpirun(self):
        self.assert_survives_scancel("mpirun")

    def assert_survives_scancel(self, launcher):
        """What is cancelled ends, and does not come back by itself; submitted again, it goes on."""
        job = self.coverage_in_small_blocks(*FOUR_NODES, launcher=launcher)
        with self.frozen(job):
            subprocess.run(["scancel", job.number], check=True)
            self.assertEqual(job.wait(), "CANCELLED", job)
        self.assertTrue(wait_until(lambda: not job.ranks(), 20), "a rank is left")
        self.assert_nothing_published(self.output)
        again = self.submit("coverage.sbatch", "--nodes=2", "--ntasks=3", launcher=launcher)
        self.assert_resumed(again, self.expected)

    def test_a_folder_that_is_not_shared(self):
        """Of output or journal: the job fails at once, and says where. Of the input too, and where it is another file."""
        own = self.here / "own of n2"
        own.mkdir()
        own_bam, other_bam = own / "own.bam", own / "other.bam"
        for bam in (own_bam, other_bam):
            shutil.copy(self.bam, bam)
            shutil.copy(f"{self.bam}.bai", f"{bam}.bai")
        run_on_node("n2", f"mount -t tmpfs tmpfs '{own}'; "
                    f"head -c {other_bam.stat().st_size} /dev/zero >'{other_bam}'; cp '{self.bam}.bai' '{other_bam}.bai'")
        for code, word, options, lines in (
                (CANNOT_CREATE, f"the folder '{own}' is not the same on all nodes", [], {"output": own / "out.h5"}),
                (CANNOT_CREATE, f"the folder '{own}' is not the same on all nodes", ["--scratch", own], {}),
                (CANNOT_READ, f"is there on n1 cannot be read on n2: cannot open '{own_bam}'", [],
                 {"input": own_bam}),
                (BAD_DATA, f"the input '{other_bam}' is not the same on n1 and on n2", [], {"input": other_bam})):
            with self.subTest(options=options, lines=lines):
                shutil.copy(JOBS / "coverage.sbatch", self.jobs)
                lines = {"input": self.bam, "output": self.output} | lines
                self.fill_in("coverage.sbatch", *map(str, options),
                             **{name: shlex.quote(str(value)) for name, value in lines.items()})
                job = self.submit("coverage.sbatch", "--nodelist=n1,n2", "--nodes=2", "--ntasks=2")
                self.assertEqual(job.wait(), "FAILED", job)
                self.assertEqual(job.field("ExitCode"), f"{code}:0", job)
                self.assertIn(word, job.log())
                self.assert_nothing_published(self.output)

    def test_a_rank_that_dies(self):
        """The launcher ends the others, and the job goes on within its allocation; but not a second time."""
        job = self.coverage_in_small_blocks("--nodes=1", "--ntasks=3")
        for runs in (1, 2):
            self.assertTrue(wait_until(lambda: job.log().count(" to compute on ") == runs, 100), job)
            with self.frozen(job) as ranks:
                kill(ranks[-1], signal.SIGKILL)
        self.assertEqual(job.wait(60), "FAILED", job)
        self.assert_resumed(self.submit("coverage.sbatch", "--ntasks=2"), self.expected)

    def test_a_launcher_that_starts_nothing(self):
        """As srun does on a node that was switched off in mid-run, says success, and does better the next time."""
        self.put_on_path("srun", '[ -e tried ] || exec touch tried\nexec /usr/bin/srun "$@"')
        job = self.coverage_in_small_blocks("--ntasks=1")
        self.assert_completed(job)
        self.assertEqual(job.log().count("\n== ") + 1, 2, job)

    def test_scaling(self):
        """A line for each number of ranks and repeat; the ranks fill one node after the other."""
        for ranks in (1, 2, 4):
            (self.here / f"reads-{ranks}.bam").symlink_to(self.bam)
            (self.here / f"reads-{ranks}.bam.bai").symlink_to(f"{self.bam}.bai")
        self.fill_in("scaling-strong.sbatch", input=self.bam, timings="strong.csv")
        self.fill_in("scaling-weak.sbatch", input="'reads-{ranks}.bam'", timings="weak.csv")
        two_nodes = ["--nodes=2", "--ntasks-per-node=2", "--oversubscribe"]
        for kind, launcher in (("strong", "srun"), ("weak", "mpirun")):
            job = self.submit(f"scaling-{kind}.sbatch", *two_nodes, repeats="2", launcher=launcher,
                              scaling=str(JOBS.parent / "bench" / "scaling"))
            self.assertEqual(job.wait(), "COMPLETED", job)
            with open(self.here / f"{kind}.csv", newline="", encoding="utf-8") as file:
                lines = list(csv.DictReader(file))
            self.assertEqual([(line["nodes"], line["ranks"], line["kind"]) for line in lines],
                             [("1", "1", kind), ("1", "2", kind), ("2", "4", kind)] * 2)
        self.assertEqual(sorted(path.name for path in self.here.glob("*-*.h5*")), [])

    def test_a_new_output_folder_is_striped(self):
        """There is no Lustre here: its command only tells what it was called with."""
        self.put_on_path("lfs", 'printf "%s\\n" "$@" >>lfs.txt')
        self.output = self.here / "new folder" / "out.h5"
        self.fill_in("coverage.sbatch", input=self.bam, output="'new folder/out.h5'")
        for _ in range(2):
            job = self.submit("coverage.sbatch", "--ntasks=1", stripes="7")
            self.assert_completed(job)
        calls = (self.here / "lfs.txt").read_text().splitlines()
        self.assertEqual(calls, ["setstripe", "--stripe-count", "7", "new folder"])

    def test_cohort(self):
        """One of three samples is broken: the others are complete, also one that was stopped in its middle, and the
        report names it. Then it is mended."""
        broken = self.here / "broken.bam"
        broken.write_bytes(self.bam.read_bytes()[:-1_000])
        shutil.copy(f"{self.bam}.bai", f"{broken}.bai")
        outputs = [self.here / "the results" / f"{name}.h5" for name in ("whole", "broken", "part")]
        manifest = self.here / "my cohort.tsv"
        manifest.write_text(f"# input\toutput\toptions\n\n{self.bam}\tthe results/whole.h5\r\n"
                            "broken.bam\t\tthe results/broken.h5\n  # no sample\n"
                            f"{self.bam}\tthe results/part.h5\t-r 'chr1:1-1,000,000' --region chr2 --block-size 200\n")
        array, report = self.submit_cohort(manifest, "--ntasks=2")
        self.output = outputs[2]
        self.send_usr1(array[2])
        self.fill_in("counts.sbatch", input="visits.csv", output="counts.h5")
        (self.here / "visits.csv").write_text("SampleID\na\n")
        after = self.submit("counts.sbatch", "--ntasks=1", *needs(report))

        self.assertEqual(report.wait(), "FAILED", report)
        self.assertEqual([task.field("Restarts") for task in array], ["0", "0", "1"])
        self.assertEqual([task.state() for task in array], ["COMPLETED", "FAILED", "COMPLETED"])
        self.assertEqual(array[1].field("ExitCode"), f"{BAD_DATA}:0")
        self.assertRegex(report.log(), r"\Atask\toutput\treason\n"
                                       r"2\tthe results/broken\.h5\tswather: error: .*broken\.bam.*\n"
                                       r"2 of 3 outputs are complete\n\Z")
        all_share = ["coverage", self.bam, "--min-mapq", "10"]
        own = ["-r", "chr1:1-1,000,000", "-r", "chr2", *SMALL_BLOCKS]
        self.assert_same_file(outputs[0], by_hand(self.here / "whole.h5", *all_share))
        self.assert_same_file(outputs[2], by_hand(self.here / "part.h5", *all_share, *own))
        self.assertEqual(after.wait(), "CANCELLED")

        shutil.copy(self.bam, broken)
        array, report = self.submit_cohort(manifest, "--ntasks=2")
        after = self.submit("counts.sbatch", "--ntasks=1", *needs(report))
        self.assertEqual(report.wait(), "COMPLETED", report)
        self.assertEqual(report.log(), "3 of 3 outputs are complete\n")
        self.assertEqual(["up to date" in task.log() for task in array], [True, False, True])
        self.assertEqual(after.wait(), "COMPLETED", after)

        # An array of one entry: the others have no log, and are complete all the same, as long as their files are.
        _, report = self.submit_cohort(manifest, "--ntasks=2", "--array=2")
        self.assertEqual(report.wait(), "COMPLETED", report)
        self.assertEqual(report.log(), "3 of 3 outputs are complete\n")

    def submit_cohort(self, manifest, *options):
        """Submits a cohort of three; returns the tasks of its array, and its report."""
        result = self.run_submit(manifest, *options)
        found = re.match(r"array (\d+): 3 tasks\nreport (\d+)", result.stdout)
        self.assertTrue(found, result)
        return ([self.job(f"{found[1]}_{task}", f"cohort-{found[1]}_{task}.out") for task in (1, 2, 3)],
                self.job(found[2], f"cohort-report-{found[2]}.out"))


class SubmitTest(SlurmTest):
    """jobs/submit, without waiting for what it submits."""

    def test_a_dry_run_submits_nothing(self):
        manifest = self.here / "my cohort.tsv"
        manifest.write_text("a.bam\ta.h5\nb.bam\tb.h5")  # no newline at the end
        before = queue()
        job = self.run_submit("--dry-run", self.jobs / "fit.sbatch", "--time=2:00:00", "--comment=a b")
        cohort = self.run_submit("--dry-run", manifest, "--array=2", "-A", "x")
        self.assertEqual(shlex.split(job.stdout),
                         ["sbatch", "--parsable", "--time=2:00:00", "--comment=a b", str(self.jobs / "fit.sbatch")])
        array, report = map(shlex.split, cohort.stdout.splitlines())
        self.assertEqual(array, ["env", f"manifest={manifest}", "sbatch", "--parsable", "--export=ALL", "--array=1-2", "--array=2",
                                 "-A", "x",
                                 str(self.jobs / "cohort.sbatch")])
        self.assertEqual(report, ["env", f"manifest={manifest}", "array=ID", "sbatch", "--parsable",
                                  "--export=ALL", "--dependency=afterany:ID", "-A", "x", str(self.jobs / "cohort-report.sbatch")])
        few = self.run_submit("--at-most", "20", "--dry-run", manifest)
        self.assertIn(" --array=1-2%20 ", few.stdout.replace("\\", ""))
        self.assertEqual(queue(), before)

    def test_errors(self):
        manifest = self.here / "cohort.tsv"
        for text, word in (("", "no entries"), ("# a\tb\n", "no entries"), ("a.bam a.h5\n", "entry 1"),
                           ("a.bam\ta.h5\nb.bam\tb.h5\nc.bam\t./a.h5 \n", "entries 1 and 3"),
                           ("a.bam\ta.h5\t--region='x\n", "options of entry 1"),
                           ("a.bam a.h5\n" * 3_000, "entry 1"),
                           ("".join(f"{i}.bam\t{i}.h5\n" for i in range(1_001)), "at most")):
            with self.subTest(text=text):
                manifest.write_text(text)
                result = self.run_submit(manifest)
                self.assertEqual(result.code, BAD_DATA, result)
                self.assertIn(word, result.stderr)
        self.assertEqual(self.run_submit("nowhere.tsv").code, CANNOT_READ)
        manifest.write_text("a.bam\ta.h5\n")
        for option in ("--wait", "-W", "--output=x.out", "-o", "-ex.err", "--error=x.err", "--chdir=/tmp", "-D/tmp"):
            result = self.run_submit(manifest, option)
            self.assertEqual((result.code, option in result.stderr), (USAGE, True), result)
        self.assertEqual(self.run_submit("--dry-run", manifest, "--exclusive", "--export=ALL").code, 0)
        self.assertEqual(self.run_submit("--at-most", "few", manifest).code, USAGE)
        self.assertEqual(self.run_submit("--at-most", "2", self.jobs / "fit.sbatch").code, USAGE)
        self.assertEqual(self.run_submit("--dryrun", manifest).code, USAGE)
        self.assertEqual(self.run_submit().code, USAGE)

    def test_help(self):
        result = self.run_submit("--help")
        self.assertEqual(result.code, 0)
        self.assertIn("--dry-run", result.stdout)


def needs(job):
    """Options of a job that starts only when another has succeeded."""
    return [f"--dependency=afterok:{job.number}", "--kill-on-invalid-dep=yes"]


def queue():
    return subprocess.run(["squeue", "--noheader", "--all"], capture_output=True, text=True, check=True).stdout


@overlapping
class NodeFailureTest(CoverageTest):
    """A node dies while jobs run on it. After the other tests, whose jobs it would hit too."""

    dies = FORK.Barrier(2, action=lambda: kill_node("n4"), timeout=150)

    def test_a_job_of_srun(self):
        self.assert_goes_on_without_the_node("srun")

    def test_a_job_of_mpirun(self):
        self.assert_goes_on_without_the_node("mpirun")

    def assert_goes_on_without_the_node(self, launcher):
        job = self.coverage_in_small_blocks("--nodes=3-4", "--ntasks=4", launcher=launcher)
        with self.frozen(job):
            self.dies.wait()
        self.assert_resumed(job, self.expected)
        self.assertEqual(job.field("Restarts"), "1")
        self.assert_on(["n1", "n2", "n3"])


if __name__ == "__main__":
    unittest.main()
