// SPDX-License-Identifier: MIT
#include "cli/option_rules.hpp"

#include "base/error.hpp"
#include "base/number.hpp"

namespace swather {

namespace {

/// Whether the options of a rule say something.
bool holds(const OptionRule& rule, const CLI::Option& other)
{
    if (rule.value.empty()) return other.count() > 0;
    return rule.value == (other.count() > 0 ? other.results().back() : other.get_default_str());
}

Error refusal(const OptionRule& rule, const std::string& option, const CLI::Option& other)
{
    if (rule.value.empty())
        return Error(Exit::usage, "{} goes with {}, which was not given", option, rule.other)
            .remedy("leave it out, or give {}", rule.other);
    const std::string there = other.count() > 0 ? other.results().back() : other.get_default_str();
    return Error(Exit::usage, "{} goes with {} {}, not with {} {}", option, rule.other, rule.value,
                 rule.other, there)
        .remedy("leave it out");
}

void check(CLI::App& command, const std::vector<OptionRule>& rules)
{
    for (const OptionRule& rule : rules) {
        const CLI::Option& other = *command.get_option(rule.other);
        if (holds(rule, other)) continue;
        for (const std::string& name : rule.options) {
            CLI::Option& option = *command.get_option(name);
            if (option.count() > 0) throw refusal(rule, name, other);
            option.configurable(false);
        }
    }
}

} // namespace

void set_option_rules(CLI::App& command, std::vector<OptionRule> rules)
{
    command.final_callback([&command, rules = std::move(rules)] { check(command, rules); });
}

CLI::Validator number_from(double least, double most)
{
    return {[least, most](const std::string& text) -> std::string {
                const Number number = parse_number(text);
                if (number.kind != Number::Kind::none && number.real >= least && number.real <= most)
                    return {};
                return fmt::format("{} is no number from {:g} to {:g}", text, least, most);
            },
            fmt::format("{:g} to {:g}", least, most)};
}

} // namespace swather
