# SPDX-License-Identifier: MIT
# A manifest names the samples or subjects of a cohort: a line for each, of input, output and, if any, options of its own,
# with tabs between. Blank lines, and those that begin with #, are for the reader.

# entries MANIFEST: the lines that count.
entries() {
    sed -e 's/\r$//' -e '/^[[:space:]]*\(#\|$\)/d' "$1"
}
