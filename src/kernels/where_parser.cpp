// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "base/utf8.hpp"
#include "kernels/where.hpp"
#include "kernels/where_lexer.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace swather {

using where::Lexer;
using where::Token;
using where::unquoted;

namespace {

/// What to write instead of a token that stands where it must not; empty where nobody knows.
std::string remedy(const Token& token)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 11> meant{{
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
    }};
    for (const auto& [found, write] : meant)
        if (token.text == found) return fmt::format("write {}", write);
    switch (token.kind) {
    case Token::Kind::no_number:
        return fmt::format("it is no number; a column of this name is written `{}`", token.text);
    case Token::Kind::too_large:
        return "it is beyond 64 bits; in quotes it is compared as text";
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

/// Reads an expression by recursive descent and writes the program. The loosest bind first: or, and, not.
class Where::Parser {
public:
    Parser(std::string_view expression, Where& where)
        : expression_(expression)
        , lexer_(expression)
        , token_(lexer_.next())
        , where_(where)
    {
    }

    void parse()
    {
        if (token_.kind == Kind::end)
            throw Error(Exit::usage, "--where is empty").remedy("give a condition, such as 'Age >= 18'");
        disjunction();
        if (token_.kind != Kind::end) fail("'and', 'or' or the end");
    }

private:
    using Kind = Token::Kind;
    using Literal = std::variant<Number, std::string>;

    [[noreturn]] void fail(std::string_view expected, const std::string& hint = "") const
    {
        const auto place = static_cast<std::size_t>(token_.text.data() - expression_.data());
        Error error(Exit::usage, "--where: found {}, expected {}\n{}", described(token_), expected,
                    with_caret(expression_, place));
        const std::string known = remedy(token_);
        if (!known.empty() || !hint.empty()) error.remedy("{}", known.empty() ? hint : known);
        throw error;
    }

    Token take() { return std::exchange(token_, lexer_.next()); }

    bool accept(Kind kind)
    {
        const bool found = token_.kind == kind;
        if (found) take();
        return found;
    }

    void expect(Kind kind, std::string_view name)
    {
        if (!accept(kind)) fail(name);
    }

    void emit(Step step) { where_.program_.push_back(std::move(step)); }

    /// Terms with `word` between them. Each but the last decides alone where it is `deciding`.
    template <class Term>
    void chain(Kind word, bool deciding, Term term)
    {
        std::vector<std::size_t> skips;
        term();
        while (accept(word)) {
            skips.push_back(where_.program_.size());
            emit(Skip{.when = deciding, .to = 0});
            term();
        }
        for (const std::size_t skip : skips)
            std::get<Skip>(where_.program_[skip]).to = where_.program_.size();
    }

    void disjunction()
    {
        chain(Kind::word_or, true, [this] { conjunction(); });
    }

    void conjunction()
    {
        chain(Kind::word_and, false, [this] { negation(); });
    }

    void negation()
    {
        bool negated = false;
        while (accept(Kind::word_not)) negated = !negated;
        if (token_.kind == Kind::open) {
            parenthesis();
        } else {
            comparison();
        }
        if (negated) emit(Not{});
    }

    void parenthesis()
    {
        constexpr int most_open = 200; // each takes room on the stack
        if (++open_ > most_open) fail(fmt::format("at most {} open parentheses", most_open));
        take();
        disjunction();
        expect(Kind::close, "'and', 'or' or ')'");
        --open_;
    }

    void comparison()
    {
        if (token_.kind != Kind::name) {
            const Literal left = literal("a column, a number or a text in quotes");
            const Operator op = mirrored(comparison_operator("a comparison (== != < <= > >=)"));
            if (token_.kind != Kind::name) fail("a column: the other side is none");
            compare_literal(column(), op, left);
            return;
        }
        const std::size_t left = column();
        if (accept(Kind::word_in)) {
            list(left);
        } else if (accept(Kind::word_not)) {
            expect(Kind::word_in, "'in'");
            list(left);
            emit(Not{});
        } else {
            const Operator op = comparison_operator("a comparison (== != < <= > >= in)");
            if (token_.kind == Kind::name) {
                emit(CompareColumns{left, op, column()});
            } else {
                compare_literal(left, op, literal("a column, a number or a text in quotes"));
            }
        }
    }

    /// Column in (literal, …)
    void list(std::size_t column)
    {
        IsIn is_in{.column = column, .numbers = {}, .texts = {}};
        expect(Kind::open, "'(' and a list");
        do {
            Literal one = literal("a number or a text in quotes");
            if (auto* number = std::get_if<Number>(&one)) {
                is_in.numbers.push_back(*number);
            } else {
                is_in.texts.push_back(std::get<std::string>(std::move(one)));
            }
        } while (accept(Kind::comma));
        expect(Kind::close, "',' or ')'");
        std::sort(is_in.numbers.begin(), is_in.numbers.end());
        std::sort(is_in.texts.begin(), is_in.texts.end());
        emit(std::move(is_in));
    }

    void compare_literal(std::size_t column, Operator op, Literal literal)
    {
        if (const auto* number = std::get_if<Number>(&literal)) {
            emit(CompareNumber{column, op, *number});
        } else {
            emit(CompareText{column, op, std::get<std::string>(std::move(literal))});
        }
    }

    std::size_t column()
    {
        auto& columns = where_.columns_;
        std::string name = unquoted(take().text);
        const auto known = std::find(columns.begin(), columns.end(), name);
        const auto index = static_cast<std::size_t>(known - columns.begin());
        if (known == columns.end()) columns.push_back(std::move(name));
        return index;
    }

    Literal literal(std::string_view expected)
    {
        if (token_.kind == Kind::number) return parse_number(take().text);
        if (token_.kind == Kind::text) return unquoted(take().text);
        fail(expected);
    }

    Operator comparison_operator(std::string_view expected)
    {
        const bool part_of_name = token_.kind == Kind::name || token_.kind == Kind::unknown;
        if (token_.kind != Kind::comparison)
            fail(expected,
                 part_of_name ? "a name with blanks or signs is written in backticks: `Sample ID`" : "");
        const std::string_view text = take().text;
        if (text == "!=") return Operator::not_equal;
        if (text == "<") return Operator::less;
        if (text == "<=") return Operator::less_equal;
        if (text == ">") return Operator::greater;
        if (text == ">=") return Operator::greater_equal;
        return Operator::equal;
    }

    /// What b op a is, where a op b is written.
    static Operator mirrored(Operator op)
    {
        switch (op) {
        case Operator::less:
            return Operator::greater;
        case Operator::less_equal:
            return Operator::greater_equal;
        case Operator::greater:
            return Operator::less;
        case Operator::greater_equal:
            return Operator::less_equal;
        default:
            return op;
        }
    }

    std::string_view expression_;
    Lexer lexer_;
    Token token_;
    Where& where_;
    int open_ = 0;
};

Where::Where(std::string_view expression) { Parser(expression, *this).parse(); }

} // namespace swather
