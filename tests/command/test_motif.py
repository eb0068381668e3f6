# SPDX-License-Identifier: MIT
"""`swather motif` against a search by regular expressions, on any number of ranks and for any size of blocks."""

import functools
import gzip
import os
import random
import unittest
from pathlib import Path

import h5py
import numpy as np
from motif_reference import PATTERNS, fasta, hits, odd_genome
from restart_testing import InterruptedTest, module_folder, run_to_its_end
from swather_testing import BAD_DATA, CANNOT_CREATE, CANNOT_READ, USAGE, SwatherTest, contents, swather, tool


def pattern_options(patterns):
    return [part for name, pattern in patterns.items() for part in ("--pattern", f"{name}={pattern}")]


def texts_of(group, name):
    """A column of text, also where it is stored as bytes and offsets."""
    if name in group:
        return group[name].asstr()[...].tolist()
    whole, offsets = group[f"{name}_bytes"][...].tobytes(), group[f"{name}_offset"][...].tolist()
    return [whole[begin:end].decode() for begin, end in zip(offsets, [*offsets[1:], len(whole)])]


def read_hits(path):
    with h5py.File(path, "r") as file:
        motif = file["motif"]
        return list(zip(texts_of(motif, "contig"), motif["start"][...].tolist(),
                        [strand.decode() for strand in motif["strand"][...].tolist()], texts_of(motif, "pattern")))


def read_counts(path):
    with h5py.File(path, "r") as file:
        summary = file["summary"]
        names = texts_of(file["motif/patterns"], "name")
        return {contig: dict(zip(names, row)) for contig, row in
                zip(texts_of(summary, "contig"), zip(*(summary[name][...].tolist() for name in names)))}


class MotifTest(SwatherTest):
    def motif(self, path, *options, ranks=None, output=None):
        """Runs `swather motif`, which must succeed and leave nothing but the output."""
        output = output or self.new_output()
        result = swather("motif", path, "-o", output, *options, ranks=ranks)
        self.assertEqual(result.code, 0, result)
        self.assert_complete(output)
        return output

    def write(self, name, text):
        path = self.output.parent / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def assert_hits(self, output, genome, patterns, strand="both"):
        expected = hits(genome, patterns, strand)
        self.assertEqual(read_hits(output), expected)
        counts = {contig: dict.fromkeys(patterns, 0) for contig in genome}
        for contig, _, _, name in expected:
            counts[contig][name] += 1
        self.assertEqual(read_counts(output), counts)


