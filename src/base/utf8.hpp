// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace swather {

/// Local. Whether bytes are well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, up to U+10FFFF).
bool is_utf8(std::string_view bytes);

/// Local. A text for a message: control characters, and bytes that are not UTF-8, as \xNN.
std::string printable(std::string_view text);

/// Local. An expression in a line of its own, and below it a mark under its byte `place`.
std::string with_caret(std::string_view expression, std::size_t place);

} // namespace swather
