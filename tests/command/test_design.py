# SPDX-License-Identifier: MIT
"""`swather design` makes the matrices that nilearn 0.10.4 makes, and those of a numpy reference of its formulas."""

import io
import random
import unittest
from pathlib import Path

import design_reference
import numpy as np
import pandas as pd
from swather_testing import BAD_DATA, CANNOT_CREATE, CANNOT_READ, USAGE, SwatherTest, beside, swather

DATA = Path(__file__).parents[1] / "data" / "imaging"


class DesignTest(SwatherTest):
    def setUp(self):
        super().setUp()
        self.output = self.output.with_name("design.tsv")
        self.events = self.put("events.tsv", "onset\tduration\ttrial_type\n3.5\t0\tA\n14.2\t1.5\tB\n20\t1.5\tA\n")

    def put(self, name, text):
        path = self.output.with_name(name)
        path.write_text(text)
        return path

    def design(self, *options, events=None, volumes=40, tr=1.35):
        """What swather prints, as a table, and what it says beside."""
        result = swather("design", events or self.events, "--volumes", volumes, "--tr", tr, "-o", "-", *options, ranks=None)
        self.assertEqual(result.code, 0, result)
        return pd.read_csv(io.StringIO(result.stdout), sep="\t"), result.stderr

    def fails(self, code, words, *options, events=None, volumes=40, tr=1.35):
        result = swather("design", events or self.events, "--volumes", volumes, "--tr", tr, "-o", self.output, *options, ranks=None)
        self.assert_one_error(result, code, *words)
        self.assert_nothing_published(self.output)


class NilearnTest(DesignTest):
    def test_designs_that_nilearn_has_made(self):
        for hrf in ("glover", "spm"):
            with self.subTest(hrf=hrf):
                expected = pd.read_csv(DATA / f"nitime_fmri1_{hrf}_design.tsv", sep="\t")
                got, said = self.design("--hrf", hrf, events=DATA / "nitime_fmri1_events.tsv")
                self.assertEqual(list(got), list(expected))
                self.assertLess(np.abs(got - expected).to_numpy().max(), 1e-14)
                self.assertEqual(said, "")

    def assert_as_reference(self, seed):
        """A run with events, confounds and options that are drawn."""
        rng = random.Random(seed)
        volumes, tr = rng.choice([2, 17, 120, 300]), rng.choice([0.5, 0.72, 1.35, 2, 2.5, 3.1])
        end = volumes * tr
        # Onsets on points of the grid too, where the last bit decides.
        onsets = [rng.choice([round(rng.uniform(-30, end + 5), rng.choice([0, 1, 3])), rng.randint(0, volumes) * tr,
                              rng.randint(-500, 50 * volumes) * tr / 50]) for _ in range(rng.randint(1, 40))]
        events = [(onset, rng.choice([0, 0, 0.1, 1.5, 3, 20]), rng.choice(["go", "Stop", "größe", "a b"]),
                   rng.choice([1, 2, -0.5])) for onset in onsets]
        events += rng.choices(events, k=2)  # duplicates
        table = pd.DataFrame(events, columns=["onset", "duration", "trial_type", "modulation"])
        table.to_csv(self.output.with_name("drawn.tsv"), sep="\t", index=False)
        confounds = {name: [rng.gauss(0, 1) for _ in range(volumes)] for name in ("x", "trans y", "unused")}
        pd.DataFrame(confounds).to_csv(self.output.with_name("confounds.tsv"), sep="\t", index=False)
        confounds.pop("unused")

        settings = {"hrf": rng.choice(["glover", "spm"]), "derivatives": rng.choice(["none", "time", "dispersion"]),
                    "drift": rng.choice(["none", "cosine", "polynomial", "polynomial:3"]),
                    "high_pass": rng.choice([0.01, 0.008, 0.1]), "min_onset": rng.choice([-24, -24, 0, -7.3]),
                    "slice_time_ref": rng.choice([0, 0, 0.5, 1])}
        if settings["drift"] != "cosine":
            del settings["high_pass"]
        if rng.random() < 0.5:
            settings["undershoot"] = rng.choice([0.48, 0])
        options = [part for name, value in settings.items() for part in (f"--{name.replace('_', '-')}", value)]
        if rng.random() < 0.5:
            options += ["--confounds", self.output.with_name("confounds.tsv"), "--confound-columns", "x,trans y"]
            settings["confounds"] = confounds
        got, _ = self.design(*options, events=self.output.with_name("drawn.tsv"), volumes=volumes, tr=tr)
        names, expected = design_reference.design(events, volumes, tr, **settings)
        self.assertEqual(list(got), names)
        self.assertLess(np.abs(got.to_numpy() - expected).max(), 1e-12, settings)

    def test_drawn_events_and_options(self):
        for seed in range(40):
            with self.subTest(seed=seed):
                self.assert_as_reference(seed)

    def test_the_reference_is_that_of_nilearn(self):
        events = [tuple(row) + (1,) for row in pd.read_csv(DATA / "nitime_fmri1_events.tsv", sep="\t").itertuples(index=False)]
        for hrf in ("glover", "spm"):
            expected = pd.read_csv(DATA / f"nitime_fmri1_{hrf}_design.tsv", sep="\t")
            names, got = design_reference.design(events, 40, 1.35, hrf=hrf)
            self.assertEqual(names, list(expected))
            self.assertLess(np.abs(got - expected.to_numpy()).max(), 1e-14)


