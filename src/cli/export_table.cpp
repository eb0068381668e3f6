// SPDX-License-Identifier: MIT
#include "cli/export_table.hpp"

#include "base/log.hpp"
#include "base/stop.hpp"
#include "cli/export_place.hpp"
#include "output/read_table.hpp"
#include "sources/csv_writer.hpp"

namespace swather {

void export_table(const std::string& path, const std::string& csv, bool force)
{
    StoredTable table(path);
    ExportPlaces(path, force).add(csv, "--csv");
    CsvWriter writer(csv);
    writer.write_header(table.names());
    while (const auto cells = table.next()) {
        throw_if_stopped();
        writer.write(*cells);
    }
    writer.finish();
    writer.publish();
    spdlog::info("the table of '{}' is exported", path);
}

} // namespace swather
