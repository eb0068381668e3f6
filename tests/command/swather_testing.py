# SPDX-License-Identifier: MIT
"""What the command tests share: run swather under mpirun, make odd BAMs, ask samtools, compare.

The environment variable SWATHER holds the absolute path of the program under test.
"""

import os
import random
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

USAGE, BAD_DATA, CANNOT_READ, CANNOT_CREATE, IO_ERROR, STOPPED = 2, 65, 66, 73, 74, 75

ENVIRONMENT = os.environ | {
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_mpi_yield_when_idle": "1",
    "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "detect_leaks=0"),  # MPI itself leaves some memory to the system
}

# Small BAMs from the test suites of other programs.
READS = Path(__file__).resolve().parent.parent / "data" / "reads"

# The block that ends every BGZF file.
BGZF_EOF = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


# --- running --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    """How a process ended."""

    code: int
    stdout: str
    stderr: str

    def __str__(self):
        return f"exit code {self.code}\nstdout:\n{self.stdout}\nstderr:\n{self.stderr}"


class Hang(AssertionError):
    """A run did not end in its time."""


def program():
    path = os.environ.get("SWATHER", "")
    if not os.path.isabs(path) or not os.access(path, os.X_OK):
        raise RuntimeError("SWATHER must hold the absolute path of the program under test")
    return path


def command(arguments, ranks):
    """The command line of a run on `ranks` ranks; None: without mpirun."""
    launcher = ["mpirun", "-q", "-n", str(ranks), "--oversubscribe", "--bind-to", "none"] if ranks else []
    return [*launcher, program(), *map(str, arguments)]


def swather(*arguments, ranks=2, seconds=120):
    """Runs swather to its end. A hang, or a complaint of a sanitizer, is an error of any test."""
    done = subprocess.run(
        ["timeout", "-k", "5", str(seconds), *command(arguments, ranks)],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, env=ENVIRONMENT, check=False)
    result = Result(done.returncode, done.stdout, done.stderr)
    check_stderr(result)
    if result.code in (124, 137, -signal.SIGKILL):  # of timeout, which may end by its own kill
        raise Hang(f"swather was still running after {seconds} s\n{result}")
    return result


def check_stderr(result):
    """What no run may ever print."""
    for never in ("runtime error:", "AddressSanitizer", "\r"):
        if never in result.stderr:
            raise AssertionError(f"{never!r} is in stderr\n{result}")


class Run:
    """A run of swather that the test interferes with; `environment` comes on top of that of all tests."""

    def __init__(self, *arguments, ranks, folder=None, environment=()):
        self.process = subprocess.Popen(
            command(arguments, ranks), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env=ENVIRONMENT | dict(environment), cwd=folder, start_new_session=True)
        self.pid = self.process.pid

    def ranks(self):
        """The processes of swather: children of mpirun, or the process itself."""
        children = [pid for pid in children_of(self.pid) if is_swather(pid)]
        return children or ([self.pid] if is_swather(self.pid) else [])

    def running(self):
        return self.process.poll() is None

    def wait(self, seconds=60):
        try:
            stdout, stderr = self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired as late:
            os.killpg(self.pid, signal.SIGKILL)
            stdout, stderr = self.process.communicate()
            raise Hang(f"swather did not end within {seconds} s\n{stdout}\n{stderr}") from late
        result = Result(self.process.returncode, stdout, stderr)
        check_stderr(result)
        return result


@contextmanager
def running(*arguments, ranks, **settings):
    """Starts a run; what is left of it at the end is killed, and its files under /dev/shm and /tmp are removed."""
    run = Run(*arguments, ranks=ranks, **settings)
    shared_memory = set()
    try:
        run.watch = lambda: shared_memory.update(*map(shared_memory_of, run.ranks()))
        yield run
    finally:
        left = [*run.ranks(), *([run.pid] if run.running() else [])]
        for pid in left:
            kill(pid, signal.SIGKILL)
        run.process.communicate()
        for path in shared_memory:
            Path(path).unlink(missing_ok=True)
        for folder in Path(tempfile.gettempdir()).glob(f"ompi.*/pid.{run.pid}"):
            shutil.rmtree(folder, ignore_errors=True)


