# SPDX-License-Identifier: MIT
"""`swather transform` against pandas, on any number of ranks."""

import unittest

import h5py
import numpy as np
import pandas as pd
from swather_testing import BAD_DATA, USAGE, SwatherTest, swather


class TransformTest(SwatherTest):
    def test_as_pandas_has_it_on_any_number_of_ranks(self):
        random = np.random.default_rng(1)
        n = 20_000
        path = self.output.parent / "table.csv"
        pd.DataFrame({"id": random.integers(-10**6, 10**6, n), "A": random.integers(-50, 50, n),
                      "B": random.normal(size=n), "C": np.where(random.random(n) < 0.1, np.nan, random.random(n)),
                      "name": random.choice(["x", 'say "hi"', "a,b", "l\nm", ""], n)}).to_csv(path, index=False)
        table = pd.read_csv(path, keep_default_na=False, na_values={"C": [""]}, float_precision="round_trip")
        table = table[(table.id > -500_000) & ~(table.name == "x")]
        table["K"] = table.A * 2
        table["H"] = np.sqrt(table.A * table.A + table.B * table.B) + table.C / 2
        with np.errstate(all="ignore"):
            table["M"] = np.where(table.A % 3 == 0, table.B / table.A, np.maximum(table.A, table.B))
        types = {"id": "int64", "A": "int64", "name": "object"}
        for ranks in (1, 2, 3, 7):
            output = self.new_output()
            result = swather("transform", path, "--set", "K = A * 2", "--set", "H = sqrt(A*A + B*B) + C/2",
                             "--set", "M = if(A % 3 == 0, B / A, max(A, B))", "--block-size", "65536",
                             "--where", "id > -500000 and not name == 'x'", "-o", output, ranks=ranks)
            self.assertEqual(result.code, 0, result)
            with h5py.File(output) as file:
                group = file["transform"]
                self.assertEqual([name for name in group if name != "row"], list(table.columns))
                for name, expected in table.items():
                    found = group[name].asstr()[...] if name == "name" else group[name][...]
                    self.assertEqual(found.dtype, types.get(name, "float64"), name)
                    np.testing.assert_array_equal(found, expected.to_numpy(), name)

    def test_errors(self):
        path = self.output.parent / "table.csv"
        path.write_text("A,B\n1,2\nx,3\n")
        for code, word, *options in ((USAGE, "no column 'Q'", "--set", "K = Q"),
                                     (USAGE, "expected a function", "--set", "K = sqr(A)"),
                                     (BAD_DATA, "line 3", "--set", "K = A + B", "--strict")):
            with self.subTest(options=options):
                self.assert_one_error(swather("transform", path, *options, "-o", self.output), code, word)


if __name__ == "__main__":
    unittest.main()