class SearchTest(MotifTest):
    def test_any_block_size_on_any_number_of_ranks(self):
        genome = odd_genome(1)
        path = self.write("genome.fa", fasta(genome))
        options = pattern_options(PATTERNS)
        whole = self.motif(path, *options, ranks=None)
        self.assert_hits(whole, genome, PATTERNS)
        self.assertGreater(len(read_hits(whole)), 3_000)
        expected = contents(whole)
        for block_size, ranks in ((1, 3), (2, 1), (61, 4), (64, 2), (1_000, 3), (100_000, 4)):
            with self.subTest(block_size=block_size, ranks=ranks):
                output = self.motif(path, *options, "--block-size", block_size, ranks=ranks)
                self.assert_same_file(output, expected)

    def test_lines_of_all_kinds(self):
        for seed, kind in enumerate(({"width": 1}, {"width": 7, "end": "\r\n"}, {"width": 100_000, "last_end": False})):
            genome = odd_genome(10 + seed, 400)
            path = self.write(f"{seed}.fa", "\n" + fasta(genome, **kind))
            with self.subTest(**kind):
                output = self.motif(path, *pattern_options(PATTERNS), "--block-size", 50, ranks=2)
                self.assert_hits(output, genome, PATTERNS)

    def test_packed_by_bgzip(self):
        rng = random.Random(3)  # of several blocks of BGZF
        genome = {"a": "".join(rng.choices("ACGT", k=150_000)), "b": "".join(rng.choices("acgtN", k=30_000))}
        patterns = {"EcoRI": "GAATTC", "TRN": "TRNAACG"}
        path = self.write("genome.fa", fasta(genome))
        packed = self.write("genome.fa.gz", tool("bgzip", "-c", path))
        output = self.motif(packed, *pattern_options(patterns), "--block-size", 20_000, ranks=3)
        self.assert_hits(output, genome, patterns)
        self.assert_same_file(self.motif(path, *pattern_options(patterns), ranks=2), contents(output))

    def test_strands(self):
        genome = odd_genome(4, 500)
        path = self.write("genome.fa", fasta(genome))
        for strand in ("+", "-"):
            with self.subTest(strand=strand):
                output = self.motif(path, *pattern_options(PATTERNS), "--strand", strand)
                self.assert_hits(output, genome, PATTERNS, strand)

    def test_sequences_without_bases_and_without_hits(self):
        """htslib does not list the empty ones."""
        path = self.write("genome.fa", ">none\n>a b\nACGT\n\n>none2\n\n>c\nAC\n")
        output = self.motif(path, "--pattern", "ACGT", "--pattern", "GGG", "--block-size", 3)
        self.assertEqual(read_hits(output), [("a", 0, "+", "ACGT")])
        self.assertEqual(read_counts(output), {"a": {"ACGT": 1, "GGG": 0}, "c": {"ACGT": 0, "GGG": 0}})
        nothing = self.motif(path, "--pattern", "GGG", ranks=3)
        self.assertEqual(read_hits(nothing), [])

    def test_patterns_of_a_file(self):
        genome = odd_genome(5, 300)
        path = self.write("genome.fa", fasta(genome))
        listed = self.write("list.txt", "# a comment\nEcoRI\tGAATTC # its site\r\n\n  tnna\nx=aRc\n")
        output = self.motif(path, "-p", "first=ugg", "--patterns", listed)
        patterns = {"first": "TGG", "EcoRI": "GAATTC", "tnna": "TNNA", "x": "ARC"}
        self.assert_hits(output, genome, patterns)

    def test_more_than_a_million_hits(self):
        """Text is then stored as bytes and offsets."""
        bases = np.random.default_rng(6).choice(np.frombuffer(b"ACGT", np.uint8), 1_100_000)
        path = self.write("genome.fa", b">chromosome\n" + bases.tobytes() + b"\n>b\nAC\n")
        output = self.motif(path, "-p", "AorT=W", "-p", "C", "--block-size", 100_000, ranks=3)
        with h5py.File(output, "r") as file:
            start, strand = file["motif/start"][...], file["motif/strand"][...]
            self.assertEqual(file["motif/contig_offset"].shape, start.shape)
        weak = np.isin(bases, list(b"AT"))
        self.assertEqual(start.tolist(), np.append(np.arange(len(bases)), [0, 1]).tolist())
        self.assertEqual((strand == b"-").tolist(), [*(bases == ord("G")).tolist(), False, False])
        with h5py.File(output, "r") as file:
            names = texts_of(file["motif"], "pattern")
            self.assertEqual(names, [*np.where(weak, "AorT", "C").tolist(), "AorT", "C"])
            self.assertEqual(texts_of(file["motif"], "contig"), ["chromosome"] * len(bases) + ["b"] * 2)


