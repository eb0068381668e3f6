# SPDX-License-Identifier: MIT
"""`swather fit --model glm` gives what nilearn 0.10.4 itself has made of a real image."""

import unittest
from pathlib import Path

import fit_reference
import nibabel
import numpy as np
import pandas as pd
from fit_testing import image_of, series_of
from glm_testing import GlmTest, all_maps

DATA = Path(__file__).parents[1] / "data" / "imaging"


class NilearnTest(GlmTest):
    """What it wrote of some voxels."""

    IMAGE, MASK = DATA / "nitime_fmri1.nii.gz", DATA / "nitime_fmri1_mask.nii.gz"

    def nilearn(self, hrf, noise):
        """Its values of some voxels, and these."""
        table = pd.read_csv(DATA / f"nitime_fmri1_{hrf}_{noise}.tsv", sep="\t")
        names = {"effect": "contrasts/A - B/effect", "variance": "contrasts/A - B/variance", "t": "contrasts/A - B/t",
                 "z": "contrasts/A - B/z", "p": "contrasts/A - B/p", "F": "ftests/any/F", "F_z": "ftests/any/z"}
        if noise == "ar1":
            names["rho"] = "rho"
        return {ours: table[theirs].to_numpy() for theirs, ours in names.items()}, (table["k"], table["j"], table["i"])

    def each_case(self):
        for hrf in ("glover", "spm"):
            for noise in ("ols", "ar1"):
                with self.subTest(hrf=hrf, noise=noise):
                    yield hrf, noise

    def fit_case(self, image, hrf, noise, *options):
        return self.fit(image, "--mask", self.MASK, "--noise", noise, "--contrast", "A - B", "--ftest", "any: A, B",
                        "--maps", all_maps(noise), *options)

    def test_from_image_and_events(self):
        """nilearn scales images of integers in float32, which moves single voxels, also to another bin of rho."""
        for hrf, noise in self.each_case():
            expected, voxels = self.nilearn(hrf, noise)
            found = self.fit_case(self.IMAGE, hrf, noise, "--events", DATA / "nitime_fmri1_events.tsv", "--hrf", hrf)
            for name, values in expected.items():
                error = np.abs(found[name][voxels] - values) / np.maximum(np.abs(values), 1e-3)
                self.assertLess(np.percentile(error, 98), 1e-4, name)

    def test_with_its_scaling(self):
        """What it wrote has 12 digits."""
        data = nibabel.load(self.IMAGE).get_fdata(dtype=np.float32)
        scaled = fit_reference.in_percent(series_of(data), np.float32).reshape(data.T.shape).T
        image = self.save(image_of(scaled, tr=1.35, affine=nibabel.load(self.IMAGE).affine))
        for hrf, noise in self.each_case():
            expected, voxels = self.nilearn(hrf, noise)
            found = self.fit_case(image, hrf, noise, "--design", DATA / f"nitime_fmri1_{hrf}_design.tsv", "--scale", "none")
            for name, values in expected.items():
                np.testing.assert_allclose(found[name][voxels], values, rtol=1e-11, atol=1e-12, err_msg=name)


if __name__ == "__main__":
    unittest.main()
