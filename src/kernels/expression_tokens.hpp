// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/expression_lexer.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

namespace swather::expression {

/// The tokens of an expression, one of which is looked at, and the errors that show a place among them. All
/// is local.
class Tokens {
public:
    /// `option`: what gave the expression, as errors name it. Both must live as long.
    Tokens(std::string_view option, std::string_view text);

    [[nodiscard]] const Token& front() const { return token_; }
    [[nodiscard]] bool is(Token::Kind kind) const { return token_.kind == kind; }
    [[nodiscard]] bool is_operation(std::initializer_list<std::string_view> marks) const;
    /// Local. The token that is looked at; goes to the next.
    Token take();
    /// Local. Whether it is of this kind; goes to the next if so.
    bool accept(Token::Kind kind);
    /// Local. All of the expression from the token that is looked at to the end.
    [[nodiscard]] std::string_view rest() const { return text_.substr(place_of(token_)); }

    /// Local. `Exit::usage`: shows the place of a token, what was found there and what was expected.
    [[noreturn]] void fail_at(const Token& token, std::string_view expected,
                              std::string_view remedy = "") const;
    /// Local. The same of the token that is looked at.
    [[noreturn]] void fail(std::string_view expected, std::string_view remedy = "") const;
    /// Local. The same, where a name may be meant that is not in backticks.
    [[noreturn]] void fail_in_name(std::string_view expected) const;

private:
    [[nodiscard]] std::size_t place_of(const Token& token) const
    {
        return static_cast<std::size_t>(token.text.data() - text_.data());
    }

    std::string_view option_;
    std::string_view text_;
    Lexer lexer_;
    Token token_;
};

} // namespace swather::expression