class IndexTest(MotifTest):
    def test_is_made_as_samtools_makes_it(self):
        path = self.write("genome.fa", fasta(odd_genome(7, 300)))
        packed = self.write("genome.fa.gz", tool("bgzip", "-c", path))
        self.motif(path, "-p", "GAATTC")
        self.motif(packed, "-p", "GAATTC")
        for one in (path, packed):
            made = Path(f"{one}.fai").read_bytes()
            os.remove(f"{one}.fai")
            tool("samtools", "faidx", one)
            self.assertEqual(made, Path(f"{one}.fai").read_bytes())
        self.assertTrue(Path(f"{packed}.gzi").exists())

    def test_a_dry_run_makes_none(self):
        path = self.write("genome.fa", fasta(odd_genome(7, 300)))
        result = swather("motif", path, "-p", "GAATTC", "-o", self.output, "--dry-run")
        self.assertEqual(result.code, 0, result)
        self.assertEqual(os.listdir(path.parent), ["genome.fa"])

    def test_a_folder_that_cannot_be_written_into(self):
        """Root may write into any: the folder is one of /proc."""
        path = Path(f"/proc/{os.getpid()}/fd")
        genome = odd_genome(8, 300)
        with open(self.write("genome.fa", fasta(genome)), "rb") as file:
            output = self.motif(path / str(file.fileno()), *pattern_options(PATTERNS))
        self.assert_hits(output, genome, PATTERNS)

    def test_an_older_one_that_fits_is_taken(self):
        genome = odd_genome(9, 300)
        path = self.write("genome.fa", fasta(genome))
        tool("samtools", "faidx", path)
        os.utime(f"{path}.fai", (1, 1))
        self.assert_hits(self.motif(path, *pattern_options(PATTERNS)), genome, PATTERNS)

    def test_one_of_another_file(self):
        text = fasta({"a": "ACGT" * 50, "b": "GGCC" * 50, "c": "TTAA" * 50}, descriptions=False)
        path = self.write("genome.fa", text)
        tool("samtools", "faidx", path)
        stale = Path(f"{path}.fai").read_bytes()
        others = {
            "longer": text + "ACGT\n",
            "another contig": text + ">d\nACGT\n",
            "shorter": text[:-30],
            "another name": text.replace(">b", ">x"),
            "no header": text.replace(">b\n", "AC\n"),
            "other lines": fasta({"a": "ACGT" * 50, "b": "GGCC" * 50, "c": "TTAA" * 50}, 50, descriptions=False),
            "a base more": text.replace("ACGT", "ACGTA", 1),
        }
        for name, other in others.items():
            with self.subTest(name):
                path.write_text(other)
                Path(f"{path}.fai").write_bytes(stale)
                result = swather("motif", path, "-p", "GAATTC", "-o", self.output, "--block-size", 100,
                                 ranks=3 if name == "longer" else None)
                self.assert_one_error(result, BAD_DATA, "index says", "samtools faidx")
                self.assert_nothing_published(self.output)

    def test_one_that_is_none(self):
        path = self.write("genome.fa", ">a\nACGT\n>b\nACGT\n")
        for text, word in (("", "is empty"), ("\t4\t3\t4\t5\n", "without a name"), ("a\t4\t3\n", "fields"), ("a\t4\t3\t4\tx\n", "'x'"),
                           ("a\t4\t3\t4\t5\t9\n", "FASTQ"), ("a\t4\t3\t0\t0\n", "lines"), ("a\t-4\t3\t4\t5\n", "-4"),
                           ("a\t4\t3\t4\t5\na\t4\t11\t4\t5\n", "twice"), ("b\t4\t11\t4\t5\na\t4\t3\t4\t5\n", "before"),
                           ("a\t9223372036854775807\t3\t1\t9223372036854775807\n", "lines")):
            with self.subTest(text):
                self.write("genome.fa.fai", text)
                result = swather("motif", path, "-p", "GAATTC", "-o", self.output, ranks=None)
                self.assert_one_error(result, BAD_DATA, word)


