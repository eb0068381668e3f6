// SPDX-License-Identifier: MIT
#include "base/file.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace swather {

namespace {

int flags_of(File::Mode mode)
{
    switch (mode) {
    case File::Mode::read:
        return O_RDONLY;
    case File::Mode::update:
        return O_RDWR;
    case File::Mode::append:
        return O_WRONLY | O_APPEND | O_CREAT | O_EXCL;
    }
    return O_RDONLY;
}

/// Whether two files now have each other's names: both are there, and the file system can.
bool exchange(const std::string& a, const std::string& b)
{
    return ::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) == 0;
}

} // namespace

File File::open(const std::string& path, Mode mode, Exit failure)
{
    const int descriptor = ::open(path.c_str(), flags_of(mode) | O_CLOEXEC, 0666);
    if (descriptor < 0) throw system_error(failure, errno, mode == Mode::append ? "create" : "open", path);
    return {descriptor, path};
}

File File::unique(const std::string& folder)
{
    for (int number = 0;; ++number) {
        const std::string path = fmt::format("{}/.swather-{}-{}.part", folder, ::getpid(), number);
        const int descriptor = ::open(path.c_str(), flags_of(Mode::append) | O_CLOEXEC, 0666);
        if (descriptor >= 0) return {descriptor, path};
        if (errno != EEXIST) throw system_error(Exit::io, errno, "create", path);
    }
}

File File::temporary(const std::string& folder)
{
    std::string path = folder + "/aside.XXXXXX";
    const int descriptor = ::mkostemp(path.data(), O_CLOEXEC);
    if (descriptor < 0) throw system_error(Exit::io, errno, "create", path);
    ::unlink(path.c_str());
    return {descriptor, path};
}

File::File(File&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1))
    , path_(std::move(other.path_))
{
}

File& File::operator=(File&& other) noexcept
{
    std::swap(descriptor_, other.descriptor_);
    std::swap(path_, other.path_);
    return *this;
}

File::~File()
{
    // Whoever needs to know that the bytes arrived has called sync(): an error of close() would tell nothing
    // more.
    if (descriptor_ >= 0) ::close(descriptor_);
}

std::uint64_t File::size() const
{
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) throw system_error(Exit::io, errno, "stat", path_);
    return static_cast<std::uint64_t>(status.st_size);
}

std::size_t File::read_up_to(std::uint64_t offset, std::span<std::byte> bytes) const
{
    std::size_t done = 0;
    while (done < bytes.size()) {
        const auto got =
            ::pread(descriptor_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw system_error(Exit::io, errno, "read", path_);
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

void File::read(std::uint64_t offset, std::span<std::byte> bytes) const
{
    const auto got = read_up_to(offset, bytes);
    if (got < bytes.size())
        throw Error(Exit::io, "'{}' ends at byte {}, {} bytes too early", path_, offset + got,
                    bytes.size() - got);
}

void File::write(std::uint64_t offset, std::span<const std::byte> bytes) const
{
    while (!bytes.empty()) {
        const auto put = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) throw system_error(Exit::io, errno, "write", path_);
        bytes = bytes.subspan(static_cast<std::size_t>(put));
        offset += static_cast<std::uint64_t>(put);
    }
}

void File::append(std::span<const std::byte> bytes) const
{
    while (!bytes.empty()) {
        const auto put = ::write(descriptor_, bytes.data(), bytes.size());
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) throw system_error(Exit::io, errno, "write", path_);
        bytes = bytes.subspan(static_cast<std::size_t>(put));
    }
}

void File::sync() const
{
    if (::fsync(descriptor_) != 0) throw system_error(Exit::io, errno, "sync", path_);
}

void File::drop_cache() const { ::posix_fadvise(descriptor_, 0, 0, POSIX_FADV_DONTNEED); }

WholeFile::WholeFile(std::string path)
    : path_(std::move(path))
    , file_(File::unique(folder_of(path_)))
{
}

WholeFile::~WholeFile()
{
    if (!is_published_) ::unlink(file_.path().c_str());
}

void WholeFile::publish(Durable durable)
{
    if (durable == Durable::yes) file_.sync();
    give_name(file_.path(), path_, durable);
    is_published_ = true;
}

void write_whole(const std::string& path, const std::function<void(const File&)>& write, Durable durable)
{
    try {
        WholeFile whole(path);
        write(whole.file());
        whole.publish(durable);
    } catch (Error& error) {
        const bool is_told = error.finding().find(path) != std::string::npos;
        throw is_told || error.code() == Exit::stopped ? error : error.within("'{}'", path);
    }
}

void give_name(const std::string& unfinished, const std::string& path, Durable durable)
{
    // What stands there may have to have its name back.
    const bool replaces = durable == Durable::yes && exchange(unfinished, path);
    if (!replaces && ::rename(unfinished.c_str(), path.c_str()) != 0)
        throw system_error(Exit::cannot_create, errno, "give the finished file its name", path);
    if (durable == Durable::no) return;
    try {
        sync_folder(folder_of(path));
    } catch (Error& error) {
        const bool is_back =
            replaces ? exchange(unfinished, path) : ::rename(path.c_str(), unfinished.c_str()) == 0;
        throw is_back ? error : error.within("'{}' is whole, but may lose its name with the power", path);
    }
    if (replaces) ::unlink(unfinished.c_str());
}

std::string folder_of(const std::string& path)
{
    const auto folder = std::filesystem::path(path).parent_path();
    return folder.empty() ? "." : folder.string();
}

void sync_folder(const std::string& folder)
{
    const File file = File::open(folder, File::Mode::read);
    // Some network file systems cannot sync a folder and make names durable by themselves.
    if (::fsync(file.descriptor()) != 0 && errno != EINVAL && errno != ENOTSUP)
        throw system_error(Exit::io, errno, "sync", folder);
}

} // namespace swather
