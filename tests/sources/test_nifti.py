# SPDX-License-Identifier: MIT
"""NIfTI headers as nibabel reads them, of every real file that Debian's neuroimaging packages ship and of random ones; and maps
that nibabel reads back."""

import gzip
import io
import json
import os
import pathlib
import resource
import subprocess
import tempfile
import unittest
import warnings

import nibabel
import numpy as np

PACKAGES = ("python3-nibabel", "python3-dipy", "python3-nipy", "python3-nitime")
REFUSED = {"analyze.hdr": "Analyze 7.5", "row_major.dconn.nii": "6 axes (1 × 1 × 1 × 1 × 10 × 10)"}
TIME_UNITS = {"unknown": 1, "sec": 1, "msec": 1e-3, "usec": 1e-6}
SPACE_UNITS = {"unknown": 1, "meter": 1e3, "mm": 1, "micron": 1e-3}
CLASSES = (nibabel.Nifti1Header, nibabel.nifti1.Nifti1PairHeader, nibabel.Nifti2Header, nibabel.nifti2.Nifti2PairHeader)


def setUpModule():
    nibabel.imageglobals.logger.setLevel("CRITICAL")  # it tells what it mends in odd headers
    warnings.simplefilter("ignore")


def real_files():
    listed = subprocess.run(["dpkg", "-L", *PACKAGES], capture_output=True, text=True, check=True).stdout
    return sorted(path for path in set(listed.splitlines()) if path.endswith((".nii", ".nii.gz", ".hdr", ".hdr.gz")))


def nibabel_header(path):
    front = (gzip.open if path.endswith(".gz") else open)(path, "rb").read()
    for header in CLASSES:
        offset = 344 if issubclass(header, nibabel.Nifti1Header) and not issubclass(header, nibabel.Nifti2Header) else 4
        magic = header.single_magic if header.is_single else header.pair_magic
        if front[offset:offset + len(magic)] == magic:
            return header.from_fileobj(io.BytesIO(front))
    raise ValueError(f"no NIfTI header in {path}")


def our_headers(paths):
    printed = subprocess.run([os.environ["PRINT_NIFTI_HEADER"], *paths], capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in printed.splitlines()]


