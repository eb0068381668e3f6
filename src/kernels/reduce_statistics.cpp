// SPDX-License-Identifier: MIT
#include "kernels/reduce_statistics.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace swather {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

template <class Value>
double variance_of(const Reduction<Value>& known, double ddof)
{
    const double divisor = static_cast<double>(known.elements) - ddof;
    return divisor > 0 ? known.deviations / divisor : nan;
}

/// The extremes of integers are integers, those of reals reals.
double value_of(const std::string& /*name*/, const Extreme<double>& extreme)
{
    return extreme.place < 0 ? nan : extreme.value;
}

Index value_of(const std::string& name, const Extreme<Int128>& extreme)
{
    if (!fits_int64(extreme.value))
        throw Error(Exit::bad_data, "{} is {}, beyond int64, in which it is told", name,
                    static_cast<std::uint64_t>(extreme.value))
            .remedy("ask for arg{} instead, which tells where it is, or write the array as float64", name);
    return static_cast<Index>(extreme.value);
}

Index sum_of(const Reduction<std::int64_t>& known)
{
    if (!fits_int64(known.sum))
        throw Error(Exit::bad_data, "sum is about {:.6g}, beyond int64, in which it is told",
                    static_cast<double>(known.sum))
            .remedy("ask for the mean instead, or reduce fewer axes");
    return static_cast<Index>(known.sum);
}

double sum_of(const Reduction<double>& known) { return static_cast<double>(known.sum); }

/// What the function returns, an integer or a real, is what the statistic is.
template <class Value, class Function>
Statistic<Value> make(const std::string& name, const char* long_name, Function function)
{
    using Result = std::invoke_result_t<Function, const Reduction<Value>&>;
    return {name, long_name, std::function<Result(const Reduction<Value>&)>(function)};
}

template <class Value>
Statistic<Value> statistic(const std::string& name, double ddof)
{
    using Known = Reduction<Value>;
    const auto is = [&](const char* long_name, auto function) {
        return make<Value>(name, long_name, function);
    };
    if (name == "sum") return is("sum", [](const Known& known) { return sum_of(known); });
    if (name == "mean") return is("mean", [](const Known& known) { return known.mean(); });
    if (name == "var") return is("variance", [ddof](const Known& known) { return variance_of(known, ddof); });
    if (name == "sd")
        return is("standard deviation",
                  [ddof](const Known& known) { return std::sqrt(variance_of(known, ddof)); });
    if (name == "min")
        return is("smallest value", [name](const Known& known) { return value_of(name, known.least); });
    if (name == "max")
        return is("largest value", [name](const Known& known) { return value_of(name, known.most); });
    if (name == "argmin")
        return is("number of the first smallest value, in C order of the reduced axes; -1: all are NaN",
                  [](const Known& known) { return known.least.place; });
    if (name == "argmax")
        return is("number of the first largest value, in C order of the reduced axes; -1: all are NaN",
                  [](const Known& known) { return known.most.place; });
    return is("values that are NaN or infinite", [](const Known& known) { return known.nonfinite; });
}

} // namespace

template <class Value>
std::vector<Statistic<Value>> statistics_of(const std::vector<std::string>& names, double ddof)
{
    std::vector<Statistic<Value>> statistics;
    for (const std::string& name : names) statistics.push_back(statistic<Value>(name, ddof));
    return statistics;
}

template std::vector<Statistic<std::int64_t>> statistics_of(const std::vector<std::string>&, double);
template std::vector<Statistic<double>> statistics_of(const std::vector<std::string>&, double);

Wanted wanted_for(const std::vector<std::string>& names, bool skip_nan)
{
    const auto any_of = [&](std::initializer_list<std::string_view> some) {
        return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
            return std::find(some.begin(), some.end(), name) != some.end();
        });
    };
    return {.sum = any_of({"sum", "mean", "sd", "var"}),
            .deviations = any_of({"sd", "var"}),
            .extremes = any_of({"min", "max", "argmin", "argmax"}),
            .nonfinite = any_of({"nonfinite"}),
            .skip_nan = skip_nan};
}

} // namespace swather
