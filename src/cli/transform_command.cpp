// SPDX-License-Identifier: MIT
#include "cli/transform_command.hpp"

#include "base/error.hpp"
#include "cli/options.hpp"
#include "cli/table_arguments.hpp"
#include "kernels/expression_lexer.hpp"
#include "kernels/transform.hpp"
#include "run/run.hpp"
#include "sources/table_rows.hpp"

#include <algorithm>

namespace swather {

namespace {

/// The next name of a list, which may be in backticks, as in expressions; it is taken from the list.
std::string take_name(std::string_view& list)
{
    std::size_t end = std::min(list.find(','), list.size());
    const bool quoted = list.starts_with('`');
    if (quoted) {
        std::size_t quote = list.find('`', 1);
        while (quote != list.npos && list.substr(quote).starts_with("``")) quote = list.find('`', quote + 2);
        if (quote == list.npos) throw Error(Exit::usage, "--keep: a ` that is not closed: {}", list);
        end = quote + 1;
    }
    const std::string_view name = list.substr(0, end);
    list.remove_prefix(end);
    return quoted ? expression::unquoted(name) : std::string(name);
}

/// The columns of --keep, each of which may be a list.
std::vector<std::string> columns_to_keep(const std::vector<std::string>& lists)
{
    std::vector<std::string> names;
    for (const std::string& list : lists) {
        std::string_view rest = list;
        for (bool more = true; more;) {
            const bool has_name = !rest.empty() && rest.front() != ',';
            if (has_name) names.push_back(take_name(rest));
            more = rest.starts_with(',');
            if (!has_name || (!more && !rest.empty()))
                throw Error(Exit::usage, "--keep '{}' is no list of names", list)
                    .remedy("put one comma between two names; a name with commas is written in backticks, "
                            "and an empty one is ``");
            if (more) rest.remove_prefix(1);
            if (std::find(names.begin(), names.end() - 1, names.back()) != names.end() - 1)
                throw Error(Exit::usage, "--keep has the column '{}' twice", names.back());
        }
    }
    return names;
}

} // namespace

Prepare transform_command(CLI::App& command)
{
    auto given = std::make_shared<Transform::Options>();
    auto keep = std::make_shared<std::vector<std::string>>();
    auto* columns = command.add_option_group("Columns", "");
    columns
        ->add_option("--set", given->set,
                     "A new column: 'H = sqrt(A*A + B*B)'; it may use those before it; repeatable")
        ->type_name("NAME=EXPRESSION")
        ->allow_extra_args(false);
    columns
        ->add_option("--keep", *keep,
                     "Only these columns, of the table or of --set, in this order; without it, all")
        ->type_name("COLUMN[,…]")
        ->allow_extra_args(false);
    columns->add_option("--where", given->where, "Only these rows: \"Age >= 18 and not Site == 'B'\"")
        ->type_name("EXPRESSION");
    auto table = TableArguments::add_to(command, given->strict);
    auto shared = SharedOptions::add_to(command);
    auto csv = std::make_shared<bool>();
    if (command.get_parent()->get_name() != "plan") // which has such a flag for its own table
        command.get_option_group("Output")->add_flag("--csv", *csv, "With -o -: print CSV instead");
    command.footer(
        "-o - prints the rows on stdout: tab-separated, with a header; in texts, tab, LF, CR and \\ "
        "are \\t, \\n, \\r and \\\\");

    return [given, keep, table, shared, csv](const std::string& command_line) -> Action {
        Fingerprint analysis;
        analysis.add("command", "transform");
        analysis.add("--set", fmt::format("{}", fmt::join(given->set, "; ")));
        analysis.add("--keep", fmt::format("{}", fmt::join(*keep, ",")));
        analysis.add("--where", given->where.value_or(""));
        analysis.add("--strict", given->strict ? "yes" : "no");
        TableOptions input = table->options(analysis);
        input.block_bytes = 4 << 20; // a round of rows has several blocks, which all ranks read
        RunOptions options = shared->options(std::move(analysis));
        options.command_line = command_line;
        options.csv = *csv;
        input.hash_whole = options.hash_inputs;
        given->keep = columns_to_keep(*keep);
        Transform(*given, {}); // what is wrong with an expression is wrong use, and told before all else

        return [given, input, options](const Communicator& comm) {
            with_status(comm, options, [&](Status& status) {
                const bool keeps_all = given->keep.empty();
                const Transform kernel(*given, keeps_all ? share(comm, [&] { return columns_of(input); })
                                                         : std::vector<std::string>());
                TableOptions wanted = input;
                wanted.columns = kernel.columns();
                TableRows source{wanted};
                run(comm, source, kernel, options, status);
            });
        };
    };
}

} // namespace swather
