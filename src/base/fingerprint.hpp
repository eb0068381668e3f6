// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace swather {

/// All that decides the data of a run, by name: command, inputs, options, block size. Two runs with equal
/// fingerprints compute the same bytes; ranks, schedule, memory and compression are not in it.
class Fingerprint {
public:
    void add(std::string name, std::string value) { facts_.emplace_back(std::move(name), std::move(value)); }
    void add(const Fingerprint& others);

    /// Local. The value of a fact; none where there is no such fact.
    [[nodiscard]] std::optional<std::string> value(std::string_view name) const;

    [[nodiscard]] std::string to_json() const;
    /// Local. Throws `Exit::bad_data` where `json` is none.
    static Fingerprint from_json(std::string_view json);

    /// Local. One line for each fact that differs: "NAME: THERE there, HERE here"; empty where all are equal.
    [[nodiscard]] std::vector<std::string> differences(const Fingerprint& there) const;

private:
    std::vector<std::pair<std::string, std::string>> facts_;
};

} // namespace swather
