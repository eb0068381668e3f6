// SPDX-License-Identifier: MIT
#pragma once

#include "base/error.hpp"
#include "grid/box.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace swather {

/// How a text lies in its file.
enum class Packing : std::uint8_t {
    plain,
    bgzf, ///< compressed in blocks (bgzip): every byte of the text can be sought
    gzip, ///< one stream: it must be inflated from its begin (stage.hpp)
};

/// Local. The packing of a file. A file that cannot be opened, or that not every rank could open and seek in,
/// is `Exit::cannot_read`.
Packing packing_of(const std::string& path);

/// Local. The error of a file that has something else behind its gzip data, which end at byte `end`.
Error junk_behind_gzip(const std::string& path, std::uint64_t end, std::uint64_t size);

/// Where the bytes of a text are: for each BGZF block its address in the file and that of its text. Only root
/// has it, and only of BGZF files.
class TextIndex {
public:
    TextIndex() = default; ///< of a plain text
    /// Local. Walks over the blocks of a BGZF file, whose headers tell their sizes. A damaged or truncated
    /// one is `Exit::bad_data`.
    explicit TextIndex(const std::string& path);

    /// Local. Bytes of the text of a BGZF file.
    [[nodiscard]] Index size() const { return size_; }
    /// Local. The address by which a TextFile seeks byte `offset` of the text.
    [[nodiscard]] std::uint64_t address_of(Index offset) const;

private:
    struct Block {
        std::uint64_t in_file = 0;
        Index in_text = 0;
    };
    std::vector<Block> blocks_;
    Index size_ = 0;
};

/// A text that is read from any of its bytes on, packed or not.
class TextFile {
public:
    /// Local. Opens a plain or a BGZF file.
    TextFile(const std::string& path, Packing packing);
    TextFile(TextFile&&) noexcept;
    TextFile& operator=(TextFile&&) noexcept;
    ~TextFile();

    /// Local. Goes to an address that TextIndex gave.
    void seek(std::uint64_t address);
    /// Local. The next bytes, as many as there is room for but at the end. A damaged file is
    /// `Exit::bad_data`.
    std::size_t read(std::span<char> bytes);
    /// Local. Reads so many bytes and forgets them; whether they are there.
    bool skip(std::size_t bytes);

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace swather
