// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "base/nearest.hpp"
#include "kernels/expression.hpp"
#include "kernels/expression_writer.hpp"

#include <algorithm>

namespace swather {

namespace expression {

namespace {

using Kind = Token::Kind;
using Type = Operand::Type;

constexpr std::string_view a_comparison_of_texts = "a comparison (== != < <= > >=)";
constexpr std::string_view an_operand = "a column, a number or a text in quotes";
constexpr std::string_view open_parentheses = "open parentheses";

/// Reads an expression by recursive descent. The loosest bind first: or, and, not, comparisons, + and −,
/// * / // %, signs, **.
class Parser {
public:
    Parser(Tokens& tokens, Writer& writer)
        : tokens_(tokens)
        , writer_(writer)
    {
    }

    void condition()
    {
        writer_.need_condition(disjunction());
        if (!tokens_.is(Kind::end)) tokens_.fail_in_name("'and', 'or' or the end");
    }

    /// Of a number or a condition for each row.
    void value()
    {
        const Operand result = disjunction();
        if (result.is(Type::text)) tokens_.fail_at(result.token, "what is a number or a condition");
        writer_.need_number(result);
        if (!tokens_.is(Kind::end)) tokens_.fail_in_name("an operator or the end");
    }

private:
    /// Terms with `word` between them. Each but the last decides alone where it is `deciding`.
    template <class Term>
    Operand chain(Kind word, bool deciding, Term term)
    {
        Operand first = term();
        std::vector<std::size_t> skips;
        while (tokens_.is(word)) {
            writer_.need_condition(first);
            tokens_.take();
            skips.push_back(writer_.skip(deciding));
            writer_.need_condition(term());
            writer_.call(operation_of(word == Kind::word_or ? "or" : "and"), 2);
        }
        writer_.land(skips);
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
        const Token first = tokens_.front();
        if (first.kind != Kind::word_not) return comparison();
        bool negated = false;
        while (tokens_.accept(Kind::word_not)) negated = !negated;
        Operand operand = comparison();
        writer_.need_condition(operand);
        if (negated) writer_.call(invert, 1);
        operand.token = first;
        return operand;
    }

    Operand comparison()
    {
        Operand left = sum();
        if (tokens_.is(Kind::word_in) || tokens_.is(Kind::word_not)) {
            is_in(left);
        } else if (tokens_.is(Kind::comparison)) {
            const Token mark = tokens_.take();
            writer_.compare(left, mark.text, sum());
        } else {
            if (left.is(Type::text)) tokens_.fail_in_name(a_comparison_of_texts);
            return left;
        }
        left.type = Type::condition;
        return left;
    }

    /// operand [not] in (literal, …)
    void is_in(const Operand& operand)
    {
        if (operand.is(Type::text)) tokens_.fail(a_comparison_of_texts);
        if (operand.is(Type::condition)) tokens_.fail("'and', 'or' or the end");
        const bool negated = tokens_.accept(Kind::word_not);
        if (!tokens_.accept(Kind::word_in)) tokens_.fail("'in'");
        if (!tokens_.accept(Kind::open)) tokens_.fail("'(' and a list");
        writer_.be_quiet(operand);
        const bool takes_texts = operand.is(Type::column);
        IsIn list{.numbers = {}, .column = operand.column, .texts = {}};
        do {
            if (takes_texts && tokens_.is(Kind::text))
                list.texts.push_back(unquoted(tokens_.take().text));
            else
                list.numbers.push_back(
                    signed_literal(takes_texts ? "a number or a text in quotes" : "a number"));
        } while (tokens_.accept(Kind::comma));
        if (!tokens_.accept(Kind::close)) tokens_.fail("',' or ')'");
        writer_.is_in(std::move(list));
        if (negated) writer_.call(invert, 1);
    }

    Number signed_literal(std::string_view expected)
    {
        std::string text;
        if (tokens_.is_operation({"-", "+"})) text = tokens_.take().text;
        if (!tokens_.is(Kind::number) && !tokens_.is(Kind::too_large)) tokens_.fail(expected);
        const Number number = parse_number(text.append(tokens_.front().text));
        if (number.kind == Number::Kind::out_of_range) tokens_.fail(expected);
        tokens_.take();
        return number;
    }

