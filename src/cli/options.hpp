// SPDX-License-Identifier: MIT
#pragma once

#include "run/options.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace swather {

/// The options that every analysis shares, as the user gave them.
class SharedOptions {
public:
    /// Local. Adds the options to a command.
    static std::shared_ptr<SharedOptions> add_to(CLI::App& command);

    /// Local. The options for a run of a command whose own options, those that decide its data, are
    /// `analysis`. What contradicts itself is `Exit::usage`.
    [[nodiscard]] RunOptions options(Fingerprint analysis) const;

private:
    RunOptions given_;
    std::optional<std::string> block_size_;
    std::optional<std::string> memory_;
    std::string schedule_ = "static";
    std::string watchdog_ = "30m";
    bool no_verify_ = false;
};

} // namespace swather
