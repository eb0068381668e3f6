// SPDX-License-Identifier: MIT
#include "base/memory.hpp"

#include <malloc.h>

namespace swather {

void keep_freed_memory()
{
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 256 << 20);
}

void give_back_memory() { malloc_trim(0); }

} // namespace swather
