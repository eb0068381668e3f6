// SPDX-License-Identifier: MIT
#pragma once

#include "base/fingerprint.hpp"
#include "sources/table_catalog.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace swather {

/// The input of an analysis of tables, and the options that say what it is, as the user gave them.
class TableArguments {
public:
    /// Local. Adds them to a command; --strict goes to `strict`, which must live as long.
    static std::shared_ptr<TableArguments> add_to(CLI::App& command, bool& strict);

    /// Local. The table; what decides its rows is added to the analysis. `Exit::usage`: a wrong value.
    [[nodiscard]] TableOptions options(Fingerprint& analysis) const;

private:
    TableOptions given_;
    std::optional<std::string> delimiter_;
    std::optional<std::string> max_row_;
    bool no_header_ = false;
};

} // namespace swather
