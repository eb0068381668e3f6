// SPDX-License-Identifier: MIT
#include "base/number.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace swather;

namespace {

using Kind = Number::Kind;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// What repr() of Python 3 gives for powers of ten and their neighbours, the limits of double, and odd values
/// of all magnitudes.
constexpr const char* python_reprs = R"(
0.0 1.0 -1.0 0.5 -0.5 1.5 0.1 0.2 0.3 0.30000000000000004 0.3333333333333333 0.6666666666666666 10.0
100.0 123456789.125 3.141592653589793 2.718281828459045 1.7976931348623157e+308 -1.7976931348623157e+308
2.2250738585072014e-308 5e-324 -5e-324 2.225073858507201e-308 2.220446049250313e-16 9007199254740992.0
9007199254740994.0 9007199254740991.0 9.223372036854776e+18 1.8446744073709552e+19 -9.223372036854776e+18
1e+22 1e+23 9.5 99.95 1234.5678 -273.15 0.001 0.00123 1e-06 9.999999999999997e-07 1.0000000000000002e-06
1e-05 9.999999999999999e-06 1.0000000000000003e-05 0.0001 9.999999999999999e-05 0.00010000000000000002
0.0009999999999999998 0.0010000000000000002 100000000000000.0 99999999999999.98 100000000000000.02
1000000000000000.0 999999999999999.9 1000000000000000.1 1e+16 9999999999999998.0 1.0000000000000002e+16
1e+17 9.999999999999998e+16 1.0000000000000002e+17 1e+21 9.999999999999999e+20 1.0000000000000001e+21
9.999999999999998e+21 1.0000000000000002e+22 1e+100 9.999999999999998e+99 1.0000000000000002e+100 1e-100
9.999999999999999e-101 1.0000000000000001e-100 1e+300 9.999999999999999e+299 1.0000000000000002e+300
1e-300 9.999999999999999e-301 1.0000000000000002e-300 1e+308 9.999999999999998e+307
1.0000000000000002e+308 1e-307 9.999999999999997e-308 1.0000000000000001e-307 -2.66422846687e-313
4.60249e-310 9.49087982994e-290 5.6150174e-282 -7.7402173e-269 -1.322875303e-254 8.75924e-245
-1.50459409606727e-223 -5.6022354e-217 -3.3e-210 -8.12123060147e-187 6.5e-184 -3.965529238e-163
9.1429077894e-149 -9.0089200827122e-133 6.1482005e-125 -9.50360590811352e-106 8.24559425011114e-93
9.1876988261e-84 -9.613816118988e-69 9.0784703408575e-52 -3.92784990255e-44 3.0804028e-35
1.4584090834830627e-13 5.975757494e-07 0.014 -1.748289365538724e+26 -6.63121522346e+34 7.8197e+40
3.1666469615e+59 -3.077726e+68 8.4e+77 2.78278e+93 -3.062825876e+110 9.05006813258893e+128
-6.498774849157205e+142 6.816604e+146 -5.5e+155 -5.632166464407763e+182 2.3e+181 2.7e+193 4.3614e+209
4.3e+219 2.3542350747431e+244 2.17379e+249 -2.079934e+263 -6.13e+272 4.66199576526183e+297 898007.0
-509829525.7 -0.1 0.0211 -5984685.62 39569.087827 6.6443 606194.13449 41.56036 -3980685.38641 -0.09
-0.65636 0.425 -0.527652 -120951669655.0 -774193.510921 0.00043 361002.09533 0.0838 -14.2 0.004
-179565587.7 -70.795739 0.042125 -14089398.027 -7.0 -4342144.7462 0.000253 -8229988581.0 -7547580.4457
-3697084.508 0.00569 -1630563.8101 -15.052853 29711.0 -948394284.955 3.2 104867.21 -3622.61478 0.0033
-87.2 -36806977656.0 -25.8507 0.0007 5202.34 41246391987.0 47703880.789 5e-05 94143.04944 8342.6
-289162.0 -90.97 8155.1 -948186058.02 0.8 131.4 -12.379 -645905487.1 70886.2322 -4.15 -38506078.7353
296056.69 -346737.48 88.45499
)";

} // namespace

