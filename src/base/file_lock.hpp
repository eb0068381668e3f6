// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace swather {

/// A file that one process holds; the kernel lets go of it when the process ends, however it ends.
class FileLock {
public:
    /// Local. Creates the file where it is missing, and takes it; `purpose` is what another holder is told to
    /// be doing. `Exit::cannot_create`: it cannot be made, or another process holds it. Where the file system
    /// knows no locks, the log says so, and nothing is held.
    FileLock(const std::string& path, const std::string& purpose);
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;
    ~FileLock();

private:
    int descriptor_ = -1;
};

} // namespace swather
