// SPDX-License-Identifier: MIT
#include "sources/stage.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/stop.hpp"
#include "sources/identity.hpp"
#include "sources/inflater.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>

namespace fs = std::filesystem;

namespace swather {

namespace {

std::string hash_of_file(const std::string& path)
{
    const File file = File::open(path, File::Mode::read, Exit::cannot_read);
    Hasher hasher;
    std::vector<std::byte> bytes(1 << 20);
    std::uint64_t offset = 0;
    while (const std::size_t got = file.read_up_to(offset, bytes)) {
        throw_if_stopped();
        hasher.add(std::span(bytes).first(got));
        offset += got;
    }
    return hasher.hex();
}

/// What an earlier run has staged under a name and the hash of the text; empty where there is nothing, or
/// where it is damaged.
std::string staged_before(const std::string& folder, const std::string& name, const std::string& done)
{
    for (const auto& entry : fs::directory_iterator(folder)) {
        const std::string file = entry.path().filename();
        if (!file.starts_with(name + ".") || file.ends_with(".part")) continue;
        if (file == name + "." + hash_of_file(entry.path())) return entry.path();
        spdlog::warn("'{}' is damaged: its input is {} again", entry.path().string(), done);
        fs::remove(entry.path());
    }
    return {};
}

/// The name tells what was staged: another file, a later state of this one, or another part has another.
std::string name_of(const Unsought& input)
{
    const Identity identity = identify(input.path, false);
    const std::string name = fmt::format("staged.{}.{}", identity.hash, identity.modified);
    if (input.part.empty()) return name;
    Hasher part;
    part.add(std::as_bytes(std::span(input.part)));
    return name + "." + part.hex();
}

} // namespace

TextPieces text_of(const std::string& path, Packing packing)
{
    if (packing == Packing::plain) {
        constexpr std::size_t bytes_at_once = 256 << 10;
        const auto file = std::make_shared<TextFile>(path, packing);
        return [file, bytes = std::vector<char>(bytes_at_once)]() mutable {
            throw_if_stopped();
            return std::as_bytes(std::span(bytes).first(file->read(bytes)));
        };
    }
    if (packing == Packing::bgzf) TextIndex{path}; // whose end must be there
    const auto text = std::make_shared<Inflater>(path);
    return [text] { return text->next(); };
}

std::string front_of_text(const std::string& path, Packing packing, std::size_t size)
{
    std::string front;
    if (packing != Packing::gzip) {
        // Piece by piece: of a damaged header `size` may be more than the memory holds.
        constexpr std::size_t piece = 1 << 20;
        TextFile text(path, packing);
        std::size_t there = 0;
        for (std::size_t got = piece; got == piece && there < size; there += got) {
            front.resize(there + std::min(piece, size - there));
            got = text.read(std::span(front).subspan(there));
        }
        front.resize(there);
        return front;
    }
    Inflater text(path);
    for (auto bytes = text.next(); !bytes.empty() && front.size() < size; bytes = text.next())
        front.append(reinterpret_cast<const char*>(bytes.data()),
                     std::min(bytes.size(), size - front.size()));
    return front;
}

Staged stage(const Unsought& input, const std::string& folder)
{
    Staged staged;
    if (folder.empty()) {
        const TextPieces next = input.open();
        for (auto bytes = next(); !bytes.empty(); bytes = next()) {
            throw_if_stopped();
            staged.size += std::ssize(bytes);
        }
        return staged;
    }
    std::error_code failure;
    fs::create_directories(folder, failure);
    if (failure)
        throw system_error(Exit::cannot_create, failure.value(), "create", folder)
            .remedy("name a folder for it by --scratch");
    const std::string name = name_of(input);
    staged.path = staged_before(folder, name, input.done);
    if (!staged.path.empty()) {
        staged.size = static_cast<Index>(fs::file_size(staged.path));
        spdlog::info("'{}' was {} by an earlier run", input.path, input.done);
        return staged;
    }
    spdlog::info("{}", input.reason);
    const std::string unfinished = folder + "/" + name + ".part";
    fs::remove(unfinished);
    Hasher hasher;
    {
        const File file = File::open(unfinished, File::Mode::append);
        const TextPieces next = input.open();
        for (auto bytes = next(); !bytes.empty(); bytes = next()) {
            throw_if_stopped();
            file.append(bytes);
            hasher.add(bytes);
            staged.size += std::ssize(bytes);
        }
    }
    // Nothing looks at the text again: rows and voxels have no checksum.
    if (hash_of_file(unfinished) != hasher.hex())
        throw Error(Exit::io, "'{}' does not read back as it was written", unfinished)
            .remedy("the disk or its memory is not to be trusted");
    staged.path = folder + "/" + name + "." + hasher.hex();
    fs::rename(unfinished, staged.path);
    return staged;
}

Staged stage_gzip(const std::string& path, const std::string& folder)
{
    return stage({.path = path,
                  .part = "",
                  .reason = fmt::format("'{}' is one gzip stream, which cannot be read in parallel: it is "
                                        "inflated first (bgzip makes files that need not be)",
                                        path),
                  .done = "inflated",
                  .open = [&] { return text_of(path, Packing::gzip); }},
                 folder);
}

} // namespace swather
