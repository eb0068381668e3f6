// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <string>

namespace swather {

/// Bytes in which the header of a table must end.
inline constexpr std::size_t front_of_text = 16 << 20;

/// Inputs that cannot be sought are inflated once, by root, into a file of the journal's folder, from which
/// all ranks then read their blocks.
class Stage {
public:
    /// `folder` is made when it is needed; without one, texts are only measured.
    explicit Stage(std::string folder)
        : folder_(std::move(folder))
    {
    }

    /// The text of a gzip file.
    struct Staged {
        std::string path; ///< empty where it was only measured
        Index size = 0;
    };
    /// Local. Inflates a gzip file of any number of members, with a log line; one that an earlier run has
    /// staged is taken where its text is still what it was. A damaged or truncated one is `Exit::bad_data`, a
    /// full disk `Exit::io`.
    [[nodiscard]] Staged gzip(const std::string& path) const;

    /// Local. The first bytes of the text of a gzip file, `front_of_text` of them or all.
    [[nodiscard]] static std::string front(const std::string& path);

private:
    std::string folder_;
};

} // namespace swather
