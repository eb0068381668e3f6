// SPDX-License-Identifier: MIT
#include "kernels/values.hpp"

#include "base/error.hpp"
#include "base/int128.hpp"
#include "base/number.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace swather {

void Values::resize(std::size_t count)
{
    real.resize(count);
    integer.resize(count);
    marks.resize(count);
}

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Of each pair of numbers: `real` gives the double, `exact` of two integers the integer; it returns whether
/// there is one, else the double is what `beyond` gives of the two.
template <class Real, class Exact, class Beyond>
void arithmetic(std::span<Values> arguments, Real real, Exact exact, Beyond beyond)
{
    Values& a = arguments[0];
    const Values& b = arguments[1];
    const std::size_t count = a.size();
    for (std::size_t i = 0; i < count; ++i) a.real[i] = real(a.real[i], b.real[i]);
    const auto both = static_cast<std::uint8_t>(a.any & b.any & mark::integer);
    a.any = static_cast<std::uint8_t>(((a.any | b.any) & mark::notes) | both);
    for (std::size_t i = 0; i < count; ++i)
        a.marks[i] = static_cast<std::uint8_t>(((a.marks[i] | b.marks[i]) & mark::notes) |
                                               (a.marks[i] & b.marks[i] & mark::integer));
    if (both == 0) return;
    for (std::size_t i = 0; i < count; ++i) {
        if ((a.marks[i] & mark::integer) == 0) continue;
        const std::int64_t x = a.integer[i];
        if (exact(x, b.integer[i], a.integer[i])) {
            a.real[i] = static_cast<double>(a.integer[i]);
        } else {
            a.real[i] = beyond(x, b.integer[i]);
            a.marks[i] = static_cast<std::uint8_t>((a.marks[i] & ~mark::integer) | mark::too_large);
            a.any |= mark::too_large;
        }
    }
}

// Of 64 bits each, they are exact in 128, and so rounded once.

void add(std::span<Values> arguments)
{
    arithmetic(
        arguments, [](double x, double y) { return x + y; },
        [](auto x, auto y, auto& z) { return !__builtin_add_overflow(x, y, &z); },
        [](Int128 x, Int128 y) { return static_cast<double>(x + y); });
}

void subtract(std::span<Values> arguments)
{
    arithmetic(
        arguments, [](double x, double y) { return x - y; },
        [](auto x, auto y, auto& z) { return !__builtin_sub_overflow(x, y, &z); },
        [](Int128 x, Int128 y) { return static_cast<double>(x - y); });
}

void multiply(std::span<Values> arguments)
{
    arithmetic(
        arguments, [](double x, double y) { return x * y; },
        [](auto x, auto y, auto& z) { return !__builtin_mul_overflow(x, y, &z); },
        [](Int128 x, Int128 y) { return static_cast<double>(x * y); });
}

/// Of each pair of numbers a double.
template <class Real>
void combine(std::span<Values> arguments, Real real)
{
    Values& a = arguments[0];
    const Values& b = arguments[1];
    for (std::size_t i = 0; i < a.size(); ++i) {
        a.real[i] = real(a.real[i], b.real[i]);
        a.marks[i] = static_cast<std::uint8_t>((a.marks[i] | b.marks[i]) & mark::notes);
    }
    a.any = static_cast<std::uint8_t>((a.any | b.any) & mark::notes);
}

/// Marks the rows in which a number is divided by zero, and makes reals of them: no integer is the result.
void mark_zeros(std::span<Values> arguments)
{
    Values& divisor = arguments[1];
    const bool any_zero = std::find(divisor.real.begin(), divisor.real.end(), 0.0) != divisor.real.end();
    if (!any_zero) return;
    divisor.any |= mark::by_zero;
    for (std::size_t i = 0; i < divisor.size(); ++i)
        if (divisor.real[i] == 0 && !std::isnan(arguments[0].real[i]))
            divisor.marks[i] = static_cast<std::uint8_t>((divisor.marks[i] & ~mark::integer) | mark::by_zero);
}

void divide(std::span<Values> arguments)
{
    mark_zeros(arguments);
    combine(arguments, [](double x, double y) { return x / y; });
}

struct Division {
    double quotient;
    double remainder; ///< with the sign of the divisor
};