class ErrorTest(MotifTest):
    def assert_refused(self, path, code, *words, options=("-p", "GAATTC"), ranks=None):
        result = swather("motif", path, *options, "-o", self.output, "--block-size", 100, ranks=ranks)
        self.assert_one_error(result, code, *words)
        self.assert_nothing_published(self.output)

    def test_bad_files(self):
        genome = fasta({"a": "ACGT" * 100})
        packed = tool("bgzip", "-c", self.write("good.fa", genome))
        for name, content, code, *words in (
                ("empty.fa", "", BAD_DATA, "empty"),
                ("blank.fa", "\n\n", BAD_DATA, "empty"),
                ("only_header.fa", ">a\n", BAD_DATA, "last sequence is empty"),
                ("text.fa", "ACGT\n", BAD_DATA, "no FASTA"),
                ("reads.fq", "@r\nACGT\n+\nIIII\n", BAD_DATA, "FASTQ"),
                ("twice.fa", ">a x\nACGT\n>a y\nACGT\n", BAD_DATA, "'a'", "come twice", "name of its own"),
                ("uneven.fa", ">a\nACG\nAC\nACG\n", BAD_DATA, "lines"),
                ("proteins.fa", f">p\n{'ACGT' * 30}\nMKLV\n", BAD_DATA, "amino acids", "p:123"),
                ("digits.fa", ">p\nAC1GT\n", BAD_DATA, "'1' at p:3"),
                ("stream.fa.gz", gzip.compress(genome.encode()), BAD_DATA, "bgzip"),
                ("cut.fa.gz", packed[:-28], BAD_DATA, "truncated"),
                ("damaged.fa.gz", packed[:60] + b"!" + packed[61:], BAD_DATA, "damaged.fa.gz"),
                ("binary.fa", b">a\nAC\0\xff\n", BAD_DATA, "byte 5")):
            with self.subTest(name):
                self.assert_refused(self.write(name, content), code, *words)
        self.assert_refused(self.write("twice.fa", ">a\nACGT\n>a\nACGT\n"), BAD_DATA, "name of its own", ranks=3)
        self.assert_refused(self.folder / "none.fa", CANNOT_READ, "none.fa")
        self.assert_refused(self.folder, CANNOT_READ, self.folder)

    def test_bad_patterns(self):
        path = self.write("genome.fa", ">a\nACGT\n")
        bad_list, long_list = self.write("bad.txt", "# x\nEcoRI GAATTC\nGAXT\n"), self.write("long.txt", "a b c\n")
        for code, word, *options in (
                (USAGE, "no pattern"), (USAGE, "letter 'Z'", "-p", "AZ"), (USAGE, "no letter", "-p", "a="),
                (USAGE, "no name", "-p", "=A"), (USAGE, "65 letters", "-p", "A" * 65),
                (USAGE, "called 'x'", "-p", "x=A", "-p", "x=C"), (USAGE, "a tab", "-p", "a\tb=A"), (BAD_DATA, "line 3", "--patterns", bad_list),
                (BAD_DATA, "3 words", "--patterns", long_list), (CANNOT_READ, "none.txt", "--patterns", "none.txt"),
                (USAGE, "--strand", "-p", "A", "--strand", "forward")):
            with self.subTest(options=options):
                self.assert_refused(path, code, word, options=options, ranks=2 if word == "line 3" else None)
        printed = swather("motif", path, "-p", "A", "-o", "-")
        self.assertEqual((printed.code, printed.stdout.splitlines()[:2]), (0, ["contig\tstart\tstrand\tpattern", "a\t0\t+\tA"]))


