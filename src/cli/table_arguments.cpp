// SPDX-License-Identifier: MIT
#include "cli/table_arguments.hpp"

#include "base/error.hpp"
#include "base/units.hpp"

#include <fmt/ranges.h>

#include <algorithm>

namespace swather {

namespace {

char delimiter_of(const std::string& text)
{
    if (text == "tab" || text == "\\t") return '\t';
    if (text.size() != 1 || text == "\"" || text == "\n" || text == "\r")
        throw Error(Exit::usage, "--delimiter '{}' is none", text)
            .remedy("give one character but a quote, or the word tab");
    return text.front();
}

} // namespace

std::shared_ptr<TableArguments> TableArguments::add_to(CLI::App& command, bool& strict)
{
    auto added = std::make_shared<TableArguments>();
    command
        .add_option("input", added->given_.inputs,
                    "CSV or TSV files, .gz too, or FILE.h5:/GROUP, whose datasets are the columns; or globs")
        ->required()
        ->type_name("IN.csv");
    auto* table = command.add_option_group("Table", "");
    table->add_option("--delimiter", added->delimiter_, "Between fields; without it, guessed from the header")
        ->type_name("CHARACTER|tab");
    table->add_flag("--no-header", added->no_header_, "The first row is data, and columns are 1, 2 …");
    table->add_flag("--strict", strict,
                    "Blank, short and long rows, and what is no number where one is wanted, are errors");
    table->add_option("--max-row", added->max_row_, "Bytes of the longest row (64M); powers of 1024")
        ->type_name("N[K|M|G]");
    return added;
}

TableOptions TableArguments::options(Fingerprint& analysis) const
{
    TableOptions options = given_;
    if (delimiter_) options.delimiter = delimiter_of(*delimiter_);
    if (max_row_) options.max_row = parse_size("--max-row", *max_row_, 1024);
    options.has_header = !no_header_;
    analysis.add("--delimiter", delimiter_.value_or(""));
    analysis.add("--no-header", no_header_ ? "yes" : "no");
    analysis.add("--max-row", std::to_string(options.max_row));
    // The identity of an input is that of its file.
    std::vector<std::string> groups;
    for (const std::string& input : options.inputs) groups.push_back(split_name(input).inside);
    if (std::any_of(groups.begin(), groups.end(), [](const auto& group) { return !group.empty(); }))
        analysis.add("groups of HDF5", fmt::format("{}", fmt::join(groups, ", ")));
    return options;
}

} // namespace swather
