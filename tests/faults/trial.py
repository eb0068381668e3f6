# SPDX-License-Identifier: MIT
"""One run that something is done to: what it left behind is judged, and then it is resumed."""

import os
import shutil
import signal
import traceback
from pathlib import Path

from cases import RANKS
from swather_testing import CANNOT_CREATE, IO_ERROR, STOPPED, Hang, beside, contents, kill, running, wait_until

LIMIT = 60  # seconds that no run may last
OLD = b"what stood there before"
MOST_LINES = 8  # of an error


class Lost(Exception):
    """Wrong data, an unfinished file under the final name, or work that cannot be resumed."""


class Unclear(Exception):
    """An end in another way than by one error with the code that is due to it."""


class Trial:
    """A folder for one run, with links to the inputs of a case and a folder for the output."""

    def __init__(self, case, folder, rng):
        self.case, self.folder, self.rng = case, folder, rng
        self.inputs = folder / "in"  # where it runs
        self.place = folder / "out"
        self.output = self.place / "out.h5"
        self.journal = Path(f"{self.output}.journal")
        self.mark = folder / "mark"
        self.log = []
        self.mpirun_hung = False
        for one in (self.inputs, self.place):
            one.mkdir(parents=True)
        for name in case.inputs:
            (self.inputs / name).symlink_to(case.folder / name)
        # Some outputs are to replace a file: it must stay until they are complete.
        self.force = ["--force"] if rng.random() < 0.25 else []
        if self.force:
            self.output.write_bytes(OLD)

    # --- running ---

    def run(self, *options, ranks=RANKS, strike=None, meddle=None):
        """A run to its end; `meddle` may do something to it meanwhile."""
        # Whatever a killed run leaves behind lies in the folder of the trial.
        environment = {"OMPI_MCA_btl_vader_backing_directory": str(self.folder),
                       "OMPI_MCA_orte_tmpdir_base": str(self.folder)}
        if strike:
            environment |= strike.environment([self.place, self.inputs, self.case.folder], self.mark)
        arguments = [*self.case.arguments(self.output), *self.force, *options]
        self.log.append(f"{strike or ''} {ranks} ranks: {' '.join(map(str, arguments))}")
        with running(*arguments, ranks=ranks, folder=self.inputs, environment=environment) as run:
            if meddle:
                meddle(run)
            result = self.wait(run)
        self.log.append(str(result))
        return result

    def wait(self, run):
        """The result of a run. After its ranks were killed, Open MPI 4.1.4's mpirun now and then waits for ever, in
        PMIx_server_finalize: where no rank is left it is mpirun that hangs, not swather. That is told, and mpirun killed."""
        if not wait_until(lambda: not run.running(), LIMIT, 0.02) and not run.ranks():
            self.mpirun_hung = True
            kill(run.pid, signal.SIGKILL)
        return run.wait(1)

    def was_struck(self):
        return self.mark.exists()

    # --- judging ---

    def judge(self, result, codes=(IO_ERROR, CANNOT_CREATE), again=("--resume",), mend=lambda: None):
        """The verdict on a run. One that did not complete is run again, after `mend` has taken the cause away."""
        is_published = result.code == 0 or not self.is_as_before()
        if is_published:
            self.check_output()
        if result.code == 0 or (is_published and self.mpirun_hung):  # which was killed, and has no code of its own
            return "completed"
        if is_published and codes is not None:  # of None, what was killed may have come so far
            raise Unclear(f"exit code {result.code}, and yet an output\n{result.stderr}")
        verdict = self.verdict_of_failure(result, codes)
        mend()
        self.complete(*again)
        return verdict

    def verdict_of_failure(self, result, codes):
        """Of None of codes, whatever a killed run ends with: it may say nothing more."""
        if codes is None and "error:" not in result.stderr:
            return "stopped"
        message = [line for line in result.stderr.splitlines() if " info: " not in line and " warning: " not in line]
        if sum("error:" in line for line in message) != 1 or len(message) > MOST_LINES:
            raise Unclear(f"{len(message)} lines, {result.stderr.count('error:')} errors, exit code {result.code}")
        if result.code == STOPPED or codes is None:
            return "stopped"
        if result.code not in codes and not self.mpirun_hung:
            raise Unclear(f"exit code {result.code} instead of {codes}")
        return "refused"

    def is_as_before(self):
        """Whether the final name has what it had before the run."""
        if self.force:
            return self.output.exists() and self.output.read_bytes() == OLD
        return not os.path.lexists(self.output)

    def check_output(self):
        if not self.output.exists():
            raise Lost("there is no output")
        try:
            found = contents(self.output)
        except Exception as error:  # pylint: disable=broad-except  # whatever h5py finds
            raise Lost(f"there is an output that cannot be read: {error}") from error
        if found != self.case.expected:
            expected = self.case.expected
            wrong = [name for name in {**found, **expected} if found.get(name) != expected.get(name)]
            raise Lost(f"the output differs in {', '.join(wrong[:5])}")

    def complete(self, *options):
        """A run that nothing is done to, after one that did not complete."""
        result = self.run(*options, ranks=self.rng.choice([None, 1, 2, 4]))
        if result.code != 0:
            raise Lost(f"it cannot be completed: exit code {result.code}")
        self.check_output()
        if beside(self.output):
            raise Unclear(f"left beside the output: {beside(self.output)}")


def judged(trial, inflict):
    """What `inflict` says of a trial, and why; a trial that went well leaves nothing behind."""
    try:
        verdict, reason = inflict(trial), ""
    except Lost as error:
        verdict, reason = "lost", str(error)
    except Unclear as error:
        verdict, reason = "unclear", str(error)
    except Hang as error:
        verdict, reason = "hung", str(error)
    except AssertionError as error:  # a complaint of a sanitizer, or of the reference
        verdict, reason = "lost", str(error)
    except Exception:  # pylint: disable=broad-except  # of the campaign itself, which goes on
        verdict, reason = "unclear", traceback.format_exc()
    if not reason:
        shutil.rmtree(trial.folder, ignore_errors=True)
    return verdict, reason
