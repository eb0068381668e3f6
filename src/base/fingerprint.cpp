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

std::optional<std::string> Fingerprint::value(std::string_view name) const
{
    const auto found =
        std::find_if(facts_.begin(), facts_.end(), [&](const auto& fact) { return fact.first == name; });
    return found == facts_.end() ? std::nullopt : std::optional(found->second);
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
    std::vector<std::string> lines;
    for (const auto& [name, value] : facts_) {
        const auto other = there.value(name);
        if (other != value)
            lines.push_back(
                fmt::format("{}: {} there, '{}' here", name, other ? "'" + *other + "'" : "nothing", value));
    }
    for (const auto& [name, value] : there.facts_)
        if (!this->value(name)) lines.push_back(fmt::format("{}: '{}' there, nothing here", name, value));
    return lines;
}

} // namespace swather
