// SPDX-License-Identifier: MIT
#pragma once

#include "sources/number_text.hpp"

#include <span>
#include <string_view>

namespace swather {

/// Local. A text in pieces of `size` bytes.
inline TextPieces pieces_of(std::string_view text, std::size_t size)
{
    return [text, size]() mutable {
        const std::string_view piece = text.substr(0, size);
        text.remove_prefix(piece.size());
        return std::as_bytes(std::span(piece));
    };
}

} // namespace swather
