// SPDX-License-Identifier: MIT
#pragma once

#include "run/options.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace swather {

/// The options that every analysis shares, as the user gave them.
class SharedOptions {
public:
    /// Local. Adds the options to a command; to one below `plan` those of the model too.
    static std::shared_ptr<SharedOptions> add_to(CLI::App& command);

    /// Local. The options for a run of a command whose own options, those that decide its data, are
    /// `analysis`. What contradicts itself is `Exit::usage`.
    [[nodiscard]] RunOptions options(Fingerprint analysis) const;

private:
    /// As the user gives them: in µs, GB/s and seconds.
    struct Model {
        std::vector<int> ranks{1, 4, 16, 64, 256, 1024, 4096, 16'384};
        std::string per_block;
        double latency = 2;
        double bandwidth = 10;
        std::optional<double> io_bandwidth;
        std::optional<double> gathering;
        bool as_csv = false;
    };
    static void add_model(CLI::App& command, Model& model);
    static ModelOptions options_of(const Model& model);

    RunOptions given_;
    std::optional<Model> model_; ///< of a plan
    std::optional<std::string> block_size_;
    std::optional<std::string> memory_;
    std::string schedule_ = "static";
    std::string watchdog_ = "30m";
    bool no_verify_ = false;
};

} // namespace swather
