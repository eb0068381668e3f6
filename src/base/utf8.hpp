// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace swather {

/// Local. Whether bytes are well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, up to U+10FFFF).
bool is_utf8(std::string_view bytes);

} // namespace swather
