// SPDX-License-Identifier: MIT
#include "base/error.hpp"

#include <cerrno>
#include <cstring>

namespace swather {

Error Error::restore(Exit code, std::int64_t order, std::string text)
{
    Error error(code, "{}", text);
    error.order_ = order;
    return error;
}

Error system_error(Exit code, int number, std::string_view action, std::string_view path)
{
    return system_error(code, number, fmt::format("{} '{}'", action, path));
}

Error system_error(Exit code, int number, std::string_view action)
{
    const bool full = number == ENOSPC || number == EDQUOT;
    Error error(full ? Exit::io : code, "cannot {}: {}", action, std::strerror(number));
    if (full) error.remedy("make room on this disk, then run again with --resume: finished blocks are kept");
    return error;
}

} // namespace swather
