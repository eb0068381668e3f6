// SPDX-License-Identifier: MIT
#pragma once

#include "grid/element.hpp"
#include "sources/stage.hpp"

#include <string>

namespace swather {

/// What all numbers of some texts are read as.
struct NumberType {
    /// What was given; else the first of int64, uint64 and float64 that holds all so far.
    Element element = Element::int64;
    bool is_given = false;
    bool has_minus = false; ///< a number had: none of them is then uint64
};

struct TextShape {
    Index rows = 0;
    Index columns = 0;
};

/// Local. Reads a text of numbers through, for its shape, and widens the type where that was not given.
///
/// A line is a row, of as many numbers as all others. Between numbers is white space, or else a comma, with
/// white space around it or not; what follows `#` in a line, and lines of nothing else, are passed over. LF,
/// CR LF and CR end a line; a byte order mark may begin the text. A number is what Python's float() takes:
/// "-0", "+1", "1e5", "nan", "inf", but no underscores. `path` is for messages. `Exit::bad_data`: a field
/// that is no number, or none of the type that was given; rows of different lengths; no numbers at all.
TextShape survey_numbers(TextPieces text, const std::string& path, NumberType& type);

/// Local. The numbers of such a text, one behind the other, as elements of a type: reals are rounded to the
/// nearest float64, and that to float32. Errors as above.
TextPieces numbers_of(TextPieces text, const std::string& path, Element element);

} // namespace swather
