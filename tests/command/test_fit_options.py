# SPDX-License-Identifier: MIT
"""`swather fit` refuses options that would say nothing beside the others, and tells which."""

import re
import unittest

import numpy as np
from fit_testing import FitTest
from glm_testing import ALL_MAPS
from swather_testing import USAGE, beside, peak_of_a_rank, swather

OF_EVENTS = {"--hrf": "spm", "--undershoot": "0.4", "--derivatives": "time", "--drift": "none", "--high-pass": "0.02",
             "--min-onset": "-3", "--slice-time-ref": "0.5", "--confounds": "c.tsv", "--confound-columns": "x"}
OF_MODELS = {
    "glm": {"--events": "e.tsv", "--design": "d.tsv", "--tr": "2", "--noise": "ols", "--scale": "none", "--contrast": "A",
            "--ftest": "f: A", "--maps": "beta", **OF_EVENTS},
    "tensor": {"--bvals": "b.bval", "--bvecs": "b.bvec", "--weights": "mrtrix"},
    "t2star": {"--te": "5", "--max-t2star": "300"},
    "mean": {},
}


class OptionsTest(FitTest):
    def setUp(self):
        super().setUp()
        self.image = self.save(np.random.default_rng(1).normal(100, 1, size=(3, 2, 2, 8)), dtype=np.float32)
        self.design = self.put("design.tsv", "A\tB\tconstant\n" + "".join(f"{t % 3}\t{t % 5}\t1\n" for t in range(8)))
        self.events = self.put("events.tsv", "onset\tduration\ttrial_type\n1\t1\tA\n6\t1\tB\n")

    def refuses(self, *options, words, model="glm", ranks=None):
        with self.subTest(options=options, model=model):
            output = self.new_output()
            result = swather("fit", self.image, "--model", model, "-o", output, *options, ranks=ranks)
            self.assert_one_error(result, USAGE, *words)
            self.assert_nothing_published(output)
            self.assertEqual(beside(output), [])


class ModelsTest(OptionsTest):
    def test_options_of_other_models(self):
        for model in OF_MODELS:
            for owner, options in OF_MODELS.items():
                for option, value in options.items() if owner != model else ():
                    self.refuses(option, value, model=model, words=[f"{option} goes with --model {owner}, not with --model {model}"])
        self.refuses("--te", "5", model="mean", words=["--te"], ranks=3)

    def test_also_those_that_are_the_default(self):
        self.refuses("--noise", "ar1", model="mean", words=["--noise goes with --model glm"])

    def test_options_of_events_beside_a_ready_design(self):
        for option, value in OF_EVENTS.items():
            self.refuses("--design", self.design, option, value, words=[f"{option} goes with --events"])

    def test_options_that_go_with_others(self):
        for options, words in ((["--drift", "polynomial:2", "--high-pass", "0.02"], "--high-pass goes with --drift cosine"),
                               (["--confound-columns", "x"], "--confound-columns goes with --confounds")):
            self.refuses("--events", self.events, *options, words=[words])

    def test_what_is_printed_is_read(self):
        """Only the options of the model, that is: its defaults would be refused beside another."""
        for model, options, there, not_there in (("mean", [], "model", "hrf"), ("glm", ["--design", self.design], "noise", "hrf"),
                                                 ("glm", ["--events", self.events, "--drift", "none"], "hrf", "high-pass")):
            output = self.new_output()
            printed = swather("fit", self.image, "--model", model, "-o", output, *options, "--print-config", ranks=None)
            self.assertEqual(printed.code, 0, printed)
            self.assertIn(f"{there} =", printed.stdout)
            self.assertNotIn(f"{not_there} =", printed.stdout)
            config = self.put("options.toml", printed.stdout)
            done = swather("fit", "--config", config, ranks=2)
            self.assertEqual(done.code, 0, done)
            self.assert_complete(output)