/// As CPython's float_divmod; by zero as numpy's.
Division divide_floor(double x, double y)
{
    if (y == 0) return {x / y, nan};
    Division result{0, std::fmod(x, y)};
    double quotient = (x - result.remainder) / y;
    if (result.remainder == 0) {
        result.remainder = std::copysign(0.0, y);
    } else if ((y < 0) != (result.remainder < 0)) {
        result.remainder += y;
        quotient -= 1;
    }
    if (quotient == 0) {
        result.quotient = std::copysign(0.0, x / y);
    } else {
        result.quotient = std::floor(quotient);
        if (quotient - result.quotient > 0.5) result.quotient += 1;
    }
    return result;
}

void floor_divide(std::span<Values> arguments)
{
    mark_zeros(arguments);
    arithmetic(
        arguments, [](double x, double y) { return divide_floor(x, y).quotient; },
        [](std::int64_t x, std::int64_t y, std::int64_t& z) {
            if (y == -1) return !__builtin_sub_overflow(std::int64_t{0}, x, &z);
            const std::int64_t quotient = x / y;
            z = quotient - (x % y != 0 && (x < 0) != (y < 0));
            return true;
        },
        [](Int128 x, Int128 y) { return static_cast<double>(x / y); });
}

void modulo(std::span<Values> arguments)
{
    mark_zeros(arguments);
    arithmetic(
        arguments, [](double x, double y) { return divide_floor(x, y).remainder; },
        [](std::int64_t x, std::int64_t y, std::int64_t& z) {
            const std::int64_t remainder = y == -1 ? 0 : x % y;
            z = remainder + (remainder != 0 && (remainder < 0) != (y < 0) ? y : 0);
            return true;
        },
        [](Int128 x, Int128 y) { return static_cast<double>(x % y); });
}

/// x to the power y, which is not negative, by squares; returns whether int64 holds it.
bool power(std::int64_t x, std::int64_t y, std::int64_t& result)
{
    std::int64_t product = 1;
    while (true) {
        if ((y & 1) != 0 && __builtin_mul_overflow(product, x, &product)) return false;
        y >>= 1;
        if (y == 0) break;
        if (__builtin_mul_overflow(x, x, &x)) return false;
    }
    result = product;
    return true;
}

void raise(std::span<Values> arguments)
{
    Values& exponent = arguments[1];
    for (std::size_t i = 0; i < exponent.size(); ++i) // no integer is the result
        if (exponent.real[i] < 0) exponent.marks[i] &= static_cast<std::uint8_t>(~mark::integer);
    const auto pow = [](double x, double y) { return std::pow(x, y); };
    arithmetic(arguments, pow, power, [&](std::int64_t x, std::int64_t y) {
        return pow(static_cast<double>(x), static_cast<double>(y));
    });
}

/// How two numbers are ordered, as a number that compares with 0 as the first does with the second.
double sign_of(std::partial_ordering order)
{
    if (order == std::partial_ordering::unordered) return nan;
    return order < 0 ? -1 : order > 0 ? 1 : 0;
}

/// Of each pair of numbers, whether they compare so. An integer that became a double might be equal to one
/// that it is not.
template <class Holds>
void compare(std::span<Values> arguments, Holds holds)
{
    Values& a = arguments[0];
    const Values& b = arguments[1];
    const bool any_integer = ((a.any | b.any) & mark::integer) != 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        bool truth = holds(a.real[i], b.real[i]);
        if (any_integer) {
            const auto both = a.marks[i] & b.marks[i] & mark::integer;
            if (both != 0)
                truth = holds(a.integer[i], b.integer[i]);
            else if (((a.marks[i] | b.marks[i]) & mark::integer) != 0)
                truth = holds(sign_of(a.number(i) <=> b.number(i)), 0.0);
        }
        a.marks[i] =
            static_cast<std::uint8_t>(((a.marks[i] | b.marks[i]) & mark::notes) | (truth ? mark::truth : 0));
    }
    a.any = static_cast<std::uint8_t>(((a.any | b.any) & mark::notes) | mark::truth);
}

void is_equal(std::span<Values> arguments)
{
    compare(arguments, [](auto x, auto y) { return x == y; });
}
void is_not_equal(std::span<Values> arguments)
{
    compare(arguments, [](auto x, auto y) { return x != y; });
}
void is_less(std::span<Values> arguments)
{
    compare(arguments, [](auto x, auto y) { return x < y; });
}
void is_at_most(std::span<Values> arguments)
{
    compare(arguments, [](auto x, auto y) { return x <= y; });
}
void is_greater(std::span<Values> arguments)
{
    compare(arguments, [](auto x, auto y) { return x > y; });
}
void is_at_least(std::span<Values> arguments)
{
    compare(arguments, [](auto x, auto y) { return x >= y; });
}

