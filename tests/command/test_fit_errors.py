# SPDX-License-Identifier: MIT
"""`swather fit` of what it cannot fit: one clear error with its exit code, and no output under the final name."""

import gzip
import unittest

import nibabel
import numpy as np
from fit_testing import FitTest, affine_of, image_of
from swather_testing import BAD_DATA, BGZF_EOF, CANNOT_CREATE, CANNOT_READ, USAGE, beside, swather, tool

ALONE, WITH_OTHERS = (None,), (None, 3)  # mpirun takes a second or two to end after an exit code that is not 0
SHAPE = (5, 4, 3, 10)

# Where the fields of a NIfTI-1 header begin.
DIM, DATATYPE, VOX_OFFSET = 40, 70, 108


class FitErrorsTest(FitTest):
    def setUp(self):
        super().setUp()
        self.values = np.random.default_rng(1).integers(10, 1000, SHAPE)
        self.image = self.save(self.values, dtype=np.int16)
        self.other = self.save(self.values, "other.nii", dtype=np.int16)
        self.design = self.put("design.tsv", "A\tB\tconstant\n" + "".join(f"{t % 3}\t{t % 5}\t1\n" for t in range(10)))

    def fails(self, code, paths, *options, words=(), model="mean", ranks=ALONE):
        """It ends with this code and these words in its one error, on each number of ranks."""
        paths = paths if isinstance(paths, (list, tuple)) else [paths]
        for number in ranks:
            with self.subTest(ranks=number, options=options):
                output = self.new_output()
                result = swather("fit", *paths, "--model", model, "-o", output, *options, ranks=number)
                self.assert_one_error(result, code, *words)
                self.assert_nothing_published(output)
                self.assertEqual([name for name in beside(output) if not name.endswith(".journal")], [])

    def glm_fails(self, code, *options, words=(), ranks=ALONE, paths=None, design=True):
        given = ["--design", self.design] if design else []
        self.fails(code, paths or self.image, *given, *options, words=words, model="glm", ranks=ranks)

    def damaged(self, name, *changes, image=None):
        """The image, with other bytes at some places."""
        content = bytearray((image or self.image).read_bytes())
        for place, value in changes:
            content[place:place + len(value)] = value
        return self.put(name, bytes(content))

    @staticmethod
    def dims(*sizes):
        return DIM, np.array([len(sizes), *sizes], "<i2").tobytes()


