// SPDX-License-Identifier: MIT
#include "kernels/evaluator.hpp"
#include "kernels/field_kind.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

using namespace swather;

namespace {

std::uint8_t kind(std::string_view field)
{
    const std::array fields{field};
    Evaluator evaluator;
    evaluator.start({.fields = fields, .rows = 1, .stride = 1});
    return kind_of(field, evaluator.numbers_of(0), 0);
}

void expect_kind(std::uint8_t expected, const std::vector<std::string_view>& fields)
{
    for (const std::string_view field : fields) EXPECT_EQ(kind(field), expected) << "'" << field << "'";
}

} // namespace

TEST(FieldKind, OfWhatANumberWouldNotKeepTheTextIsKept)
{
    using namespace field_kind;
    expect_kind(missing, {"", " ", "\t ", "NA", "NaN", "n/a", "null"});
    expect_kind(integer, {"0", "7", "-7", "9007199254740992", "-9007199254740992"});
    expect_kind(integer | wide, {"9007199254740993", "-9223372036854775808", "9223372036854775807"});
    expect_kind(integer | not_canonical, {" 7", "7 ", "\t-7", " 0 ", "+5", "-0", " +0"});
    expect_kind(integer | not_canonical | wide, {"9007199254740993 ", "+9007199254740993"});
    expect_kind(real, {"1.5", "1.", ".5", "1e5", "-1E-5", "+1.5", "-0.0", "0.10", "1e-999", "1e999",
                       "-1.e999", "inf", "-Infinity", " 2.5 "});
    expect_kind(text, {"x", "007", "-01", "00", "+07", " 01", "9223372036854775808", "0x1", "1 2", "1,5", "-",
                       "True", "NA ", "infinite", "1_0"});
}
