// SPDX-License-Identifier: MIT
#include "kernels/expression_tokens.hpp"

#include "base/error.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace swather::expression {

namespace {

/// What to write instead of a token that stands where it must not; empty where nobody knows.
std::string remedy_of(const Token& token)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 14> meant{{
        {"&&", "and"},
        {"&", "and"},
        {"||", "or"},
        {"|", "or"},
        {"!", "not"},
        {"~", "not"},
        {"=>", ">="},
        {"=<", "<="},
        {"<>", "!="},
        {"===", "=="},
        {"!==", "!="},
        {"^", "**"},
        {"pow", "**"},
        {"if", "if(condition, a, b)"},
    }};
    for (const auto& [found, write] : meant)
        if (token.text == found) return fmt::format("write {}", write);
    switch (token.kind) {
    case Token::Kind::no_number:
        return fmt::format("it is no number; a column of this name is written `{}`", token.text);
    case Token::Kind::too_large:
        return token.text.find_first_of(".eE") == token.text.npos
                   ? "it is beyond 64 bits; in quotes it is compared as text"
                   : "it is beyond float64, whose largest number is 1.8e308";
    default:
        return "";
    }
}

std::string described(const Token& token)
{
    if (token.kind == Token::Kind::end) return "the end";
    if (token.kind == Token::Kind::unclosed) return fmt::format("a {} that is not closed", token.text);
    const bool quoted = token.kind == Token::Kind::text || token.text.front() == '`';
    return quoted ? std::string(token.text) : fmt::format("'{}'", token.text);
}

} // namespace

Tokens::Tokens(std::string_view option, std::string_view text)
    : option_(option)
    , text_(text)
    , lexer_(text)
    , token_(lexer_.next())
{
}

bool Tokens::is_operation(std::initializer_list<std::string_view> marks) const
{
    return is(Token::Kind::operation) && std::find(marks.begin(), marks.end(), token_.text) != marks.end();
}

Token Tokens::take() { return std::exchange(token_, lexer_.next()); }

bool Tokens::accept(Token::Kind kind)
{
    const bool found = is(kind);
    if (found) take();
    return found;
}

void Tokens::fail_at(const Token& token, std::string_view expected, std::string_view remedy) const
{
    Error error(Exit::usage, "{}: found {}, expected {}\n{}", option_, described(token), expected,
                with_caret(text_, place_of(token)));
    const std::string of_token = remedy_of(token);
    if (!of_token.empty())
        error.remedy("{}", of_token);
    else if (!remedy.empty())
        error.remedy("{}", remedy);
    throw error;
}

void Tokens::fail(std::string_view expected, std::string_view remedy) const
{
    fail_at(token_, expected, remedy);
}

void Tokens::fail_in_name(std::string_view expected) const
{
    const bool part_of_name = is(Token::Kind::name) || is(Token::Kind::unknown);
    fail(expected, part_of_name ? "a name with blanks or signs is written in backticks: `Sample ID`" : "");
}

} // namespace swather::expression
