# SPDX-License-Identifier: MIT
"""One clear error for whatever is wrong, printed once, with its exit code, and no output under the final name."""

import fcntl
import os
import random
import shutil
import struct
import subprocess
import unittest
from pathlib import Path

import h5py
from swather_testing import (
    BAD_DATA, BGZF_EOF, CANNOT_CREATE, CANNOT_READ, USAGE, Contig, OddReads, SwatherTest, beside, contents, many_reads,
    sam_header, sam_line, samtools_depth, swather, tool, whole_contigs, write_bam, write_index,
    command, ENVIRONMENT)

# Alone, and with others. mpirun takes a second or two to end after an exit code that is not 0, so that a test of many
# cases of one kind runs most of them alone.
RANKS = (None, 3)
ALONE = (None,)
CONTIGS = [Contig("chr1", 30_000), Contig("chr2:x", 5_000), Contig("chrM", 300)]


class ErrorsTest(SwatherTest):
    """A good BAM of several BGZF blocks, from which the bad ones are made."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lines = many_reads(CONTIGS, 20, seed=1)
        cls.bam = write_bam(cls.folder / "good.bam", cls.lines)
        cls.content = cls.bam.read_bytes()

    def fails(self, code, bam, *options, words=(), ranks=RANKS, output=None, clean=True):
        """`swather coverage` ends with this code and these words in its one error, on each number of ranks."""
        for number in ranks:
            with self.subTest(ranks=number):
                path = output or self.new_output()
                result = swather("coverage", bam, "-o", path, *options, ranks=number)
                self.assert_one_error(result, code, *words)
                if clean:
                    self.assert_nothing_published(path)

    def put(self, content, name="bad.bam", index=None):
        """A file beside the output; `index`: the BAM whose index it gets."""
        path = self.output.with_name(name)
        path.write_bytes(content)
        if index:
            shutil.copy(f"{index}.bai", f"{path}.bai")
        return path


class MissingInputTest(ErrorsTest):
    def test_no_such_file(self):
        self.fails(CANNOT_READ, self.folder / "nowhere.bam", words=["nowhere.bam", "No such file"])

    def test_a_folder(self):
        folder = self.folder / "folder.bam"
        folder.mkdir()
        self.fails(CANNOT_READ, folder, words=["folder.bam"])

    def test_a_pipe(self):
        """It cannot be sought, and nobody waits for its other end."""
        pipe = self.output.with_name("pipe.bam")
        os.mkfifo(pipe)
        result = swather("coverage", pipe, "-o", self.output, ranks=None, seconds=10)
        self.assert_one_error(result, CANNOT_READ, "pipe.bam")
        self.assert_nothing_published(self.output)

    def test_a_path_below_a_file(self):
        self.fails(CANNOT_READ, self.bam / "reads.bam", words=["good.bam/reads.bam"])

    def test_no_index(self):
        bam = self.put(self.content)
        self.fails(CANNOT_READ, bam, words=["bad.bam", "samtools index"])


def record_places(raw):
    """Where the records of an uncompressed BAM begin."""
    place = 8 + struct.unpack_from("<i", raw, 4)[0]
    contigs, = struct.unpack_from("<i", raw, place)
    place += 4
    for _ in range(contigs):
        place += 8 + struct.unpack_from("<i", raw, place)[0]
    places = []
    while place < len(raw):
        places.append(place)
        place += 4 + struct.unpack_from("<i", raw, place)[0]
    return places


def stored(raw):
    """BGZF without compression: blocks keep their places whatever is changed in them."""
    return tool("bgzip", "-l", "0", "-c", text=bytes(raw))


class NotABamTest(ErrorsTest):
    def test_text(self):
        self.fails(BAD_DATA, self.put(b"Dear reader,\nthis is no BAM.\n" * 50, index=self.bam), words=["bad.bam"])

    def test_an_empty_file(self):
        self.fails(BAD_DATA, self.put(b"", index=self.bam), words=["bad.bam"])

    def test_sam(self):
        sam = self.put("\n".join(self.lines).encode(), name="reads.sam")
        self.fails(BAD_DATA, sam, words=["reads.sam", "SAM"])

    def test_cram(self):
        bases = "".join(f">{contig.name}\n{'A' * contig.length}\n" for contig in CONTIGS)
        reference = self.put(bases.encode(), "genome.fa")
        cram = self.output.with_name("reads.cram")
        tool("samtools", "view", "-C", "-T", reference, "-o", cram, self.bam)
        self.fails(USAGE, cram, words=["reads.cram", "--reference"])

    def test_other_compressed_text(self):
        text = self.put(b"chr1\t1\t2\n" * 100, name="table.bed")
        tool("bgzip", text)
        self.fails(BAD_DATA, f"{text}.gz", words=["table.bed.gz"])

    def test_the_index_in_place_of_the_bam(self):
        self.fails(BAD_DATA, f"{self.bam}.bai", words=["good.bam.bai"])


class DamagedBamTest(ErrorsTest):
    def test_truncated_within_a_block(self):
        for kept in (len(self.content) // 2, len(self.content) - 60, 40):
            with self.subTest(kept=kept):
                self.fails(BAD_DATA, self.put(self.content[:kept], index=self.bam), words=["bad.bam"])

    def test_truncated_within_a_block_and_closed_with_an_end(self):
        for part in (3, 2):
            with self.subTest(part=part):
                bam = self.put(self.content[:len(self.content) // part] + BGZF_EOF, index=self.bam)
                self.fails(BAD_DATA, bam, "--block-size", "2000", words=["bad.bam"])

    def test_no_end_block(self):
        bam = self.put(self.content[:-len(BGZF_EOF)], index=self.bam)
        self.fails(BAD_DATA, bam, words=["bad.bam", "end-of-file"])

    def test_damaged_bytes(self):
        for part, block_size in ((0.3, "1000"), (0.55, "1M"), (0.9, "1000")):
            with self.subTest(part=part, block_size=block_size):
                damaged = bytearray(self.content)
                place = int(len(damaged) * part)
                damaged[place:place + 4] = bytes(255 - byte for byte in damaged[place:place + 4])
                self.fails(BAD_DATA, self.put(damaged, index=self.bam), "--block-size", block_size, words=["bad.bam"])

    def test_damaged_header(self):
        damaged = bytearray(self.content)
        damaged[30] ^= 0xFF
        self.fails(BAD_DATA, self.put(damaged, index=self.bam), words=["bad.bam"])

    def test_a_hole_of_zeros(self):
        """As a file system leaves it after a crash."""
        middle = len(self.content) // 2
        damaged = self.content[:middle] + bytes(8_192) + self.content[middle + 8_192:]
        self.fails(BAD_DATA, self.put(damaged, index=self.bam), "--block-size", "3000", words=["bad.bam"])

    def test_records_that_lie(self):
        """Whole BGZF blocks, good checksums, and in them a record that no program can have meant."""
        raw = bytearray(tool("bgzip", "-dc", self.bam))
        places = record_places(raw)
        place = places[len(places) // 2]
        bam = self.put(stored(raw))
        write_index(bam)
        lies = {  # offset in the record, and what is there then
            "size": (0, struct.pack("<i", 2_000_000_000)),
            "negative size": (0, struct.pack("<i", -1)),
            "small size": (0, struct.pack("<i", 20)),
            "contig": (4, struct.pack("<i", 77)),
            "number of CIGAR operations": (16, struct.pack("<H", 60_000)),
            "CIGAR operation": (36 + raw[place + 12], struct.pack("<I", 5 << 4 | 12)),
        }
        for name, (offset, value) in lies.items():
            with self.subTest(lie=name):
                changed = bytearray(raw)
                changed[place + offset:place + offset + len(value)] = value
                bam.write_bytes(stored(changed))
                self.fails(BAD_DATA, bam, "--block-size", "3000", words=["bad.bam"], ranks=ALONE)

    def test_an_error_tells_where(self):
        middle = len(self.content) // 2
        damaged = self.content[:middle] + bytes(4_096) + self.content[middle + 4_096:]
        self.fails(BAD_DATA, self.put(damaged, index=self.bam), "--block-size", "3000", words=["block", "chr1:"])


class SortOrderTest(ErrorsTest):
    def name_sorted(self, order):
        header, reads = sam_header(CONTIGS, order), [line for line in self.lines if not line.startswith("@")]
        reads.sort(key=lambda line: line.split("\t")[0])
        return write_bam(self.output.with_name("by_name.bam"), header + reads, index=None, sort=False)

    def test_sorted_by_name_says_the_header(self):
        bam = self.name_sorted("queryname")
        self.fails(BAD_DATA, bam, words=["by_name.bam", "name", "samtools sort"])
        shutil.copy(f"{self.bam}.bai", f"{bam}.bai")
        self.fails(BAD_DATA, bam, words=["by_name.bam", "name"])

    def test_not_sorted_but_nothing_says_so(self):
        bam = self.name_sorted("unknown")
        shutil.copy(f"{self.bam}.bai", f"{bam}.bai")
        self.fails(BAD_DATA, bam, "--block-size", "2000", words=["by_name.bam"])

    def test_sorted_but_nothing_says_so(self):
        """A header without @HD says nothing against it."""
        reads = tool("samtools", "view", self.bam).decode().splitlines()
        bam = write_bam(self.output.with_name("silent.bam"), sam_header(CONTIGS)[1:] + reads, sort=False)
        self.assert_depth(self.coverage(bam), samtools_depth(self.bam), whole_contigs(bam))


class ForeignIndexTest(ErrorsTest):
    def foreign(self, contigs, coverage, seed, kind="bai"):
        """The good BAM beside the index of another one."""
        other = write_bam(self.output.with_name("other.bam"), many_reads(contigs, coverage, seed), index=kind)
        bam = self.put(self.content)
        suffix = "bai" if kind == "bai" else "csi"
        shutil.move(f"{other}.{suffix}", f"{bam}.{suffix}")
        return bam

    def test_fewer_contigs(self):
        for kind, ranks in (("bai", RANKS), ("csi", ALONE)):
            with self.subTest(kind=kind):
                bam = self.foreign(CONTIGS[:2], 20, 2, kind)
                self.fails(BAD_DATA, bam, words=["bad.bam", "index", "contigs"], ranks=ranks)

    def test_more_contigs(self):
        contigs = [*CONTIGS, Contig("x", 500), Contig("y", 500)]
        self.fails(BAD_DATA, self.foreign(contigs, 20, 2), words=["bad.bam", "index", "contigs"])

    def test_offsets_behind_the_end_of_the_file(self):
        self.fails(BAD_DATA, self.foreign(CONTIGS, 60, 3), words=["bad.bam", "index"])

    def test_offsets_inside_the_file_on_no_border(self):
        for coverage, block_size, ranks in ((19, "1000", 3), (20, "1M", None), (19, "1M", None), (10, "1M", None)):
            with self.subTest(coverage=coverage, block_size=block_size):
                bam = self.foreign(CONTIGS, coverage, 4)
                self.fails(BAD_DATA, bam, "--block-size", block_size, words=["bad.bam", "index"], ranks=[ranks])

    def test_reads_of_another_contig_at_the_offsets(self):
        """The same reads, on contigs whose order is another: all offsets are good ones."""
        swapped = {"chr1": "chr2:x", "chr2:x": "chr1"}
        contigs = [Contig("chr1", 30_000), Contig("chr2:x", 30_000), Contig("chrM", 300)]
        lines = many_reads([contigs[0]], 20, seed=6)
        reads = [line.split("\t") for line in lines if not line.startswith("@")]
        other = [[*read[:2], swapped[read[2]], *read[3:]] for read in reads]
        paths = [write_bam(self.output.with_name(name), sam_header(contigs) + ["\t".join(read) for read in of_file])
                 for name, of_file in (("one.bam", reads), ("two.bam", other))]
        shutil.copy(f"{paths[1]}.bai", f"{paths[0]}.bai")
        self.fails(BAD_DATA, paths[0], "--block-size", "5000", words=["one.bam", "index"])

    def test_small_files_whose_offsets_are_all_in_one_bgzf_block(self):
        """Nothing may be counted that is not there, and nothing left out, without an error."""
        contigs = [Contig("a", 2_000), Contig("b", 2_000)]
        bams = [write_bam(self.output.with_name(f"{seed}.bam"), OddReads(seed, contigs).lines(0.03))
                for seed in range(20, 24)]
        for bam, other in zip(bams, bams[1:]):
            shutil.copy(f"{other}.bai", f"{bam}.bai")
            for block_size in ("500", "1M"):
                with self.subTest(bam=bam.name, block_size=block_size):
                    self.fails(BAD_DATA, bam, "--block-size", block_size, words=[bam.name, "index"], ranks=ALONE)

    def test_an_index_that_is_none(self):
        for content in (b"", b"no index\n" * 40, Path(f"{self.bam}.bai").read_bytes()[:-40]):
            with self.subTest(size=len(content)):
                bam = self.put(self.content)
                Path(f"{bam}.bai").write_bytes(content)
                self.fails(BAD_DATA, bam, words=["bad.bam", "samtools index"], ranks=ALONE)


class RegionsTest(ErrorsTest):
    def test_unknown_contig(self):
        for region in ("chr9", "chr9:1-100", "CHR1", "chr2", "{chr2:x:1}"):
            with self.subTest(region=region):
                self.fails(USAGE, self.bam, "-r", "chr1:1-10", "-r", region, words=["--region", region], ranks=ALONE)

    def test_outside_of_the_contig(self):
        for region in ("chr1:30001-30002", "chrM:301", "chrM:5000-6000", "chr2:x:5001-5001"):
            with self.subTest(region=region):
                self.fails(USAGE, self.bam, "-r", region, words=["--region", region], ranks=ALONE)

    def test_no_region_at_all(self):
        for region in ("", "chr1:20-10", "chr1:a-b", "chr1:10-20x", "{chr1", "chr1:1-2:3", ":1-10"):
            with self.subTest(region=region):
                self.fails(USAGE, self.bam, "-r", region, words=["--region"], ranks=ALONE)

    def test_printed_once_on_any_number_of_ranks(self):
        for region in ("chr9", "chrM:301"):
            self.fails(USAGE, self.bam, "-r", region, words=[region], ranks=[1, 3])


class OptionsTest(ErrorsTest):
    def test_wrong_options(self):
        wrong = [
            ["--no-such-option"], ["--compress", "10"], ["--compress", "-1"], ["--compress", "much"],
            ["--block-size", "0"], ["--block-size", "-5"], ["--block-size", "many"], ["--block-size", "5X"],
            ["--block-size", "1.5"], ["--block-size", ""], ["--block-size", "99999999999999999999"],
            ["--min-mapq", "high"], ["--min-mapq", "-1"], ["--min-baseq", "1.5"], ["--exclude-flags", "NO_FLAG"],
            ["--exclude-flags", "-1"], ["--exclude-flags", "12x"], ["--schedule", "random"], ["--progress", "loud"],
            ["--memory", "1"], ["--memory", "lots"], ["--region"], ["--names", "path"],
        ]
        for options in wrong:
            with self.subTest(options=options):
                self.fails(USAGE, self.bam, *options, words=[options[0]], ranks=ALONE)

    def test_wrong_use_on_any_number_of_ranks(self):
        for options in (["--no-such-option"], ["--compress", "10"], ["--block-size", "0"],
                        ["--exclude-flags", "NO_FLAG"]):
            with self.subTest(options=options):
                self.fails(USAGE, self.bam, *options, words=[options[0]], ranks=[3])

    def test_missing_words(self):
        for arguments, words in ((["coverage", self.bam], ["-o"]), (["coverage", "-o", self.output], []), ([], []),
                                 (["harvest", self.bam], ["harvest"]), (["inspect"], [])):
            for ranks in RANKS:
                with self.subTest(arguments=arguments, ranks=ranks):
                    self.assert_one_error(swather(*arguments, ranks=ranks), USAGE, *words)

    def test_the_help_of_the_command_that_was_given_is_named(self):
        for arguments, words in ((["coverage", self.bam, "--no-such-option"], "see swather coverage --help"),
                                 (["inspect"], "see swather inspect --help"), (["--no-such-option"], "see swather --help")):
            with self.subTest(arguments=arguments):
                self.assert_one_error(swather(*arguments, ranks=None), USAGE, words)

    def test_only_block_that_is_not_there(self):
        self.fails(USAGE, self.bam, "--only-block", "99", words=["99", "from 0 on"], ranks=ALONE)


class OutputTest(ErrorsTest):
    def test_folder_that_is_not_there(self):
        output = self.folder / "no" / "such" / "out.h5"
        self.fails(CANNOT_CREATE, self.bam, output=output, words=[output.parent])

    def test_path_below_a_file(self):
        self.fails(CANNOT_CREATE, self.bam, output=self.bam / "out.h5", words=["good.bam"], clean=False)

    def test_folder_in_which_nobody_can_write(self):
        self.fails(CANNOT_CREATE, self.bam, output=Path("/proc/out.h5"), words=["/proc"])

    def test_output_is_a_folder(self):
        self.output.mkdir()
        for options in ([], ["--force"]):
            self.fails(CANNOT_CREATE, self.bam, *options, output=self.output, words=["out.h5"], clean=False)
        self.assertEqual(os.listdir(self.output), [])

    def test_output_is_the_input(self):
        bam = self.put(self.content, index=self.bam)
        self.fails(CANNOT_CREATE, bam, output=bam, words=["bad.bam"], clean=False)
        self.assertEqual(bam.read_bytes(), self.content)

    def test_scratch_that_cannot_be(self):
        self.fails(CANNOT_CREATE, self.bam, "--scratch", self.bam / "scratch", words=["good.bam/scratch"])

    def refused(self, words):
        self.fails(CANNOT_CREATE, self.bam, output=self.output, words=words, clean=False)

    def test_journal_that_cannot_be(self):
        Path(f"{self.output}.journal").write_bytes(b"a file of somebody")
        self.refused(["out.h5.journal"])

    def test_what_is_no_file_is_not_replaced(self):
        """A pipe or a device, even with --force; and nobody waits for the other end of the pipe."""
        for options in ([], ["--force"]):
            with self.subTest(options=options):
                self.output.unlink(missing_ok=True)
                os.mkfifo(self.output)
                result = swather("coverage", self.bam, "-o", self.output, *options, ranks=None, seconds=10)
                self.assert_one_error(result, CANNOT_CREATE, "out.h5")
                self.assertTrue(self.output.is_fifo())

    def test_another_file_is_kept_unless_forced(self):
        for content in (b"notes of mine", b""):
            with self.subTest(content=content):
                self.output.write_bytes(content)
                self.refused(["out.h5", "--force"])
                self.assertEqual(self.output.read_bytes(), content)
        self.coverage(self.bam, "--force", output=self.output)
        self.assert_depth(self.output, samtools_depth(self.bam), whole_contigs(self.bam))

    def test_another_hdf5_file_is_kept(self):
        with h5py.File(self.output, "w") as file:
            file["mine"] = [1, 2, 3]
        self.refused(["out.h5", "--force"])
        with h5py.File(self.output, "r") as file:
            self.assertEqual(list(file), ["mine"])

    def test_an_unpublished_file_of_a_killed_run_is_replaced(self):
        Path(f"{self.output}.part").write_bytes(b"half of a file")
        self.coverage(self.bam, output=self.output)

    def test_an_unfinished_file_that_cannot_be_made_is_named_once(self):
        (Path(f"{self.output}.part") / "in the way").mkdir(parents=True)
        result = swather("coverage", self.bam, "-o", self.output, ranks=None)
        self.assert_one_error(result, CANNOT_CREATE, "out.h5.part")
        self.assertEqual(result.stderr.partition("error:")[2].count("out.h5.part"), 1, result.stderr)

    def test_journal_in_use_by_another_run(self):
        journal = Path(f"{self.output}.journal")
        journal.mkdir()
        with open(journal / "lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for options in ([], ["--resume"]):
                with self.subTest(options=options):
                    self.fails(CANNOT_CREATE, self.bam, *options, output=self.output, words=["out.h5.journal"])
            self.assertEqual(os.listdir(journal), ["lock"])
        self.coverage(self.bam, output=self.output)


class UpToDateTest(ErrorsTest):
    def state(self):
        status = self.output.stat()
        return status.st_mtime_ns, status.st_size, status.st_ino

    def assert_up_to_date(self, bam, *options, ranks=2):
        before = self.state()
        result = swather("coverage", bam, "-o", self.output, *options, ranks=ranks)
        self.assertEqual(result.code, 0, result)
        self.assertIn("up to date", result.stderr)
        self.assertEqual(self.state(), before)
        self.assertEqual(beside(self.output), [])

    def assert_refused(self, bam, *options):
        before = self.state()
        self.fails(CANNOT_CREATE, bam, *options, output=self.output, words=["out.h5", "--force"], ranks=ALONE,
                   clean=False)
        self.assertEqual(self.state(), before)

    def test_the_same_again(self):
        self.coverage(self.bam, "--min-mapq", "5", output=self.output)
        for ranks in (None, 1, 3):
            self.assert_up_to_date(self.bam, "--min-mapq", "5", ranks=ranks)
        self.assert_up_to_date(self.bam, "-Q", "5", "--resume")
        self.assert_up_to_date(self.bam, "-Q", "5", "--compress", "9", "--memory", "900M", "--exclude-flags", "1024")

    def test_other_options_are_refused(self):
        self.coverage(self.bam, output=self.output)
        for options in (["--min-mapq", "5"], ["--min-baseq", "5"], ["--exclude-flags", "16"], ["-r", "chr1"]):
            with self.subTest(options=options):
                self.assert_refused(self.bam, *options)
        self.coverage(self.bam, "--min-mapq", "5", "--force", output=self.output)
        self.assert_depth(self.output, samtools_depth(self.bam, options=["-Q", "5"]), whole_contigs(self.bam))

    def test_force_makes_it_anew(self):
        self.coverage(self.bam, output=self.output)
        before, kept = self.state(), contents(self.output)
        self.coverage(self.bam, "--force", output=self.output)
        self.assertNotEqual(self.state(), before)
        self.assertEqual(contents(self.output), kept)

    def test_a_changed_input_is_refused(self):
        bam = self.put(self.content, index=self.bam)
        self.coverage(bam, output=self.output)
        self.assert_up_to_date(bam)
        status = bam.stat()
        os.utime(bam, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000))
        self.assert_refused(bam)
        os.utime(bam, ns=(status.st_atime_ns, status.st_mtime_ns))
        self.assert_up_to_date(bam)
        write_index(bam)
        self.assert_refused(bam)

    def test_another_input_is_refused(self):
        self.coverage(self.bam, output=self.output)
        bam = self.put(self.content, index=self.bam)
        self.assert_refused(bam)

    def test_hash_inputs_sees_what_size_and_time_hide(self):
        """A byte in the middle of a large file that keeps its time."""
        lines = sam_header([Contig("c", 60_000)])
        rng = random.Random(1)
        for start in range(1, 50_000, 60):
            bases = "".join(rng.choices("ACGT", k=400))
            qualities = "".join(chr(33 + rng.randrange(40)) for _ in bases)
            lines.append(sam_line("c", start, "400M", seq=bases, qual=qualities))
        bam = write_bam(self.output.with_name("large.bam"), lines)
        content, status = bytearray(bam.read_bytes()), bam.stat()
        self.assertGreater(len(content), 150_000)
        self.coverage(bam, "--hash-inputs", output=self.output)
        content[len(content) // 2] ^= 1
        bam.write_bytes(content)
        os.utime(bam, ns=(status.st_atime_ns, status.st_mtime_ns))
        self.assert_refused(bam, "--hash-inputs")


class RanksDifferTest(ErrorsTest):
    def test_a_name_that_is_too_long(self):
        """Of 255 bytes: beside the output there are NAME.part and, longest, NAME.journal."""
        for length in (300, 255, 248):
            for ranks in (None, 2):
                with self.subTest(length=length, ranks=ranks):
                    name = "x" * length
                    result = swather("coverage", self.bam, "-o", self.output.with_name(name), ranks=ranks)
                    self.assert_one_error(result, CANNOT_CREATE, "too long")
                    self.assertEqual(list(self.output.parent.glob("x*")), [])
        scratch = self.output.parent / "scratch"
        scratch.mkdir(exist_ok=True)
        output = self.output.with_name("x" * 247)
        self.coverage(self.bam, output=output)
        self.assert_one_error(swather("coverage", self.bam, "-o", output, "--force", "--scratch", scratch),
                              CANNOT_CREATE, "too long")  # there it has a hash, too
        self.assertEqual(os.listdir(scratch), [])

    def test_an_output_that_is_an_input(self):
        for name in (self.bam, Path(f"{self.bam}.bai")):
            with self.subTest(output=name.name):
                before = name.read_bytes()
                result = swather("coverage", self.bam, "-o", name, "--force", ranks=2)
                self.assert_one_error(result, CANNOT_CREATE, name.name, "input")
                self.assertEqual(name.read_bytes(), before)

    def test_options_that_reach_one_rank_only(self):
        """mpirun gives its standard input to rank 0: the others read an empty file."""
        run = subprocess.run(command(["--config", "/dev/stdin", "coverage", self.bam, "-o", self.output], 2),
                             input="[coverage]\nmin-mapq=20\n", text=True, capture_output=True, timeout=60,
                             env=ENVIRONMENT, check=False)
        self.assertEqual(run.returncode, USAGE, run.stderr)
        self.assertEqual(run.stderr.count("error:"), 1, run.stderr)
        self.assert_nothing_published(self.output)


class InspectTest(ErrorsTest):
    def test_missing_file(self):
        self.assert_one_error(swather("inspect", self.output, ranks=None), CANNOT_READ, "out.h5")

    def test_foreign_files(self):
        with h5py.File(self.output.with_name("foreign.h5"), "w") as file:
            file["coverage/depth"] = [1, 2, 3]
        self.put(b"no HDF5 at all", "text.h5")
        self.put(b"", "empty.h5")
        for name, ranks in (("foreign.h5", None), ("foreign.h5", 1), ("text.h5", None), ("empty.h5", None)):
            with self.subTest(name=name, ranks=ranks):
                result = swather("inspect", self.output.with_name(name), ranks=ranks)
                self.assert_one_error(result, BAD_DATA, name)
                self.assertEqual(result.stdout, "")

    def test_incomplete_file(self):
        self.coverage(self.bam, output=self.output)
        content = self.output.read_bytes()
        with h5py.File(self.output, "r+") as file:
            file.attrs.modify("complete", 0)
        self.assert_one_error(swather("inspect", self.output, ranks=None), BAD_DATA, "out.h5")
        self.output.write_bytes(content[:len(content) // 2])
        self.assert_one_error(swather("inspect", self.output, ranks=None), BAD_DATA, "out.h5")

    def test_more_than_one_rank(self):
        self.coverage(self.bam, output=self.output)
        self.assert_one_error(swather("inspect", self.output, ranks=2), USAGE, "inspect")


if __name__ == "__main__":
    unittest.main()
