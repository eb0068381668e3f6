# SPDX-License-Identifier: MIT
"""File systems of their own for tests: small, full, or not to be written."""

import os
import subprocess


def mount(test, folder, *options):
    """Mounts a file system on a folder for the time of a test, or skips the test where that cannot be."""
    if os.geteuid() != 0:
        test.skipTest("only root can mount")
    done = subprocess.run(["mount", *options, folder], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        test.skipTest(f"mount is not permitted here: {done.stderr.strip()}")
    test.addCleanup(subprocess.run, ["umount", "-l", folder], check=True)


def mount_tmpfs(test, folder, size):
    """A new folder of so many bytes."""
    folder.mkdir()
    mount(test, folder, "-t", "tmpfs", "-o", f"size={size}", "tmpfs")
