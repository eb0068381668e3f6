// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>

namespace swather {

/// Options as a TOML file, read and written by toml++: in what CLI11 writes itself, a text with both kinds of
/// quotes, or a "#", does not read back.
class TomlConfig : public CLI::Config {
public:
    /// Local. The options of a program and of the command that was called; those without a value are left
    /// out.
    std::string to_config(const CLI::App* app, bool default_also, bool write_description,
                          std::string prefix) const override;
    /// Local. `Exit::usage`: what is no TOML, by line and column.
    std::vector<CLI::ConfigItem> from_config(std::istream& input) const override;
};

} // namespace swather
