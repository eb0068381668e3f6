# SPDX-License-Identifier: MIT
# A manifest names the samples or subjects of a cohort: a line for each, of input, output and, if any, options of its own,
# with tabs between. Blank lines, and those that begin with #, are for the reader.

# entries MANIFEST: the lines that count, without blanks around their fields.
entries() {
    sed -e '1s/^\xEF\xBB\xBF//' -e 's/[[:space:]]*$//' -e 's/^ *//' -e 's/ *\t */\t/g' -e '/^\(#\|$\)/d' "$1" | awk 1
}

# words OPTIONS: each in a line. Quotes are those of a shell, but nothing is expanded; fails where one does not close.
words() {
    xargs -r printf '%s\n' <<<"$1"
}
