// SPDX-License-Identifier: MIT
#include "output/kept_passes.hpp"

#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

namespace fs = std::filesystem;

namespace swather {

namespace {

constexpr const char* prefix = "pass.";

std::string path_of(const std::string& folder, Index pass)
{
    return fmt::format("{}/{}{}", folder, prefix, pass);
}

/// Of the number too: passes have as many counts as each other.
std::uint64_t hash_of_pass(Index pass, std::span<const Index> counts)
{
    Hasher hasher;
    hasher.add(std::as_bytes(std::span(&pass, 1)));
    hasher.add(std::as_bytes(counts));
    return hasher.value();
}

} // namespace

void keep_pass(const std::string& folder, Index pass, std::span<const Index> counts)
{
    const std::string path = path_of(folder, pass);
    fs::remove_all(path);
    const std::uint64_t hash = hash_of_pass(pass, counts); // at the end: of a torn file it is missing
    const File file = File::open(path, File::Mode::append);
    file.append(std::as_bytes(counts));
    file.append(std::as_bytes(std::span(&hash, 1)));
    file.sync();
    sync_folder(folder);
}

bool read_kept_pass(const std::string& folder, Index pass, std::span<Index> counts)
{
    const std::string path = path_of(folder, pass);
    if (!fs::exists(path)) return false;
    try {
        const File file = File::open(path, File::Mode::read);
        std::uint64_t hash = 0;
        if (file.size() == counts.size_bytes() + sizeof hash) {
            file.read(0, std::as_writable_bytes(counts));
            file.read(counts.size_bytes(), std::as_writable_bytes(std::span(&hash, 1)));
            if (hash == hash_of_pass(pass, counts)) return true;
        }
        spdlog::warn("'{}' is torn or damaged: that pass is made again", path);
    } catch (const Error& error) {
        spdlog::warn("{}: that pass is made again", error.finding());
    }
    std::fill(counts.begin(), counts.end(), 0);
    return false;
}

bool remove_kept_passes(const std::string& folder)
{
    std::vector<fs::path> passes;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().filename().string().starts_with(prefix)) passes.push_back(entry.path());
    for (const fs::path& pass : passes) fs::remove_all(pass);
    return !passes.empty();
}

} // namespace swather