class MapsTest(OptionsTest):
    def test_maps_that_cannot_be(self):
        for name in ("stat", "z", "p"):
            self.refuses("--design", self.design, "--maps", f"beta,{name}", words=[f"--maps {name}", "--contrast or --ftest"])
        for name in ("effect", "variance"):
            self.refuses("--design", self.design, "--ftest", "any: A, B", "--maps", f"{name},z", words=[f"--maps {name}", "--contrast"])
        self.refuses("--design", self.design, "--noise", "ols", "--maps", "rho", words=["--maps rho", "--noise ols"], ranks=2)

    def test_maps_of_unknown_names(self):
        for name in ("gamma", "t", "Beta"):
            self.refuses("--design", self.design, "--maps", f"beta,{name}", words=["--maps", f"{name} not in", *ALL_MAPS.split(",")])

    def test_maps_without_being_asked(self):
        """As many as there can be."""
        for options, expected in ((["--noise", "ols"], {"beta", "sigma2", "r2"}), ([], {"beta", "sigma2", "r2", "rho"})):
            found = self.fit(self.image, "--design", self.design, *options)
            self.assertEqual({name for name in found if name in ALL_MAPS.split(",")}, expected)


class ValuesTest(OptionsTest):
    def test_what_is_no_repetition_time(self):
        for text in ("nan", "0", "inf", "-2", "1e999"):
            self.refuses("--design", self.design, f"--tr={text}", words=["--tr", f"'{text}' is not a positive number of seconds"])

    def test_contrasts_of_nothing(self):
        for option, asked in (("--contrast", "A - A"), ("--contrast", "0*A"), ("--ftest", "A - A, B - B")):
            self.refuses("--design", self.design, option, asked, words=["asks nothing"], ranks=2)


class PlanTest(OptionsTest):
    """What is said of the plan speaks of slices."""

    def test_dry_run(self):
        result = swather("fit", self.image, "--model", "mean", "--dry-run", "--block-size", 1, ranks=2)
        self.assertEqual(result.code, 0, result)
        self.assertRegex(result.stdout, r"(?m)^slices +2$")
        self.assertRegex(result.stdout, r"(?m)^blocks +2 of 1 slice each")
        self.assertRegex(result.stdout, r"(?m)^output +about ")
        self.assertNotIn("cell", result.stdout)

    def test_too_little_memory(self):
        self.refuses("--memory", "1M", model="mean", words=["--memory 1.0 MiB", "each rank takes 40.0 MiB, whatever its blocks"])

    def test_memory_of_a_long_series(self):
        """A drift grows with the square of the volumes, but no rank has it, and none is told to."""
        MiB = 1 << 20
        volumes, columns = 4000, 163  # two conditions, 4,000 · 0.04 cosines and a constant
        fit = ("--model", "glm", "--events", self.events)
        short, long = self.image, self.save(np.random.default_rng(2).normal(100, 1, size=(3, 2, 1, volumes)), "long.nii")
        if (base := self.peak_of_a_rank(short, *fit)) > 60 * MiB:
            self.skipTest(f"a sanitizer takes {base / MiB:.0f} MiB for itself")
        design = 8 * volumes * columns
        self.assertLess(self.peak_of_a_rank(long, *fit) - base, design)
        memory = [self.forecast(image, *fit) for image in (short, long)]
        self.assertLess(memory[1] - memory[0], 0.2 * design)

    def peak_of_a_rank(self, *arguments):
        return peak_of_a_rank("fit", *arguments, "-o", self.new_output())

    def forecast(self, *arguments):
        """The bytes that a rank has at most, by its own words."""
        said = swather("fit", *arguments, "--dry-run").stdout
        return float(re.search(r"(?m)^memory +([0-9.]+) MiB a rank", said)[1]) * (1 << 20)

    def test_the_log(self):
        _, said = self.run_fit(self.image, model="mean")
        self.assertIn("fit: 2 slices (384 B) in 2 blocks", said)


if __name__ == "__main__":
    unittest.main()
