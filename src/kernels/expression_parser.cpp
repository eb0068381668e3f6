// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "base/nearest.hpp"
#include "base/utf8.hpp"
#include "kernels/expression.hpp"
#include "kernels/expression_lexer.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace swather {

using expression::Lexer;
using expression::Token;
using expression::unquoted;

namespace {

/// What to write instead of a token that stands where it must not; empty where nobody knows.
std::string remedy(const Token& token)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 12> meant{{
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

constexpr std::string_view a_comparison = "a comparison (== != < <= > >= in)";
constexpr std::string_view an_operand = "a column, a number or a text in quotes";

} // namespace

/// Reads an expression by recursive descent and writes the program. The loosest bind first: or, and, not,
/// comparisons, + and −, * / // %, signs, **.
class Expression::Parser {
public:
    Parser(std::string_view option, std::string_view text, Names& columns, const Names& made,
           Expression& expression)
        : option_(option)
        , text_(text)
        , lexer_(text)
        , token_(lexer_.next())
        , columns_(columns)
        , made_(made)
        , expression_(expression)
    {
    }

    void parse_condition()
    {
        if (token_.kind == Kind::end)
            throw Error(Exit::usage, "{} is empty", option_).remedy("give a condition, such as 'Age >= 18'");
        need_condition(disjunction());
        if (token_.kind != Kind::end) fail("'and', 'or' or the end", hint());
    }

    void parse_assignment()
    {
        if (token_.kind == Kind::end)
            throw Error(Exit::usage, "{} is empty", option_)
                .remedy("give a name and what it is: 'Ratio = A / B'");
        if (token_.kind != Kind::name) fail("the name of a new column");
        expression_.name_ = unquoted(take().text);
        if (token_.kind != Kind::comparison || token_.text != "=") fail("= behind the name", hint());
        take();
        const auto begin = static_cast<std::size_t>(token_.text.data() - text_.data());
        const Operand result = disjunction();
        if (result.type == Type::text) fail_at(result.token, "what is a number or a condition");
        need_number(result);
        if (token_.kind != Kind::end) fail("an operator or the end", hint());
        expression_.text_ = text_.substr(begin);
    }

private:
    using Kind = Token::Kind;
    enum class Type { number, column, condition, text };

    /// What a part of the expression is. Its steps are the last of the program, from `begin` on; a text has
    /// none, and a column one, which may still become a part of another.
    struct Operand {
        Type type = Type::number;
        std::size_t begin = 0;
        Token token; ///< with which it begins
        std::size_t column = 0;
    };

    [[noreturn]] void fail_at(const Token& token, std::string_view expected,
                              const std::string& hint = "") const
    {
        const auto place = static_cast<std::size_t>(token.text.data() - text_.data());
        Error error(Exit::usage, "{}: found {}, expected {}\n{}", option_, described(token), expected,
                    with_caret(text_, place));
        const std::string known = remedy(token);
        if (!known.empty() || !hint.empty()) error.remedy("{}", known.empty() ? hint : known);
        throw error;
    }

    [[noreturn]] void fail(std::string_view expected, const std::string& hint = "") const
    {
        fail_at(token_, expected, hint);
    }

    /// What may be meant by a name where none can stand.
    [[nodiscard]] std::string hint() const
    {
        const bool part_of_name = token_.kind == Kind::name || token_.kind == Kind::unknown;
        return part_of_name ? "a name with blanks or signs is written in backticks: `Sample ID`" : "";
    }

    Token take() { return std::exchange(token_, lexer_.next()); }

    bool accept(Kind kind)
    {
        const bool found = token_.kind == kind;
        if (found) take();
        return found;
    }

    bool accept_operation(std::initializer_list<std::string_view> marks)
    {
        return token_.kind == Kind::operation &&
               std::find(marks.begin(), marks.end(), token_.text) != marks.end();
    }

    [[nodiscard]] std::size_t here() const { return expression_.program_.size(); }
    void emit(Step step) { expression_.program_.push_back(std::move(step)); }
    void emit(Operation operation, std::size_t arguments) { emit(Call{operation, arguments}); }

    void need_condition(const Operand& operand) const
    {
        if (operand.type != Type::condition) fail(a_comparison, hint());
    }

    void need_number(const Operand& operand)
    {
        if (operand.type == Type::text)
            fail_at(operand.token, "a number: a text can be compared with a column, and no more");
        if (operand.type == Type::condition) emit(to_number, 1);
    }

    /// Terms with `word` between them. Each but the last decides alone where it is `deciding`.
    template <class Term>
    Operand chain(Kind word, bool deciding, Term term)
    {
        Operand first = term();
        std::vector<std::size_t> skips;
        while (token_.kind == word) {
            need_condition(first);
            take();
            skips.push_back(here());
            emit(Skip{.when = deciding, .to = 0});
            need_condition(term());
            emit(operation_of(word == Kind::word_or ? "or" : "and"), 2);
        }
        for (const std::size_t skip : skips) std::get<Skip>(expression_.program_[skip]).to = here();
        return first;
    }

    Operand disjunction()
    {
        return chain(Kind::word_or, true, [this] { return conjunction(); });
    }

    Operand conjunction()
    {
        return chain(Kind::word_and, false, [this] { return negation(); });
    }

    Operand negation()
    {
        const Token first = token_;
        if (first.kind != Kind::word_not) return comparison();
        bool negated = false;
        while (accept(Kind::word_not)) negated = !negated;
        Operand operand = comparison();
        need_condition(operand);
        if (negated) emit(invert, 1);
        operand.token = first;
        return operand;
    }

    Operand comparison()
    {
        Operand left = sum();
        if (token_.kind == Kind::word_in || token_.kind == Kind::word_not) {
            if (left.type == Type::text) fail("a comparison (== != < <= > >=)");
            if (left.type == Type::condition) fail("'and', 'or' or the end");
            const bool negated = accept(Kind::word_not);
            if (!accept(Kind::word_in)) fail("'in'");
            is_in(left);
            if (negated) emit(invert, 1);
        } else if (token_.kind == Kind::comparison) {
            const Token mark = take();
            compare(left, mark.text, sum());
        } else {
            if (left.type == Type::text) fail("a comparison (== != < <= > >=)", hint());
            return left;
        }
        left.type = Type::condition;
        return left;
    }

    void compare(const Operand& left, std::string_view mark, const Operand& right)
    {
        const Order order = order_of(mark);
        const bool left_column = left.type == Type::column;
        const bool right_column = right.type == Type::column;
        if (left.type == Type::text || right.type == Type::text) {
            const Operand& other = left.type == Type::text ? right : left;
            if (other.type != Type::column)
                fail_at(right.token, "a column: a text is compared with nothing else");
            expression_.program_.resize(left.begin);
            const Operand& text = left.type == Type::text ? left : right;
            emit(CompareText{other.column, left_column ? order : mirrored(order), unquoted(text.token.text)});
        } else if (left_column && right_column) {
            expression_.program_.resize(left.begin);
            emit(CompareColumns{left.column, order, right.column});
        } else {
            if (left_column) be_quiet(left);
            if (right_column) be_quiet(right);
            if (left.type == Type::condition || right.type == Type::condition)
                fail_at(right.token, "a number: conditions are joined by and, or and not");
            emit(operation_of(mark), 2);
        }
    }

    /// What is no number is unequal, and no more.
    void be_quiet(const Operand& column)
    {
        std::get<Field>(expression_.program_[column.begin]).is_noted = false;
    }

    /// Operand in (literal, …)
    void is_in(const Operand& operand)
    {
        if (operand.type == Type::column) be_quiet(operand);
        IsIn is_in{.numbers = {}, .column = operand.column, .texts = {}};
        if (!accept(Kind::open)) fail("'(' and a list");
        do {
            if (token_.kind == Kind::text && operand.type == Type::column)
                is_in.texts.push_back(unquoted(take().text));
            else
                is_in.numbers.push_back(signed_literal(
                    operand.type == Type::column ? "a number or a text in quotes" : "a number"));
        } while (accept(Kind::comma));
        if (!accept(Kind::close)) fail("',' or ')'");
        std::sort(is_in.numbers.begin(), is_in.numbers.end());
        std::sort(is_in.texts.begin(), is_in.texts.end());
        emit(std::move(is_in));
    }

    Number signed_literal(std::string_view expected)
    {
        std::string text;
        if (accept_operation({"-", "+"})) text = take().text;
        if (token_.kind != Kind::number && token_.kind != Kind::too_large) fail(expected);
        const Number number = parse_number(text.append(token_.text));
        if (number.kind == Number::Kind::out_of_range) fail(expected);
        take();
        return number;
    }

    /// Operators of one rank, from the left.
    template <class Term>
    Operand operations(std::initializer_list<std::string_view> marks, Term term)
    {
        Operand first = term();
        while (accept_operation(marks)) {
            need_number(first);
            const Token mark = take();
            need_number(term());
            emit(operation_of(mark.text), 2);
            first.type = Type::number;
        }
        return first;
    }

    Operand sum()
    {
        return operations({"+", "-"}, [this] { return product(); });
    }

    Operand product()
    {
        return operations({"*", "/", "//", "%"}, [this] { return sign(); });
    }

    Operand sign()
    {
        if (!accept_operation({"-", "+"})) return power();
        const Token first = token_;
        bool negative = false;
        while (accept_operation({"-", "+"})) negative ^= take().text == "-";
        // The least integer has no positive one.
        if (negative && token_.kind == Kind::too_large &&
            parse_number("-" + std::string(token_.text)).kind == Number::Kind::integer) {
            const std::size_t begin = here();
            emit(Constant{parse_number("-" + std::string(take().text))});
            return {.type = Type::number, .begin = begin, .token = first};
        }
        Operand operand = power();
        need_number(operand);
        if (negative) emit(negate, 1);
        return {.type = Type::number, .begin = operand.begin, .token = first};
    }

    /// From the right: 2 ** 3 ** 2 is 2 ** 9.
    Operand power()
    {
        Operand base = primary();
        if (!accept_operation({"**"})) return base;
        need_number(base);
        const Nesting nesting(*this);
        take();
        need_number(sign());
        emit(operation_of("**"), 2);
        base.type = Type::number;
        return base;
    }

    Operand primary()
    {
        const Token token = token_;
        const std::size_t begin = here();
        switch (token.kind) {
        case Kind::number:
            emit(Constant{parse_number(take().text)});
            return {.type = Type::number, .begin = begin, .token = token};
        case Kind::text:
            take();
            return {.type = Type::text, .begin = begin, .token = token};
        case Kind::name:
            return name();
        case Kind::open:
            return parenthesis();
        default:
            fail(an_operand);
        }
    }

    /// Limits what takes room on the stack.
    class Nesting {
    public:
        explicit Nesting(Parser& parser)
            : parser_(parser)
        {
            constexpr int most_open = 200;
            if (++parser_.open_ > most_open)
                parser_.fail(fmt::format("at most {} open parentheses", most_open));
        }
        ~Nesting() { --parser_.open_; }
        Nesting(const Nesting&) = delete;
        Nesting& operator=(const Nesting&) = delete;

    private:
        Parser& parser_;
    };

    void close(const Operand& last)
    {
        if (!accept(Kind::close))
            fail(last.type == Type::condition ? "'and', 'or' or ')'" : "an operator or ')'", hint());
    }

    Operand parenthesis()
    {
        const Nesting nesting(*this);
        const Token first = take();
        Operand inside = disjunction();
        close(inside);
        inside.token = first;
        if (inside.type == Type::column) inside.type = Type::number;
        return inside;
    }

    Operand name()
    {
        const Token token = take();
        if (token_.kind == Kind::open && token.text.front() != '`') return call(token);
        const std::size_t begin = here();
        const std::string name = unquoted(token.text);
        // Of two assignments of one name the later one is meant.
        const auto made = std::find(made_.rbegin(), made_.rend(), name);
        if (made != made_.rend()) {
            emit(Made{static_cast<std::size_t>(made_.rend() - made) - 1});
            return {.type = Type::number, .begin = begin, .token = token};
        }
        const auto known = std::find(columns_.begin(), columns_.end(), name);
        const auto column = static_cast<std::size_t>(known - columns_.begin());
        if (known == columns_.end()) columns_.push_back(name);
        emit(Field{column});
        return {.type = Type::column, .begin = begin, .token = token, .column = column};
    }

    Operand call(const Token& token)
    {
        const Nesting nesting(*this);
        const std::size_t begin = here();
        if (token.text == "if") return conditional(token);
        const auto function = std::find_if(functions().begin(), functions().end(),
                                           [&](const Function& one) { return one.name == token.text; });
        if (function == functions().end()) fail_unknown(token);
        take();
        Operand last = argument(function->is_condition);
        int count = 1;
        while (function->arguments > 1 && accept(Kind::comma)) {
            last = argument(false);
            emit(function->operation, 2);
            ++count;
        }
        if (count < function->arguments) fail("',' and one more number");
        if (function->arguments == 1) emit(function->operation, 1);
        close({.type = Type::number, .begin = 0, .token = {}});
        return {
            .type = function->is_condition ? Type::condition : Type::number, .begin = begin, .token = token};
    }

    Operand argument(bool quiet)
    {
        const Operand operand = disjunction();
        if (quiet && operand.type == Type::column) be_quiet(operand);
        need_number(operand);
        return operand;
    }

    /// if(condition, number, number)
    Operand conditional(const Token& token)
    {
        const std::size_t begin = here();
        take();
        need_condition(disjunction());
        if (!accept(Kind::comma)) fail("'and', 'or' or ','");
        argument(false);
        if (!accept(Kind::comma)) fail("',' and the number where the condition does not hold");
        argument(false);
        emit(choose, 3);
        close({.type = Type::number, .begin = 0, .token = {}});
        return {.type = Type::number, .begin = begin, .token = token};
    }

    [[noreturn]] void fail_unknown(const Token& token) const
    {
        std::vector<std::string> names{"if"};
        for (const Function& one : functions()) names.emplace_back(one.name);
        const std::string like = nearest(std::string(token.text), names);
        fail_at(token, fmt::format("a function: {}", fmt::join(names, " ")),
                like.empty() ? "" : fmt::format("did you mean {}?", like));
    }

    static Order order_of(std::string_view mark)
    {
        if (mark == "!=") return Order::not_equal;
        if (mark == "<") return Order::less;
        if (mark == "<=") return Order::less_equal;
        if (mark == ">") return Order::greater;
        if (mark == ">=") return Order::greater_equal;
        return Order::equal;
    }

    /// What b op a is, where a op b is written.
    static Order mirrored(Order order)
    {
        switch (order) {
        case Order::less:
            return Order::greater;
        case Order::less_equal:
            return Order::greater_equal;
        case Order::greater:
            return Order::less;
        case Order::greater_equal:
            return Order::less_equal;
        default:
            return order;
        }
    }

    std::string_view option_;
    std::string_view text_;
    Lexer lexer_;
    Token token_;
    Names& columns_;
    const Names& made_;
    Expression& expression_;
    int open_ = 0;
};

Expression Expression::condition(std::string_view text, Names& columns)
{
    Expression expression;
    const Names none;
    Parser("--where", text, columns, none, expression).parse_condition();
    return expression;
}

Expression Expression::assignment(std::string_view text, Names& columns, const Names& made)
{
    Expression expression;
    Parser("--set", text, columns, made, expression).parse_assignment();
    return expression;
}

} // namespace swather
