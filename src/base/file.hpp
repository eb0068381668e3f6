// SPDX-License-Identifier: MIT
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace swather {

/// An open file of the operating system. Every failed call throws an `Exit::io` error with the path and the
/// reason; short reads and writes are carried on until they are whole.
class File {
public:
    enum class Mode { read, update, append };

    /// Local. Opens `path`: `read`, `update` (read and write, must exist) or `append` (created; must not
    /// exist).
    static File open(const std::string& path, Mode mode, Exit failure = Exit::io);

    /// Local. A new file in `folder`, to be appended to, under a name that no other file there has.
    static File unique(const std::string& folder);

    /// Local. A new file in `folder` that has no name: it is gone with the process, however that ends.
    static File temporary(const std::string& folder);

    File(File&& other) noexcept;
    File& operator=(File&& other) noexcept;
    ~File();

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] int descriptor() const { return descriptor_; }
    [[nodiscard]] std::uint64_t size() const;

    /// Local. Fills `bytes` from `offset`; returns how many there were before the end of the file.
    std::size_t read_up_to(std::uint64_t offset, std::span<std::byte> bytes) const;
    /// Local. Fills `bytes` from `offset`; an earlier end of the file is an error.
    void read(std::uint64_t offset, std::span<std::byte> bytes) const;
    void write(std::uint64_t offset, std::span<const std::byte> bytes) const;
    void append(std::span<const std::byte> bytes) const;
    /// Local. Waits until what was written is on the device.
    void sync() const;
    /// Local. Tells the kernel to forget its clean pages of this file, so that the next read asks the device.
    void drop_cache() const;

private:
    File(int descriptor, std::string path)
        : descriptor_(descriptor)
        , path_(std::move(path))
    {
    }

    int descriptor_;
    std::string path_;
};

/// Whether a file must be there after the machine has lost its power.
enum class Durable { no, yes };

/// A file that has its name only when it is whole. Until then it has another in the same folder, under which
/// it is gone with this object.
class WholeFile {
public:
    /// Local. `Exit::io`: none can be made in the folder of `path`.
    explicit WholeFile(std::string path);
    WholeFile(const WholeFile&) = delete;
    WholeFile& operator=(const WholeFile&) = delete;
    ~WholeFile();

    /// To be filled.
    [[nodiscard]] const File& file() const { return file_; }
    /// The name that it will have.
    [[nodiscard]] const std::string& path() const { return path_; }
    /// Local. Gives it its name; a file that has it is replaced.
    void publish(Durable durable = Durable::yes);

private:
    std::string path_;
    File file_;
    bool is_published_ = false;
};

/// Local. Makes a whole file: `write` fills it.
void write_whole(const std::string& path, const std::function<void(const File&)>& write,
                 Durable durable = Durable::yes);

/// Local. Renames a finished file to its final name; a file that has it is replaced. Where the name cannot be
/// made durable, all is as before: what has a final name has it after a loss of power too.
/// `Exit::cannot_create`: it cannot have the name; `Exit::io`: it could not keep it.
void give_name(const std::string& unfinished, const std::string& path, Durable durable = Durable::yes);

/// Local. The folder of a path; "." where it names none.
std::string folder_of(const std::string& path);

/// Local. Makes the names in a folder durable: fsync of the folder itself.
void sync_folder(const std::string& folder);

} // namespace swather
