# SPDX-License-Identifier: MIT
"""Counts the rows of each SampleID by pandas, in no order: count_pandas.py TABLE.csv RESULT.csv"""

import sys

import pandas

table, result = sys.argv[1:]
samples = pandas.read_csv(table, usecols=["SampleID"], dtype=str)["SampleID"]
samples.groupby(samples, sort=False).size().to_csv(result, index_label="SampleID", header=["count"])