class ImageFilesTest(FitErrorsTest):
    def test_missing_files(self):
        self.fails(CANNOT_READ, self.image.with_name("no.nii"), words=["no.nii"], ranks=WITH_OTHERS)
        self.fails(CANNOT_READ, [self.image, self.image.with_name("no.nii.gz")], words=["no.nii.gz"])
        self.fails(CANNOT_READ, self.image.with_name("none-*.nii"), words=["none-*.nii"])
        self.fails(CANNOT_READ, self.image, "--mask", self.image.with_name("no.nii"), words=["no.nii"], ranks=WITH_OTHERS)

    def test_half_of_a_pair(self):
        path = self.save(nibabel.Nifti1Pair(self.values.astype(np.int16), affine_of()), "pair.img")
        path.unlink()
        for name in ("pair.img", "pair.hdr"):
            self.fails(CANNOT_READ, path.with_name(name), words=["pair.img", "pair.hdr"][:1 + (name == "pair.hdr")])

    def test_what_is_no_image(self):
        self.fails(BAD_DATA, self.put("text.nii", "not an image at all" * 100), words=["text.nii"])
        self.fails(BAD_DATA, self.put("empty.nii", ""), words=["empty.nii"])
        self.fails(BAD_DATA, self.put("empty.nii.gz", gzip.compress(b"")), words=["empty.nii.gz"])
        self.fails(BAD_DATA, self.put("short.nii", self.image.read_bytes()[:200]), words=["short.nii", "200"], ranks=WITH_OTHERS)

    def test_a_header_that_promises_more_than_there_is(self):
        whole = 352 + self.values.size * 2
        short = self.put("short.nii", self.image.read_bytes()[:-1])
        words = ["5 × 4 × 3 × 10", f"{whole:,}", f"{whole - 1:,}"]
        self.fails(BAD_DATA, short, words=["short.nii", *words], ranks=WITH_OTHERS)
        self.fails(BAD_DATA, self.put("short.nii.gz", gzip.compress(short.read_bytes())), words=words, ranks=WITH_OTHERS)
        self.fails(BAD_DATA, self.put("bgzf.nii.gz", tool("bgzip", "-c", text=short.read_bytes())), words=words)
        self.fails(BAD_DATA, [self.image, short], words=["short.nii", *words])

    def test_truncated_compressed_images(self):
        rng = np.random.default_rng(2)
        raw = self.save(rng.integers(-3000, 3000, (40, 40, 9, 10)), "large.nii", dtype=np.int16).read_bytes()
        for name, packed in (("gzip", gzip.compress(raw)), ("bgzf", tool("bgzip", "-c", text=raw))):
            for kept, ranks in ((len(packed) // 2, WITH_OTHERS), (len(packed) - 5, ALONE), (40, ALONE)):
                path = self.put(f"{name}.nii.gz", packed[:kept])
                self.fails(BAD_DATA, path, words=[f"{name}.nii.gz"], ranks=ranks)
                self.fails(BAD_DATA, path, "--threshold", "5", words=[f"{name}.nii.gz"])
        self.fails(BAD_DATA, self.put("end.nii.gz", packed.removesuffix(BGZF_EOF)), words=["end.nii.gz"])

    def test_damaged_compressed_images(self):
        packed = bytearray(gzip.compress(self.image.read_bytes()))
        packed[-6] ^= 1
        self.fails(BAD_DATA, self.put("crc.nii.gz", bytes(packed)), words=["crc.nii.gz"])

    def test_junk_behind_compressed_images(self):
        raw = self.image.read_bytes()
        for name, packed in (("gzip", gzip.compress(raw)), ("bgzf", tool("bgzip", "-c", text=raw))):
            for junk in (b"x", b"\x1f", b"junk" * 500, bytes(9) + b"\1", bytes(2_000_000) + b"x"):
                path = self.put(f"{name}.nii.gz", packed + junk)
                self.fails(BAD_DATA, path, words=[f"{name}.nii.gz", "junk", f"{len(packed):,}", f"{len(junk):,} more"])

    def test_giant_dims(self):
        for sizes in ((32767, 32767, 32767, 32767), (32767, 32767, 32767), (5, 4, 3, 32767)):
            path = self.damaged("giant.nii", self.dims(*sizes))
            words = ["giant.nii"]
            self.fails(BAD_DATA, path, words=words)
            self.fails(BAD_DATA, self.put("giant.nii.gz", gzip.compress(path.read_bytes())), words=["giant.nii.gz"])
            if len(sizes) < 4 or sizes[3] == 32767 == sizes[0]:
                self.fails(BAD_DATA, path, "--threshold", "20%", words=words)
        self.fails(BAD_DATA, path, words=["5 × 4 × 3 × 32767"], ranks=(3,))
        second = image_of(self.values, dtype=np.int16, kind=nibabel.Nifti2Image)
        path = self.save(second, "second.nii")
        for size in (2**62, 2**40):
            giant = self.damaged("giant.nii", (16, np.array([4, size, size, 2, 2], "<i8").tobytes()), image=path)
            self.fails(BAD_DATA, giant, words=["giant.nii"])

    def test_dims_that_are_none(self):
        for sizes in ((5, 4, 3, -10), (-5, 4, 3, 10), (5, 0, 3, 10), (5, 4, 3, 10, 2), (5, 4, 3, 1, 3)):
            self.fails(BAD_DATA, self.damaged("dims.nii", self.dims(*sizes)), words=["dims.nii"])
        self.fails(BAD_DATA, self.damaged("dims.nii", (DIM, b"\x09\0")), words=["dims.nii", "dim[0]"], ranks=(3,))

    def test_voxels_that_are_no_real_numbers(self):
        path = self.save(nibabel.Nifti1Image(self.values.astype(np.complex64), affine_of()), "complex.nii")
        self.fails(BAD_DATA, path, words=["complex.nii", "complex64"], ranks=WITH_OTHERS)
        for code, word in ((128, "rgb"), (1536, "float128"), (7, "datatype")):
            path = self.damaged("other.nii", (DATATYPE, np.array([code], "<i2").tobytes()))
            self.fails(BAD_DATA, path, words=["other.nii", word])

    def test_data_inside_of_the_header(self):
        path = self.damaged("inside.nii", (VOX_OFFSET, np.array([100], "<f4").tobytes()))
        self.fails(BAD_DATA, path, words=["inside.nii", "vox_offset"])

    def test_images_of_different_shapes(self):
        other = self.save(np.zeros((5, 4, 2, 10)), "other.nii")
        self.fails(BAD_DATA, [self.image, other], words=["other.nii", "5 × 4 × 2", "5 × 4 × 3"], ranks=WITH_OTHERS)

    def test_images_in_different_places(self):
        affine = affine_of()
        affine[1, 3] += 0.5
        other = self.save(self.values, "other.nii", affine=affine)
        self.fails(BAD_DATA, [self.image, other], words=["other.nii", "affine", "row 2, column 4", "20.5"])


class TwiceTest(FitErrorsTest):
    def test_an_image_given_twice(self):
        self.fails(USAGE, [self.image, self.image], words=["twice"], ranks=WITH_OTHERS)

    def test_files_in_other_roles_are_another_analysis(self):
        mask = self.save(self.values[..., :1], "mask.nii", dtype=np.int16)
        volume = self.save(self.values[..., 1:2], "volume.nii", dtype=np.int16)
        output, _ = self.run_fit([volume, mask], model="mean")
        result = swather("fit", volume, "--mask", mask, "--model", "mean", "-o", output)
        self.assert_one_error(result, CANNOT_CREATE)


class MaskTest(FitErrorsTest):
    def test_a_mask_of_another_shape(self):
        for shape, word in (((5, 4, 4), "5 × 4 × 4"), ((4, 5, 3), "4 × 5 × 3")):
            self.fails(BAD_DATA, self.image, "--mask", self.save(np.ones(shape), "mask.nii"), words=["mask.nii", word, "5 × 4 × 3"],
                       ranks=WITH_OTHERS)

    def test_a_mask_elsewhere(self):
        mask = self.save(np.ones(SHAPE[:3]), "mask.nii", affine=affine_of((2, 2.5, 3.5)))
        self.fails(BAD_DATA, self.image, "--mask", mask, words=["mask.nii", "affine"])

    def test_a_mask_in_time(self):
        self.fails(BAD_DATA, self.image, "--mask", self.image, words=["mask", "10 volumes"])

    def test_a_mask_without_voxels(self):
        mask = self.save(np.zeros(SHAPE[:3]), "mask.nii")
        self.fails(BAD_DATA, self.image, "--mask", mask, words=["mask.nii", "no voxel"], ranks=WITH_OTHERS)
        self.fails(BAD_DATA, self.image, "--threshold", "1e6", words=["no voxel", "--threshold"])

    def test_a_truncated_mask(self):
        mask = self.save(np.ones(SHAPE[:3]), "mask.nii.gz")
        self.fails(BAD_DATA, self.image, "--mask", self.put("cut.nii.gz", mask.read_bytes()[:-12]), words=["cut.nii.gz"])
        whole = gzip.decompress(mask.read_bytes())
        self.fails(BAD_DATA, self.image, "--mask", self.put("cut.nii", whole[:-1]), words=["cut.nii", f"{len(whole) - 1:,}"])

    def test_wrong_thresholds(self):
        for text in ("x", "", "%", "-5%", "101%", "nan", "1e999"):
            self.fails(USAGE, self.image, "--threshold", text, words=["--threshold"])
        self.fails(USAGE, self.image, "--threshold", "5", "--mask", self.image, words=["--threshold"], ranks=WITH_OTHERS)


class GlmTest(FitErrorsTest):
    def test_a_design_of_another_length(self):
        short = self.put("short.tsv", "A\tconstant\n" + "1\t1\n" * 9)
        self.glm_fails(BAD_DATA, "--design", short, words=["short.tsv", "9 rows", "10 volumes"], design=False, ranks=WITH_OTHERS)

    def test_designs_that_are_none(self):
        for text, words in (("A\tB\n1\tx\n", ["line 2", "'x'"]), ("A\tB\n1\n", ["line 2"]), ("", ["empty"]),
                            ("A\tB\n" + "1\tnan\n" * 10, ["line 2"])):
            self.glm_fails(BAD_DATA, "--design", self.put("bad.tsv", text), words=["bad.tsv", *words], design=False)
        self.glm_fails(CANNOT_READ, "--design", self.image.with_name("no.tsv"), words=["no.tsv"], design=False)

    def test_neither_events_nor_design(self):
        self.glm_fails(USAGE, words=["--events", "--design"], design=False, ranks=WITH_OTHERS)

    def test_designs_for_another_number_of_runs(self):
        self.glm_fails(USAGE, "--design", self.design, words=["2 times", "1 run"])
        self.glm_fails(USAGE, words=["--design was given once", "2 runs"], paths=[self.image, self.other], ranks=WITH_OTHERS)
        events = self.put("events.tsv", "onset\tduration\ttrial_type\n1\t1\tA\n")
        self.glm_fails(USAGE, "--events", events, words=["--events", "2 runs"], paths=[self.image, self.other], design=False)
        self.glm_fails(USAGE, "--events", events, *["--confounds", self.design] * 2, words=["--confounds"], design=False)

    def test_contrasts_that_cannot_be_a_group(self):
        self.glm_fails(USAGE, "--contrast", ".: A", words=["'.'"])

    def test_events_that_are_none(self):
        for text, words in (("onset\ttrial_type\n1\tA\n", ["duration"]), ("onset\tduration\nx\t1\n", ["line 2", "'x'"])):
            self.glm_fails(BAD_DATA, "--events", self.put("events.tsv", text), words=["events.tsv", *words], design=False)

    def test_confounds_of_another_length(self):
        events = self.put("events.tsv", "onset\tduration\ttrial_type\n1\t1\tA\n")
        confounds = self.put("confounds.tsv", "x\n" + "1\n" * 8)
        self.glm_fails(BAD_DATA, "--events", events, "--confounds", confounds, words=["confounds.tsv", "8", "10"], design=False)

    def test_no_repetition_time(self):
        events = self.put("events.tsv", "onset\tduration\ttrial_type\n1\t1\tA\n")
        timeless = self.save(image_of(self.values, tr=0), "timeless.nii")
        self.glm_fails(USAGE, "--events", events, words=["timeless.nii", "--tr"], paths=timeless, design=False, ranks=WITH_OTHERS)
        self.glm_fails(USAGE, "--events", events, "--tr", "0", words=["--tr"], paths=timeless, design=False)
        self.glm_fails(USAGE, "--events", events, "--tr", "-2", words=["--tr"], paths=timeless, design=False)

    def test_contrasts_of_unknown_columns(self):
        for option in ("--contrast", "--ftest"):
            self.glm_fails(USAGE, option, "A - Constant", words=["'Constant'", "constant"], ranks=WITH_OTHERS)
        self.glm_fails(USAGE, "--contrast", "1 -1 0 1", words=["4", "3"])

    def test_contrasts_that_cannot_be_read(self):
        for text in ("", "A -", "A - * B", "x:", "A B"):
            self.glm_fails(USAGE, "--contrast", text)

    def test_two_of_one_name(self):
        self.glm_fails(USAGE, "--contrast", "A - B", "--contrast", "A - B", words=["two contrasts", "A - B"], ranks=WITH_OTHERS)
        self.glm_fails(USAGE, "--ftest", "x: A", "--ftest", "x: B", words=["two F tests", "x"])
        self.glm_fails(USAGE, "--contrast", "x: A", "--contrast", "x: B", words=["two contrasts", "x"])

    def test_options_that_are_none(self):
        for options in (["--noise", "ar2"], ["--maps", "beta,gamma"], ["--scale", "x"], ["--hrf", "fir"]):
            self.glm_fails(USAGE, *options, words=[options[0]])
        events = self.put("events.tsv", "onset\tduration\ttrial_type\n1\t1\tA\n")
        self.glm_fails(USAGE, "--events", events, "--drift", "linear", words=["--drift"], design=False)
        self.fails(USAGE, self.image, words=["--model"], model="median")


class OtherModelsTest(FitErrorsTest):
    def table(self, values=10, vectors=10):
        b = ["0", *["1000"] * (values - 1)]
        v = ["0 0 0", *["1 0 0", "0 1 0", "0 0 1", "0.6 0.8 0", "0 0.6 0.8", "0.8 0 0.6", "0.8 0.6 0"] * 5][:vectors]
        return ["--bvals", self.put("b.bval", " ".join(b)), "--bvecs", self.put("b.bvec", "\n".join(v))]

    def test_b_tables_of_another_length(self):
        for values, vectors, words in ((9, 9, ["9", "10"]), (10, 9, ["10 b-values", "9 b-vectors"]), (11, 11, ["11", "10"])):
            self.fails(BAD_DATA, self.image, *self.table(values, vectors), words=["b.bval", *words], model="tensor",
                       ranks=WITH_OTHERS if values == 9 else ALONE)

    def test_b_tables_that_are_none(self):
        table = self.table()
        self.put("b.bval", "0 x" + " 1000" * 8)
        self.fails(BAD_DATA, self.image, *table, words=["b.bval", "'x'"], model="tensor")
        self.fails(USAGE, self.image, *self.table()[:2], words=["--bvecs"], model="tensor")
        table = self.table()
        self.put("b.bvec", "\n".join(["0 0 0", *["2 0 0"] * 9]))
        self.fails(BAD_DATA, self.image, *table, words=["b.bvec", "length"], model="tensor")
        table[3].unlink()
        self.fails(CANNOT_READ, self.image, *table, words=["b.bvec"], model="tensor")

    def test_echo_times(self):
        self.fails(BAD_DATA, self.image, "--te", "5,10", words=["2 echo times", "10 volumes"], model="t2star", ranks=WITH_OTHERS)
        self.fails(USAGE, self.image, words=["wants --te"], model="t2star")
        self.fails(USAGE, self.image, "--te", "5,x", words=["--te"], model="t2star")
        one = self.save(self.values[..., 0], "one.nii")
        for times in ("0.01,-5,1,2,3,4,5,6,7,8", "5,5,5,5,5,5,5,5,5,5"):
            result = swather("fit", self.image, "--model", "t2star", "--te", times, "-o", self.output, ranks=None)
            self.assertIn(result.code, (USAGE, BAD_DATA), result)
            self.assert_one_error(result, result.code, "echo")
        result = swather("fit", one, "--model", "t2star", "--te", "5", "-o", self.output, ranks=None)
        self.assertIn(result.code, (USAGE, BAD_DATA), result)


class OutputTest(FitErrorsTest):
    def test_maps_on_stdout(self):
        for ranks in WITH_OTHERS:
            result = swather("fit", self.image, "--model", "mean", "-o", "-", ranks=ranks)
            self.assert_one_error(result, USAGE, "-o")
            self.assertEqual(result.stdout, "")

    def test_no_input(self):
        result = swather("fit", "--model", "mean", "-o", self.output, ranks=None)
        self.assert_one_error(result, USAGE, "input")


if __name__ == "__main__":
    unittest.main()
