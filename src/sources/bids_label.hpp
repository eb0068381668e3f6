// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace swather {

/// Local. A text as a label in the name of a file of BIDS, which is of the letters and digits of ASCII:
/// 'A - B' is AMinusB. As nilearn's save_glm_to_bids it writes -, +, > and < as Minus, Plus, Gt and Lt, and
/// joins words by their capitals; but it keeps the letters that are capitals, so that Go and go are not one.
/// What has neither letter nor digit is "unnamed"; what is longer than 100 of them is cut.
std::string bids_label(std::string_view text);

} // namespace swather
