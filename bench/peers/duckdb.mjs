// SPDX-License-Identifier: MIT
// Counts the rows of each SampleID by DuckDB: duckdb.mjs FOLDER THREADS TABLE.csv [SORTED.csv]
// FOLDER is where npm installed the package. Without SORTED.csv the result stays in memory, and the number of groups
// is printed.
import { createRequire } from "node:module";

const [folder, threads, table, sorted] = process.argv.slice(2);
const { DuckDBInstance } = createRequire(`${folder}/`)("@duckdb/node-api");
const text = (value) => `'${value.replaceAll("'", "''")}'`;

// Types are neither guessed nor parsed, and rows may come in any order: what makes it fastest.
const instance = await DuckDBInstance.create(":memory:", {
  threads,
  preserve_insertion_order: "false",
  temp_directory: `${table}.spill`,
});
const connection = await instance.connect();
const query =
  `SELECT SampleID, count(*) AS count FROM read_csv(${text(table)}, header = true, delim = ',', all_varchar = true)` +
  " GROUP BY SampleID";
if (sorted) {
  await connection.run(`COPY (${query} ORDER BY SampleID) TO ${text(sorted)} (FORMAT csv, HEADER)`);
} else {
  const result = await connection.run(query);
  console.log(result.rowCount);
}
