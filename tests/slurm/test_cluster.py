# SPDX-License-Identifier: MIT
"""Where there can be no SLURM: as where nothing of it is on PATH."""

import subprocess
import sys
import unittest
from pathlib import Path


class NoClusterTest(unittest.TestCase):
    def start(self, **environment):
        return subprocess.run([sys.executable, Path(__file__).with_name("cluster.py"), "true"], check=False,
                              env={"PATH": "/nowhere"} | environment, capture_output=True, text=True)

    def test_a_skip_says_why(self):
        done = self.start()
        self.assertEqual(done.returncode, 77)
        self.assertRegex(done.stdout, r"\Ano SLURM cluster: .*\n\Z")

    def test_continuous_integration_skips_nothing(self):
        self.assertEqual(self.start(CI="true").returncode, 1)


if __name__ == "__main__":
    unittest.main()
