// SPDX-License-Identifier: MIT
#pragma once

#include "base/file.hpp"
#include "base/file_lock.hpp"
#include "base/fingerprint.hpp"
#include "grid/plan.hpp"
#include "mpi/communicator.hpp"
#include "output/payload.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace swather {

/// The finished blocks of a run, on disk: what a killed run leaves for the next.
///
/// A folder with `fingerprint.json` and one append-only file for each rank that finished a block. A record is
/// a header (magic, block id, sizes, XXH3 of head, body and header) and the payload; its format knows no
/// shape. HDF5 files do not survive a crash of their writer, so the output itself is never the checkpoint: it
/// is assembled from here.
///
/// Files of an earlier run are dealt out over the ranks of this one, whatever their number.
class Journal {
public:
    struct Entry {
        Index block = 0;
        std::size_t file = 0;    ///< which of the files that this rank holds
        std::uint64_t begin = 0; ///< of the head in that file; the body follows
        std::uint64_t head_size = 0;
        std::uint64_t head_hash = 0;
    };

    /// Collective. Opens the journal of a run of `blocks` blocks in `folder`: with `resume` what is there,
    /// else an empty one.
    ///
    /// `Exit::cannot_create`: the folder cannot be made, or another run is using it. `Exit::usage`: it is of
    /// a run with another fingerprint (only root's is looked at). Blocks that were torn or damaged are not in
    /// it.
    Journal(const Communicator& comm, std::string folder, const Fingerprint& fingerprint, bool resume,
            Index blocks);
    ~Journal();

    /// Local. On root the ids of the blocks that no rank has; empty elsewhere.
    [[nodiscard]] const std::vector<Index>& missing() const { return missing_; }
    /// Local. The blocks that this rank has, each block on one rank only.
    [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

    /// Local. Writes a finished block; it is on the device within half a minute.
    void append(Index block, const Payload& payload);
    /// Local. Waits until all blocks of this rank are on the device.
    void sync();
    /// Local. The head of an entry. `Exit::io`: it is no longer what was written.
    Bytes read_head(const Entry& entry);
    /// Local. Fills `bytes` from `offset` of the body of an entry.
    void read_body(const Entry& entry, std::uint64_t offset, std::span<std::byte> bytes);

    /// Local. The error of a journal that is no longer what was written.
    static Error damaged(const std::string& what);

    /// Local. Removes the folder: root does it, when the output has its name.
    void remove();

private:
    void open_folder(const Fingerprint& fingerprint, bool resume);
    void read_records(std::size_t file, Index blocks);
    void keep_one_of_each(const Communicator& comm, Index blocks);
    [[nodiscard]] File open_file(const std::string& path, File::Mode mode) const;
    void read(const Entry& entry, std::uint64_t offset, std::span<std::byte> bytes);

    std::string folder_;
    std::unique_ptr<FileLock> lock_; ///< root's
    std::vector<std::string> paths_; ///< of the files that this rank holds
    std::vector<Entry> entries_;
    std::vector<Index> missing_;

    std::string own_path_; ///< of this rank's file of this run, made with its first block
    std::optional<File> own_;
    std::uint64_t own_size_ = 0;
    double last_sync_ = 0;

    std::optional<File>
        open_; ///< one file at a time: after many runs there may be more than a process may open
    std::size_t open_number_ = 0;
};

/// Local. Removes the journal in a folder, if there is one; a file in it that is no journal's stays, with a
/// warning.
void remove_journal(const std::string& folder);

} // namespace swather
