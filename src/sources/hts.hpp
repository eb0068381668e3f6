// SPDX-License-Identifier: MIT
#pragma once

#include <htslib/bgzf.h>
#include <htslib/hts.h>
#include <htslib/sam.h>

#include <memory>

namespace swather {

/// Calls a function of htslib where a unique_ptr would delete.
template <auto Function>
struct Closer {
    template <class T>
    void operator()(T* handle) const
    {
        Function(handle);
    }
};

using HtsFile = std::unique_ptr<htsFile, Closer<hts_close>>;
using HtsHeader = std::unique_ptr<sam_hdr_t, Closer<sam_hdr_destroy>>;
using HtsRecord = std::unique_ptr<bam1_t, Closer<bam_destroy1>>;
using HtsBgzf = std::unique_ptr<BGZF, Closer<bgzf_close>>;

} // namespace swather
