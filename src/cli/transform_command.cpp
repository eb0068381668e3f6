// SPDX-License-Identifier: MIT
#include "cli/transform_command.hpp"

#include "cli/options.hpp"
#include "cli/table_arguments.hpp"
#include "kernels/transform.hpp"
#include "run/run.hpp"
#include "sources/table_rows.hpp"

namespace swather {

namespace {

/// Collective. The columns of a table, which root reads.
std::vector<std::string> share_columns(const Communicator& comm, const TableOptions& table)
{
    Bytes packed;
    share(comm, [&] {
        for (const std::string& name : columns_of(table)) put(packed, std::string_view(name));
    });
    packed = comm.broadcast(std::move(packed));
    std::vector<std::string> names;
    for (BytesReader reader(packed); !reader.at_end();) names.push_back(reader.get_string());
    return names;
}

} // namespace

Prepare transform_command(CLI::App& command)
{
    auto given = std::make_shared<Transform::Options>();
    auto* columns = command.add_option_group("Columns", "");
    columns
        ->add_option("--set", given->set,
                     "A new column: 'H = sqrt(A*A + B*B)'; it may use those before it; repeatable")
        ->type_name("NAME=EXPRESSION")
        ->allow_extra_args(false);
    columns
        ->add_option("--keep", given->keep,
                     "Only these columns, of the table or of --set, in this order; without it, all")
        ->type_name("COLUMN[,…]")
        ->delimiter(',')
        ->allow_extra_args(false);
    columns->add_option("--where", given->where, "Only these rows: \"Age >= 18 and not Site == 'B'\"")
        ->type_name("EXPRESSION");
    auto table = TableArguments::add_to(command, given->strict);
    auto shared = SharedOptions::add_to(command);
    command.footer(
        "-o - prints the rows on stdout: tab-separated, with a header; in texts, tab, LF, CR and \\ "
        "are \\t, \\n, \\r and \\\\");

    return [given, table, shared](const std::string& command_line) -> Action {
        Fingerprint analysis;
        analysis.add("command", "transform");
        analysis.add("--set", fmt::format("{}", fmt::join(given->set, "; ")));
        analysis.add("--keep", fmt::format("{}", fmt::join(given->keep, ",")));
        analysis.add("--where", given->where.value_or(""));
        analysis.add("--strict", given->strict ? "yes" : "no");
        TableOptions input = table->options(analysis);
        RunOptions options = shared->options(std::move(analysis));
        options.command_line = command_line;
        input.hash_whole = options.hash_inputs;
        Transform(*given, {}); // what is wrong with an expression is wrong use, and told before all else

        return [given, input, options](const Communicator& comm) {
            with_status(comm, options, [&](Status& status) {
                const bool keeps_all = given->keep.empty();
                const Transform kernel(*given,
                                       keeps_all ? share_columns(comm, input) : std::vector<std::string>());
                TableOptions wanted = input;
                wanted.columns = kernel.columns();
                TableRows source{wanted};
                run(comm, source, kernel, options, status);
            });
        };
    };
}

} // namespace swather
