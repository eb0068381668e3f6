# SPDX-License-Identifier: MIT
"""The hits of `swather motif` by regular expressions, and odd FASTA files to search."""

import random
import re

IUPAC = {"A": "A", "C": "C", "G": "G", "T": "TU", "U": "TU", "R": "AG", "Y": "CTU", "S": "CG", "W": "ATU", "K": "GTU",
         "M": "AC", "B": "CGTU", "D": "AGTU", "H": "ACTU", "V": "ACG", "N": "ACGTU"}
COMPLEMENT = str.maketrans("ACGTURYSWKMBDHVN", "TGCAAYRSWMKVHDBN")


def reverse_complement(pattern):
    return pattern.translate(COMPLEMENT)[::-1]


def starts(sequence, pattern):
    """All of them, those that overlap others too."""
    expression = "".join(f"[{IUPAC[letter]}]" for letter in pattern)
    return [match.start() for match in re.finditer(f"(?={expression})", sequence.upper())]


def hits(contigs, patterns, strand="both"):
    """(contig, start, strand, pattern) in order; `contigs` and `patterns` are {name: letters}."""
    found = []
    for number, (contig, sequence) in enumerate(contigs.items()):
        for order, (name, pattern) in enumerate(patterns.items()):
            reverse = reverse_complement(pattern)
            palindrome = reverse == pattern.replace("U", "T")
            if strand in "+both" or palindrome:
                found += [(number, start, order, "+", contig, name) for start in starts(sequence, pattern)]
            if strand in "-both" and not palindrome:
                found += [(number, start, order, "-", contig, name) for start in starts(sequence, reverse)]
    return [(contig, start, sign, name) for _, start, _, sign, contig, name in sorted(found)]


PATTERNS = {
    "EcoRI": "GAATTC",  # a palindrome
    "gap": "TGGCANNNNNTGCCA",  # another
    "two": "RC",
    "any": "N",
    "same": "GAATTC",
    "long": "ACGTTGCAAB" * 6 + "TTTT",  # 64 letters
    "poly": "AAAA",
    "TNNA": "TNNA",
}


def odd_genome(seed, size=2_500):
    """Contigs of all lengths, with planted patterns that overlap, small letters, codes of IUPAC, U, N, X and gaps."""
    rng = random.Random(seed)
    instances = [pattern.replace("N", "A").replace("R", "G").replace("B", "C") for pattern in PATTERNS.values()]
    instances += [reverse_complement(instance) for instance in instances]
    genome = {"one": "g", "short": "GAATT", "exact": "GAATTC"}
    for number, length in enumerate((size, 65, 131, size // 3, 3)):
        letters = ""
        while len(letters) < length:
            kind = rng.random()
            if kind < 0.5:
                letters += rng.choice(instances)
            elif kind < 0.6:
                letters += rng.choice(["NNNNN", "n", "RYKM", "-", "X", "GAANTC", "GAAUUC", "AAAAAAAAAAAA"])
            else:
                letters += "".join(rng.choices("ACGT", k=rng.randint(1, 12)))
        letters = letters[:length]
        genome[f"c{number}|x=1"] = "".join(c.lower() if rng.random() < 0.2 else c for c in letters)
    return genome


def fasta(genome, width=60, end="\n", last_end=True, descriptions=True):
    """The text of a FASTA; each contig after the first has a width of its own."""
    text = ""
    for number, (name, letters) in enumerate(genome.items()):
        of_line = max(1, width + 7 * number)
        text += f">{name}{' of some length' if descriptions and number % 2 else ''}{end}"
        text += "".join(letters[i:i + of_line] + end for i in range(0, len(letters), of_line))
    return text if last_end else text.removesuffix(end)
