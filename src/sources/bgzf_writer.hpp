// SPDX-License-Identifier: MIT
#pragma once

#include "base/file.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct BGZF;

namespace swather {

class Error;

/// Writes through htslib into a file that stays open, so that it can be synced: packed in BGZF blocks, which
/// are an ordinary gzip file to all readers and can be read in parallel, or as it is.
class BgzfWriter {
public:
    /// Local. `mode`: htslib's, "w" with a level of deflate behind it or without one, or "wu", which packs
    /// nothing. `name` is what errors call the file.
    BgzfWriter(const File& file, const std::string& mode, std::string name);
    ~BgzfWriter();

    /// Local. `Exit::io`: a full disk, say.
    void write(std::span<const std::byte> bytes);
    void write(std::string_view text) { write(std::as_bytes(std::span(text))); }
    /// Local. The virtual offset of what is written next.
    [[nodiscard]] std::uint64_t tell() const;
    /// Local. Packs what was written, so that what follows begins a block; only where it packs.
    void flush();
    /// Local. Writes what is left, and the end-of-file block.
    void close();

private:
    struct Close {
        void operator()(BGZF* handle) const;
    };

    [[nodiscard]] Error failed() const;

    std::string name_;
    std::unique_ptr<BGZF, Close> bgzf_;
};

} // namespace swather
