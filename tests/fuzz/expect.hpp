// SPDX-License-Identifier: MIT
#pragma once

#include <cstdio>
#include <cstdlib>

/// Ends the process, as libFuzzer wants it, where something did not hold.
inline void expect(bool held, const char* what)
{
    if (held) return;
    std::fputs(what, stderr);
    std::abort();
}
