// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

namespace swather {

/// Local. Flags of a read as samtools takes them: "1796", "0x704", "DUP,QCFAIL"; none for an empty text.
/// Throws `Exit::usage` naming `option` where `text` is none of these.
std::uint16_t parse_flags(const std::string& option, const std::string& text);

} // namespace swather
