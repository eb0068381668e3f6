// SPDX-License-Identifier: MIT
// A library for LD_PRELOAD: one call of one rank of swather goes wrong, as it does on a full or bad disk.
//
// The environment says which: the calls FAIL_CALL (pwrite, write, fsync …) on the folders FAIL_BELOW
// (separated by colons) and on what lies below them are counted in the process of rank FAIL_RANK (or of
// "all"), and the one of number FAIL_AT, with FAIL_FOR_GOOD=1 each from it on, goes wrong as FAIL_WITH says:
//
// ENOSPC, EIO, EDQUOT, EINTR: it fails with this error;
//
// short: half of the bytes are written or read;
//
// flip, drop: one byte (number FAIL_BYTE) is written wrong, or nothing is; nobody is told;
//
// kill, stop: the process gets SIGKILL or SIGSTOP, just before the call;
//
// hang: it does not come back, as on a file system that does not answer, and neither does any later one;
//
// spin: it does not come back either, but computes;
//
// count: nothing; at its end the process writes how many calls there were of each name.
//
// The file FAIL_MARK is made when a call goes wrong; without it, the run passed untouched. What MPI opens and
// writes lies elsewhere; whatever is not called swather, mpirun say, is left alone.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::array<std::string_view, 13> names{"pwrite", "write", "fsync",       "ftruncate", "fallocate",
                                                 "rename", "open",  "mkdir",       "remove",    "pread",
                                                 "read",   "close", "open_to_read"};

std::string variable(const char* name)
{
    const char* const value = std::getenv(name);
    return value ? value : "";
}

