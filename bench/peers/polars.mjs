// SPDX-License-Identifier: MIT
// Counts the rows of each SampleID by polars: polars.mjs FOLDER THREADS TABLE.csv [SORTED.csv]
// FOLDER is where npm installed the package. Without SORTED.csv the result stays in memory, and the number of groups
// is printed.
import { createRequire } from "node:module";

const [folder, threads, table, sorted] = process.argv.slice(2);
process.env.POLARS_MAX_THREADS = threads;
const pl = createRequire(`${folder}/`)("nodejs-polars");

// All columns are text (inferSchemaLength), and groups may come in any order (false).
const counts = pl
  .scanCSV(table, { inferSchemaLength: 0 })
  .groupBy("SampleID", false)
  .agg(pl.len().alias("count"));
if (sorted) {
  counts.sort("SampleID").sinkCSV(sorted).collectSync({ engine: "streaming" });
} else {
  console.log(counts.collectSync({ engine: "streaming" }).height);
}
