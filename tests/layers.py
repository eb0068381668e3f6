# SPDX-License-Identifier: MIT
"""A folder of src/ includes only what stands to its right in the table of README.md, and few folders know MPI, HDF5 or htslib."""

import pathlib
import re
import sys

MAY_INCLUDE = {
    "": {"cli", "run", "output", "sources", "h5", "mpi", "base"},
    "cli": {"cli", "run", "kernels", "sources", "output", "mpi", "base"},
    "run": {"run", "sources", "output", "results", "h5", "mpi", "grid", "base"},
    "kernels": {"kernels", "results", "sources", "grid", "base"},
    "output": {"output", "results", "h5", "mpi", "grid", "base"},
    "sources": {"sources", "results", "h5", "grid", "base"},
    "h5": {"h5", "results", "grid", "base"},
    "results": {"results", "grid", "base"},
    "mpi": {"mpi", "base"},
    "grid": {"grid", "base"},
    "base": {"base"},
}
KNOWN_BY = {r"mpi\.h": {"mpi"}, r"hdf5.*\.h": {"h5", "output"}, r"htslib/.*": {"sources"}, r"(bigWig|bw).*\.h": {"sources"},
            r"hwy/.*": {"sources", "kernels"}}


def violations(source):
    for path in sorted(source.rglob("*.[ch]pp")):
        folder = "" if path.parent == source else path.relative_to(source).parts[0]
        for number, line in enumerate(path.read_text().splitlines(), 1):
            include = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
            if not include:
                continue
            quote, name = include.groups()
            where = f"{path.relative_to(source)}:{number}: {folder or 'main.cpp'} must not include {name}"
            if quote == '"' and "/" in name and name.split("/")[0] not in MAY_INCLUDE[folder]:
                yield where
            if folder == "kernels" and name.startswith("sources/") and not name.endswith("_view.hpp"):
                yield where + " (of the sources only the views)"
            for pattern, folders in KNOWN_BY.items():
                if re.fullmatch(pattern, name) and folder not in folders:
                    yield where


def main():
    source = pathlib.Path(sys.argv[1])
    found = list(violations(source))
    files = len(list(source.rglob("*.[ch]pp")))
    print(*found, f"{files} files read, {len(found)} includes that cross the layers", sep="\n")
    return 1 if found or files == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