class OutputTest(DesignTest):
    def run_to_file(self, *options):
        return swather("design", self.events, "--volumes", 40, "--tr", 1.35, "-o", self.output, *options, ranks=None)

    def test_a_file_is_what_is_printed(self):
        self.assertEqual(self.run_to_file().code, 0)
        self.assertEqual(beside(self.output), [])
        table, _ = self.design()
        pd.testing.assert_frame_equal(pd.read_csv(self.output, sep="\t"), table, check_exact=True)
        self.assertEqual(table["constant"].tolist(), [1] * 40)

    def test_a_file_that_exists_is_kept_without_force(self):
        self.output.write_text("mine")
        self.assert_one_error(self.run_to_file(), CANNOT_CREATE, "design.tsv", "--force")
        self.assertEqual(self.output.read_text(), "mine")
        self.assertEqual(self.run_to_file("--force").code, 0)
        self.assertTrue(self.output.read_text().startswith("A\tB\tdrift_1\tconstant\n"))

    def test_files_of_the_user_are_left_alone(self):
        """Whatever their names are."""
        mine = [self.output.with_name(f"design.tsv{ending}") for ending in (".part", ".tmp", "~")]
        for path in mine:
            path.write_text("mine")
        self.assertEqual(self.run_to_file().code, 0)
        self.assertEqual([path.read_text() for path in mine], ["mine"] * 3)
        self.assertEqual(sorted(self.output.parent.iterdir()), sorted([*mine, self.output, self.events]))
        self.assertEqual(self.output.stat().st_mode & 0o777, mine[0].stat().st_mode & 0o777)

    def test_places_where_no_output_can_be(self):
        for output in (self.output.parent, self.output.parent / "no" / "design.tsv", self.events):
            with self.subTest(output=output):
                before = self.events.read_text()
                result = swather("design", self.events, "--volumes", 40, "--tr", 2, "-f", "-o", output, ranks=None)
                self.assert_one_error(result, CANNOT_CREATE, output)
                self.assertEqual(self.events.read_text(), before)

    def test_one_process(self):
        result = swather("design", self.events, "--volumes", 40, "--tr", 2, "-o", self.output, ranks=2)
        self.assert_one_error(result, USAGE, "one process")