class OutputTest(MotifTest):
    def test_a_name_too_long_for_strings(self):
        """It is stored as bytes and offsets, also where there are few."""
        name = "n" * 300
        output = self.motif(self.write("long.fa", f">{name} x\nGAATTC\n>b\nGAATTC\n"), "-p", "EcoRI=GAATTC")
        self.assertEqual(read_hits(output), [(name, 0, "+", "EcoRI"), ("b", 0, "+", "EcoRI")])
        told = swather("inspect", output, ranks=None).stdout.splitlines()
        self.assertEqual([line.split() for line in told[-3:]], [["contig", "length", "EcoRI"], [name, "6", "1"], ["b", "6", "1"]])
        bed = self.output.parent / "hits.bed"
        self.assertEqual(swather("export", output, "--bed", bed, ranks=None).code, 0)
        self.assertEqual(bed.read_text(), f"{name}\t0\t6\tEcoRI\t0\t+\nb\t0\t6\tEcoRI\t0\t+\n")

    def setUp(self):
        super().setUp()
        self.genome = odd_genome(11, 300)
        self.path = self.write("genome.fa", fasta(self.genome))

    def test_bed(self):
        output = self.motif(self.path, *pattern_options(PATTERNS))
        expected = "".join(f"{contig}\t{start}\t{start + len(PATTERNS[name])}\t{name}\t0\t{strand}\n"
                           for contig, start, strand, name in hits(self.genome, PATTERNS))
        bed, packed = self.output.parent / "hits.bed", self.output.parent / "hits.bed.gz"
        for path in (bed, packed):
            result = swather("export", output, "--bed", path, ranks=None)
            self.assertEqual(result.code, 0, result)
        self.assertEqual(bed.read_text(), expected)
        self.assertEqual(gzip.decompress(packed.read_bytes()).decode(), expected)
        region = tool("tabix", packed, "c0|x=1:101-200").decode()
        self.assertEqual(region, "".join(f"{line}\n" for line in expected.splitlines() if line.startswith("c0|x=1\t")
                                         and int(line.split("\t")[1]) < 200 and int(line.split("\t")[2]) > 100))
        self.assert_one_error(swather("export", output, "--bed", bed, ranks=None), CANNOT_CREATE, "--force")
        self.assert_one_error(swather("export", output, "--tsv", "-", ranks=None), BAD_DATA, "depth")
        self.assert_one_error(swather("export", output, "--bed", "-", ranks=None), USAGE, "--bed")
        kept = output.read_bytes()
        self.assert_one_error(swather("export", output, "--bed", output, "-f", ranks=None), USAGE, "itself")
        self.assertEqual(output.read_bytes(), kept)

    def test_inspect_and_other_readers(self):
        output = self.motif(self.path, *pattern_options(PATTERNS))
        told = swather("inspect", output, ranks=None).stdout
        for words in (f"{len(hits(self.genome, PATTERNS)):,}", "/motif/contig", "/motif/patterns", "EcoRI", "exact"):
            self.assertIn(words, told)
        again = swather("motif", self.path, *pattern_options(PATTERNS), "-o", output)
        self.assertIn("up to date", again.stderr)
        other = swather("motif", self.path, "-p", "GAATTC", "-o", output)
        self.assert_one_error(other, CANNOT_CREATE, "--force")


GENOME_SIZE = 120_000
BLOCK_SIZE = 100


@functools.cache
def undisturbed():
    """A run in many small blocks: the file, what it holds, and how large its journal was."""
    folder = module_folder()
    path, output = folder / "genome.fa", folder / "undisturbed.h5"
    path.write_text(fasta(odd_genome(12, GENOME_SIZE)))
    size = run_to_its_end("motif", path, *pattern_options(PATTERNS), "--block-size", BLOCK_SIZE, output=output)
    return path, contents(output), size


class RestartTest(InterruptedTest):
    def arguments(self):
        return ["motif", undisturbed()[0], *pattern_options(PATTERNS), "-o", self.output, "--block-size", BLOCK_SIZE]

    def test_killed_and_resumed_on_other_numbers_of_ranks(self):
        _, expected, size = undisturbed()
        for part, ranks, more in ((0.1, 2, 3), (0.4, 3, 1)):
            with self.subTest(part=part, ranks=ranks, resumed_by=more):
                with self.start(ranks=ranks) as run:
                    self.wait_for_blocks(run, int(part * size))
                    self.freeze_and_kill(run)
                self.assertFalse(os.path.lexists(self.output))  # on a busy machine it may already be assembled, as .part
                there, blocks = self.blocks_in_journal(self.resume(ranks=more))
                self.assertGreater(there, 0)
                self.assertLessEqual(there, blocks)
                self.assert_same_file(self.output, expected)
                self.output.unlink()

    def test_other_patterns_resume_nothing(self):
        _, _, size = undisturbed()
        with self.start() as run:
            self.wait_for_blocks(run, int(0.2 * size))
            self.freeze_and_kill(run)
        result = swather(*self.arguments(), "-p", "one_more=GGCC", "--resume")
        self.assert_one_error(result, USAGE, "patterns")


if __name__ == "__main__":
    unittest.main()