TEST(Number, Integers)
{
    const std::vector<std::pair<std::string, std::int64_t>> integers{
        {"0", 0},
        {"-0", 0},
        {"42", 42},
        {"+42", 42},
        {"-42", -42},
        {" \t7 ", 7},
        {"007", 7},
        {"00000000000000000000000000005", 5},
        {"999999999999999999", 999'999'999'999'999'999},
        {"-1000000000000000000", -1'000'000'000'000'000'000},
        {"9007199254740993", 9'007'199'254'740'993}, // no double
        {"9223372036854775807", std::numeric_limits<std::int64_t>::max()},
        {"+9223372036854775807", std::numeric_limits<std::int64_t>::max()},
        {"-9223372036854775808", std::numeric_limits<std::int64_t>::min()},
    };
    for (const auto& [text, value] : integers) {
        const Number number = parse_number(text);
        EXPECT_EQ(number.kind, Kind::integer) << text;
        EXPECT_EQ(number.integer, value) << text;
        EXPECT_EQ(number.real, static_cast<double>(value)) << text;
    }
}

TEST(Number, Reals)
{
    const std::string zeros(400, '0');
    const std::vector<std::pair<std::string, double>> reals{
        {"1.0", 1},
        {".5", 0.5},
        {"5.", 5},
        {"-.5", -0.5},
        {"+2.5", 2.5},
        {" 1.5\t", 1.5},
        {"1e3", 1000},
        {"1E+3", 1000},
        {"-25e-1", -2.5},
        {"5.e1", 50},
        {"0e99999999999999999999", 0},
        {"5e-324", 5e-324},
        {"1e-999", 0},
        {"-1e-999", 0},
        {"1e-99999999999999999999", 0},
        {"0." + zeros + "1", 0},
        {"0." + zeros + "1e50", 0},
        {"0." + zeros + "1e401", 1},
        {"1" + zeros + "e-400", 1},
        {"1" + zeros + "e-900", 0},
    };
    for (const auto& [text, value] : reals) {
        const Number number = parse_number(text);
        EXPECT_EQ(number.kind, Kind::real) << text;
        EXPECT_EQ(number.real, value) << text;
    }
}

TEST(Number, BeyondTheRange)
{
    const std::string zeros(400, '0');
    const std::vector<std::pair<std::string, double>> far{
        {"9223372036854775808", 0x1p63},
        {"-9223372036854775809", -0x1p63},
        {"100000000000000000000", 1e20},
        {"1" + zeros, infinity},
        {"-1" + zeros, -infinity},
        {"1e999", infinity},
        {"-1e+999", -infinity},
        {"1.7976931348623159e308", infinity},
        {"1e99999999999999999999", infinity},
        {"1" + zeros + "e-50", infinity},
        {"0." + zeros + "1e900", infinity},
    };
    for (const auto& [text, value] : far) {
        const Number number = parse_number(text);
        EXPECT_EQ(number.kind, Kind::out_of_range) << text;
        EXPECT_EQ(number.real, value) << text;
    }
}

TEST(Number, WhatIsNone)
{
    for (const char* text : {"",      " ",   "\t",  "-",    "+",        ".",      "-.",
                             "e5",    ".e5", "1e",  "1e+",  "--1",      "+-1",    "- 1",
                             "1 2",   "1,5", "1_0", "0x10", "1.5.2",    "1f",     "12abc",
                             "1e5.0", "nan", "NaN", "inf",  "Infinity", "-inf",   "NA",
                             "five",  "١",   "−1",  "1\n",  "\r42",     "1e999x", "99999999999999999999x"})
        EXPECT_EQ(parse_number(text).kind, Kind::none) << text;
    EXPECT_EQ(parse_number(std::string_view("1\0", 2)).kind, Kind::none);
}

TEST(Number, AreComparedExactly)
{
    // Each is less than the next; doubles are 2 apart beyond 2^53 and 1024 below 2^63.
    const std::vector<std::string> ascending{"-1e999",
                                             "-1e19",
                                             "-9223372036854775808",
                                             "-9223372036854775807",
                                             "-2.5",
                                             "-2",
                                             "-1.5",
                                             "0",
                                             "0.5",
                                             "1",
                                             "9007199254740992",
                                             "9007199254740993",
                                             "9007199254740994.0",
                                             "9223372036854774784.0",
                                             "9223372036854775806",
                                             "9223372036854775807",
                                             "9223372036854775808",
                                             "1e308",
                                             "1e999"};
    for (std::size_t i = 0; i < ascending.size(); ++i)
        for (std::size_t j = 0; j < ascending.size(); ++j)
            EXPECT_TRUE((parse_number(ascending[i]) <=> parse_number(ascending[j])) == (i <=> j))
                << ascending[i] << " and " << ascending[j];
    for (const auto& [a, b] : std::vector<std::pair<const char*, const char*>>{
             {"1", "1.0"}, {"0", "-0.0"}, {"007", "7e0"}, {"-9223372036854775808", "-9223372036854775808.0"}})
        EXPECT_TRUE((parse_number(a) <=> parse_number(b)) == 0) << a << " and " << b;
    for (const char* text : {"0", "1.5", "1e999", "x"})
        EXPECT_TRUE((parse_number(text) <=> parse_number("")) == std::partial_ordering::unordered) << text;
}

TEST(Number, CanonicalIntegers)
{
    for (const char* text : {"0", "-5", "42", "10", "9223372036854775807", "-9223372036854775808"})
        EXPECT_TRUE(is_canonical_integer(text)) << text;
    for (const char* text : {"", "-", "007", "00", "+1", "-0", " 1", "1 ", "1.0", "1e3",
                             "9223372036854775808", "-9223372036854775809", "x"})
        EXPECT_FALSE(is_canonical_integer(text)) << text;
}

TEST(Number, CanonicalRealsAreThoseOfPython)
{
    std::istringstream reprs(python_reprs);
    for (std::string text; reprs >> text;) {
        EXPECT_TRUE(is_canonical_real(text)) << text;
        EXPECT_FALSE(is_canonical_integer(text)) << text;
        EXPECT_EQ(parse_number(text).kind, Kind::real) << text;
        EXPECT_EQ(parse_number(text).real, std::strtod(text.c_str(), nullptr)) << text;
        for (const std::string& other : {text + ".0", text + "e0", "0" + text, "+" + text, text + " "})
            EXPECT_FALSE(is_canonical_real(other)) << other;
    }
}

TEST(Number, OtherWaysToWriteARealAreNotCanonical)
{
    for (const char* text : {"",
                             "1",
                             "1.",
                             ".5",
                             "1.50",
                             "00.5",
                             "1e5",
                             "100000.0e0",
                             "1e16",
                             "1E+16",
                             "1e+016",
                             "1.0e+16",
                             "10000000000000000.0",
                             "0.00001",
                             "1e-5",
                             "1e-4",
                             "0.10000000000000001",
                             "0.1000000000000000055",
                             "-0.0",
                             "0.00",
                             "1e-999",
                             "nan",
                             "inf",
                             "-inf",
                             "1e999"})
        EXPECT_FALSE(is_canonical_real(text)) << text;
}

TEST(Number, ReprIsPythons)
{
    // Each as Python 3 prints it.
    for (const auto& [number, expected] : {std::pair(0.0, "0.0"),
                                           {-0.0, "-0.0"},
                                           {1.0, "1.0"},
                                           {-1.5, "-1.5"},
                                           {0.1, "0.1"},
                                           {1e15, "1000000000000000.0"},
                                           {1e16, "1e+16"},
                                           {123456789012345680.0, "1.2345678901234568e+17"},
                                           {1e-4, "0.0001"},
                                           {1e-5, "1e-05"},
                                           {5e-324, "5e-324"},
                                           {1.7976931348623157e308, "1.7976931348623157e+308"},
                                           {1 / 3.0, "0.3333333333333333"},
                                           {HUGE_VAL, "inf"},
                                           {-HUGE_VAL, "-inf"},
                                           {std::nan(""), "nan"}}) {
        std::string text = "x ";
        append_repr(text, number);
        EXPECT_EQ(text, std::string("x ") + expected);
    }
}

TEST(Number, InfinityIsANumberToTables)
{
    for (const char* text : {"inf", "+inf", "INF", "Inf", " infinity\t", "Infinity"}) {
        EXPECT_EQ(parse_number_or_infinity(text).kind, Kind::real) << text;
        EXPECT_EQ(parse_number_or_infinity(text).real, HUGE_VAL) << text;
        EXPECT_EQ(parse_number(text).kind, Kind::none) << text;
    }
    EXPECT_EQ(parse_number_or_infinity("-inf").real, -HUGE_VAL);
    for (const char* text : {"", "in", "infi", "infinit", "--inf", "inf inf", "nan", "i"})
        EXPECT_EQ(parse_number_or_infinity(text).kind, Kind::none) << text;
    EXPECT_EQ(parse_number_or_infinity("42").integer, 42);
}