    /// Operators of one rank, from the left.
    template <class Term>
    Operand operations(std::initializer_list<std::string_view> marks, Term term)
    {
        Operand first = term();
        while (tokens_.is_operation(marks)) {
            writer_.need_number(first);
            const Token mark = tokens_.take();
            writer_.need_number(term());
            writer_.call(operation_of(mark.text), 2);
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
        if (!tokens_.is_operation({"-", "+"})) return power();
        const Token first = tokens_.front();
        bool negative = false;
        while (tokens_.is_operation({"-", "+"})) negative ^= tokens_.take().text == "-";
        if (negative && tokens_.is(Kind::too_large)) { // the least integer has no positive one
            const Number number = parse_number("-" + std::string(tokens_.front().text));
            if (number.kind != Number::Kind::integer) tokens_.fail(an_operand);
            tokens_.take();
            if (tokens_.is_operation({"**"}))
                tokens_.fail("parentheses around the number", "without, ** comes before its sign");
            return writer_.constant(number, first);
        }
        Operand operand = power();
        writer_.need_number(operand);
        if (negative) writer_.call(negate, 1);
        return {.type = Type::number, .begin = operand.begin, .token = first};
    }

    /// From the right: 2 ** 3 ** 2 is 2 ** 9.
    Operand power()
    {
        Operand base = primary();
        if (!tokens_.is_operation({"**"})) return base;
        writer_.need_number(base);
        const Nesting nesting(*this, "powers of powers");
        tokens_.take();
        writer_.need_number(sign());
        writer_.call(operation_of("**"), 2);
        base.type = Type::number;
        return base;
    }

    Operand primary()
    {
        switch (tokens_.front().kind) {
        case Kind::number: {
            const Token token = tokens_.take();
            return writer_.constant(parse_number(token.text), token);
        }
        case Kind::text:
            return writer_.text(tokens_.take());
        case Kind::name: {
            const Token token = tokens_.take();
            const bool is_call = tokens_.is(Kind::open) && token.text.front() != '`';
            return is_call ? call(token) : writer_.name(token);
        }
        case Kind::open:
            return parenthesis();
        default:
            tokens_.fail(an_operand);
        }
    }

    /// Limits what takes room on the stack.
    class Nesting {
    public:
        Nesting(Parser& parser, std::string_view what)
            : parser_(parser)
        {
            constexpr int most_open = 200;
            if (++parser_.open_ > most_open)
                parser_.tokens_.fail(fmt::format("at most {} {}", most_open, what));
        }
        ~Nesting() { --parser_.open_; }
        Nesting(const Nesting&) = delete;
        Nesting& operator=(const Nesting&) = delete;

    private:
        Parser& parser_;
    };

    Operand parenthesis()
    {
        const Nesting nesting(*this, open_parentheses);
        const Token first = tokens_.take();
        Operand inside = disjunction();
        if (!tokens_.accept(Kind::close))
            tokens_.fail_in_name(inside.is(Type::condition) ? "'and', 'or' or ')'" : "an operator or ')'");
        inside.token = first;
        if (inside.is(Type::column)) inside.type = Type::number;
        return inside;
    }

    Operand call(const Token& name)
    {
        const Nesting nesting(*this, open_parentheses);
        const Operand first = name.text == "if" ? conditional() : function_of(name);
        if (!tokens_.accept(Kind::close)) tokens_.fail_in_name("an operator or ')'");
        return {.type = first.type, .begin = first.begin, .token = name};
    }

    /// The arguments of a function, from the parenthesis on.
    Operand function_of(const Token& name)
    {
        const auto function = std::find_if(functions().begin(), functions().end(),
                                           [&](const Function& one) { return one.name == name.text; });
        if (function == functions().end()) fail_unknown(name);
        tokens_.take();
        Operand first = argument(function->is_condition);
        int count = 1;
        while ((count < function->arguments || function->takes_more) && tokens_.accept(Kind::comma)) {
            argument(false);
            writer_.call(function->operation, 2);
            ++count;
        }
        if (count < function->arguments) tokens_.fail("',' and one more number");
        if (function->arguments == 1) writer_.call(function->operation, 1);
        first.type = function->is_condition ? Type::condition : Type::number;
        return first;
    }

    Operand argument(bool quiet)
    {
        const Operand operand = disjunction();
        if (quiet) writer_.be_quiet(operand);
        writer_.need_number(operand);
        return operand;
    }

    /// The arguments of if(condition, number, number).
    Operand conditional()
    {
        tokens_.take();
        Operand first = disjunction();
        writer_.need_condition(first);
        if (!tokens_.accept(Kind::comma)) tokens_.fail("'and', 'or' or ','");
        argument(false);
        if (!tokens_.accept(Kind::comma))
            tokens_.fail("',' and the number where the condition does not hold");
        argument(false);
        writer_.call(choose, 3);
        first.type = Type::number;
        return first;
    }

    [[noreturn]] void fail_unknown(const Token& name) const
    {
        std::vector<std::string> names{"if"};
        for (const Function& one : functions()) names.emplace_back(one.name);
        const std::string like = nearest(std::string(name.text), names);
        tokens_.fail_at(name, fmt::format("a function: {}", fmt::join(names, " ")),
                        like.empty() ? "" : fmt::format("did you mean {}?", like));
    }

    Tokens& tokens_;
    Writer& writer_;
    int open_ = 0;
};

} // namespace

} // namespace expression

Expression Expression::condition(std::string_view text, Names& columns)
{
    using namespace expression;
    Tokens tokens("--where", text);
    if (tokens.is(Kind::end))
        throw Error(Exit::usage, "--where is empty").remedy("give a condition, such as 'Age >= 18'");
    const Names none;
    Writer writer(tokens, columns, none);
    Parser(tokens, writer).condition();
    Expression expression;
    expression.program_ = std::move(writer).take();
    return expression;
}

Expression Expression::assignment(std::string_view text, Names& columns, const Names& made)
{
    using namespace expression;
    Tokens tokens("--set", text);
    if (tokens.is(Kind::end))
        throw Error(Exit::usage, "--set is empty").remedy("give a name and what it is: 'Ratio = A / B'");
    if (!tokens.is(Kind::name)) tokens.fail("the name of a new column");
    Expression expression;
    expression.name_ = unquoted(tokens.take().text);
    if (!tokens.is(Kind::comparison) || tokens.front().text != "=") tokens.fail_in_name("= behind the name");
    tokens.take();
    expression.text_ = tokens.rest();
    Writer writer(tokens, columns, made);
    Parser(tokens, writer).value();
    expression.program_ = std::move(writer).take();
    return expression;
}

} // namespace swather
