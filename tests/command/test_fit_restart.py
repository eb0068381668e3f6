# SPDX-License-Identifier: MIT
"""`swather fit` that was killed or stopped, while its image is inflated or while it fits, goes on from its journal, on any number
of ranks, to the same file."""

import functools
import gzip
import os
import signal
import unittest
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from fit_testing import FitTest, affine_of
import nibabel
from restart_testing import InterruptedTest, module_folder, run_to_its_end
from swather_testing import STOPPED, USAGE, contents, journal_size, swather, wait_until

SHAPE = (100, 100, 40, 250)  # 200 MB, which take some seconds to inflate and to fit


@dataclass(frozen=True)
class Case:
    """An image and a design, and what an undisturbed run makes of them."""

    image: Path
    design: Path
    contents: dict
    journal: int  # how large the journal was at its end

    def arguments(self):
        return ["fit", self.image, "--model", "glm", "--design", self.design, "--contrast", "A - B", "--ftest", "any: A, B"]


def write_image(path):
    """Noise of few values, which is quickly packed."""
    rng = np.random.default_rng(1)
    volume = rng.integers(400, 408, SHAPE[:3], dtype=np.int16)
    header = nibabel.Nifti1Image(np.zeros((1, 1, 1, 2), np.int16), affine_of()).header
    header.set_data_shape(SHAPE)
    header["vox_offset"], header["scl_slope"] = 352, 1
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(header.binaryblock + bytes(4))
        for _ in range(SHAPE[3]):
            volume = np.roll(volume, rng.integers(1, 100_000))
            file.write(volume.T.tobytes())


@functools.cache
def undisturbed():
    """The same for all tests."""
    folder = module_folder()
    image, design, output = (folder / name for name in ("image.nii.gz", "design.tsv", "undisturbed.h5"))
    write_image(image)
    rows = np.random.default_rng(2).normal(size=(SHAPE[3], 2)).tolist()
    design.write_text("A\tB\tconstant\n" + "".join(f"{a!r}\t{b!r}\t1\n" for a, b in rows))
    size = run_to_its_end(*Case(image, design, {}, 0).arguments(), output=output)
    return Case(image, design, contents(output), size)


class FitRestartTest(InterruptedTest, FitTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = undisturbed()

    def arguments(self):
        return [*self.case.arguments(), "-o", self.output]

    def wait_for(self, run, part):
        """Waits until this part of all results is in the journal."""
        self.wait_for_blocks(run, int(part * self.case.journal))

    def wait_for_inflated(self, run, part):
        """Waits until this part of the image is inflated."""
        wanted = part * 2 * np.prod(SHAPE)
        size_of_part = lambda: sum(path.stat().st_size for path in self.journal.glob("staged.*.part"))

        def grown():
            run.watch()
            try:
                return not run.running() or size_of_part() > wanted
            except FileNotFoundError:  # it has just got its final name
                return True
        self.assertTrue(wait_until(grown, pause=0.001), "the image was not inflated")
        self.assertTrue(run.running(), "the run ended before anything could be done to it")

    def assert_same_as_undisturbed(self):
        self.assert_complete(self.output)
        self.assert_same_file(self.output, self.case.contents)
        self.assertEqual(sorted(os.listdir(self.output.parent)), ["out.h5"])

    def assert_resumed(self, result):
        there, blocks = self.blocks_in_journal(result)
        self.assertGreater(there, 0)
        self.assertLessEqual(there, blocks)
        self.assert_same_as_undisturbed()
        self.assertIn("was inflated by an earlier run", result.stderr)


class InflatingTest(FitRestartTest):
    def test_killed(self):
        for part, ranks, more in ((0.05, None, 2), (0.4, 2, 3), (0.8, 3, 1)):
            with self.subTest(part=part, ranks=ranks, resumed_by=more):
                with self.start(ranks=ranks) as run:
                    self.wait_for_inflated(run, part)
                    self.freeze_and_kill(run)
                self.assert_nothing_published(self.output)
                self.resume(ranks=more)
                self.assert_same_as_undisturbed()
                self.output.unlink()

    def test_sigusr1(self):
        with self.start(ranks=2) as run:
            self.wait_for_inflated(run, 0.1)
            os.kill(run.pid, signal.SIGUSR1)
            result = run.wait(20)
        self.assertEqual(result.code, STOPPED, result)
        self.assert_nothing_published(self.output)
        self.resume(ranks=3)
        self.assert_same_as_undisturbed()

    def test_a_staged_image_that_was_damaged(self):
        with self.start() as run:
            self.wait_for(run, 0.2)
            self.freeze_and_kill(run)
        staged, = self.journal.glob("staged.*")
        with open(staged, "r+b") as file:
            file.seek(100_000_001)
            file.write(b"\x55\x55")
        result = self.resume()
        self.assertIn("is damaged: its input is inflated again", result.stderr)
        self.assert_same_as_undisturbed()


class FittingTest(FitRestartTest):
    def test_killed_at_any_time(self):
        for part, ranks, more in ((0.05, 2, 1), (0.4, 3, 7), (0.7, 1, 4)):
            with self.subTest(part=part, ranks=ranks, resumed_by=more):
                with self.start(ranks=ranks) as run:
                    self.wait_for(run, part)
                    self.freeze_and_kill(run)
                self.assert_nothing_published(self.output)
                self.assert_resumed(self.resume(ranks=more))
                self.output.unlink()

    def test_killed_again_and_again(self):
        for part, ranks in ((0.2, 2), (0.5, 3)):
            with self.start("--resume", ranks=ranks) as run:
                self.wait_for(run, part)
                self.freeze_and_kill(run)
        self.assert_resumed(self.resume(ranks=2))

    def test_a_rank_is_killed(self):
        with self.start(ranks=3) as run:
            self.wait_for(run, 0.2)
            ranks = run.ranks()
            os.kill(ranks[1], signal.SIGKILL)
            result = run.wait(20)
            self.assert_gone(ranks)
        self.assertNotEqual(result.code, 0)
        self.assert_nothing_published(self.output)
        self.assert_resumed(self.resume(ranks=2))

    def test_other_options(self):
        """Wrong use; the journal is left as it is."""
        with self.start() as run:
            self.wait_for(run, 0.2)
            self.freeze_and_kill(run)
        before = journal_size(self.journal)
        mask = self.save(np.ones(SHAPE[:3]), "mask.nii", dtype=np.uint8)
        for options, word in ((["--noise", "ols"], "--noise"), (["--mask", mask], "mask.nii"), (["--double"], "--double"),
                              (["--contrast", "A"], "--contrast")):
            with self.subTest(options=options):
                self.assert_one_error(swather(*self.arguments(), "--resume", *options, ranks=None), USAGE, word)
        mask.unlink()
        self.assertEqual(journal_size(self.journal), before)
        self.assert_resumed(self.resume())


if __name__ == "__main__":
    unittest.main()
