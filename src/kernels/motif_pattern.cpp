// SPDX-License-Identifier: MIT
#include "kernels/motif_pattern.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>

namespace swather {

namespace {

/// The letters, at the number of the set that each stands for.
constexpr std::string_view letter_of_set = " ACMGRSVTWYHKDBN";

/// The set of a letter; 0 where it is none.
BaseSet set_of(char letter)
{
    const std::size_t found = letter_of_set.find(letter);
    return found == letter_of_set.npos ? BaseSet{0} : static_cast<BaseSet>(found);
}

BaseSet complement(BaseSet set)
{
    return static_cast<BaseSet>((set & 1) << 3 | (set & 2) << 1 | (set & 4) >> 1 | (set & 8) >> 3);
}

} // namespace

MotifPattern make_motif(std::string name, std::string_view letters)
{
    MotifPattern pattern{.name = std::move(name), .letters = std::string(letters)};
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; };
    if (std::ranges::any_of(pattern.name, is_control))
        throw Error(Exit::usage, "the name of the pattern {} has a tab, an end of a line or the like",
                    letters);
    if (letters.empty()) throw Error(Exit::usage, "the pattern '{}' has no letter", pattern.name);
    if (letters.size() > MotifPattern::longest)
        throw Error(Exit::usage, "the pattern '{}' has {} letters: more than {}", pattern.name,
                    letters.size(), MotifPattern::longest);
    for (char& letter : pattern.letters) {
        const char given = letter;
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
        if (letter == 'U') letter = 'T';
        if (set_of(letter) == 0)
            throw Error(Exit::usage, "the pattern '{}' has the letter '{}', which stands for no base",
                        pattern.name, given)
                .remedy("give letters of IUPAC: A C G T, R Y S W K M B D H V of some of them, N of any");
    }
    return pattern;
}

MotifPattern parse_motif(std::string_view text)
{
    const std::size_t equal = text.find('=');
    if (equal == text.npos) return make_motif(std::string(text), text);
    if (equal == 0) throw Error(Exit::usage, "the pattern '{}' has no name before its =", text);
    return make_motif(std::string(text.substr(0, equal)), text.substr(equal + 1));
}

std::vector<BaseSet> sets_of(const MotifPattern& pattern)
{
    std::vector<BaseSet> sets;
    std::ranges::transform(pattern.letters, std::back_inserter(sets), set_of);
    return sets;
}

std::vector<BaseSet> reverse_complement(const std::vector<BaseSet>& sets)
{
    std::vector<BaseSet> reversed(sets.size());
    std::transform(sets.rbegin(), sets.rend(), reversed.begin(), complement);
    return reversed;
}

} // namespace swather
