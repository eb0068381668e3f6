// SPDX-License-Identifier: MIT
#include "sources/bids_label.hpp"

#include <array>
#include <utility>

namespace swather {

namespace {

constexpr std::size_t longest_label = 100;

constexpr std::array<std::pair<char, std::string_view>, 4> words{
    {{'-', "Minus"}, {'+', "Plus"}, {'>', "Gt"}, {'<', "Lt"}}};

constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_alphanumeric(char c)
{
    return is_lower(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
/// Whether a byte is of a letter that ASCII lacks: it falls away, and parts no words.
constexpr bool is_foreign(char c) { return static_cast<unsigned char>(c) >= 0x80; }

} // namespace

std::string bids_label(std::string_view text)
{
    std::string label;
    bool begins_word = false;
    for (const char c : text) {
        for (const auto& [sign, word] : words)
            if (c == sign) label += word;
        if (is_alphanumeric(c)) {
            const bool rises = begins_word && !label.empty() && is_lower(c);
            label += rises ? static_cast<char>(c - 'a' + 'A') : c;
        }
        if (!is_foreign(c)) begins_word = !is_alphanumeric(c);
    }
    return label.empty() ? "unnamed" : label.substr(0, longest_label);
}

} // namespace swather
