// SPDX-License-Identifier: MIT
#include "sources/flags.hpp"

#include "base/error.hpp"

#include <htslib/sam.h>

#include <cctype>
#include <cstdlib>

namespace swather {

std::uint16_t parse_flags(const std::string& option, const std::string& text)
{
    if (text.empty()) return 0;
    // htslib stops at what is no digit, and takes what came before: "4x" is no number.
    char* end = nullptr;
    const bool is_number = std::isdigit(static_cast<unsigned char>(text.front())) != 0;
    const bool is_whole = !is_number || (std::strtol(text.c_str(), &end, 0), *end == '\0');
    const int flags = is_whole ? bam_str2flag(text.c_str()) : -1;
    if (flags < 0 || flags > 0xffff)
        throw Error(Exit::usage, "{} '{}' are no flags of a read", option, text)
            .remedy("give a number, as 1024 or 0x400, or names with commas, as DUP,SUPPLEMENTARY");
    return static_cast<std::uint16_t>(flags);
}

} // namespace swather
