# SPDX-License-Identifier: MIT
"""`swather counts` of what it cannot count: one clear error with its exit code, and no output under the final name."""

import gzip
import os
import random
import subprocess
import unittest

import h5py
from counts_testing import BOM, CountsTest, OddTable, Query, read_counts
from swather_testing import (
    BAD_DATA, BGZF_EOF, CANNOT_CREATE, CANNOT_READ, ENVIRONMENT, USAGE, command, contents, swather, tool)

ALONE, WITH_OTHERS = (None,), (None, 3)  # mpirun takes a second or two to end after an exit code that is not 0
HEAD = "SampleID,Volume,Note\n"


class CountsErrorsTest(CountsTest):
    def fails(self, code, paths, *options, words=(), ranks=ALONE, by="SampleID"):
        """It ends with this code and these words in its one error, on each number of ranks."""
        paths = paths if isinstance(paths, (list, tuple)) else [paths]
        for number in ranks:
            with self.subTest(ranks=number, options=options):
                output = self.new_output()
                result = swather("counts", *paths, *(["--by", by] if by is not None else []), "-o", output, *options,
                                 ranks=number)
                self.assert_one_error(result, code, *words)
                self.assert_nothing_published(output)

    def fails_on_line(self, line, path, *options, words=(), ranks=ALONE):
        """Bad data, said with the file and the line."""
        for number in ranks:
            with self.subTest(ranks=number, options=options):
                output = self.new_output()
                result = swather("counts", path, "--by", "SampleID", "-o", output, *options, ranks=number)
                self.assert_one_error(result, BAD_DATA, path.name, *words)
                self.assertRegex(result.stderr.replace(",", ""), rf"line {line}\b|:{line}\b", result)
                self.assert_nothing_published(output)


