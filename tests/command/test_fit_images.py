# SPDX-License-Identifier: MIT
"""`swather fit` reads every image as nibabel does, on any number of ranks and in blocks of any size, and writes a file that
other programs open."""

import gzip
import itertools
import re
import subprocess
import unittest
import warnings

import h5py
import nibabel
import numpy as np
from fit_testing import OUTSIDE_MASK, FitTest, affine_of, image_of, maps_of
from swather_testing import BGZF_EOF, contents, facts_of, open_in_xarray, swather, tool

PACKAGES = ("python3-nibabel", "python3-dipy", "python3-nipy", "python3-nitime")


def setUpModule():
    nibabel.imageglobals.logger.setLevel("CRITICAL")  # it tells what it mends in odd headers
    warnings.simplefilter("ignore")


# --- formats --------------------------------------------------------------------------------------------------------


class ImagesTest(FitTest):
    def assert_read(self, path, values=None, ranks=None, options=()):
        """The extremes over time are exactly those of what nibabel reads."""
        values = nibabel.load(path).get_fdata() if values is None else values
        values = values.reshape((*values.shape, 1, 1, 1)[:4] if values.ndim < 4 else values.shape[:4])
        found = self.fit(path, *options, model="mean", ranks=ranks)
        finite = np.isfinite(values.T).all(axis=0)
        for name, expected in (("min", values.T.min(axis=0)), ("max", values.T.max(axis=0))):
            np.testing.assert_array_equal(found[name], np.where(finite, expected, np.nan), err_msg=f"{name} of {path}")


class RealImagesTest(ImagesTest):
    def test_every_one_of_debians_packages(self):
        listed = subprocess.run(["dpkg", "-L", *PACKAGES], capture_output=True, text=True, check=True).stdout
        paths = sorted(path for path in set(listed.splitlines()) if path.endswith((".nii", ".nii.gz", ".hdr", ".hdr.gz")))
        read = 0
        for path in paths:
            try:
                image = nibabel.load(path)
                values = image.get_fdata()
            except Exception:  # pylint: disable=broad-except
                continue  # headers without data
            if not isinstance(image.header, nibabel.Nifti1Header) or any(size > 1 for size in values.shape[4:]):
                continue
            with self.subTest(path=path):
                self.assert_read(path, values)
                read += 1
        self.assertGreaterEqual(read, 15, "of Debian 12")