class Headers(unittest.TestCase):
    def compare(self, ours, theirs):
        shape = theirs.get_data_shape()
        self.assertEqual(ours["shape"], [*shape, 1, 1, 1][:4])
        self.assertEqual(ours["datatype"], theirs["datatype"])
        self.assertEqual(ours["cell_bytes"], theirs.get_data_dtype().itemsize)
        self.assertEqual(ours["swapped"], theirs.endianness != nibabel.volumeutils.native_code)
        self.assertEqual(ours["is_pair"], not theirs.is_single)
        self.assertEqual(ours["data_offset"], theirs.get_data_offset())
        slope, intercept = theirs.get_slope_inter()
        self.assertEqual(ours["scaling"], [1, 0] if slope is None else [slope, intercept])
        self.assertEqual(ours["zooms"], theirs["pixdim"][1:4].tolist())
        units = theirs.get_xyzt_units()
        self.assertEqual(ours["mm_per_unit"], SPACE_UNITS[units[0]])
        zooms = theirs.get_zooms()
        self.assertAlmostEqual(ours["tr"], float(zooms[3]) * TIME_UNITS[units[1]] if len(zooms) > 3 else 0, places=12)
        np.testing.assert_allclose(ours["affine"], theirs.get_best_affine(), rtol=1e-14, atol=1e-13)
        self.assertEqual(ours["codes"], [theirs["sform_code"], theirs["qform_code"]])
        self.assertEqual(ours["quatern"], [theirs[f"quatern_{axis}"] for axis in "bcd"])
        self.assertEqual(ours["qoffset"], [theirs[f"qoffset_{axis}"] for axis in "xyz"])
        self.assertEqual(ours["qfac"], theirs["pixdim"][0])
        parameters = [theirs[f"intent_p{i}"] for i in (1, 2, 3)]
        self.assertEqual(ours["intent"], [theirs["intent_code"], parameters, list(theirs["intent_name"].item())])
        self.assertEqual(ours["descrip"], list(theirs["descrip"].item().partition(b"\0")[0]))

    def test_real_files(self):
        paths = real_files()
        self.assertGreaterEqual(len(paths), 25, "of Debian 12")
        read = 0
        for path, ours in zip(paths, our_headers(paths), strict=True):
            with self.subTest(path=path):
                refused = REFUSED.get(os.path.basename(path))
                if refused:
                    self.assertEqual(ours["exit"], 65)
                    self.assertIn(refused, ours["error"])
                else:
                    self.assertNotIn("error", ours)
                    self.compare(ours, nibabel_header(path))
                    read += 1
        self.assertEqual(read, len(paths) - len(REFUSED))

    def test_random_headers(self):
        random = np.random.default_rng(4)
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for number in range(400):
                theirs = random_header(random, CLASSES[number % 4], "<>"[number // 4 % 2])
                paths.append(f"{folder}/{number}.nii")
                pathlib.Path(paths[-1]).write_bytes(theirs.binaryblock)
            for path, ours in zip(paths, our_headers(paths), strict=True):
                with self.subTest(path=path):
                    self.assertNotIn("error", ours)
                    self.compare(ours, nibabel_header(path))


def random_header(random, cls, endianness):
    """Half of its fields are odd: nibabel mends those when it reads them."""
    header = cls(endianness=endianness)
    header["dim"][0] = random.integers(1, 8)
    header["dim"][1:5] = random.integers(1, 30, 4)
    header["datatype"] = random.choice([2, 4, 8, 16, 64, 256, 512, 768, 1024, 1280])
    header["bitpix"] = header.get_data_dtype().itemsize * 8
    header["vox_offset"] = random.choice([352, 544, 1008] if cls.is_single else [0, 16, 352])
    if cls.is_single and cls.sizeof_hdr == 540:
        header["vox_offset"] = max(544, header["vox_offset"])
    header["pixdim"][1:5] = random.choice([1, 2.2, 0.7, 3], 4) * random.choice([1, 1, 1, -1, 0], 4)
    header["pixdim"][4] = abs(header["pixdim"][4])
    header["pixdim"][0] = random.choice([1, -1, 0, 3])
    header["scl_slope"] = random.choice([1, 0, np.nan, np.inf, 0.3, -2])
    header["scl_inter"] = random.choice([0, 7.7])
    header["xyzt_units"] = random.choice([0, 1, 2, 3]) + random.choice([0, 8, 16, 24])
    header["sform_code"] = random.choice([0, 0, 1, 4, 5, 9, -1])
    header["qform_code"] = random.choice([0, 1, 2, 3, 6])
    quaternion = random.normal(size=4) * random.choice([0, 1], 4)
    quaternion /= max(np.linalg.norm(quaternion), 1e-9) * np.copysign(1 + 1e-12, quaternion[0])
    for axis, part in zip("bcd", quaternion[1:]):
        header[f"quatern_{axis}"] = part
    for axis in "xyz":
        header[f"qoffset_{axis}"] = random.normal() * 100
        header[f"srow_{axis}"] = random.normal(size=4)
    header["intent_code"] = random.choice([0, 3, 4, 5, 22, 1007])
    for i in (1, 2, 3):
        header[f"intent_p{i}"] = random.normal()
    header["intent_name"] = random.choice([b"", b"sixteen bytes ab"])
    header["descrip"] = random.choice([b"", b"FSL5.0", b"x" * 80])
    return header


class Maps(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.random = np.random.default_rng(5)

    def write(self, name, cells, file_limit=-1, **fields):
        """Writes cells, x first; returns the finished process, the path and what was asked for. Files may grow to the limit."""
        zooms = fields.pop("zooms", [2, 2, 2])
        spec = {"shape": [*cells.shape, 1][:4], "double": cells.dtype == np.float64,
                "affine": np.diag([*zooms, 1]).tolist(), "sform_code": 1, "qform_code": 1, "zooms": zooms, "tr": 0,
                "intent_code": 0, "intent_parameters": [0, 0, 0], "intent_name": "", "descrip": ""} | fields
        (self.folder / "spec.json").write_text(json.dumps(spec))
        cells.ravel(order="F").tofile(self.folder / "cells")
        path = self.folder / name
        command = [os.environ["WRITE_NIFTI_MAP"], self.folder / "spec.json", self.folder / "cells", path]
        # Python ignores SIGXFSZ, and so do its children: they get an error at the limit.
        done = subprocess.run(command, capture_output=True, text=True, restore_signals=False,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, -1)))
        return done, path, spec

    def written(self, name, cells, **fields):
        done, path, spec = self.write(name, cells, **fields)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(list(self.folder.glob("*.part")), [])
        return nibabel.load(path), spec

    def cells(self, *shape, dtype=np.float32):
        cells = self.random.normal(size=shape).astype(dtype)
        cells.flat[:3] = [np.nan, np.inf, -0.0]
        return cells

    def test_all_fields(self):
        for name, dtype, shape in (("a.nii", np.float32, (5, 4, 3)), ("a.nii.gz", np.float32, (40, 30, 20)),
                                   ("b.nii", np.float64, (5, 1, 1, 6)), ("b.nii.gz", np.float64, (3, 4, 5, 2))):
            with self.subTest(name=name):
                cells = self.cells(*shape, dtype=dtype)
                affine = rotation(self.random) @ np.diag([2, 3, 4, 1])
                affine[:3, 3] = [-90, -126.5, 72]
                image, spec = self.written(
                    name, cells, affine=affine.tolist(), zooms=[2, 3, 4], sform_code=4, qform_code=1, tr=1.5, intent_code=4,
                    intent_parameters=[2, 177.5, 0], intent_name="any: A, B", descrip="swather 0.1, F of any")
                header = image.header
                self.assertIs(type(image), nibabel.Nifti1Image)
                self.assertEqual(image.get_data_dtype(), dtype)
                np.testing.assert_array_equal(np.asarray(image.dataobj), cells)
                np.testing.assert_allclose(header.get_zooms(), [2, 3, 4, 1.5][:len(shape)])
                np.testing.assert_allclose(image.affine, affine, rtol=1e-6, atol=1e-6)
                np.testing.assert_allclose(header.get_sform(), affine, rtol=1e-6, atol=1e-6)
                np.testing.assert_allclose(header.get_qform(), affine, rtol=1e-5, atol=1e-5)
                self.assertEqual([header["sform_code"], header["qform_code"]], [4, 1])
                self.assertEqual(header.get_xyzt_units(), ("mm", "sec"))
                self.assertEqual(header.get_intent(), ("f test", (2, 177.5), "any: A, B"))
                self.assertEqual(header["descrip"].item().decode(), spec["descrip"])
                # What nibabel finds at fault in it: nothing.
                self.assertEqual(nibabel.Nifti1Header.diagnose_binaryblock(header.binaryblock), "")

    def test_our_reader_reads_them(self):
        for name in ("a.nii", "a.nii.gz"):
            self.written(name, self.cells(5, 4, 3), intent_code=3, intent_parameters=[17, 0, 0], intent_name="A - B")
            Headers.compare(self, our_headers([str(self.folder / name)])[0], nibabel_header(str(self.folder / name)))

    def test_qforms_of_many_affines(self):
        for number in range(60):
            zooms = self.random.uniform(0.3, 5, 3)
            affine = rotation(self.random) @ np.diag([*zooms, 1])
            if number % 4 == 0:  # axes along the scanner's, in any order and direction
                affine[:3, :3] = np.eye(3)[self.random.permutation(3)] @ np.diag(self.random.choice([-1, 1], 3) * zooms)
            affine[:3, 3] = self.random.normal(size=3) * 50
            if number % 2 == 0:
                affine[:3, 2] *= -1
            image, _ = self.written("q.nii", self.cells(2, 3, 4), affine=affine.tolist(), zooms=zooms.tolist(), sform_code=0,
                                    qform_code=3)
            self.assertEqual([image.header["sform_code"], image.header["qform_code"]], [0, 3])
            # The quaternion is of float32 and its first number is not stored: 1 - 3e-7 may be read as 1.
            np.testing.assert_allclose(image.affine, affine, rtol=1e-5, atol=5e-3)
            theirs = nibabel.Nifti1Header()
            theirs.set_qform(affine, code=3)
            np.testing.assert_allclose(image.affine, theirs.get_qform(), rtol=1e-5, atol=5e-3)

    def test_shear_goes_to_the_sform(self):
        affine = np.array([[2, 0.3, 0, -7], [0, 2, 0, 8], [0, 0, 2, 9], [0, 0, 0, 1]])
        for asked, stored in (((2, 1), [2, 0]), ((0, 3), [3, 0])):
            image, _ = self.written("s.nii", self.cells(2, 3, 4), affine=affine.tolist(), sform_code=asked[0], qform_code=asked[1])
            self.assertEqual([image.header["sform_code"], image.header["qform_code"]], stored)
            np.testing.assert_allclose(image.affine, affine, rtol=1e-6)

    def test_neither_form(self):
        image, _ = self.written("n.nii", self.cells(3, 4, 5), sform_code=0, qform_code=0, zooms=[3, 2.5, 1])
        self.assertEqual([image.header["sform_code"], image.header["qform_code"]], [0, 0])
        np.testing.assert_array_equal(image.affine, [[-3, 0, 0, 3], [0, 2.5, 0, -3.75], [0, 0, 1, -2], [0, 0, 0, 1]])

    def test_intents(self):
        for code, parameters, theirs in ((0, [], ("none", ())), (3, [17.5], ("t test", (17.5,))), (5, [], ("z score", ())),
                                         (22, [], ("p value", ()))):
            image, _ = self.written("i.nii", self.cells(2, 2, 2), intent_code=code, intent_parameters=[*parameters, 0, 0, 0][:3])
            self.assertEqual(image.header.get_intent()[:2], theirs)

    def test_long_axes_are_nifti_2(self):
        for name in ("l.nii", "l.nii.gz"):
            cells = self.cells(2, 32_768, 1)
            image, _ = self.written(name, cells)
            self.assertIs(type(image), nibabel.Nifti2Image)
            np.testing.assert_array_equal(np.asarray(image.dataobj), cells)
            self.assertEqual(nibabel.Nifti2Header.diagnose_binaryblock(image.header.binaryblock), "")
            self.assertEqual(our_headers([str(self.folder / name)])[0]["shape"], [2, 32_768, 1, 1])
        self.assertIs(type(self.written("m.nii", self.cells(2, 32_767, 1))[0]), nibabel.Nifti1Image)

    def test_long_texts_are_cut_between_characters(self):
        image, _ = self.written("t.nii", self.cells(2, 2, 2), intent_name="contrast of ä-ö", descrip="µ" * 50)
        self.assertEqual(image.header["intent_name"].item().decode(), "contrast of ä-")  # 15 bytes; ö would end at 17
        self.assertEqual(image.header["descrip"].item().decode(), "µ" * 39)

    def test_bgzf_of_whole_blocks(self):
        _, _ = self.written("a.nii.gz", self.cells(40, 30, 20))
        packed = (self.folder / "a.nii.gz").read_bytes()
        self.assertEqual(packed[12:14], b"BC")
        self.assertEqual(packed[-28:], bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000"))  # SAM 4.1.2
        subprocess.run(["gzip", "-t", self.folder / "a.nii.gz"], check=True)

    def test_replaces_what_was_there(self):
        for cells in (self.cells(20, 20, 20), self.cells(2, 2, 2)):
            image, _ = self.written("a.nii", cells)
            np.testing.assert_array_equal(np.asarray(image.dataobj), cells)

    def test_errors(self):
        done, path, _ = self.write("a.img", self.cells(2, 2, 2))
        self.assertEqual((done.returncode, path.exists()), (2, False))
        self.assertIn("must end in .nii.gz or .nii", done.stderr)
        done, path, _ = self.write("nowhere/a.nii", self.cells(2, 2, 2))
        self.assertEqual(done.returncode, 74)
        self.assertIn("nowhere/a.nii", done.stderr)
        self.assertIn("No such file or directory", done.stderr)

    def test_nothing_is_left_where_writing_fails(self):
        for name in ("a.nii", "a.nii.gz"):
            before, _ = self.written(name, self.cells(2, 2, 2))
            before = pathlib.Path(before.get_filename()).read_bytes()
            for limit in (100, 300, 20_000):  # in the header, in the cells
                done, path, _ = self.write(name, self.cells(30, 30, 30), file_limit=limit)
                self.assertEqual(done.returncode, 74)
                self.assertIn(f"'{path}': File too large", done.stderr)
                self.assertEqual(path.read_bytes(), before)
                self.assertEqual(list(self.folder.glob("*.part")), [])


def rotation(random):
    """Any rotation, as a 4 × 4 matrix."""
    matrix, _ = np.linalg.qr(random.normal(size=(3, 3)))
    out = np.eye(4)
    out[:3, :3] = matrix * np.sign(np.linalg.det(matrix))
    return out


if __name__ == "__main__":
    unittest.main()