def kill(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def status_of(pid):
    """The state of a process and its parent; None when there is none."""
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[:2]
    except OSError:
        return None
    return state, int(parent)


def is_alive(pid):
    status = status_of(pid)
    return status is not None and status[0] not in "ZX"


def peak_memory(pid):
    """The most memory, in bytes, that a process has had so far; 0 when there is none."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    kib = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return 1024 * int(kib[0]) if kib else 0


def peak_of_a_rank(*arguments, ranks=None):
    """Runs swather, which must succeed: the most memory, in bytes, that one of its ranks has had."""
    most = 0
    with running(*arguments, ranks=ranks) as run:
        while run.running():
            most = max([most, *map(peak_memory, run.ranks())])
            time.sleep(0.005)
        result = run.wait()
    assert result.code == 0, result
    return most


def is_swather(pid):
    try:
        return os.path.samefile(f"/proc/{pid}/exe", program())
    except OSError:
        return False


def children_of(pid):
    everyone = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return sorted(child for child in everyone if (status_of(child) or ("", -1))[1] == pid)


def shared_memory_of(pid):
    """The segments that Open MPI leaves in /dev/shm when a rank is killed."""
    try:
        return set(re.findall(r"/dev/shm/vader_segment\S+", Path(f"/proc/{pid}/maps").read_text()))
    except OSError:
        return set()


def wait_until(condition, seconds=30.0, pause=0.005):
    """Whether a condition came true within so many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


# --- making BAMs ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Contig:
    name: str
    length: int


def sam_header(contigs, order="coordinate"):
    lines = [f"@HD\tVN:1.6\tSO:{order}"]
    return lines + [f"@SQ\tSN:{contig.name}\tLN:{contig.length}" for contig in contigs]


def sam_line(contig, start, cigar, flag=0, mapq=60, seq="*", qual="*", name="r", tags=""):
    """One read; `start` is 1-based, as in the text."""
    return "\t".join([name, str(flag), contig, str(start), str(mapq), cigar, "*", "0", "0", seq, qual]
                     + ([tags] if tags else []))


def tool(*arguments, text=None):
    """Runs samtools or the like; returns what it prints."""
    done = subprocess.run([str(a) for a in arguments], input=text, capture_output=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{arguments[:2]} failed: {done.stderr.decode()}")
    return done.stdout


def write_bam(path, lines, index="bai", sort=True):
    """A BAM from lines of SAM, with an index of the wanted kind beside it (None: without)."""
    text = ("\n".join(lines) + "\n").encode()
    if sort:
        tool("samtools", "sort", "--no-PG", "-m", "64M", "-O", "bam", "-o", path, "-", text=text)
    else:
        tool("samtools", "view", "--no-PG", "-b", "-o", path, "-", text=text)
    if index:
        write_index(path, index)
    return path


def write_index(path, kind="bai"):
    tool("samtools", "index", "-b" if kind == "bai" else "-c", path)


ODD_CONTIGS = [
    Contig("main", 20_000),
    Contig("one", 1),
    Contig("none", 0),
    Contig("HLA:A*01:01", 357),
    Contig("plasmid/2", 1_500),
    *(Contig(f"empty_{number}", 10 + number) for number in range(30)),
    Contig("main:1-100", 120),  # looks like a region of another contig
    Contig("last", 777),
]

TINY_CONTIGS = [Contig("a", 300), Contig("one", 1), Contig("none", 0), Contig("b/c", 150), Contig("last", 33)]


class OddReads:
    """Random reads, the same for the same seed, with all that a counter of depth may trip over."""

    def __init__(self, seed, contigs, with_sequence=False):
        self.random = random.Random(seed)
        self.contigs = contigs
        self.with_sequence = with_sequence  # where samtools has qualities to judge

    def cigar(self, room, most_clipped=30):
        """A CIGAR that covers at most `room` positions; any operator may follow any other."""
        rng = self.random
        runs = []
        while room > 0 and (not runs or rng.random() < 0.7):
            operation = "M" if not runs and self.with_sequence else rng.choices("M=XDNIP", [8, 2, 2, 2, 1.5, 2, 1])[0]
            length = rng.choice([1, 2, 5, 20, 90]) if operation != "N" else rng.choice([1, 40, 500, 9_000])
            if operation == "D" and rng.random() < 0.1:
                length = 2_500
            if operation in "M=XDN":
                length = min(length, room)
                room -= length
            runs.append((length, operation))
        for end in (0, len(runs) + 2):
            if rng.random() < 0.3:
                runs.insert(end, (rng.randint(1, most_clipped), "S"))
            if rng.random() < 0.15:
                runs.insert(0 if end == 0 else len(runs), (rng.randint(1, most_clipped), "H"))
        return runs

    def read(self, contig, start=None, cigar=None):
        """One read on a contig; what is not given is drawn."""
        rng = self.random
        start = start or rng.randint(1, contig.length)
        cigar = cigar or self.cigar(contig.length - start + 1)
        bases = sum(length for length, operation in cigar if operation in "M=XIS")
        has_sequence = bases > 0 and (self.with_sequence or rng.random() < 0.8)
        has_qualities = has_sequence and rng.random() < 0.85
        flag = rng.choices([0, 16, 99, 147, 1 + 8, 256, 512, 1024, 2048, 2064, 4, 1796],
                           [20, 10, 8, 8, 3, 3, 3, 3, 3, 2, 2, 1])[0]
        return sam_line(
            contig.name, start, "".join(f"{length}{operation}" for length, operation in cigar), flag,
            mapq=rng.choice([0, 1, 9, 10, 11, 30, 60, 60, 60, 254, 255]),
            seq="".join(rng.choices("ACGTN", k=bases)) if has_sequence else "*",
            qual="".join(chr(33 + q) for q in rng.choices(range(0, 60), k=bases)) if has_qualities else "*",
            name="r" * rng.randint(1, 40), tags="XX:Z:" + "x" * rng.randint(0, 50))

    def lines(self, reads_per_base=0.05):
        """A SAM file: reads all over the contigs that are not empty, and some on purpose."""
        lines = sam_header(self.contigs)
        for contig in self.contigs:
            if contig.length == 0 or contig.name.startswith("empty"):
                continue
            for _ in range(int(contig.length * reads_per_base) + 3):
                lines.append(self.read(contig))
            lines += self.on_purpose(contig)
        return lines + [sam_line("*", 0, "*", flag=4, mapq=0, seq="ACGT", qual="IIII", name="unplaced")] * 3

    def on_purpose(self, contig):
        """Reads over the whole contig, on its ends, over its end, of no position, and placed but not mapped."""
        length, last = contig.length, contig.length
        cigars = [(1, [(length, "M")]), (last, [(1, "M")]), (1, [(1, "=")]), (last, [(25, "M")]),
                  (max(1, last - 5), [(2, "M"), (50, "N"), (4, "M")])]
        if length > 2:
            cigars += [(1, [(1, "M"), (length - 2, "N"), (1, "M")]), (1, [(1, "M"), (length - 2, "D"), (1, "M")])]
        if not self.with_sequence:
            cigars += [(last, [(10, "I")]), (last, [(10, "S")]), (1, [(3, "D")]), (1, [(5, "H")])]
        lines = [self.read(contig, start, cigar) for start, cigar in cigars]
        return lines + [sam_line(contig.name, (last + 1) // 2, "*", flag=4, mapq=0, seq="ACGT", qual="IIII")]


def deep_spot(contig, start, reads, length=30):
    """So many reads on one spot."""
    return [sam_line(contig.name, start + number % 3, f"{length}M", mapq=number % 61) for number in range(reads)]


def many_reads(contigs, coverage, seed, length=100):
    """A SAM file of plain reads in large number, quickly made."""
    rng = random.Random(seed)
    lines = sam_header(contigs)
    sequence = "".join(rng.choices("ACGT", k=4 * length))
    for contig in contigs:
        for _ in range(int(contig.length * coverage / length)):
            start, shift = rng.randint(1, contig.length - length - 9), rng.randint(0, 3 * length)
            cut = rng.randint(1, length - 1)
            cigar = rng.choice([f"{length}M", f"{cut}M{rng.randint(1, 9)}D{length - cut}M", f"{cut}S{length - cut}M"])
            lines.append(sam_line(contig.name, start, cigar, rng.choice([0, 16, 1024]), rng.randint(0, 60),
                                  sequence[shift:shift + length], "I" * length, f"r{rng.getrandbits(60):x}"))
    return lines


# --- expected answers -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Segment:
    """A contig, or a region of one; 0-based, half-open."""

    contig: str
    start: int
    end: int

    def region(self):
        """As samtools and swather are asked for it."""
        return f"{{{self.contig}}}:{self.start + 1}-{self.end}"


def region_options(segments):
    return [part for segment in segments for part in ("-r", segment.region())]


def contigs_of(bam):
    header = tool("samtools", "view", "-H", bam).decode()
    fields = [dict(field.split(":", 1) for field in line.split("\t")[1:])
              for line in header.splitlines() if line.startswith("@SQ")]
    return [Contig(of_contig["SN"], int(of_contig["LN"])) for of_contig in fields]


def whole_contigs(bam):
    return [Segment(contig.name, 0, contig.length) for contig in contigs_of(bam)]


def windows(bam, most_contigs=8, width=5_000):
    """The ends of a few contigs of a large genome, and the places where their reads lie."""
    lengths = {contig.name: contig.length for contig in contigs_of(bam)}
    starts = {}
    for line in tool("samtools", "view", "-F", "4", bam).decode().splitlines():
        contig, start = line.split("\t")[2:4]
        starts.setdefault(contig, []).append(int(start) - 1)
    chosen = list(starts)[:most_contigs] + [name for name in lengths if name not in starts][:2]
    segments = []
    for name in chosen:
        length = lengths[name]
        places = sorted({max(0, start // width * width - width) for start in starts.get(name, [])})[:6]
        segments += [Segment(name, 0, min(width, length)), Segment(name, max(0, length - width), length)]
        segments += [Segment(name, place, min(place + 3 * width, length)) for place in places]
    return segments


def samtools_depth(bam, segments=None, options=()):
    """`samtools depth -aa` of the segments laid end to end; without segments, of all contigs in their order.

    Positions that the header does not have, where a read reaches over the end of its contig, are left out."""
    if segments is None:
        segments = whole_contigs(bam)
        printed = tool("samtools", "depth", "-aa", *options, bam)
        of_contig = split_by_contig(printed)
        parts = [of_contig.get(s.contig, EMPTY) for s in segments]
    else:
        parts = [tool("samtools", "depth", "-aa", *options, "-r", s.region(), bam) for s in segments]
        parts = [split_by_contig(printed).get(s.contig, EMPTY) for printed, s in zip(parts, segments)]
    return np.concatenate([EMPTY[1], *(place(*part, segment) for part, segment in zip(parts, segments))])


EMPTY = (np.zeros(0, np.int64), np.zeros(0, np.int32))


def split_by_contig(printed):
    """The lines of `samtools depth` as positions (1-based) and depths of each contig."""
    fields = printed.split()
    names, positions, depths = fields[0::3], np.array(fields[1::3], np.int64), np.array(fields[2::3], np.int32)
    borders = [0, *(i for i in range(1, len(names)) if names[i] != names[i - 1]), len(names)]
    return {names[begin].decode(): (positions[begin:end], depths[begin:end])
            for begin, end in zip(borders, borders[1:]) if end > begin}


def place(positions, depths, segment):
    inside = (positions > segment.start) & (positions <= segment.end)
    if np.count_nonzero(inside) != segment.end - segment.start:
        raise RuntimeError(f"samtools depth -aa printed not all positions of {segment}")
    return depths[inside]


def first_difference(got, expected, segments):
    """Where two depths differ first, in words; None where they do not."""
    if got.shape != expected.shape:
        return f"{got.size} positions, {expected.size} expected"
    differing = np.flatnonzero(got != expected)
    if differing.size == 0:
        return None
    cell = int(differing[0])
    offset = 0
    for segment in segments:
        if cell < offset + segment.end - segment.start:
            break
        offset += segment.end - segment.start
    position = segment.start + cell - offset + 1
    return (f"{differing.size} of {got.size} positions differ, first {segment.contig}:{position} (cell {cell}): "
            f"{got[cell]}, expected {expected[cell]}")


# --- reading the output ---------------------------------------------------------------------------------------------


class Output:
    """The coverage in an output file."""

    def __init__(self, path):
        with h5py.File(path, "r") as file:
            coverage = file["coverage"]
            self.depth = coverage["depth"][...]
            self.offset = coverage["offset"][...].tolist()
            columns = coverage["contig"].asstr(), coverage["start"], coverage["end"]
            self.segments = [Segment(*row) for row in zip(*(column[...].tolist() for column in columns))]


def columns_of(group):
    """The datasets of a group, without its groups and the scales that only name a dimension: {name: dataset}."""
    only_a_dimension = b"This is a netCDF dimension but not a netCDF variable"
    return {name: thing for name, thing in group.items()
            if isinstance(thing, h5py.Dataset) and not thing.attrs.get("NAME", b"").startswith(only_a_dimension)}


def values_of(dataset):
    return (dataset.asstr() if dataset.dtype == object else dataset)[...]


def contents(path, encoded=True):
    """All of a file but /provenance: {name: (kind, type, shape, attributes, values)}, to be compared as a whole.

    With `encoded` the chunks too, as they lie in the file: a rank or a restart must not show even there."""
    found = {}

    def look_at(name, thing):
        if name.split("/")[0] == "provenance":
            return
        attributes = {key: plain(thing.attrs[key], thing.file) for key in thing.attrs}
        if isinstance(thing, h5py.Dataset):
            values = thing[...].tolist() if thing.dtype == object else thing[...].tobytes()
            found[name] = ("dataset", str(thing.dtype), thing.shape, thing.chunks, attributes, values,
                           encoded_chunks(thing) if encoded else None)
        else:
            found[name] = ("group", attributes, [key for key in thing if key != "provenance"])

    with h5py.File(path, "r") as file:
        look_at("", file)
        file.visititems(look_at)
    return found


def encoded_chunks(dataset):
    """The chunks as they lie in the file."""
    if dataset.chunks is None:
        return []
    places = [dataset.id.get_chunk_info(number).chunk_offset for number in range(dataset.id.get_num_chunks())]
    return [dataset.id.read_direct_chunk(place) for place in places]


def plain(value, file):
    """The value of an attribute without addresses: references become names."""
    if isinstance(value, h5py.Reference):
        return file[value].name if value else None
    if isinstance(value, (np.ndarray, np.void, list, tuple)):
        return [plain(item, file) for item in (value.tolist() if isinstance(value, np.ndarray) else value)]
    return value.item() if isinstance(value, np.generic) else value


# --- the base of all tests ------------------------------------------------------------------------------------------


class SwatherTest(unittest.TestCase):
    """A test with a folder of its own, and an output in it for each test."""

    @classmethod
    def setUpClass(cls):
        program()
        cls.folder = Path(tempfile.mkdtemp(prefix="swather-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)

    def setUp(self):
        self.output = self.folder / self._testMethodName / "out.h5"
        self.output.parent.mkdir()

    def new_output(self):
        """Another name for an output, in a folder of its own."""
        return Path(tempfile.mkdtemp(dir=self.output.parent)) / "out.h5"

    def coverage(self, bam, *options, ranks=2, output=None):
        """Runs `swather coverage`, which must succeed and leave nothing but the output."""
        output = output or self.new_output()
        result = swather("coverage", bam, "-o", output, *options, ranks=ranks)
        self.assertEqual(result.code, 0, result)
        self.assert_complete(output)
        return output

    def assert_complete(self, output):
        self.assertTrue(output.is_file(), f"{output} is not there")
        self.assertEqual(beside(output), [], "left beside the output")

    def assert_depth(self, output, expected, segments):
        """The file has these segments, and their depth."""
        got = Output(output)
        self.assertEqual(got.segments, segments)
        lengths = [s.end - s.start for s in segments]
        self.assertEqual(got.offset, [0, *np.cumsum(lengths).tolist()][:len(segments)])
        self.assertEqual(got.depth.dtype, np.int32)
        self.assertIsNone(first_difference(got.depth, expected, segments))

    def assert_same_file(self, output, expected):
        """Two files hold the same, /provenance left aside; `expected` may be what `contents` gave of a file."""
        expected = expected if isinstance(expected, dict) else contents(expected)
        got = contents(output)
        self.assertEqual(list(got), list(expected))
        for name, value in got.items():
            self.assertTrue(value == expected[name], f"/{name} differs in {output}")

    def assert_one_error(self, result, code, *words):
        """The run failed with this code and one short message that has these words."""
        self.assertEqual(result.code, code, result)
        self.assertEqual(result.stderr.count("error:"), 1, f"one error was expected\n{result}")
        self.assertLessEqual(len(result.stderr.strip().splitlines()), 8, result)
        for word in words:
            self.assertIn(str(word).lower(), result.stderr.lower(), result)

    def assert_nothing_published(self, output):
        self.assertFalse(os.path.lexists(output), f"{output} is there")
        self.assertFalse(os.path.lexists(f"{output}.part"), f"{output}.part is left")


def beside(output):
    """What a run has left beside its output."""
    return sorted(p.name for p in output.parent.iterdir() if p.name.startswith(output.name) and p != output)


def facts_of(file):
    """All that the provenance of a file says: attributes and values, a line each."""
    facts = list(file["provenance"].attrs.values())

    def collect(_, thing):
        facts.extend(thing.attrs.values())
        facts.extend(values_of(thing).tolist() if isinstance(thing, h5py.Dataset) else [])

    file["provenance"].visititems(collect)
    return "\n".join(map(str, facts))


def open_in_xarray(path, group, **options):
    """A group of a file as xarray sees it; skips the test where that is not installed."""
    try:
        import h5netcdf  # noqa: F401  pylint: disable=unused-import,import-outside-toplevel
        import xarray  # pylint: disable=import-outside-toplevel
    except ImportError as missing:
        raise unittest.SkipTest("xarray and h5netcdf are not installed") from missing
    return xarray.open_dataset(path, group=group, engine="h5netcdf", **options)



def journal_size(journal):
    try:
        return sum(path.stat().st_size for path in journal.glob("blocks.*"))
    except FileNotFoundError:
        return 0