class ErrorsTest(DesignTest):
    def test_events(self):
        header = "onset\tduration\ttrial_type\n"
        for text, words in (
                ("", ["is empty"]),
                (header, ["no events"]),
                ("onset\ttrial_type\n1\tA\n", ["no column 'duration'", "onset, trial_type"]),
                (header + "1\t2\tA\n2\t-1\tA\n", ["line 3", "column 'duration'", "-1 is negative"]),
                (header + "1\tn/a\tA\n", ["line 2", "column 'duration'", "missing"]),
                (header + "x\t0\tA\n", ["line 2", "column 'onset'", "'x' is no number"]),
                (header + "1\t0\tA\tB\n", ["line 2", "4 fields"]),
                (header + "1\t0\tconstant\n", ["two columns", "'constant'", "events.tsv"])):
            with self.subTest(text=text):
                self.fails(BAD_DATA, ["events.tsv", *words], events=self.put("events.tsv", text))
        self.fails(CANNOT_READ, ["nowhere.tsv"], events=self.output.with_name("nowhere.tsv"))

    def test_confounds(self):
        rows = "".join(f"{number}\t{number ** 2}\n" for number in range(40))
        confounds = self.put("confounds.tsv", "x\tx_derivative1\n" + rows.replace("0\t0\n", "0\tn/a\n", 1))
        self.fails(BAD_DATA, ["confounds.tsv", "line 2", "column 'x_derivative1'", "missing"], "--confounds", confounds)
        self.fails(BAD_DATA, ["no column 'y'", "x, x_derivative1"], "--confounds", confounds, "--confound-columns", "x,y")
        self.fails(BAD_DATA, ["two columns", "'x'"], "--confounds", confounds, "--confound-columns", "x,x")
        self.fails(BAD_DATA, ["40 rows", "41 volumes", "confounds.tsv"], "--confounds", confounds, "--confound-columns", "x",
                   volumes=41)
        self.fails(USAGE, ["--confound-columns goes with --confounds"], "--confound-columns", "x")
        self.fails(USAGE, ["--confounds", "2 times"], "--confounds", confounds, "--confounds", confounds)
        with_index = self.put("confounds.tsv", "\tx\n" + rows)
        self.fails(BAD_DATA, ["without a name", "index=False"], "--confounds", with_index)
        self.assertIn("x", self.design("--confounds", with_index, "--confound-columns", "x")[0])

    def test_options(self):
        for options, words in (
                (["--drift", "polynomial:0"], ["--drift", "polynomial:N"]), (["--drift", "linear"], ["--drift", "'linear'"]),
                (["--drift", "polynomial:x"], ["--drift"]), (["--hrf", "fir"], ["--hrf"]),
                (["--derivatives", "both"], ["--derivatives"]), (["--undershoot", "1"], ["--undershoot"]),
                (["--min-onset", "3"], ["least onset"]), (["--high-pass", "-1"], ["high-pass"]),
                (["--slice-time-ref", "2"], ["slice time"]),
                (["--drift", "none", "--high-pass", "0.02"], ["--high-pass goes with --drift cosine", "--drift none"])):
            with self.subTest(options=options):
                self.fails(USAGE, words, *options)
        self.fails(USAGE, ["2000 s", "milliseconds"], tr=2000)
        self.fails(USAGE, ["two volumes"], volumes=1)

    def test_sizes_out_of_all_proportion(self):
        """They are told before their memory is asked for."""
        for volumes in (10_000_001, 10**15, 10**30, -3):
            self.fails(USAGE, ["--volumes", str(volumes)], volumes=volumes)
        self.fails(USAGE, ["10,000,000 volumes", "1 GiB is the most"], volumes=10_000_000)
        self.fails(USAGE, ["20,000 volumes and 20,002 columns", "1 GiB"], "--high-pass", "1", volumes=20_000)

    def test_odd_events_are_told(self):
        odd = self.put("odd.tsv", "onset\tduration\ttrial_type\n-30\t1\tA\n10\t1\tA\n10\t1\tA\n54\t1\tB\n")
        table, said = self.design(events=odd)
        self.assertEqual(table["B"].tolist(), [0] * 40)
        for words in ("1 of 4 events begin before -24 s", "1 of 4 events begin behind the run, which ends at 54 s",
                      "1 of 4 events are there twice", "the condition 'B' has no effect"):
            self.assertIn(words, said)


if __name__ == "__main__":
    unittest.main()
