// SPDX-License-Identifier: MIT
#pragma once

#include "sources/array_input.hpp"

#include <string>
#include <string_view>

namespace swather {

/// Local. Whether a file whose text begins so may be of numbers: it has no control characters.
bool may_be_text(std::string_view front);

/// Local. Reads a text of numbers through, packed or not. Its array has no axis that is 1 long, as
/// numpy.loadtxt has none: one column and one line are alike, and one number has no axis. The `type` is that
/// of all texts so far. Errors as of survey_numbers and of text_of.
OneArray look_at_text(const std::string& path, NumberType& type);

/// Local. Makes plain bytes of a text in `folder`, as `stage` does. Without a folder nothing is done.
/// `Exit::bad_data`: it is not what it was when it was looked at.
void stage_text(ArrayPlace& place, const std::string& folder);

} // namespace swather
