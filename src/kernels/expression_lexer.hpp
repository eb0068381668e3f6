// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace swather::expression {

/// A piece of an expression. A number has no sign: that is an operation.
struct Token {
    enum class Kind {
        end,
        name,
        text,
        number,
        comparison,
        operation, ///< + - * / // % **
        word_and,
        word_or,
        word_not,
        word_in,
        open,
        close,
        comma,
        unclosed,  ///< a quote without its other one
        no_number, ///< begins as a number and goes on as something else
        too_large, ///< a number that is out of range; with a minus, it may be none
        unknown,
    };
    Kind kind;
    std::string_view text; ///< as it stands in the expression
};

/// Cuts an expression into tokens, one at a time, so that errors are found in the order in which they stand.
class Lexer {
public:
    explicit Lexer(std::string_view expression)
        : rest_(expression)
    {
    }

    /// Local. The next token; behind the last, the end.
    Token next();

private:
    std::string_view take(std::size_t length);
    Token quoted();
    Token comparison();
    Token operation();
    Token number();
    Token word();

    std::string_view rest_;
};

/// Local. What a name or a text says: without its quotes, each doubled one inside as one.
std::string unquoted(std::string_view token);

} // namespace swather::expression
