// SPDX-License-Identifier: MIT
#include "base/error.hpp"

#include <cerrno>
#include <cstring>

namespace swather {

Error::Error(Exit code, std::int64_t order, std::string finding, std::string remedy)
    : code_(code)
    , order_(order)
    , finding_(std::move(finding))
    , remedy_(std::move(remedy))
    , what_(finding_ + remedy_)
{
}

Error& Error::append(std::string& part, const std::string& line)
{
    part += line;
    what_ = finding_ + remedy_;
    return *this;
}

Error system_error(Exit code, int number, std::string_view action, std::string_view path)
{
    return system_error(code, number, fmt::format("{} '{}'", action, path));
}

Error system_error(Exit code, int number, std::string_view action)
{
    const bool full = number == ENOSPC || number == EDQUOT;
    Error error(full ? Exit::io : code, "cannot {}: {}", action, std::strerror(number));
    if (full) error.remedy("make room on this disk");
    return error;
}

} // namespace swather