/// Of two conditions: the second has a say only where the first is `undecided`.
void join(std::span<Values> arguments, std::uint8_t undecided)
{
    Values& a = arguments[0];
    const Values& b = arguments[1];
    for (std::size_t i = 0; i < a.size(); ++i)
        if ((a.marks[i] & mark::truth) == undecided)
            a.marks[i] = static_cast<std::uint8_t>((a.marks[i] & mark::notes) | b.marks[i]);
    a.any |= b.any;
}

void both_hold(std::span<Values> arguments) { join(arguments, mark::truth); }
void one_holds(std::span<Values> arguments) { join(arguments, 0); }

/// Of each number a double.
template <class Real>
void transform(std::span<Values> arguments, Real real)
{
    Values& a = arguments[0];
    for (double& value : a.real) value = real(value);
    for (std::uint8_t& marks : a.marks) marks &= mark::notes;
    a.any &= mark::notes;
}

/// The same, but an integer stays what it is.
template <class Real>
void transform_reals(std::span<Values> arguments, Real real)
{
    Values& a = arguments[0];
    for (std::size_t i = 0; i < a.size(); ++i)
        if ((a.marks[i] & mark::integer) == 0) a.real[i] = real(a.real[i]);
}

void absolute(std::span<Values> arguments)
{
    Values& a = arguments[0];
    for (double& value : a.real) value = std::abs(value);
    if ((a.any & mark::integer) == 0) return;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if ((a.marks[i] & mark::integer) == 0 || a.integer[i] >= 0) continue;
        if (!__builtin_sub_overflow(std::int64_t{0}, a.integer[i], &a.integer[i])) continue;
        a.marks[i] = static_cast<std::uint8_t>((a.marks[i] & ~mark::integer) | mark::too_large);
        a.any |= mark::too_large;
    }
}

/// Of two numbers the one that compares so with the other; NaN where one is.
template <class Holds>
void pick(std::span<Values> arguments, Holds holds)
{
    Values& a = arguments[0];
    const Values& b = arguments[1];
    for (std::size_t i = 0; i < a.size(); ++i) {
        const auto notes = (a.marks[i] | b.marks[i]) & mark::notes;
        const bool second = std::isnan(b.real[i]) || holds(b.number(i) <=> a.number(i));
        if (second) {
            a.real[i] = b.real[i];
            a.integer[i] = b.integer[i];
        }
        a.marks[i] = static_cast<std::uint8_t>(((second ? b : a).marks[i] & mark::integer) | notes);
    }
    a.any |= b.any;
}

void smaller(std::span<Values> arguments)
{
    pick(arguments, [](std::partial_ordering order) { return order < 0; });
}
void larger(std::span<Values> arguments)
{
    pick(arguments, [](std::partial_ordering order) { return order > 0; });
}

void is_nan(std::span<Values> arguments)
{
    Values& a = arguments[0];
    for (std::size_t i = 0; i < a.size(); ++i)
        a.marks[i] =
            static_cast<std::uint8_t>((a.marks[i] & mark::notes) | (std::isnan(a.real[i]) ? mark::truth : 0));
    a.any = static_cast<std::uint8_t>((a.any & mark::notes) | mark::truth);
}

