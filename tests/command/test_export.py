# SPDX-License-Identifier: MIT
"""`swather export --nifti` writes the maps of a fit so that nibabel reads what h5py reads in the file; `inspect` shows them."""

import os
import unittest

import h5py
import nibabel as nib
import numpy as np
from disks import mount_tmpfs
from swather_testing import BAD_DATA, CANNOT_CREATE, CANNOT_READ, IO_ERROR, USAGE, SwatherTest, swather

SHAPE, VOLUMES, TR = (5, 4, 3), 30, 2
SUFFIX = "_statmap.nii.gz"

# A rotation about z, zooms 2, 3 and 4 mm, an offset: what a qform can tell.
TURN = np.array([[0.8, -0.6, 0], [0.6, 0.8, 0], [0, 0, 1]])
AFFINE = nib.affines.from_matvec(TURN @ np.diag([2, 3, 4]), [-10, 20.5, 7])

# Volumes less a column for each of A, B, the drift and the constant. Cosines of 0.01 Hz and below over 60 s:
# floor(2 · 30 · 0.01 · 2) = 1 of them.
DOF = VOLUMES - 4


def series(volumes=VOLUMES, seed=1):
    """Positive values that are not smooth; one voxel inside of the mask has a series that is constant."""
    values = np.random.default_rng(seed).integers(500, 1_500, (*SHAPE, volumes)).astype(np.int16)
    values[1, 1, 1] = 700
    return values


def mask():
    inside = np.ones(SHAPE, np.uint8)
    inside[0] = 0
    inside[3, 2, 1] = 0
    return inside


def save(path, values, affine=AFFINE, sform=2, qform=1, units="mm"):
    image = nib.Nifti1Image(values, affine)
    image.set_sform(affine if sform else None, sform)
    image.set_qform(affine if qform else None, qform)
    if not (sform or qform):
        image.header.set_zooms([2, 3, 4, *([TR] * (values.ndim - 3))])
    if values.ndim > 3:
        image.header["pixdim"][4] = TR
    image.header.set_xyzt_units(units, "sec")
    nib.save(image, path)
    return path


