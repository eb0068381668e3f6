// SPDX-License-Identifier: MIT
#include "kernels/expression_lexer.hpp"

#include "base/number.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace swather::expression {

namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
constexpr bool is_quote(char c) { return c == '\'' || c == '"' || c == '`'; }
constexpr bool is_mark(char c) { return std::string_view("=<>!&|~").find(c) != std::string_view::npos; }
constexpr bool is_in_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '.' ||
           static_cast<unsigned char>(c) >= 0x80;
}

template <class Is>
std::size_t end_of_run(std::string_view text, std::size_t begin, Is is)
{
    const auto first = text.begin() + static_cast<std::ptrdiff_t>(begin);
    return static_cast<std::size_t>(std::find_if_not(first, text.end(), is) - text.begin());
}

constexpr bool is_operation(char c) { return std::string_view("+-*/%^").find(c) != std::string_view::npos; }

bool begins_number(std::string_view text)
{
    if (text.starts_with('.')) text.remove_prefix(1);
    return !text.empty() && is_digit(text.front());
}

bool same_word(std::string_view word, std::string_view lower)
{
    const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
    return std::equal(word.begin(), word.end(), lower.begin(), lower.end(), same);
}

} // namespace

Token Lexer::next()
{
    take(end_of_run(rest_, 0, is_space));
    if (rest_.empty()) return {Token::Kind::end, rest_};
    const char c = rest_.front();
    if (c == '(') return {Token::Kind::open, take(1)};
    if (c == ')') return {Token::Kind::close, take(1)};
    if (c == ',') return {Token::Kind::comma, take(1)};
    if (is_quote(c)) return quoted();
    if (is_mark(c)) return comparison();
    if (is_operation(c)) return operation();
    if (begins_number(rest_)) return number();
    if (is_in_name(c)) return word();
    return {Token::Kind::unknown, take(1)};
}

std::string_view Lexer::take(std::size_t length)
{
    const std::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return taken;
}

Token Lexer::quoted()
{
    const char quote = rest_.front();
    for (auto end = rest_.find(quote, 1); end != std::string_view::npos; end = rest_.find(quote, end + 2))
        if (!rest_.substr(end + 1).starts_with(quote))
            return {quote == '`' ? Token::Kind::name : Token::Kind::text, take(end + 1)};
    return {Token::Kind::unclosed, take(1)};
}

Token Lexer::comparison()
{
    constexpr std::array<std::string_view, 7> known{"==", "=", "!=", "<", "<=", ">", ">="};
    const std::string_view marks = take(end_of_run(rest_, 0, is_mark));
    const bool found = std::find(known.begin(), known.end(), marks) != known.end();
    return {found ? Token::Kind::comparison : Token::Kind::unknown, marks};
}

Token Lexer::operation()
{
    const bool twice = rest_.starts_with("**") || rest_.starts_with("//");
    const std::string_view mark = take(twice ? 2 : 1);
    return {mark == "^" ? Token::Kind::unknown : Token::Kind::operation, mark};
}

Token Lexer::number()
{
    std::size_t end = end_of_run(rest_, 1, is_in_name);
    const bool exponent = rest_[end - 1] == 'e' || rest_[end - 1] == 'E';
    if (exponent && end + 1 < rest_.size() && (rest_[end] == '-' || rest_[end] == '+') &&
        is_digit(rest_[end + 1]))
        end = end_of_run(rest_, end + 1, is_in_name);
    const std::string_view text = take(end);
    switch (parse_number(text).kind) {
    case Number::Kind::none:
        return {Token::Kind::no_number, text};
    case Number::Kind::out_of_range:
        return {Token::Kind::too_large, text};
    default:
        return {Token::Kind::number, text};
    }
}

Token Lexer::word()
{
    using Kind = Token::Kind;
    constexpr std::array<std::pair<std::string_view, Kind>, 4> keywords{
        {{"and", Kind::word_and}, {"or", Kind::word_or}, {"not", Kind::word_not}, {"in", Kind::word_in}}};
    const std::string_view text = take(end_of_run(rest_, 0, is_in_name));
    for (const auto& [word, kind] : keywords)
        if (same_word(text, word)) return {kind, text};
    return {Kind::name, text};
}

std::string unquoted(std::string_view token)
{
    const char quote = token.front();
    if (!is_quote(quote)) return std::string(token);
    std::string result;
    for (std::size_t i = 1; i + 1 < token.size(); ++i) {
        result += token[i];
        if (token[i] == quote) ++i;
    }
    return result;
}

} // namespace swather::expression
