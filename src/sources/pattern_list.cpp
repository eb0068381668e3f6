// SPDX-License-Identifier: MIT
#include "sources/pattern_list.hpp"

#include "base/error.hpp"
#include "sources/text_lines.hpp"

#include <string_view>

namespace swather {

namespace {

std::vector<std::string> words_of(std::string_view text)
{
    constexpr std::string_view blanks = " \t";
    std::vector<std::string> words;
    for (std::size_t begin = text.find_first_not_of(blanks); begin != text.npos;) {
        const std::size_t end = std::min(text.find_first_of(blanks, begin), text.size());
        words.emplace_back(text.substr(begin, end - begin));
        begin = text.find_first_not_of(blanks, end);
    }
    return words;
}

} // namespace

std::vector<ListedPattern> read_pattern_list(const std::string& path)
{
    std::vector<ListedPattern> patterns;
    for (TextLines lines(path); lines.next();) {
        const auto words = words_of(lines.text().substr(0, lines.text().find('#')));
        if (words.empty()) continue;
        if (words.size() > 2)
            throw Error(Exit::bad_data, "line {} of '{}' has {} words", lines.number(), path, words.size())
                .remedy("a line is a pattern, or a name, a blank and a pattern");
        patterns.push_back({.line = lines.number(),
                            .name = words.size() == 2 ? words.front() : "",
                            .letters = words.back()});
    }
    return patterns;
}

} // namespace swather
