// SPDX-License-Identifier: MIT
#include "sources/flags.hpp"

#include "base/error.hpp"

#include <htslib/sam.h>

namespace swather {

std::uint16_t parse_flags(const std::string& option, const std::string& text)
{
    if (text.empty()) return 0;
    const int flags = bam_str2flag(text.c_str());
    if (flags < 0 || flags > 0xffff)
        throw Error(Exit::usage, "{} '{}' are no flags of a read", option, text)
            .remedy("give a number, as 1024 or 0x400, or names with commas, as DUP,SUPPLEMENTARY");
    return static_cast<std::uint16_t>(flags);
}

} // namespace swather
