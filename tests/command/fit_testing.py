# SPDX-License-Identifier: MIT
"""What the tests of `swather fit` share: images, runs, the maps of a file."""

import h5py
import nibabel
import numpy as np
from swather_testing import SwatherTest, swather

OUTSIDE_MASK, NOT_FINITE, CONSTANT, NO_SIGNAL, NOT_CONVERGED, RANK_DEFICIENT = 1, 2, 4, 8, 16, 32


def affine_of(zooms=(2.0, 2.5, 3.0)):
    """Oblique enough that no axis is one of the scanner's."""
    turn = np.array([[0.8, -0.6, 0], [0.6, 0.8, 0], [0, 0, 1]])
    affine = np.eye(4)
    affine[:3, :3] = turn @ np.diag(zooms)
    affine[:3, 3] = -10, 20, 5.5
    return affine


def image_of(values, tr=2.0, affine=None, dtype=np.float64, kind=nibabel.Nifti1Image):
    """An image of x × y × z or x × y × z × volumes; float64 holds all values as they are."""
    image = kind(np.asarray(values, dtype), affine_of() if affine is None else affine)
    image.header.set_xyzt_units("mm", "sec")
    if np.ndim(values) > 3:
        image.header["pixdim"][4] = tr
    return image


def maps_of(path):
    """All datasets below /fit and /summary: {path without /fit: values}; maps are z × y × x."""
    found = {}

    def take(name, thing):
        if isinstance(thing, h5py.Dataset):
            found[name] = (thing.asstr() if thing.dtype == object else thing)[...]

    with h5py.File(path, "r") as file:
        file["fit"].visititems(take)
        found |= {f"summary/{name}": column[...] for name, column in file["summary"].items()}
    return found


def series_of(values):
    """x × y × z × volumes as volumes × voxels, these in the order of a map."""
    return values.T.reshape(values.shape[3], -1)


class FitTest(SwatherTest):
    def save(self, values, name="image.nii", **options):
        """An image file, of an array or of an image."""
        path = self.output.with_name(name)
        nibabel.save(values if hasattr(values, "header") else image_of(values, **options), path)
        return path

    def put(self, name, content):
        path = self.output.with_name(name)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def run_fit(self, paths, *options, model="glm", ranks=None):
        """Runs `swather fit`, which must succeed and leave nothing but the output. Returns it and what was said."""
        paths = paths if isinstance(paths, (list, tuple)) else [paths]
        output = self.new_output()
        result = swather("fit", *paths, "--model", model, "-o", output, *options, ranks=ranks)
        self.assertEqual(result.code, 0, result)
        self.assert_complete(output)
        return output, result.stderr

    def fit(self, paths, *options, **settings):
        """The maps of a fit, in float64."""
        return maps_of(self.run_fit(paths, "--double", *options, **settings)[0])
