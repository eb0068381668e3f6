// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "sources/npy_header.hpp"

#include <gtest/gtest.h>

namespace swather {
namespace {

/// A file of version 1 that has this dict.
std::string npy(const std::string& dict)
{
    std::string text = "\x93NUMPY";
    text += {'\1', '\0', static_cast<char>(dict.size() & 0xff), static_cast<char>(dict.size() >> 8)};
    return text + dict;
}

NpyHeader parse(const std::string& text) { return parse_npy_header(std::as_bytes(std::span(text)), "a.npy"); }

void expect_error(const std::string& text, const std::string& finding)
{
    try {
        parse(text);
        ADD_FAILURE() << "no error: " << finding;
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Exit::bad_data);
        EXPECT_NE(std::string(error.what()).find(finding), std::string::npos) << error.what();
    }
}

TEST(NpyHeader, IsReadAsNumpyWritesIt)
{
    const NpyHeader header =
        parse(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 20), }      \n"));
    EXPECT_EQ(header.element, Element::float32);
    EXPECT_FALSE(header.swapped);
    EXPECT_FALSE(header.first_fastest);
    EXPECT_EQ(header.shape, (std::vector<Index>{3, 20}));
    EXPECT_EQ(header.data_offset, 10 + 67);
}

TEST(NpyHeader, IsReadInAnyOrderAndOfPython2)
{
    const NpyHeader header = parse(npy(R"({"shape":(7L,),"fortran_order":True,"descr":">i2"})"));
    EXPECT_EQ(header.element, Element::int16);
    EXPECT_TRUE(header.swapped);
    EXPECT_TRUE(header.first_fastest);
    EXPECT_EQ(header.shape, std::vector<Index>{7});
    EXPECT_TRUE(parse(npy("{'descr': '|b1', 'fortran_order': False, 'shape': ()}")).shape.empty());
}

TEST(NpyHeader, WhatCannotBeIsAnError)
{
    expect_error("PK\3\4 and so on", "no .npy file");
    expect_error(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 20), }").substr(0, 40),
                 "ends inside");
    expect_error("\x93NUMPY\x09 and so on", "version 9");
    expect_error(npy("{'descr': '<f4', 'fortran_order': False}"), "missing");
    expect_error(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3, -20)}"), "whole numbers");
    expect_error(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}"),
                 "whole numbers");
    expect_error(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4)}"), "2⁶³");
    expect_error(npy("{'descr': '<c16', 'fortran_order': False, 'shape': (3,)}"), "'<c16'");
    expect_error(npy("{'descr': '|O', 'fortran_order': False, 'shape': (3,)}"), "'|O'");
    expect_error(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,)}"), "structured");
    expect_error(npy("{'descr': '<f4"), "no end");
}

} // namespace
} // namespace swather
