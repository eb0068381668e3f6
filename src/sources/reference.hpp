// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace swather {

/// The sequences of a FASTA, which has its .fai beside it; one packed by bgzip its .gzi too.
class Reference {
public:
    /// Local. Opens the file. `Exit::cannot_read`: it or its index cannot be opened.
    explicit Reference(const std::string& path);
    ~Reference();
    Reference(Reference&&) noexcept;
    Reference& operator=(Reference&&) noexcept;

    /// Local. The number of a contig in the index. `Exit::bad_data`: there is none of this name, or it has
    /// not so many positions.
    [[nodiscard]] std::int32_t number_of(std::string_view contig, Index length) const;
    /// Local. Sees that a sequence has this MD5, as @SQ M5 defines it; an empty one is not looked at. Of each
    /// sequence it is computed once.
    /// `Exit::bad_data`: it has another.
    void check_digest(std::int32_t number, const std::string& digest) const;
    /// Local. The positions of sequence `number`.
    [[nodiscard]] Index length(std::int32_t number) const;
    /// Local. The bases on some positions, as they are written. `Exit::bad_data`: the file is damaged.
    [[nodiscard]] std::string bases(std::int32_t number, const Box& positions) const;

private:
    [[nodiscard]] std::string digest_of(std::int32_t number) const;

    struct Handle;

    std::string path_;
    std::unique_ptr<Handle> handle_;
};

} // namespace swather