class FormatsTest(ImagesTest):
    VALUES = np.random.default_rng(1).integers(0, 120, size=(5, 4, 6, 7))

    def test_types_byte_orders_and_versions(self):
        kinds = {"nii": nibabel.Nifti1Image, "nii2": nibabel.Nifti2Image, "img": nibabel.Nifti1Pair, "img2": nibabel.Nifti2Pair}
        types = ["u1", "i1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"]
        kinds_in_turn, orders = itertools.cycle(kinds.items()), itertools.cycle("<><<>>")
        for name, order, (kind, image) in zip(types * 2, orders, kinds_in_turn):
            with self.subTest(type=name, order=order, kind=kind):
                values = self.VALUES.astype(name)
                header = image.header_class(endianness=order)
                header.set_data_dtype(np.dtype(name).newbyteorder(order))
                path = self.output.with_name(f"{kind}_{name}.{'img' if 'img' in kind else 'nii'}")
                saved = image(values, affine_of(), header)
                saved.header.set_slope_inter(1, 0)
                nibabel.save(saved, path)
                self.assertEqual(nibabel.load(path).header.endianness, order)
                self.assert_read(path, values.astype(float))

    def test_slopes(self):
        for slope, intercept in ((0.5, 10), (-1.25, 3e5), (1e-7, 0), (1, -1024), (0, 5), (np.nan, 5), (np.inf, 1), (2, np.nan)):
            with self.subTest(slope=slope, intercept=intercept):
                path = self.save(self.VALUES, dtype=np.int16)
                raw = bytearray(path.read_bytes())
                raw[112:120] = np.array([slope, intercept], "<f4").tobytes()
                path.write_bytes(raw)
                self.assertEqual(path.stat().st_size, 352 + self.VALUES.size * 2)
                scaled = self.VALUES.astype(float)
                if np.isfinite(slope) and slope != 0:
                    offset = np.float32(intercept) if np.isfinite(intercept) else 0
                    scaled = float(np.float32(slope)) * scaled + float(offset)
                self.assert_read(path, scaled)

    def test_extensions(self):
        image = image_of(self.VALUES, dtype=np.int16)
        image.header.extensions.append(nibabel.nifti1.Nifti1Extension("comment", b"x" * 1000))
        self.assert_read(self.save(image), self.VALUES)

    def test_five_axes(self):
        """The fifth may be 1."""
        path = self.save(nibabel.Nifti1Image(self.VALUES[..., None].astype(np.int16), affine_of()))
        self.assertEqual(nibabel.load(path).ndim, 5)
        self.assert_read(path, self.VALUES)

    def test_two_axes(self):
        values = self.VALUES[:, :, 0, 0]
        self.assert_read(self.save(nibabel.Nifti1Image(values.astype(np.int16), affine_of())), values)

    def test_a_pair_by_either_name(self):
        path = self.save(nibabel.Nifti1Pair(self.VALUES.astype(np.int16), affine_of()), "pair.img")
        self.assert_read(path, self.VALUES)
        self.assert_read(path.with_suffix(".hdr"), self.VALUES)
        path.with_name("pair.img.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
        self.assert_read(path.with_suffix(".hdr"), self.VALUES)


class CompressedTest(ImagesTest):
    SHAPE = (23, 17, 9, 40)  # some blocks of BGZF

    def setUp(self):
        super().setUp()
        self.values = np.random.default_rng(2).integers(-3000, 3000, self.SHAPE)
        self.raw = self.save(self.values, "raw.nii", dtype=np.int16).read_bytes()

    def check(self, name, content):
        path = self.put(name, content)
        for ranks in (None, 3):
            self.assert_read(path, self.values, ranks)
        self.assert_read(path, self.values, options=["--block-size", 4, "--mask", self.whole_mask()])

    def whole_mask(self):
        return self.save(np.ones(self.SHAPE[:3]), "mask.nii.gz", dtype=np.uint8)

    def test_gzip(self):
        self.check("image.nii.gz", gzip.compress(self.raw, 1))
        self.check("members.nii.gz", gzip.compress(self.raw[:100]) + gzip.compress(b"") + gzip.compress(self.raw[100:]))

    def test_bgzip(self):
        self.check("image.nii.gz", tool("bgzip", "-c", text=self.raw))

    def test_zeros_behind_the_end(self):
        """As gzip takes them."""
        for packed in (gzip.compress(self.raw, 1), tool("bgzip", "-c", text=self.raw)):
            for zeros in (1, 30, 100_000):
                path = self.put("image.nii.gz", packed + bytes(zeros))
                subprocess.run(["gzip", "-t", path], check=True)
                self.assert_read(path, self.values, 2)

    def test_bgzf_cut_at_odd_places(self):
        """Blocks of one byte, across the header, of part of a voxel, and empty ones."""
        cuts = [0, 1, 100, 347, 353, 354, 355, 20_001, 20_001, 60_000, 60_003, 100_001, 160_000, len(self.raw)]
        while any(end - begin > 60_000 for begin, end in zip(cuts, cuts[1:])):
            cuts = sorted({*cuts, *[(a + b) // 2 for a, b in zip(cuts, cuts[1:])]})
        blocks = [tool("bgzip", "-c", text=self.raw[begin:end]).removesuffix(BGZF_EOF)
                  for begin, end in zip(cuts, cuts[1:]) if end > begin]
        self.check("image.nii.gz", b"".join([*blocks[:3], BGZF_EOF, *blocks[3:], BGZF_EOF]))

    def test_bgzf_in_several_files(self):
        whole = [self.put(f"{n}.nii.gz", tool("bgzip", "-c", text=self.raw)) for n in range(2)]
        found = self.fit(whole, "--block-size", 2, model="mean", ranks=3)
        np.testing.assert_allclose(found["mean"], self.values.T.mean(axis=0), rtol=1e-12)


# --- ranks, blocks and shapes ---------------------------------------------------------------------------------------


def values_of(path):
    """What is in a file, however it is cut into chunks: these are blocks."""
    return {name: of_name[:3] + of_name[4:6] if of_name[0] == "dataset" else of_name
            for name, of_name in contents(path, encoded=False).items()}


class RanksTest(FitTest):
    """The same file, bit for bit; of blocks of other sizes but for its chunks."""

    MODELS = {"mean": [], "glm": ["--contrast", "A", "--ftest", "any: A, B", "--maps", "effect,stat,z,beta,rho"]}

    def options(self, model, volumes):
        rng = np.random.default_rng(volumes)
        rows = "\n".join(f"{a}\t{b}\t1" for a, b in rng.normal(size=(volumes, 2)))
        return self.MODELS[model] + (["--design", self.put("design.tsv", f"A\tB\tconstant\n{rows}\n")] if model == "glm" else [])

    def check(self, shape, ranks=(), sizes=(), mask=False, model="glm", gz=False):
        """Against one rank that takes the blocks it likes. `sizes`: (ranks, block size)."""
        values = 100 + np.random.default_rng(3).normal(size=shape)
        path = self.save(values, "image.nii.gz" if gz else "image.nii", dtype=np.float32)
        options = self.options(model, shape[3])
        if mask:
            inside = np.random.default_rng(4).uniform(size=shape[:3]) < 0.6
            inside[..., :2] = False  # slices without a voxel
            options += ["--mask", self.save(inside, "mask.nii", dtype=np.uint8)]
        alone, _ = self.run_fit(path, *options, model=model)
        expected = contents(alone)
        for number in ranks:
            with self.subTest(shape=shape, ranks=number, model=model):
                self.assert_same_file(self.run_fit(path, *options, model=model, ranks=number)[0], expected)
        for number, size in sizes:
            with self.subTest(shape=shape, ranks=number, size=size):
                output, _ = self.run_fit(path, *options, "--block-size", size, model=model, ranks=number)
                self.assertEqual(values_of(output), values_of(alone))

    def test_any_number_of_ranks(self):
        self.check((9, 8, 11, 30), ranks=(1, 2, 3, 4, 7, 13))

    def test_blocks(self):
        self.check((9, 8, 11, 30), sizes=[(2, 1), (3, 2), (4, 5), (7, 1000)], gz=True)

    def test_with_a_mask(self):
        self.check((9, 8, 11, 30), ranks=(7,), sizes=[(3, 4), (None, 1000)], mask=True)

    def test_one_slice(self):
        self.check((6, 5, 1, 12), ranks=(3,))

    def test_odd_shapes(self):
        """Widths that are no multiple of what a CPU adds at once, and one voxel in one volume."""
        self.check((1, 1, 1, 8), ranks=(2,))
        self.check((1, 7, 3, 9), sizes=[(None, 2)])
        self.check((67, 1, 2, 5), sizes=[(2, 2)])
        self.check((1, 1, 1, 1), ranks=(2,), model="mean")

    def test_more_volumes_than_a_tile(self):
        self.check((3, 2, 4, 700), ranks=(2,), sizes=[(None, 3)])


# --- masks ----------------------------------------------------------------------------------------------------------


class MaskTest(FitTest):
    def setUp(self):
        super().setUp()
        self.values = np.random.default_rng(5).uniform(0, 1000, size=(6, 5, 4, 8))
        self.image = self.save(self.values)

    def check(self, inside, *options):
        output, said = self.run_fit(self.image, "--double", *options, model="mean", ranks=2)
        found = maps_of(output)
        np.testing.assert_array_equal(found["flags"], np.where(inside.T, 0, OUTSIDE_MASK))
        np.testing.assert_array_equal(found["max"], np.where(inside.T, self.values.T.max(axis=0), np.nan))
        self.assertEqual((found["summary/voxels"], found["summary/inside"]), ([inside.size], [inside.sum()]))
        return said

    def test_a_file(self):
        inside = np.random.default_rng(6).uniform(size=(6, 5, 4)) < 0.3
        for name, values, dtype in (("a.nii", inside, np.uint8), ("b.nii.gz", inside * -0.25, np.float32),
                                    ("c.nii", np.where(inside, 7, np.nan), np.float64), ("d.nii.gz", inside[..., None], np.int16)):
            with self.subTest(name=name):
                self.check(inside, "--mask", self.save(values, name, dtype=dtype))

    def test_a_large_mask(self):
        """It is read 65,536 voxels at a time: here once whole, and a rest."""
        self.values = np.random.default_rng(8).uniform(0, 1000, size=(97, 89, 11, 2))
        self.image = self.save(self.values, "large.nii")
        inside = np.random.default_rng(9).uniform(size=(97, 89, 11)) < 0.5
        self.check(inside, "--mask", self.save(inside, "large_mask.nii.gz", dtype=np.int16))

    def test_a_mask_with_a_slope(self):
        """What counts is the value, not what is stored."""
        inside = np.random.default_rng(7).uniform(size=(6, 5, 4)) < 0.5
        path = self.save(np.where(inside, 3, 1), "mask.nii", dtype=np.uint8)
        raw = bytearray(path.read_bytes())
        raw[112:120] = np.array([1, -1], "<f4").tobytes()
        path.write_bytes(raw)
        self.check(inside, "--mask", path)

    def test_thresholds(self):
        first = self.values[..., 0]
        for text in ("500", "1e2", "-1", "20%", "0%", "99.5%"):
            limit = float(text.rstrip("%"))
            if text.endswith("%"):
                limit *= np.percentile(first, 98, method="inverted_cdf") / 100
            said = self.check(first > limit, "--threshold", text)
            line = re.search(r"mask: ([\d,]+) of ([\d,]+) voxels, those above (\S+) in the first volume", said)
            self.assertTrue(line, said)
            self.assertEqual((int(line[1]), int(line[2])), ((first > limit).sum(), first.size))
            self.assertAlmostEqual(float(line[3]) / limit if limit else 1, 1, delta=1e-5)


# --- the file -------------------------------------------------------------------------------------------------------


class LayoutTest(FitTest):
    def setUp(self):
        super().setUp()
        rng = np.random.default_rng(8)
        self.values = 100 + rng.normal(size=(6, 5, 4, 20))
        image = image_of(self.values, tr=1.5)
        image.set_qform(image.affine, 2)
        image.set_sform(image.affine, 3)
        self.image = self.save(image)
        self.design = rng.normal(size=(20, 2))
        rows = "\n".join(f"{a!r}\t{b!r}\t1" for a, b in self.design.tolist())
        self.output, _ = self.run_fit(self.image, "--design", self.put("design.tsv", f"A\tB/C\tconstant\n{rows}\n"),
                                      "--contrast", "A", "--contrast", 'A - "B/C"', "--ftest", 'any: A, "B/C"', "--maps",
                                      "effect,variance,stat,z,p,beta", ranks=2)

    def test_names(self):
        """As the README tells."""
        with h5py.File(self.output) as file:
            self.assertEqual(sorted(file["fit/contrasts"]), ['A', 'A - "B%2FC"'])
            self.assertEqual(file['fit/contrasts/A - "B%2FC"'].attrs["long_name"], 'A - "B/C"')
            for name in ("effect", "variance", "t", "z", "p"):
                self.assertEqual(file[f"fit/contrasts/A/{name}"].shape, (4, 5, 6))
                self.assertEqual(file[f"fit/contrasts/A/{name}"].dtype, np.float32)
            self.assertEqual(sorted(name for name in file["fit/ftests/any"] if name in "Fzp"), ["F", "p", "z"])
            np.testing.assert_array_equal(file["fit/contrasts/A/weights"], [[1, 0, 0]])
            np.testing.assert_array_equal(file["fit/ftests/any/weights"], [[1, 0, 0], [0, 1, 0]])
            self.assertEqual((file["fit/contrasts/A"].attrs["dof"], file["fit/ftests/any"].attrs["dof"]), (17, 17))
            self.assertEqual(file["fit/regressor_name"].asstr()[:].tolist(), ["A", "B/C", "constant"])
            np.testing.assert_array_equal(file["fit/design"], np.column_stack([self.design, np.ones(20)]))
            self.assertEqual(file["fit/beta"].shape, (4, 5, 6, 3))

    def test_geometry(self):
        loaded = nibabel.load(self.image)
        with h5py.File(self.output) as file:
            np.testing.assert_array_equal(file["fit/affine"], loaded.affine)
            np.testing.assert_allclose(file["fit/zooms"], loaded.header.get_zooms()[:3])
            attributes = file["fit"].attrs
            self.assertEqual((attributes["qform_code"], attributes["sform_code"]), (2, 3))
            self.assertEqual(attributes["repetition_time"], 1.5)

    def test_xarray(self):
        with open_in_xarray(self.output, "fit") as data:
            for axis, zoom, size in (("z_mm", 3, 4), ("y_mm", 2.5, 5), ("x_mm", 2, 6)):
                np.testing.assert_allclose(data[axis], zoom * np.arange(size), rtol=1e-6)
                self.assertEqual(data[axis].units, "mm")
            self.assertEqual(data["beta"].dims, ("z_mm", "y_mm", "x_mm", "regressor"))
            self.assertEqual(data["flags"].dims, ("z_mm", "y_mm", "x_mm"))

    def test_xarray_of_every_group(self):
        """With all that is in them, also where a map is called z: one that has the name of a dimension would not open."""
        opened = []
        with h5py.File(self.output) as file:
            file.visititems(lambda name, thing: opened.append(name) if isinstance(thing, h5py.Group) else None)
        self.assertIn("fit/ftests/any", opened)
        for group in opened:
            with self.subTest(group=group), open_in_xarray(self.output, group) as data:
                if group.startswith(("fit/contrasts/", "fit/ftests/")):
                    self.assertEqual(data["z"].dims, ("z_mm", "y_mm", "x_mm"))

    def test_millimetres_of_other_units(self):
        image = image_of(self.values, affine=affine_of((0.002, 0.0025, 0.003)))
        image.header.set_xyzt_units("meter", "msec")
        with open_in_xarray(self.run_fit(self.save(image, "metres.nii"), model="mean")[0], "fit") as data:
            np.testing.assert_allclose(data["z_mm"], 3 * np.arange(4), rtol=1e-6)

    def test_ncdump(self):
        printed = tool("ncdump", "-h", self.output).decode()
        self.assertIn("effect(z_mm, y_mm, x_mm)", printed)
        self.assertIn("beta(z_mm, y_mm, x_mm, regressor)", printed)

    def test_provenance(self):
        with h5py.File(self.output) as file:
            facts = facts_of(file)
        for name in (self.image, self.output.parents[1] / "design.tsv"):
            self.assertIn(str(name), facts)

    def test_inspect(self):
        result = swather("inspect", self.output, ranks=None)
        self.assertEqual(result.code, 0, result)
        self.assertIn("effect", result.stdout)


if __name__ == "__main__":
    unittest.main()
