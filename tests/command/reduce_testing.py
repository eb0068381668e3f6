# SPDX-License-Identifier: MIT
"""What tests of `swather reduce` need."""

import numpy as np
from swather_testing import SwatherTest, swather


class ReduceTest(SwatherTest):
    def reduce(self, path, *options, ranks=2):
        """Runs `swather reduce`, which must succeed and leave nothing but the output; keeps what it said."""
        output = self.new_output()
        paths = path if isinstance(path, list) else [path]
        self.result = swather("reduce", *paths, "-o", output, *options, ranks=ranks)
        self.assertEqual(self.result.code, 0, self.result)
        self.assert_complete(output)
        return output

    def write(self, name, array):
        path = self.output.parent / name
        np.save(path, array)
        return path
