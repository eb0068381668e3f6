# SPDX-License-Identifier: MIT
"""A call that goes wrong."""

import os
from dataclasses import dataclass

from swather_testing import ENVIRONMENT


@dataclass(frozen=True)
class Strike:
    """What fail_calls.cpp, the library that is loaded before the C library, does to a run."""

    call: str
    number: int
    how: str
    rank: int | str = 0  # or "all"
    for_good: bool = False
    byte: int = 0

    def __str__(self):
        which = f"{self.call} number {self.number}{' and all later ones' if self.for_good else ''} of rank {self.rank}"
        return f"{which}: {self.how}" + (f" byte {self.byte}" if self.how == "flip" else "")

    def environment(self, folders, mark):
        """What a run needs for it; of `folders` only what lies below is touched, `mark` is there when it has struck."""
        return {"LD_PRELOAD": os.environ["FAIL_CALLS"], "FAIL_CALL": self.call, "FAIL_AT": str(self.number),
                "FAIL_WITH": self.how, "FAIL_RANK": str(self.rank), "FAIL_FOR_GOOD": str(int(self.for_good)),
                "FAIL_BYTE": str(self.byte), "FAIL_BELOW": ":".join(map(str, folders)), "FAIL_MARK": str(mark),
                # The address sanitizer would rather come first.
                "ASAN_OPTIONS": ENVIRONMENT["ASAN_OPTIONS"] + ":verify_asan_link_order=0"}