/// The next function of this name: that of the C library.
template <class Function>
Function* real(const char* name)
{
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

struct Campaign {
    std::string call = variable("FAIL_CALL");
    std::string with = variable("FAIL_WITH");
    std::string below = variable("FAIL_BELOW");
    std::string mark = variable("FAIL_MARK");
    long at = std::atol(variable("FAIL_AT").c_str());
    bool for_good = variable("FAIL_FOR_GOOD") == "1";
    bool is_on =
        program_invocation_short_name == std::string_view("swather") && !with.empty() && is_its_rank();
    std::array<std::atomic<long>, names.size()> calls{};
    std::atomic<bool> hangs = false;

    static bool is_its_rank()
    {
        const std::string rank = variable("OMPI_COMM_WORLD_RANK");
        const std::string wanted = variable("FAIL_RANK");
        return wanted == "all" || wanted == (rank.empty() ? "0" : rank);
    }

    void write_mark(const std::string& text) const
    {
        const int file = real<decltype(::open)>("open")(mark.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
        [[maybe_unused]] const auto ignored =
            real<decltype(::write)>("write")(file, text.data(), text.size());
        real<decltype(::close)>("close")(file);
    }

    [[nodiscard]] bool has(const std::string& path) const
    {
        for (std::size_t begin = 0; begin < below.size();) {
            const std::size_t end = std::min(below.find(':', begin), below.size());
            if ((path + "/").starts_with(below.substr(begin, end - begin) + "/")) return true;
            begin = end + 1;
        }
        return false;
    }

    /// Counts a call; whether it is one that goes wrong.
    bool strikes(std::string_view name, const std::string& path)
    {
        if (!has(path)) return false;
        while (hangs) ::pause();
        std::size_t i = 0;
        while (names[i] != name) ++i;
        const long number = ++calls[i];
        if (with == "count" || name != call || number < at || (number > at && !for_good)) return false;
        write_mark(std::string(name) + " " + std::to_string(number) + " " + path + "\n");
        if (with == "kill") std::raise(SIGKILL);
        if (with == "stop") std::raise(SIGSTOP);
        hangs = with == "hang";
        while (hangs) ::pause();
        while (with == "spin") ++calls[i];
        return with != "stop";
    }

    /// The error to fail with; 0: none.
    [[nodiscard]] int error() const
    {
        if (with == "ENOSPC") return ENOSPC;
        if (with == "EIO") return EIO;
        if (with == "EDQUOT") return EDQUOT;
        if (with == "EINTR") return EINTR;
        return 0;
    }
};

/// Made with the first call, which may come before the constructors of this library, and there until the
/// last.
Campaign& campaign()
{
    static Campaign& one = *new Campaign;
    return one;
}

[[gnu::destructor]] void write_counts()
{
    const Campaign& counted = campaign();
    if (!counted.is_on || counted.with != "count") return;
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i)
        text += std::string(names[i]) + " " + std::to_string(counted.calls[i]) + "\n";
    counted.write_mark(text);
}

std::string path_of(int file)
{
    std::array<char, PATH_MAX> path{};
    const auto link = "/proc/self/fd/" + std::to_string(file);
    const auto size = ::readlink(link.c_str(), path.data(), path.size());
    return {path.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

std::string absolute(const char* path)
{
    if (!path || *path == '/') return path ? path : "";
    std::array<char, PATH_MAX> here{};
    return std::string(::getcwd(here.data(), here.size()) ? here.data() : "") + "/" + path;
}

bool strikes(std::string_view name, int file)
{
    return campaign().is_on && campaign().strikes(name, path_of(file));
}

bool strikes(std::string_view name, const char* path)
{
    return campaign().is_on && campaign().strikes(name, absolute(path));
}

/// A call that has nothing to shorten or to falsify fails, or is left out without a word.
template <class Call>
int disturbed(bool is_struck, Call&& call)
{
    if (!is_struck) return call();
    errno = campaign().error();
    return errno ? -1 : campaign().with == "drop" ? 0 : call();
}

/// `transfer` moves so many bytes from or to this address.
template <class Byte, class Transfer>
ssize_t disturbed_transfer(bool is_struck, Byte* bytes, std::size_t size, Transfer&& transfer)
{
    if (!is_struck || size == 0) return transfer(bytes, size);
    errno = campaign().error();
    if (errno) return -1;
    if (campaign().with == "short") return transfer(bytes, std::max<std::size_t>(1, size / 2));
    if (campaign().with == "drop") return static_cast<ssize_t>(size);
    if (campaign().with != "flip") return transfer(bytes, size);
    std::vector<char> wrong(bytes, bytes + size);
    const auto place = static_cast<std::size_t>(std::atol(variable("FAIL_BYTE").c_str())) % size;
    wrong[place] = static_cast<char>(wrong[place] ^ 0x10);
    return transfer(wrong.data(), size);
}

int open_with(const char* function, const char* path, int flags, mode_t mode)
{
    const bool writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT);
    return disturbed(strikes(writes ? "open" : "open_to_read", path),
                     [&] { return real<int(const char*, int, mode_t)>(function)(path, flags, mode); });
}

} // namespace

extern "C" {

ssize_t pwrite(int file, const void* bytes, size_t size, off_t offset)
{
    return disturbed_transfer(strikes("pwrite", file), static_cast<const char*>(bytes), size,
                              [&](const char* from, size_t part) {
                                  return real<decltype(pwrite)>("pwrite")(file, from, part, offset);
                              });
}

ssize_t write(int file, const void* bytes, size_t size)
{
    return disturbed_transfer(
        strikes("write", file), static_cast<const char*>(bytes), size,
        [&](const char* from, size_t part) { return real<decltype(write)>("write")(file, from, part); });
}

ssize_t pread(int file, void* bytes, size_t size, off_t offset)
{
    return disturbed_transfer(
        strikes("pread", file), static_cast<char*>(bytes), size,
        [&](char* to, size_t part) { return real<decltype(pread)>("pread")(file, to, part, offset); });
}

ssize_t read(int file, void* bytes, size_t size)
{
    return disturbed_transfer(
        strikes("read", file), static_cast<char*>(bytes), size,
        [&](char* to, size_t part) { return real<decltype(read)>("read")(file, to, part); });
}

int fsync(int file)
{
    return disturbed(strikes("fsync", file), [&] { return real<decltype(fsync)>("fsync")(file); });
}

int close(int file)
{
    const bool is_struck = strikes("close", file);
    const int result = real<decltype(close)>("close")(file); // it is closed whatever is said
    return disturbed(is_struck, [&] { return result; });
}

int ftruncate(int file, off_t size) noexcept
{
    return disturbed(strikes("ftruncate", file),
                     [&] { return real<int(int, off_t)>("ftruncate")(file, size); });
}

int fallocate(int file, int mode, off_t offset, off_t size)
{
    return disturbed(strikes("fallocate", file),
                     [&] { return real<decltype(fallocate)>("fallocate")(file, mode, offset, size); });
}

int rename(const char* from, const char* to) noexcept
{
    return disturbed(strikes("rename", to),
                     [&] { return real<int(const char*, const char*)>("rename")(from, to); });
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) noexcept
{
    return disturbed(strikes("rename", to), [&] {
        return real<int(int, const char*, int, const char*, unsigned)>("renameat2")(from_folder, from,
                                                                                    to_folder, to, flags);
    });
}

int mkdir(const char* path, mode_t mode) noexcept
{
    return disturbed(strikes("mkdir", path),
                     [&] { return real<int(const char*, mode_t)>("mkdir")(path, mode); });
}

int unlink(const char* path) noexcept
{
    return disturbed(strikes("remove", path), [&] { return real<int(const char*)>("unlink")(path); });
}

int remove(const char* path) noexcept
{
    return disturbed(strikes("remove", path), [&] { return real<int(const char*)>("remove")(path); });
}

int mkostemp(char* path, int flags)
{
    return disturbed(strikes("open", path),
                     [&] { return real<decltype(mkostemp)>("mkostemp")(path, flags); });
}

// The mode is there only where a file may be created; to read it elsewhere does no harm on the machines of
// today.
int open(const char* path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    const auto mode = va_arg(more, mode_t);
    va_end(more);
    return open_with("open", path, flags, mode);
}

int open64(const char* path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    const auto mode = va_arg(more, mode_t);
    va_end(more);
    return open_with("open64", path, flags, mode);
}

// With 64-bit offsets, by which HDF5 calls them.
ssize_t pwrite64(int, const void*, size_t, off64_t) __attribute__((alias("pwrite")));
ssize_t pread64(int, void*, size_t, off64_t) __attribute__((alias("pread")));
int ftruncate64(int, off64_t) noexcept __attribute__((alias("ftruncate")));
int fallocate64(int, int, off64_t, off64_t) __attribute__((alias("fallocate")));

} // extern "C"
