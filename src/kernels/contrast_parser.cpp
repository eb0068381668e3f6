// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "base/nearest.hpp"
#include "base/number.hpp"
#include "base/utf8.hpp"
#include "kernels/contrast.hpp"
#include "kernels/expression_lexer.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace swather {

using expression::unquoted;

namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_quote(char c) { return c == '"' || c == '\'' || c == '`'; }
constexpr bool is_in_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '.' ||
           static_cast<unsigned char>(c) >= 0x80;
}

std::string_view trimmed(std::string_view text)
{
    const std::size_t begin = std::min(text.find_first_not_of(blanks), text.size());
    return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

constexpr bool begins_number(char c) { return is_digit(c) || c == '.'; }

/// Where this character stands, outside of quotes and parentheses; the end where it does not.
std::size_t find_outside(std::string_view text, char wanted)
{
    int open = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (is_quote(c)) i = std::min(text.find(c, i + 1), text.size() - 1);
        if (c == '(') ++open;
        if (c == ')') --open;
        if (c == wanted && open <= 0) return i;
    }
    return text.size();
}

/// How many bytes the name, the number or the text in quotes has that begins here; of other signs, one.
std::size_t token_size(std::string_view text)
{
    const char c = text.front();
    if (is_quote(c)) {
        std::size_t end = text.find(c, 1);
        while (end != std::string_view::npos && text.substr(end + 1).starts_with(c))
            end = text.find(c, end + 2);
        return end == std::string_view::npos ? 1 : end + 1;
    }
    const auto end_of_word = [&](std::size_t begin) {
        const auto first = text.begin() + static_cast<std::ptrdiff_t>(begin);
        return static_cast<std::size_t>(std::find_if_not(first, text.end(), is_in_name) - text.begin());
    };
    const std::size_t end = end_of_word(0);
    const bool has_exponent = begins_number(c) && (text[end - 1] == 'e' || text[end - 1] == 'E') &&
                              (text.substr(end).starts_with('-') || text.substr(end).starts_with('+'));
    return std::max<std::size_t>(has_exponent ? end_of_word(end + 1) : end, 1);
}

/// Reads rows of weights by recursive descent. The loosest bind first: + and -, * and /, signs.
class Parser {
public:
    Parser(const char* option, std::string_view whole, std::span<const std::string> columns)
        : option_(option)
        , whole_(whole)
        , columns_(columns)
        , rest_(whole)
    {
    }

    /// The name before ':', if there is one, and what stands behind it; a part of the whole.
    std::pair<std::string, std::string_view> named()
    {
        const std::string_view all = trimmed(whole_);
        const std::size_t colon = find_outside(all, ':');
        if (is_column(all) || colon == all.size()) return {std::string(all), all};
        const std::string_view name = trimmed(all.substr(0, colon));
        if (name.empty()) fail("a name before it", all);
        return {std::string(name), trimmed(all.substr(colon + 1))};
    }

    /// The weights of `text`, a part of the whole.
    Eigen::RowVectorXd row(std::string_view text)
    {
        rest_ = trimmed(text);
        const std::string_view begin = rest_;
        if (is_column(begin)) return weights_of(begin, begin);
        const Value value = sum();
        if (!rest_.empty()) fail("'+', '-', '*', '/' or the end", rest_);
        if (value.is_number())
            fail("a combination of columns, not a number", begin,
                 "weights have blanks between them: '1 -1 0'");
        if (!value.weights.allFinite()) fail("weights that are not infinite", begin);
        return value.weights;
    }

    /// The weights of numbers alone, between which are blanks, or commas; of anything else none.
    std::optional<Eigen::RowVectorXd> row_of_numbers(std::string_view text) const
    {
        std::vector<double> weights;
        for (std::string_view rest = trimmed(text); !rest.empty();) {
            const std::size_t end = std::min(rest.find_first_of(", \t\r\n"), rest.size());
            const Number number = parse_number(rest.substr(0, end));
            if (number.kind != Number::Kind::integer && number.kind != Number::Kind::real) return {};
            weights.push_back(number.real);
            rest = trimmed(rest.substr(end));
            if (rest.starts_with(',') && rest.size() > 1) rest = trimmed(rest.substr(1));
        }
        if (weights.empty()) return {};
        if (weights.size() > columns_.size())
            throw Error(Exit::usage, "{}: {} weights for {} columns\n{}", option_, weights.size(),
                        columns_.size(), with_caret(whole_, place_of(trimmed(text))))
                .remedy("the columns are {}", fmt::join(columns_, ", "));
        Eigen::RowVectorXd row = Eigen::RowVectorXd::Zero(std::ssize(columns_));
        std::copy(weights.begin(), weights.end(), row.begin());
        return row;
    }

    [[nodiscard]] bool is_column(std::string_view name) const
    {
        return std::find(columns_.begin(), columns_.end(), name) != columns_.end();
    }

    /// What stands at `where`, a part of the whole, is not what was expected.
    [[noreturn]] void fail(std::string_view expected, std::string_view where,
                           const std::string& remedy = "") const
    {
        const std::size_t place = std::min(whole_.find_first_not_of(blanks, place_of(where)), whole_.size());
        const std::string_view there = whole_.substr(place);
        const std::string found =
            there.empty() ? "the end" : fmt::format("'{}'", there.substr(0, token_size(there)));
        Error error(Exit::usage, "{}: found {}, expected {}\n{}", option_, found, expected,
                    with_caret(whole_, place));
        if (!remedy.empty()) error.remedy("{}", remedy);
        throw error;
    }

private:
    /// A number, or a combination of columns.
    struct Value {
        double number = 0;
        Eigen::RowVectorXd weights; ///< of a number, none
        std::string_view begin;     ///< where it stands

