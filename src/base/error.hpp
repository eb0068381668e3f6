// SPDX-License-Identifier: MIT
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <exception>
#include <limits>
#include <string>
#include <vector>

namespace swather {

/// What the program tells the shell; the numbers above 2 are those of sysexits.h.
enum class Exit : int {
    done = 0,           ///< the file is complete and verified
    usage = 2,          ///< wrong options
    bad_data = 65,      ///< an input holds what it must not
    cannot_read = 66,   ///< an input cannot be opened
    internal = 70,      ///< our own fault
    cannot_create = 73, ///< the output cannot be created, exists, or is in use
    io = 74,            ///< reading or writing failed on the way: a full disk, a bad device
    stopped = 75,       ///< stopped early on purpose: run again with --resume
};

/// One clear error: what was found, where, and what to do about it, with the exit code.
///
/// The finding says what is wrong and names the file; `within` adds a line for each place it passed on its
/// way up, `remedy` adds the line that tells the user what to do.
class Error : public std::exception {
public:
    /// Errors with a rank are compared by it: the lowest is the one that is printed. A block's error has its
    /// id.
    static constexpr std::int64_t no_order = std::numeric_limits<std::int64_t>::max();

    template <class... Args>
    Error(Exit code, fmt::format_string<Args...> finding, Args&&... args)
        : Error(code, no_order, fmt::format(finding, std::forward<Args>(args)...), "")
    {
    }

    /// Local. An error from its parts, as it comes from another rank.
    Error(Exit code, std::int64_t order, std::string finding, std::string remedy);

    template <class... Args>
    Error& within(fmt::format_string<Args...> place, Args&&... args)
    {
        return append(finding_, "\n  in " + fmt::format(place, std::forward<Args>(args)...));
    }

    template <class... Args>
    Error& remedy(fmt::format_string<Args...> what_to_do, Args&&... args)
    {
        return append(remedy_, "\n  " + fmt::format(what_to_do, std::forward<Args>(args)...));
    }

    /// Local. The id of the block that failed, or another number by which the first of several errors is
    /// told.
    Error& ordered(std::int64_t order)
    {
        order_ = order;
        return *this;
    }

    [[nodiscard]] Exit code() const noexcept { return code_; }
    [[nodiscard]] std::int64_t order() const noexcept { return order_; }
    /// Local. What was found, and where; and what to do about it.
    [[nodiscard]] const std::string& finding() const noexcept { return finding_; }
    [[nodiscard]] const std::string& remedy() const noexcept { return remedy_; }
    /// Local. All of it, as it is printed.
    [[nodiscard]] const char* what() const noexcept override { return what_.c_str(); }

private:
    Error& append(std::string& part, const std::string& line);

    Exit code_;
    std::int64_t order_;
    std::string finding_, remedy_, what_;
};

/// Thrown on every rank alike by `agree`: all know of it, one of them prints it, nobody needs to be aborted.
class AgreedError : public Error {
public:
    explicit AgreedError(Error error)
        : Error(std::move(error))
    {
    }
};

/// Local. The error of a failed system call: "cannot ACTION: strerror(number)". A full disk is always
/// `Exit::io`.
Error system_error(Exit code, int number, std::string_view action);
/// Local. The same of "ACTION 'PATH'".
Error system_error(Exit code, int number, std::string_view action, std::string_view path);

} // namespace swather
