// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>

namespace swather {

/// Local. Where the first byte is that is no letter of a nucleic acid: A, C, G, T, U, a code of IUPAC for
/// some of them, X of what is masked, large or small, or - of a gap. The size of the text where there is
/// none.
std::size_t first_foreign_letter(std::string_view text);

} // namespace swather
