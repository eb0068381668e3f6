// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace swather {

/// A list of texts, laid end to end as the file has them: there may be millions, and a string for each would
/// take several times the memory. All is local.
class Texts {
public:
    Texts() = default;
    Texts(const std::vector<std::string>& texts) // a list of strings is what most have
    {
        for (const std::string& text : texts) push_back(text);
    }

    /// What is not used of it takes no memory.
    void reserve(std::size_t texts, std::size_t bytes)
    {
        offsets_.reserve(texts);
        bytes_.reserve(bytes);
    }

    void push_back(std::string_view text)
    {
        offsets_.push_back(static_cast<Index>(bytes_.size()));
        bytes_ += text;
    }

    [[nodiscard]] std::size_t size() const { return offsets_.size(); }
    [[nodiscard]] bool empty() const { return offsets_.empty(); }
    std::string_view operator[](std::size_t i) const
    {
        const auto begin = static_cast<std::size_t>(offsets_[i]);
        const auto end = i + 1 < size() ? static_cast<std::size_t>(offsets_[i + 1]) : bytes_.size();
        return std::string_view(bytes_).substr(begin, end - begin);
    }

    /// Local. All of them, end to end, and where each begins.
    [[nodiscard]] const std::string& bytes() const { return bytes_; }
    [[nodiscard]] const std::vector<Index>& offsets() const { return offsets_; }

    friend bool operator==(const Texts&, const Texts&) = default;

private:
    std::string bytes_;
    std::vector<Index> offsets_;
};

} // namespace swather
