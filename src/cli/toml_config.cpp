// SPDX-License-Identifier: MIT
#include "cli/toml_config.hpp"

#include "base/error.hpp"

#include <toml++/toml.h>

#include <charconv>
#include <sstream>

namespace swather {

namespace {

/// A value as TOML has it. A number is one only where it reads back as the same text.
template <class Insert>
void insert_value(const std::string& text, Insert&& insert)
{
    std::int64_t number = 0;
    const char* const end = text.data() + text.size();
    const bool is_number =
        std::from_chars(text.data(), end, number).ptr == end && std::to_string(number) == text;
    if (is_number)
        insert(number);
    else if (text == "true" || text == "false")
        insert(text == "true");
    else
        insert(text);
}

void insert_option(const CLI::Option& option, bool default_also, toml::table& table)
{
    const std::string& name = option.get_single_name();
    std::vector<std::string> values = option.reduced_results();
    if (values.empty() && default_also) {
        const bool is_flag = option.get_expected_min() == 0;
        const std::string otherwise = is_flag ? "false" : option.get_default_str();
        if (!otherwise.empty()) values.push_back(otherwise);
    }
    if (values.size() == 1)
        insert_value(values.front(), [&](const auto& value) { table.insert(name, value); });
    if (values.size() < 2) return;
    toml::array all;
    for (const std::string& text : values)
        insert_value(text, [&](const auto& value) { all.push_back(value); });
    table.insert(name, std::move(all));
}

void insert_options(const CLI::App& app, bool default_also, toml::table& table)
{
    for (const CLI::Option* option : app.get_options({}))
        if (option->get_configurable()) insert_option(*option, default_also, table);
    for (const CLI::App* part : app.get_subcommands({})) {
        if (part->get_name().empty()) { // a group of options
            insert_options(*part, default_also, table);
        } else if (app.got_subcommand(part->get_name())) {
            toml::table of_command;
            insert_options(*part, default_also, of_command);
            table.insert(part->get_name(), std::move(of_command));
        }
    }
}

std::string text_of(const toml::node& node)
{
    if (const auto* text = node.as_string()) return text->get();
    std::ostringstream text;
    node.visit([&](const auto& value) { text << value; });
    return text.str();
}

void append_items(const toml::table& table, const std::vector<std::string>& parents,
                  std::vector<CLI::ConfigItem>& items)
{
    for (const auto& [key, node] : table) {
        const std::string name(key.str());
        if (const auto* of_command = node.as_table()) {
            std::vector<std::string> path = parents;
            path.push_back(name);
            append_items(*of_command, path, items);
            continue;
        }
        CLI::ConfigItem item;
        item.parents = parents;
        item.name = name;
        if (const auto* all = node.as_array())
            for (const toml::node& one : *all) item.inputs.push_back(text_of(one));
        else
            item.inputs.push_back(text_of(node));
        items.push_back(std::move(item));
    }
}

} // namespace

std::string TomlConfig::to_config(const CLI::App* app, bool default_also, bool /*write_description*/,
                                  std::string /*prefix*/) const
{
    toml::table table;
    insert_options(*app, default_also, table);
    std::ostringstream text;
    text << table << '\n';
    return text.str();
}

std::vector<CLI::ConfigItem> TomlConfig::from_config(std::istream& input) const
{
    std::vector<CLI::ConfigItem> given;
    std::ostringstream text;
    text << input.rdbuf(); // toml++ would seek, which a pipe cannot
    try {
        append_items(toml::parse(text.str()), {}, given);
    } catch (const toml::parse_error& error) {
        throw Error(Exit::usage, "the file of --config, line {}, column {}: {}", error.source().begin.line,
                    error.source().begin.column, error.description())
            .remedy("--print-config prints such a file");
    }
    return given;
}

} // namespace swather
