// SPDX-License-Identifier: MIT
#include "base/fingerprint.hpp"

#include "base/error.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace swather {

void Fingerprint::add(const Fingerprint& others)
{
    facts_.insert(facts_.end(), others.facts_.begin(), others.facts_.end());
}

std::string Fingerprint::to_json() const
{
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    for (const auto& [name, value] : facts_) json[name] = value;
    return json.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Fingerprint Fingerprint::from_json(std::string_view text)
{
    Fingerprint fingerprint;
    const auto json = nlohmann::ordered_json::parse(text, nullptr, false);
    if (!json.is_object()) throw Error(Exit::bad_data, "a fingerprint is not a JSON object");
    for (const auto& [name, value] : json.items()) {
        if (!value.is_string()) throw Error(Exit::bad_data, "'{}' of a fingerprint is not a text", name);
        fingerprint.add(name, value.get<std::string>());
    }
    return fingerprint;
}

std::vector<std::string> Fingerprint::differences(const Fingerprint& there) const
{
    const auto value_in = [](const Fingerprint& fingerprint, const std::string& name) -> std::string {
        const auto found = std::find_if(fingerprint.facts_.begin(), fingerprint.facts_.end(),
                                        [&](const auto& fact) { return fact.first == name; });
        return found == fingerprint.facts_.end() ? "nothing" : "'" + found->second + "'";
    };
    std::vector<std::string> lines;
    for (const auto& [name, value] : facts_) {
        const auto other = value_in(there, name);
        if (other != "'" + value + "'")
            lines.push_back(fmt::format("{}: {} there, '{}' here", name, other, value));
    }
    for (const auto& [name, value] : there.facts_)
        if (value_in(*this, name) == "nothing")
            lines.push_back(fmt::format("{}: '{}' there, nothing here", name, value));
    return lines;
}

} // namespace swather