class ExportTest(SwatherTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bold = save(cls.folder / "bold.nii", series())
        cls.mask = save(cls.folder / "mask.nii", mask())
        cls.events = cls.folder / "events.tsv"
        cls.events.write_text("onset\tduration\ttrial_type\n3\t2\tA\n11\t2\tB\n20\t1\tA\n31\t4\tB\n44\t2\tA\n")

    def fit(self, *options, image=None, model="glm", output=None):
        output = output or self.new_output()
        if model == "glm":
            options = ("--events", self.events, *options)
        images = image if isinstance(image, list) else [image or self.bold]
        result = swather("fit", *images, "--model", model, "-o", output, *options, ranks=None)
        self.assertEqual(result.code, 0, result)
        return output

    def export(self, file, *options, folder=None):
        """The images that it makes, by name, and what it says."""
        folder = folder or file.with_name("maps")
        result = swather("export", file, "--nifti", folder, *options, ranks=None)
        self.assertEqual((result.code, result.stdout), (0, ""), result)
        for name in os.listdir(folder):
            self.assertTrue(name.endswith(SUFFIX), name)
        return {name.removesuffix(SUFFIX): nib.load(folder / name) for name in os.listdir(folder)}, result.stderr

    def assert_map(self, image, file, path, hole=0):
        """The image has the cells of the dataset, of its type; of NaN it has `hole`."""
        with h5py.File(file) as stored:
            cells = stored[path][...]
        self.assertEqual(image.get_data_dtype(), cells.dtype)
        if cells.dtype != np.uint8:
            cells[np.isnan(cells)] = hole
        # z, y, x and the inner axis become x, y, z and the inner axis.
        expected = np.swapaxes(cells, 0, 2)
        np.testing.assert_array_equal(np.asanyarray(image.dataobj), expected)

    def descrip(self, image):
        return image.header["descrip"].item().decode()


class MapsTest(ExportTest):
    QUESTIONS = ("--contrast", "A - B", "--ftest", "any: A, B")

    def test_maps_of_questions(self):
        for options, dtype in (((), np.float32), (("--double",), np.float64)):
            with self.subTest(dtype=dtype):
                file = self.fit(*self.QUESTIONS, "--mask", self.mask, *options)
                images, said = self.export(file)
                paths = {f"contrast-AMinusB_stat-{name}": f"fit/contrasts/A - B/{name}"
                         for name in ("effect", "variance", "t", "z", "p")}
                paths |= {f"contrast-any_stat-{name}": f"fit/ftests/any/{name}" for name in "Fzp"}
                self.assertEqual(set(images), {*paths, "stat-flags"})
                self.assertIn("9 maps", said)
                for name, path in paths.items():
                    self.assert_map(images[name], file, path, hole=1 if name.endswith("-p") else 0)
                    self.assertEqual(images[name].get_data_dtype(), dtype)
                    # Outside of the mask there is no fit.
                    self.assertEqual(images[name].dataobj[0, 0, 0], 1 if name.endswith("-p") else 0)
                    self.assertTrue(np.isfinite(np.asanyarray(images[name].dataobj)).all())
                self.assert_map(images["stat-flags"], file, "fit/flags")
                self.assertEqual(images["stat-flags"].get_data_dtype(), np.uint8)
                self.assertEqual(np.asanyarray(images["stat-flags"].dataobj)[0].tolist(), np.ones(SHAPE[1:]).tolist())

    def test_intents(self):
        images, _ = self.export(self.fit(*self.QUESTIONS))
        expected = {"AMinusB_stat-t": ("t test", (DOF,), "A - B"), "AMinusB_stat-z": ("z score", (), "A - B"),
                    "AMinusB_stat-p": ("p value", (), "A - B"), "AMinusB_stat-effect": ("none", (), "A - B"),
                    "AMinusB_stat-variance": ("none", (), "A - B"), "any_stat-F": ("f test", (2, DOF), "any"),
                    "any_stat-z": ("z score", (), "any"), "any_stat-p": ("p value", (), "any")}
        for name, intent in expected.items():
            with self.subTest(name=name):
                image = images[f"contrast-{name}"]
                self.assertEqual(image.header.get_intent(), intent)
                self.assertIn(intent[2], self.descrip(image))
        self.assertEqual(images["stat-flags"].header.get_intent(), ("none", (), "flags"))

    def test_a_test_of_one_row(self):
        images, _ = self.export(self.fit("--ftest", "A"))
        self.assertEqual(images["contrast-A_stat-F"].header.get_intent(), ("f test", (1, DOF), "A"))

    def test_maps_of_the_model(self):
        file = self.fit("--mask", self.mask)
        images, _ = self.export(file)
        self.assertEqual(set(images), {f"stat-{name}" for name in ("beta", "sigma2", "rho", "r2", "flags")})
        for name, image in images.items():
            self.assert_map(image, file, f"fit/{name.removeprefix('stat-')}")
        beta = images["stat-beta"]
        self.assertEqual(beta.shape, (*SHAPE, 4))
        self.assertEqual(beta.header.get_intent(), ("none", (), "beta"))
        self.assertIn("A,B,drift_1,constant", self.descrip(beta))

    def test_runs(self):
        second = save(self.output.with_name("second.nii"), series(seed=2))
        file = self.fit("--events", self.events, "--contrast", "A", "--maps", "beta,stat", image=[self.bold, second])
        images, _ = self.export(file)
        self.assertEqual(set(images), {"contrast-A_stat-t", "run-1_stat-beta", "run-2_stat-beta", "stat-flags"})
        self.assertEqual(images["contrast-A_stat-t"].header.get_intent(), ("t test", (2 * DOF,), "A"))
        for run in (1, 2):
            self.assert_map(images[f"run-{run}_stat-beta"], file, f"fit/runs/{run}/beta")
            self.assertIn("A,B,drift_1,constant", self.descrip(images[f"run-{run}_stat-beta"]))

    def test_mean_and_t2star(self):
        for options, names in ((["mean"], ["mean", "sd", "min", "max"]),
                               (["t2star", "--te", ",".join(map(str, range(5, 5 + VOLUMES)))],
                                ["t2star", "s0", "r2star", "residual"])):
            with self.subTest(model=options[0]):
                file = self.fit(*options[1:], "--mask", self.mask, model=options[0])
                images, _ = self.export(file)
                self.assertEqual(set(images), {f"stat-{name}" for name in [*names, "flags"]})
                for name, image in images.items():
                    self.assert_map(image, file, f"fit/{name.removeprefix('stat-')}")

    def test_tensors(self):
        directions = np.random.default_rng(3).normal(size=(3, 12))
        directions /= np.linalg.norm(directions, axis=0)
        directions[:, 0] = 0
        bvals, bvecs = self.output.with_name("bval"), self.output.with_name("bvec")
        np.savetxt(bvals, [[0] + [1_000] * 11], fmt="%d")
        np.savetxt(bvecs, directions, fmt="%.8f")
        image = save(self.output.with_name("dwi.nii"), series(12))
        for weights, order, frame in (("dipy", "Dxx,Dxy,Dyy,Dxz,Dyz,Dzz", "voxel axes"),
                                      ("mrtrix", "D11,D22,D33,D12,D13,D23", "scanner axes")):
            with self.subTest(weights=weights):
                file = self.fit("--bvals", bvals, "--bvecs", bvecs, "--weights", weights, image=image, model="tensor")
                images, _ = self.export(file)
                for name in ("tensor", "eigenvalues", "direction", "fa", "s0"):
                    self.assert_map(images[f"stat-{name}"], file, f"fit/{name}")
                self.assertEqual(images["stat-tensor"].shape, (*SHAPE, 6))
                # A matrix to NIfTI is on the fifth axis.
                self.assertEqual(images["stat-tensor"].header.get_intent()[0], "none")
                self.assertEqual(self.descrip(images["stat-tensor"]), f"diffusion tensor (mm2 s-1): {order}, {frame}")
                self.assertIn(frame, self.descrip(images["stat-direction"]))
                self.assertIn("mm2 s-1", self.descrip(images["stat-md"]))


class GeometryTest(ExportTest):
    def geometry(self, *arguments, **keywords):
        """The maps of an image that is saved so, 3D and 4D, and this image."""
        path = save(self.output.with_name("image.nii"), series(), *arguments, **keywords)
        images, _ = self.export(self.fit("-f", image=path, output=self.output), "--force")
        return [images["stat-beta"], images["stat-rho"]], nib.load(path)

    def test_forms(self):
        for sform, qform in ((2, 1), (4, 0), (0, 3), (1, 1)):
            images, given = self.geometry(sform=sform, qform=qform)
            for image in images:
                with self.subTest(sform=sform, qform=qform, shape=image.shape):
                    for form, expected in ((image.get_sform(coded=True), given.get_sform(coded=True)),
                                           (image.get_qform(coded=True), given.get_qform(coded=True))):
                        self.assertEqual(form[1], expected[1])
                        if expected[1] > 0:
                            np.testing.assert_allclose(form[0], expected[0], atol=1e-5)
                    np.testing.assert_allclose(image.affine, given.affine, atol=1e-5)
                    np.testing.assert_allclose(image.header.get_zooms()[:3], [2, 3, 4], rtol=1e-6)
                    self.assertEqual(image.header.get_xyzt_units(), ("mm", "sec"))

    def test_no_form(self):
        images, given = self.geometry(sform=0, qform=0)
        for image in images:
            self.assertEqual((image.get_sform(coded=True)[1], image.get_qform(coded=True)[1]), (0, 0))
            np.testing.assert_allclose(image.header.get_zooms()[:3], [2, 3, 4])
            np.testing.assert_allclose(image.affine, given.affine)

    def test_other_units(self):
        for units, mm in (("meter", 1e3), ("micron", 1e-3)):
            with self.subTest(units=units):
                images, given = self.geometry(np.vstack([AFFINE[:3] / mm, [0, 0, 0, 1]]), units=units)
                self.assertEqual(given.header.get_xyzt_units()[0], units)
                for image in images:
                    self.assertEqual(image.header.get_xyzt_units()[0], "mm")
                    np.testing.assert_allclose(image.affine, AFFINE, atol=1e-5)
                    np.testing.assert_allclose(image.header.get_zooms()[:3], [2, 3, 4], rtol=1e-6)


class NamesTest(ExportTest):
    def names(self, *questions):
        """Of the maps of questions, without what stands behind the contrast; and what is said of them."""
        images, said = self.export(self.fit(*questions, "--maps", "stat"))
        return {name.removeprefix("contrast-"): self.descrip(image)
                for name, image in images.items() if name != "stat-flags"}, said

    def test_odd_names(self):
        names, said = self.names("--contrast", "sl/a größe: A", "--contrast", '"quoted": B', "--contrast", "愛: A + B",
                                 "--contrast", ".-/-.: A", "--ftest", f"{'x' * 300}: A, B")
        self.assertEqual(names, {"slAGre_stat-t": "t of sl/a größe", "quoted_stat-t": 't of "quoted"',
                                 "unnamed_stat-t": "t of 愛", "MinusMinus_stat-t": "t of .-/-.",
                                 f"{'x' * 100}_stat-F": "F of " + "x" * 74})
        self.assertNotIn("warn", said)

    def test_names_that_meet(self):
        names, said = self.names("--contrast", "A - B", "--contrast", "A-B", "--contrast", "aminusb: A", "--ftest", "A - B")
        self.assertEqual(names, {"AMinusB_stat-t": "t of A - B", "AMinusB2_stat-t": "t of A-B",
                                 "aminusb3_stat-t": "t of aminusb", "AMinusB4_stat-F": "F of A - B"})
        for words in ("'A-B'", "contrast-AMinusB2_", "contrast-aminusb3_", "contrast-AMinusB4_"):
            self.assertIn(words, said)
        self.assertEqual(said.count("warning"), 3)


class PlaceTest(ExportTest):
    def setUp(self):
        super().setUp()
        self.file = self.fit(model="mean")
        self.maps = self.file.with_name("maps")

    def refused(self, code, *words, file=None, folder=None, options=()):
        result = swather("export", file or self.file, "--nifti", folder or self.maps, *options, ranks=None)
        self.assert_one_error(result, code, *words)
        return result.stderr

    def test_files_of_the_user_are_left_alone(self):
        self.maps.mkdir()
        mine = self.maps / f"stat-mean{SUFFIX}.part"
        mine.write_text("mine")
        self.assertEqual(swather("export", self.file, "--nifti", self.maps, ranks=None).code, 0)
        self.assertEqual(mine.read_text(), "mine")
        self.assertEqual(len(os.listdir(self.maps)), 6)

    def test_a_folder_is_made(self):
        folder = self.file.parent / "new" / "maps of mine"
        self.export(self.file, folder=folder)
        self.assertEqual(len(os.listdir(folder)), 5)

    def test_what_exists_is_kept_without_force(self):
        self.maps.mkdir()
        mine = self.maps / f"stat-max{SUFFIX}"
        mine.write_text("mine")
        self.refused(CANNOT_CREATE, "stat-max", "--force")
        self.assertEqual((os.listdir(self.maps), mine.read_text()), ([mine.name], "mine"))
        images, _ = self.export(self.file, "--force")
        self.assertEqual(len(images), 5)
        self.assert_map(images["stat-max"], self.file, "fit/max")

    def test_places_where_nothing_can_be(self):
        self.refused(CANNOT_CREATE, "out.h5", folder=self.file)
        self.refused(CANNOT_CREATE, "out.h5", folder=self.file / "maps")
        (self.maps / f"stat-sd{SUFFIX}").mkdir(parents=True)
        self.refused(CANNOT_CREATE, "stat-sd", "not a file", options=["--force"])
        self.assertEqual(len(os.listdir(self.maps)), 1)

    def test_files_without_maps(self):
        self.refused(CANNOT_READ, "nowhere.h5", file=self.file.with_name("nowhere.h5"))
        table = self.output.with_name("table.csv")
        table.write_text("a,b\n1,2\n1,3\n")
        counts = self.output.with_name("counts.h5")
        self.assertEqual(swather("counts", table, "--by", "a", "-o", counts, ranks=None).code, 0)
        self.refused(BAD_DATA, "counts.h5", "no maps", "swather fit", file=counts)
        foreign = self.output.with_name("foreign.h5")
        with h5py.File(foreign, "w") as file:
            file["fit/mean"] = np.zeros((2, 3, 4))
        self.refused(BAD_DATA, "foreign.h5", file=foreign)
        self.assertFalse(self.maps.exists())

    def test_files_that_are_not_whole(self):
        content = self.file.read_bytes()
        with h5py.File(self.file, "r+") as file:
            file.attrs.modify("complete", 0)
        self.refused(BAD_DATA, "out.h5", "not complete", "--resume")
        self.file.write_bytes(content[:len(content) // 2])
        self.refused(BAD_DATA, "out.h5")
        self.file.write_bytes(content)
        with h5py.File(self.file, "r+") as file:
            del file["fit/affine"]
        self.refused(BAD_DATA, "out.h5", "affine")
        self.assertFalse(self.maps.exists())

    def test_damaged_cells(self):
        with h5py.File(self.file) as file:
            chunk = file["fit/sd"].id.get_chunk_info(1)
        with open(self.file, "r+b") as file:
            file.seek(chunk.byte_offset)
            file.write(bytes(chunk.size))
        self.refused(BAD_DATA, "out.h5")
        self.assertEqual(os.listdir(self.maps), [f"stat-mean{SUFFIX}"])  # which comes before it

    def test_full_disk(self):
        disk = self.output.with_name("disk")
        mount_tmpfs(self, disk, "64k")
        (disk / "filler").write_bytes(bytes(60 << 10))
        said = self.refused(IO_ERROR, "No space left on device", "_statmap.nii.gz", "make room", folder=disk)
        self.assertNotIn("--resume", said)
        self.assertNotIn(".part", "".join(os.listdir(disk)))

    def test_wrong_use(self):
        self.assert_one_error(swather("export", self.file, ranks=None), USAGE, "--nifti DIR")
        self.assert_one_error(swather("export", "--nifti", self.maps, ranks=None), USAGE, "file")
        self.assert_one_error(swather("export", self.file, "--nifti", self.maps, ranks=2), USAGE, "one process")
        self.assertFalse(self.maps.exists())

    def test_one_rank(self):
        self.assertEqual(swather("export", self.file, "--nifti", self.maps, ranks=1).code, 0)
        self.assertEqual(len(os.listdir(self.maps)), 5)

    def test_help(self):
        result = swather("export", "--help", ranks=None)
        self.assertEqual((result.code, result.stderr), (0, ""), result)
        for words in ("--nifti", "--force", "contrast-NAME_stat-", "run-N_"):
            self.assertIn(words, result.stdout)


class InspectTest(ExportTest):
    def test_shapes_and_the_summary(self):
        result = swather("inspect", self.fit("--contrast", "A - B", "--maps", "beta,variance", "--mask", self.mask), ranks=None)
        self.assertEqual((result.code, result.stderr), (0, ""), result)
        lines = [line.split(maxsplit=10) for line in result.stdout.splitlines()]
        shapes = {line[0]: " ".join(line) for line in lines if line}
        self.assertIn("3 × 4 × 5 × 4 float32 weight of each", shapes["/fit/beta"])
        self.assertIn(f"{VOLUMES} × 4 float64", shapes["/fit/design"])
        self.assertIn("4 × 4 float64", shapes["/fit/affine"])
        self.assertIn("4 text name of", shapes["/fit/regressor_name"])
        # A slice of 4 × 3 voxels and one more are outside of the mask of 60.
        self.assertEqual(shapes["inside"], "inside 47 voxels inside the mask")
        self.assertEqual(shapes["constant"], "constant 1 voxels whose series is constant")
        self.assertNotIn("/summary/", result.stdout)


if __name__ == "__main__":
    unittest.main()