// clang-format off
constexpr std::array table{
    Function{"abs", 1, false, absolute},
    Function{"acos", 1, false, [](std::span<Values> a) { transform(a, [](double x) { return std::acos(x); }); }},
    Function{"asin", 1, false, [](std::span<Values> a) { transform(a, [](double x) { return std::asin(x); }); }},
    Function{"atan", 1, false, [](std::span<Values> a) { transform(a, [](double x) { return std::atan(x); }); }},
    Function{"atan2", 2, false, [](std::span<Values> a) { combine(a, [](double y, double x) { return std::atan2(y, x); }); }},
    Function{"ceil", 1, false, [](std::span<Values> a) { transform_reals(a, [](double x) { return std::ceil(x); }); }},
    Function{"cos", 1, false, [](std::span<Values> a) { transform(a, [](double x) { return std::cos(x); }); }},
    Function{"cosh", 1, false, [](std::span<Values> a) { transform(a, [](double x) { return std::cosh(x); }); }},
    Function{"exp", 1, false, [](std::span<Values> a) { transform(a, [](double x) { return std::exp(x); }); }},
    Function{"expm1", 1, false, [](std::span<Values> a) { transform(a, [](double x) { return std::expm1(x); }); }},
    Function{"floor", 1, false, [](std::span<Values> a) { transform_reals(a, [](double x) { return std::floor(x); }); }},
    Function{"isnan", 1, true, is_nan},
    Function{"log", 1, false, [](std::span<Values> a) { transform(a, [](double x) { return std::log(x); }); }},
    Function{"log10", 1, false, [](std::span<Values> a) { transform(a, [](double x) { return std::log10(x); }); }},
    Function{"log1p", 1, false, [](std::span<Values> a) { transform(a, [](double x) { return std::log1p(x); }); }},
    Function{"log2", 1, false, [](std::span<Values> a) { transform(a, [](double x) { return std::log2(x); }); }},
    Function{"max", 2, false, larger, true},
    Function{"min", 2, false, smaller, true},
    Function{"round", 1, false, [](std::span<Values> a) { transform_reals(a, [](double x) { return std::nearbyint(x); }); }},
    Function{"sin", 1, false, [](std::span<Values> a) { transform(a, [](double x) { return std::sin(x); }); }},
    Function{"sinh", 1, false, [](std::span<Values> a) { transform(a, [](double x) { return std::sinh(x); }); }},
    Function{"sqrt", 1, false, [](std::span<Values> a) { transform(a, [](double x) { return std::sqrt(x); }); }},
    Function{"tan", 1, false, [](std::span<Values> a) { transform(a, [](double x) { return std::tan(x); }); }},
    Function{"tanh", 1, false, [](std::span<Values> a) { transform(a, [](double x) { return std::tanh(x); }); }},
    Function{"trunc", 1, false, [](std::span<Values> a) { transform_reals(a, [](double x) { return std::trunc(x); }); }},
};

constexpr std::array<std::pair<std::string_view, Operation>, 16> operators{{
    {"+", add}, {"-", subtract}, {"*", multiply}, {"/", divide}, {"//", floor_divide}, {"%", modulo}, {"**", raise},
    {"==", is_equal}, {"=", is_equal}, {"!=", is_not_equal}, {"<", is_less}, {"<=", is_at_most},
    {">", is_greater}, {">=", is_at_least}, {"and", both_hold}, {"or", one_holds},
}};
// clang-format on

} // namespace

Operation operation_of(std::string_view binary_operator)
{
    for (const auto& [text, operation] : operators)
        if (text == binary_operator) return operation;
    throw Error(Exit::internal, "'{}' is no operator", binary_operator);
}

void negate(std::span<Values> arguments)
{
    Values& a = arguments[0];
    for (double& value : a.real) value = -value;
    if ((a.any & mark::integer) == 0) return;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if ((a.marks[i] & mark::integer) == 0) continue;
        if (!__builtin_sub_overflow(std::int64_t{0}, a.integer[i], &a.integer[i])) {
            a.real[i] = static_cast<double>(a.integer[i]);
        } else {
            a.marks[i] = static_cast<std::uint8_t>((a.marks[i] & ~mark::integer) | mark::too_large);
            a.any |= mark::too_large;
        }
    }
}

void invert(std::span<Values> arguments)
{
    for (std::uint8_t& marks : arguments[0].marks) marks ^= mark::truth;
}

void to_number(std::span<Values> arguments)
{
    Values& a = arguments[0];
    for (std::size_t i = 0; i < a.size(); ++i) {
        a.integer[i] = (a.marks[i] & mark::truth) != 0;
        a.real[i] = static_cast<double>(a.integer[i]);
        a.marks[i] = static_cast<std::uint8_t>((a.marks[i] & mark::notes) | mark::integer);
    }
    a.any = static_cast<std::uint8_t>((a.any & mark::notes) | mark::integer);
}

void choose(std::span<Values> arguments)
{
    Values& condition = arguments[0];
    for (std::size_t i = 0; i < condition.size(); ++i) {
        const Values& chosen = arguments[(condition.marks[i] & mark::truth) != 0 ? 1 : 2];
        condition.real[i] = chosen.real[i];
        condition.integer[i] = chosen.integer[i];
        condition.marks[i] = static_cast<std::uint8_t>((condition.marks[i] & mark::notes) | chosen.marks[i]);
    }
    condition.any =
        static_cast<std::uint8_t>((condition.any & mark::notes) | arguments[1].any | arguments[2].any);
}

std::span<const Function> functions() { return table; }

} // namespace swather