class InputTest(CountsErrorsTest):
    def test_no_such_file(self):
        self.fails(CANNOT_READ, self.folder / "nowhere.csv", words=["nowhere.csv", "No such file"], ranks=WITH_OTHERS)
        self.fails(CANNOT_READ, [self.put(HEAD), self.folder / "nowhere.csv"], words=["nowhere.csv"])

    def test_a_pattern_of_no_file(self):
        self.fails(CANNOT_READ, self.output.with_name("visits-*.csv"), words=["visits-*.csv"])

    def test_a_folder(self):
        self.fails(CANNOT_READ, self.output.parent, words=[self.output.parent.name])

    def test_a_path_below_a_file(self):
        self.fails(CANNOT_READ, self.put(HEAD) / "x.csv", words=["table.csv/x.csv"])

    def test_an_empty_file(self):
        for content in (b"", BOM, gzip.compress(b""), BGZF_EOF):
            self.fails(BAD_DATA, self.put(content, "empty.csv"), words=["empty.csv", "empty"])
        self.fails(BAD_DATA, [self.put(HEAD), self.put("", "empty.csv")], words=["empty.csv"], ranks=(3,))

    def test_nothing_but_blank_lines(self):
        self.fails(BAD_DATA, self.put("\n\r\n\n"), words=["table.csv"])

    def test_header_only_is_no_error(self):
        for content in (HEAD, HEAD.strip(), HEAD + "\n\n"):
            for ranks in WITH_OTHERS:
                got = read_counts(self.counts(self.put(content), "--by", "SampleID", "--sum", "Volume", ranks=ranks))
                self.assertEqual((got.groups, got.rows), (0, 0))

    def test_binary_files(self):
        self.fails(BAD_DATA, self.put(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\4\0"), words=["table.csv"])
        self.fails(BAD_DATA, self.put(b"Sam\0pleID,Volume\na,1\n"), words=["table.csv", "NUL"])
        self.fails(BAD_DATA, self.put("SampleID,Volume\na,1\n".encode("utf-16")), words=["table.csv"])
        bam = self.put(gzip.compress(b"BAM\1" + bytes(100)), "reads.bam")
        self.fails(BAD_DATA, bam, words=["reads.bam"], ranks=(3,))

    def test_streams(self):
        """They cannot be sought; and nobody waits for their other end."""
        pipe = self.output.with_name("pipe.csv")
        os.mkfifo(pipe)
        for path in (pipe, "/dev/stdin", "-"):
            with self.subTest(path=path):
                result = swather("counts", path, "--by", "SampleID", "-o", self.output, ranks=None, seconds=10)
                self.assertIn(result.code, (USAGE, CANNOT_READ), result)
                self.assert_one_error(result, result.code, path if path != "-" else "stdin")
                self.assert_nothing_published(self.output)

    def test_a_table_on_stdin(self):
        for path in ("/dev/stdin", "-"):
            arguments = ["counts", path, "--by", "SampleID", "-o", self.output]
            done = subprocess.run(["timeout", "10", *command(arguments, None)],
                                  input=HEAD.encode(), capture_output=True, env=ENVIRONMENT, check=False)
            self.assertIn(done.returncode, (USAGE, CANNOT_READ), done.stderr)
            self.assert_nothing_published(self.output)


class CompressedTest(CountsErrorsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        content = OddTable(1).content(8_000)
        cls.gzip, cls.bgzf = gzip.compress(content), tool("bgzip", "-c", text=content)

    def test_truncated(self):
        for content in (self.gzip, self.bgzf):
            for kept, ranks in ((len(content) // 2, WITH_OTHERS), (len(content) - 40, ALONE), (30, ALONE)):
                self.fails(BAD_DATA, self.put(content[:kept], "t.csv.gz"), words=["t.csv.gz"], ranks=ranks)
        for kept in (2, 3, 12, len(self.gzip) - 8, len(self.gzip) - 1):
            self.fails(BAD_DATA, self.put(self.gzip[:kept], "t.csv.gz"), words=["t.csv.gz", "truncated"])

    def test_no_end_block(self):
        self.fails(BAD_DATA, self.put(self.bgzf[:-len(BGZF_EOF)], "t.csv.gz"), words=["t.csv.gz"])

    def test_damaged(self):
        for content in (self.gzip, self.bgzf):
            for part, ranks in ((0.3, ALONE), (0.8, (3,))):
                damaged = bytearray(content)
                place = int(len(damaged) * part)
                damaged[place:place + 4] = bytes(255 - byte for byte in damaged[place:place + 4])
                self.fails(BAD_DATA, self.put(damaged, "t.csv.gz"), "--block-size", "20000", words=["t.csv.gz"],
                           ranks=ranks)

    def test_junk_behind_the_end(self):
        for content in (self.gzip, self.bgzf):
            self.fails(BAD_DATA, self.put(content + b"junk", "t.csv.gz"), words=["t.csv.gz", "junk", "4 more"])

    def test_a_checksum_that_is_wrong(self):
        damaged = bytearray(self.gzip)
        damaged[-6] ^= 1
        self.fails(BAD_DATA, self.put(damaged, "t.csv.gz"), words=["t.csv.gz"])

    def test_nothing_is_left_of_the_staged_file(self):
        path = self.put(self.gzip[:-100], "t.csv.gz")
        scratch = self.output.parent / "scratch"
        scratch.mkdir()
        self.fails(BAD_DATA, path, "--scratch", scratch, words=["t.csv.gz"])
        size = sum(file.stat().st_size for file in scratch.rglob("*") if file.is_file())
        self.assertLess(size, 100_000, "the inflated table is still there")


class OpenQuoteTest(CountsErrorsTest):
    def test_the_line_where_it_opened(self):
        rows = "a,1,x\n" * 20
        for text, line in (
                (HEAD + 'a,1,"x', 2),
                (HEAD + 'a,1,"x\n', 2),
                (HEAD + 'a,1,"', 2),
                (HEAD + 'a,1,"x""', 2),
                (HEAD + '"a,1,x\n' + rows, 2),
                (HEAD + rows + 'a,1,"x\n' + rows, 22),
                (HEAD + 'a,1,"x\r\ny"\r\n\r\nb,2,"x\r\n' + rows, 5),
                (HEAD + 'a,"1\n2","x\n' + rows, 3),  # in a row that begins on line 2
                (HEAD + 'a,1,5" pipe\nb,2,"6"" pipe\n' + rows, 3),
                (HEAD + 'a,1,"5"6"\n"b,2,x\n' + rows, 3),
                (HEAD + rows.replace("\n", "\r") + '"a', 22),
                ('SampleID,Volume,"Note\n' + rows, 1),
        ):
            path = self.put(text)
            for block_size in (1, 64) if len(text) < 100 else (64, 1_000_000):
                with self.subTest(text=text[:60]):
                    self.fails_on_line(line, path, "--block-size", block_size, words=["quote"])

    def test_on_any_number_of_ranks(self):
        path = self.put(HEAD + 'a,1,"x\ny"\n' * 500 + 'b,2,"x\n' + "a,1,x\n" * 2_000)
        for block_size in (64, 1_000_000):
            self.fails_on_line(1_002, path, "--block-size", block_size, words=["quote"], ranks=(1, 2, 3, 7))

    def test_in_one_of_several_files(self):
        paths = [self.put(HEAD + "a,1,x\n" * 5, "good.csv"), self.put(HEAD + 'a,1,x\n"a,1,x\n', "bad.csv"),
                 self.put(HEAD + 'a,1,"x"\n', "other.csv")]
        self.fails(BAD_DATA, paths, "--block-size", "20", words=["bad.csv", "quote", "3"], ranks=WITH_OTHERS)

    def test_in_compressed_tables(self):
        content = (HEAD + "a,1,x\n" * 50 + 'a,1,"x\n' + "a,1,x\n" * 5_000).encode()
        for compressed in (gzip.compress(content), tool("bgzip", "-c", text=content)):
            self.fails_on_line(52, self.put(compressed, "t.csv.gz"), words=["quote"])


class LongRowTest(CountsErrorsTest):
    def test_rows_up_to_the_most(self):
        for content, line in ((HEAD + "a,1,x\n" * 9 + "a,1," + "x" * 1_200 + "\n" + "a,1,x\n" * 9, 11),
                              (HEAD + 'a,1,"x\ny"\n' * 9 + 'a,1,"' + "x\n" * 600 + '"\n' + "a,1,x\n" * 9, 20)):
            path = self.put(content)
            for block_size in ("64", "1000000"):
                self.fails_on_line(line, path, "--max-row", "1000", "--block-size", block_size, words=["max-row"])
                self.check(path, Query(), "--max-row", "1400", "--block-size", block_size)
        self.fails_on_line(20, path, "--max-row", "1000", "--block-size", "100", ranks=(3,))

    def test_a_header_is_a_row(self):
        head = f"SampleID,{'x' * 991}"  # of 1,000 bytes
        for end in ("\n", "\r\n"):
            path = self.put(f"{head}{end}a,1{end}")
            self.check(path, Query(), "--max-row", "1000")
            self.fails_on_line(1, path, "--max-row", "999", words=["max-row"])
        self.fails_on_line(3, self.put(f"\n\n{head}\na,1\n"), "--max-row", "999", words=["max-row"])
        self.fails_on_line(1, self.put(f'{head},"{"x" * 500_000}\n'), "--max-row", "100000", words=["max-row", "quote"])
        self.check(self.put(f"SampleID,{'x' * (17 << 20)}\na,1\n"), Query())  # a good deal longer than what is read at first

    def test_compressed(self):
        content = (HEAD + "a,1,x\n" * 9 + "a,1," + "x" * 200_000 + "\n").encode()
        for compressed in (gzip.compress(content), tool("bgzip", "-c", text=content)):
            self.fails_on_line(11, self.put(compressed, "t.csv.gz"), "--max-row", "100000", words=["max-row"])

    def test_a_row_of_a_megabyte_is_no_error(self):
        path = self.put(HEAD + "a,1,x\n" + 'b,2,"' + "x,\n" * 400_000 + '"\n')
        self.check(path, Query(aggregates={"distinct": ("Note",)}), "--block-size", "100000", ranks=3)


class ColumnsTest(CountsErrorsTest):
    def test_a_column_that_is_not_there(self):
        path = self.put(HEAD + "a,1,x\n")
        for options, by, name, nearest in (
                ([], "sampleID", "sampleID", "SampleID"), ([], "SampleI", "SampleI", "SampleID"),
                ([], "SampleID,Notes", "Notes", "Note"), (["--sum", "volume"], "SampleID", "volume", "Volume"),
                (["--mean", "Volumes"], "SampleID", "Volumes", "Volume"),
                (["--distinct", "Note,Not"], "SampleID", "Not", "Note"),
                (["--where", "Volum > 3"], "SampleID", "Volum", "Volume")):
            words = [f"'{name}'", f"did you mean '{nearest}'", "SampleID", "Volume", "Note"]
            self.fails(USAGE, path, *options, by=by, words=words)
        self.fails(USAGE, path, by="sampleID", words=["no column 'sampleID'", "did you mean 'SampleID'?"], ranks=(3,))

    def test_a_name_that_is_near_to_none(self):
        self.fails(USAGE, self.put(HEAD), by="xyzzy", words=["'xyzzy'", "SampleID", "Volume", "Note"])

    def test_a_header_of_another_delimiter(self):
        self.fails(USAGE, self.put(HEAD.replace(",", "~")), words=["'SampleID'", "SampleID~Volume~Note"])

    def test_not_in_every_file(self):
        paths = [self.put(HEAD + "a,1,x\n", "one.csv"), self.put("Sample,Volume\na,1\n", "two.csv")]
        self.fails(USAGE, paths, words=["'SampleID'", "two.csv", "Sample"], ranks=WITH_OTHERS)
        self.fails(USAGE, paths[::-1], by="Sample", words=["'Sample'", "one.csv"])

    def test_a_name_that_two_columns_have(self):
        """Which one is meant?"""
        path = self.put("SampleID,x,x\na,1,2\n")
        result = swather("counts", path, "--by", "x", "-o", self.output, ranks=None)
        self.assertIn(result.code, (USAGE, BAD_DATA), result)
        self.assert_one_error(result, result.code, "'x'")

    def test_numbers_of_columns(self):
        path = self.put("a,1,x\nb,2,y\n")
        for by in ("0", "4", "-1", "a", "1.5", "1x", ""):
            self.fails(USAGE, path, "--no-header", by=by)
        self.fails(USAGE, path, "--no-header", by="4", words=["4", "3"])
        self.fails(USAGE, path, "--no-header", "--sum", "9", by="1", words=["9"])


class StrictTest(CountsErrorsTest):
    def test_each_kind_of_row(self):
        rows = "a,1,x\n" * 30
        for bad, line, word, options in (("\n", 32, "blank", ()), ("a,1\n", 32, "short", ()), ("a\n", 32, "short", ()),
                                         ("a,1,x,y\n", 32, "long", ()), ("a,n/a,x\n", 32, "number", ("--sum", "Volume")),
                                         ("a,1e999,x\n", 32, "number", ("--mean", "Volume")),
                                         ('a,1,"x\ny"\na,1\n', 34, "short", ())):
            path = self.put(HEAD + rows + bad + rows)
            for block_size in ("50", "1000000"):
                self.fails_on_line(line, path, "--strict", "--block-size", block_size, *options, words=[word])
            self.check(path, Query(aggregates={"sum": ("Volume",)}))
        self.fails_on_line(34, path, "--strict", "--block-size", "50", ranks=(2, 7))

    def test_in_one_of_several_files(self):
        paths = [self.put(HEAD + "a,1,x\n", "good.csv"), self.put(HEAD + "a,1,x\n\n", "bad.csv")]
        self.fails(BAD_DATA, paths, "--strict", words=["bad.csv", "blank", "3"])

    def test_no_number_where_none_is_needed(self):
        path = self.put(HEAD + "a,n/a,x\nb,,\n")
        self.counts(path, "--by", "SampleID", "--min", "Volume", "--strict")

    def test_missing_values_are_no_error(self):
        path = self.put(HEAD + "a,,x\nb, ,\nc,1,\n")
        self.counts(path, "--by", "SampleID", "--sum", "Volume", "--strict")

    def test_a_clean_table(self):
        path = self.put(OddTable(2).content(300))
        same = contents(self.counts(path, "--by", "SampleID", "--sum", "Volume"))
        self.assert_same_file(self.counts(path, "--by", "SampleID", "--sum", "Volume", "--strict"), same)


class OverflowTest(CountsErrorsTest):
    def test_a_sum_beyond_int64(self):
        for sign, last in (("", 7), ("-", 8)):
            path = self.put(HEAD + "b,1,x\n" * 10 + f"a,{sign}922337203685477580{last},x\na,{sign}1,x\n")
            for block_size in ("10", "1000000"):
                self.fails(BAD_DATA, path, "--sum", "Volume", "--block-size", block_size, words=["Volume", "sum"])
            self.counts(path, "--by", "SampleID", "--mean", "Volume", "--max", "Volume", ranks=None)
        self.fails(BAD_DATA, path, "--sum", "Volume", "--block-size", "10", words=["Volume"], ranks=(3,))


class WhereTest(CountsErrorsTest):
    def test_what_cannot_be_read(self):
        path = self.put(HEAD + "a,1,x\n")
        for text in ("", " ", "Volume", "Volume >", "> 3", "Volume > 3 and", "and Volume > 3", "Volume > 3 Volume < 5",
                     "(Volume > 3", "Volume > 3)", "Volume >> 3", "Volume > 3 && Note == 'x'", "Note == 'x",
                     'Note == "x', "not", "()", "Volume > 3x", "Volume ! 3", "Volume > > 3",
                     "Volume > 3 or or Volume < 2", "1", "$"):
            self.fails(USAGE, path, "--where", text, words=["--where"])
        self.fails(USAGE, path, "--where", "Volume >", words=["--where"], ranks=(3,))

    def test_very_deep(self):
        """No stack ends."""
        path = self.put(HEAD + "a,1,x\n")
        for text in ("(" * 20_000 + "Volume > 3" + ")" * 20_000, "not " * 20_000 + "Volume > 3", "(" * 20_000):
            result = swather("counts", path, "--by", "SampleID", "--where", text, "-o", self.new_output(), ranks=None)
            self.assertIn(result.code, (0, USAGE), result.stderr[-300:])


class OptionsTest(CountsErrorsTest):
    def test_wrong_options(self):
        path = self.put(HEAD + "a,1,x\n")
        for options in (["--no-such-option"], ["--sort", "size"], ["--delimiter", "ab"], ["--delimiter", ""],
                        ["--delimiter", '"'], ["--delimiter", "\n"], ["--delimiter", "\r"], ["--block-size", "0"],
                        ["--block-size", "-5"], ["--block-size", "many"], ["--max-row", "0"], ["--max-row", "x"],
                        ["--sum", ""], ["--sum"], ["--median", "Volume"], ["--compress", "10"], ["--memory", "lots"]):
            self.fails(USAGE, path, *options, words=[options[0]])

    def test_missing_words(self):
        path = self.put(HEAD)
        for arguments, words in ((["counts", path, "-o", self.output], ["--by"]),
                                 (["counts", path, "--by", "SampleID"], ["-o"]),
                                 (["counts", "--by", "SampleID", "-o", self.output], []),
                                 (["counts", path, "--by", "", "-o", self.output], ["--by"])):
            for ranks in WITH_OTHERS:
                with self.subTest(arguments=arguments, ranks=ranks):
                    self.assert_one_error(swather(*arguments, ranks=ranks), USAGE, *words)


class OutputTest(CountsErrorsTest):
    def test_output_is_the_input(self):
        path = self.put(HEAD + "a,1,x\n")
        for options in ([], ["--force"]):
            result = swather("counts", path, "--by", "SampleID", "-o", path, *options, ranks=None)
            self.assert_one_error(result, CANNOT_CREATE, "table.csv")
            self.assertEqual(path.read_text(), HEAD + "a,1,x\n")

    def test_output_is_one_of_several_inputs(self):
        paths = [self.put(HEAD + "a,1,x\n", f"{number}.csv") for number in range(3)]
        result = swather("counts", self.output.with_name("*.csv"), "--by", "SampleID", "-o", paths[2], "--force",
                         ranks=None)
        self.assert_one_error(result, CANNOT_CREATE, "2.csv")
        self.assertEqual(paths[2].read_text(), HEAD + "a,1,x\n")

    def test_another_file_is_kept_unless_forced(self):
        path = self.put(HEAD + "a,1,x\n")
        self.output.write_bytes(b"notes of mine")
        result = swather("counts", path, "--by", "SampleID", "-o", self.output, ranks=None)
        self.assert_one_error(result, CANNOT_CREATE, "out.h5", "--force")
        self.assertEqual(self.output.read_bytes(), b"notes of mine")
        self.counts(path, "--by", "SampleID", "--force", output=self.output)

    def test_up_to_date(self):
        path = self.put(HEAD + "a,1,x\nb,2,y\n")
        self.counts(path, "--by", "SampleID", output=self.output)
        before = self.output.stat().st_mtime_ns
        again = swather("counts", path, "--by", "SampleID", "-o", self.output, ranks=2)
        self.assertEqual(again.code, 0, again)
        self.assertIn("up to date", again.stderr)
        self.assertEqual(self.output.stat().st_mtime_ns, before)

    def test_what_decides_the_data_is_told_apart(self):
        """An output of other options is another file."""
        path = self.put(HEAD + "a,1,x\nb,2,y\n")
        self.counts(path, "--by", "SampleID", output=self.output, ranks=None)
        for options in (["--by", "Note"], ["--by", "SampleID", "--sum", "Volume"],
                        ["--by", "SampleID", "--max", "Volume"], ["--by", "SampleID", "--where", "Volume > 1"],
                        ["--by", "SampleID", "--sort", "count"], ["--by", "SampleID,Note"],
                        ["--by", "1", "--no-header"], ["--by", "SampleID", "--delimiter", ";"]):
            with self.subTest(options=options):
                result = swather("counts", path, *options, "-o", self.output, ranks=None)
                self.assertIn(result.code, (CANNOT_CREATE, USAGE), result)
                self.assertEqual(result.stderr.count("error:"), 1, result)
        other = self.put(HEAD + "a,1,x\n", "other.csv")
        for paths in ([path, other], [other]):
            result = swather("counts", *paths, "--by", "SampleID", "-o", self.output, ranks=None)
            self.assert_one_error(result, CANNOT_CREATE, "out.h5")
        with h5py.File(self.output, "r") as file:
            self.assertEqual(file["counts/count"][...].tolist(), [1, 1])

    def test_a_changed_table(self):
        path = self.put(HEAD + "a,1,x\n")
        self.counts(path, "--by", "SampleID", output=self.output, ranks=None)
        path.write_text(HEAD + "a,1,x\nc,5,z\n")
        result = swather("counts", path, "--by", "SampleID", "-o", self.output, ranks=None)
        self.assert_one_error(result, CANNOT_CREATE, "out.h5")


class AnyBytesTest(CountsErrorsTest):
    """Whatever the bytes are: an answer or an error, no crash."""

    def test_noise(self):
        rng = random.Random(1)
        for number in range(30):
            content = rng.randbytes(rng.choice([1, 3, 20, 500, 5_000]))
            if number % 3 == 1:
                content = HEAD.encode() + content
            if number % 3 == 2:
                content = tool("bgzip", "-c", text=content)
            path = self.put(content, "noise.csv")
            with self.subTest(number=number):
                output = self.new_output()
                result = swather("counts", path, "--no-header", "--by", "1", "--delimiter", ",", "-o", output,
                                 "--block-size", rng.choice([1, 64]), ranks=None)
                self.assertIn(result.code, (0, USAGE, BAD_DATA), result)
                if result.code == 0:
                    self.assert_counts(output, Query(("1",), header=False).expected(path))
                else:
                    self.assert_nothing_published(output)


if __name__ == "__main__":
    unittest.main()
