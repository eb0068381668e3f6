// SPDX-License-Identifier: MIT
#include "base/file_lock.hpp"

#include "base/error.hpp"
#include "base/log.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace swather {

FileLock::FileLock(const std::string& path, const std::string& purpose)
{
    descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
    if (descriptor_ < 0) throw system_error(Exit::cannot_create, errno, "create", path);
    struct stat status {};
    const bool locked = ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0;
    const int number = locked ? 0 : errno;
    // A file without a name was held by a run that has just ended, and removed it.
    const bool gone = locked && (::fstat(descriptor_, &status) != 0 || status.st_nlink == 0);
    if (number == EWOULDBLOCK || gone) {
        ::close(descriptor_);
        throw Error(Exit::cannot_create, "another run {}: '{}' is in use", purpose, path)
            .remedy("wait for it, stop it, or give another -o");
    }
    if (!locked)
        spdlog::warn("cannot lock '{}' ({}): see to it that no other run uses it", path,
                     std::strerror(number));
}

FileLock::~FileLock() { ::close(descriptor_); }

} // namespace swather
