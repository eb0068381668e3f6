// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace swather {

/// An occurrence of a pattern, as it is stored.
struct StoredHit {
    std::string_view contig; ///< this and the pattern live until the next hit
    Index start = 0;         ///< 0-based
    Index end = 0;           ///< one past the last
    char strand = '+';
    std::string_view pattern;
};

/// The hits in an output file of `swather motif`, read forwards: some thousands are in memory at a time.
class StoredHits {
public:
    /// Local. `Exit::cannot_read`: no such file. `Exit::bad_data`: not a file of swather, not a complete one,
    /// or one without hits of patterns.
    explicit StoredHits(const std::string& path);
    ~StoredHits();

    /// Local. Bases of the longest contig.
    [[nodiscard]] Index longest_contig() const;
    /// Local. The next hit; none at the end. `Exit::bad_data`: the file is damaged.
    std::optional<StoredHit> next();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace swather
