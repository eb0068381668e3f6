// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace swather {

/// The text of a gzip file of any number of members, window by window. A file of bgzip is one, too.
class Inflater {
public:
    /// Local. `Exit::cannot_read`: no such file.
    explicit Inflater(const std::string& path);
    Inflater(Inflater&&) noexcept;
    Inflater& operator=(Inflater&&) noexcept;
    ~Inflater();

    /// Local. The next of the text, until the call after; empty at its end. A damaged or truncated file is
    /// `Exit::bad_data`.
    std::span<const std::byte> next();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace swather