        [[nodiscard]] bool is_number() const { return weights.size() == 0; }
    };

    [[nodiscard]] std::size_t place_of(std::string_view part) const
    {
        return static_cast<std::size_t>(part.data() - whole_.data());
    }

    /// Whether one of these signs is next.
    bool is_next(std::string_view signs)
    {
        rest_ = trimmed(rest_);
        return !rest_.empty() && signs.find(rest_.front()) != std::string_view::npos;
    }

    std::string_view take()
    {
        const std::string_view token = rest_.substr(0, token_size(rest_));
        rest_.remove_prefix(token.size());
        return token;
    }

    Value sum()
    {
        Value all = product();
        while (is_next("+-")) {
            const double sign = take() == "-" ? -1 : 1;
            const Value next = product();
            if (all.is_number() != next.is_number())
                fail("a column: a number is no contrast to one", (all.is_number() ? all : next).begin);
            all.number += sign * next.number;
            all.weights += sign * next.weights;
        }
        return all;
    }

    Value product()
    {
        Value all = factor();
        while (is_next("*/")) {
            const bool divides = take() == "/";
            Value next = factor();
            if (!next.is_number() && (divides || !all.is_number())) fail("a number", next.begin);
            if (divides && next.number == 0) fail("a number other than 0", next.begin);
            if (divides) {
                all.number /= next.number;
                all.weights /= next.number;
            } else if (next.is_number()) {
                all.number *= next.number;
                all.weights *= next.number;
            } else {
                all.weights = all.number * next.weights;
            }
        }
        return all;
    }

    Value factor()
    {
        const std::string_view begin = trimmed(rest_);
        double sign = 1;
        while (is_next("+-")) sign *= take() == "-" ? -1 : 1;
        Value value = operand();
        value.number *= sign;
        value.weights *= sign;
        value.begin = begin;
        return value;
    }

    Value operand()
    {
        constexpr std::string_view expected = "a column or a number";
        constexpr int most_open = 200; // each takes room on the stack
        if (is_next("(")) {
            if (++open_ > most_open) fail(fmt::format("at most {} open parentheses", most_open), rest_);
            take();
            Value value = sum();
            if (!is_next(")")) fail("'+', '-', '*', '/' or ')'", rest_);
            take();
            --open_;
            return value;
        }
        if (rest_.empty()) fail(expected, rest_);
        const std::string_view begin = rest_;
        const std::string_view token = take();
        if (begins_number(token.front())) return {.number = number_of(token), .weights = {}, .begin = begin};
        if (!is_in_name(token.front()) && token.size() < 2) {
            const bool unclosed = is_quote(token.front());
            fail(unclosed ? "a quote that is closed" : expected, begin);
        }
        return {.number = 0, .weights = weights_of(unquoted(token), begin), .begin = begin};
    }

    [[nodiscard]] double number_of(std::string_view token) const
    {
        const Number number = parse_number(token);
        if (number.kind != Number::Kind::integer && number.kind != Number::Kind::real)
            fail("a number", token, fmt::format("a column of this name is written \"{}\"", token));
        return number.real;
    }

    [[nodiscard]] Eigen::RowVectorXd weights_of(std::string_view name, std::string_view where) const
    {
        const auto found = std::find(columns_.begin(), columns_.end(), name);
        if (found != columns_.end())
            return Eigen::RowVectorXd::Unit(std::ssize(columns_), found - columns_.begin());
        Error error(Exit::usage, "{}: no column is named '{}', only {}\n{}", option_, name,
                    fmt::join(columns_, ", "), with_caret(whole_, place_of(where)));
        if (const std::string like = nearest(name, columns_); !like.empty())
            error.remedy("is it '{}'?", like);
        throw error;
    }

    const char* option_;
    std::string_view whole_;
    std::span<const std::string> columns_;
    std::string_view rest_;
    int open_ = 0;
};

} // namespace

Contrast parse_contrast(std::string_view text, std::span<const std::string> columns)
{
    Parser parser("--contrast", text, columns);
    const auto [name, expression] = parser.named();
    if (!parser.is_column(expression)) {
        if (const auto weights = parser.row_of_numbers(expression)) return {.name = name, .rows = *weights};
        const std::size_t comma = find_outside(expression, ',');
        if (comma < expression.size())
            parser.fail("one contrast", expression.substr(comma), "several at once are an F test: --ftest");
    }
    return {.name = name, .rows = parser.row(expression)};
}

Contrast parse_f_test(std::string_view text, std::span<const std::string> columns)
{
    Parser parser("--ftest", text, columns);
    auto [name, rest] = parser.named();
    Contrast test{.name = name, .rows = Eigen::MatrixXd(0, std::ssize(columns))};
    for (bool more = true; more;) {
        const std::size_t comma = parser.is_column(rest) ? rest.size() : find_outside(rest, ',');
        const std::string_view part = rest.substr(0, comma);
        more = comma < rest.size();
        rest.remove_prefix(more ? comma + 1 : comma);
        // One number alone is hardly a row: '1,-1,0' is meant to be one.
        const bool has_blanks = trimmed(part).find_first_of(blanks) != std::string_view::npos;
        const auto weights = has_blanks ? parser.row_of_numbers(part) : std::nullopt;
        test.rows.conservativeResize(test.rows.rows() + 1, Eigen::NoChange);
        test.rows.bottomRows<1>() = weights ? *weights : parser.row(part);
    }
    return test;
}

} // namespace swather
