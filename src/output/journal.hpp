// SPDX-License-Identifier: MIT
#pragma once

#include "base/file.hpp"
#include "base/file_lock.hpp"
#include "base/fingerprint.hpp"
#include "grid/plan.hpp"
#include "mpi/communicator.hpp"
#include "output/payload.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace swather {

/// Where in the files that a rank holds some bytes begin.
struct Place {
    std::size_t file = 0; ///< which of them
    std::uint64_t offset = 0;
};

/// The finished blocks of a run, on disk: what a killed run leaves for the next.
///
/// A folder with the fingerprint of the run and one append-only file for each rank that finished a block. A
/// record is a header (magic, block id, sizes, XXH3 of head, body and header) and the payload; its format
/// knows no shape. HDF5 files do not survive a crash of their writer, so the output itself is never the
/// checkpoint: it is assembled from here.
///
/// Files of an earlier run are dealt out over the ranks of this one, whatever their number.
class Journal {
public:
    struct Entry {
        Index block = 0;
        Place head; ///< the body follows it
        std::uint64_t head_size = 0;
        std::uint64_t head_hash = 0;
        Bytes link; ///< what the head begins with (Payload)

        [[nodiscard]] Place body() const { return {head.file, head.offset + head_size}; }
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

    /// Local. Of what run the journal in a folder is; none where there is none, or what tells it is damaged.
    static std::optional<Fingerprint> fingerprint_in(const std::string& folder);

    /// Local. On root the ids of the blocks that no rank has; empty elsewhere.
    [[nodiscard]] const std::vector<Index>& missing() const { return missing_; }
    /// Local. The blocks that this rank has, each block on one rank only (but for a linked source until it
    /// has chosen).
    [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
    /// Local. Those of them that are of the blocks with these ids, in the order of blocks.
    [[nodiscard]] std::span<const Entry> entries_of(const Box& ids);

    using Choose = std::function<std::vector<char>(const std::vector<BlockLink>&)>;
    /// Collective. Keeps those entries that root chooses by their links, one flag for each; they come in the
    /// order of blocks. Blocks that then have none are missing.
    void keep(const Communicator& comm, const Choose& choose);

    /// Local. Writes a finished block; it is on the device within half a minute.
    void append(Index block, const Payload& payload);
    /// Local. Waits until all blocks of this rank are on the device.
    void sync();
    /// Local. Puts bytes aside for the time of this run only: they are in no folder, and gone with the
    /// process.
    Place put_aside(std::span<const std::byte> bytes);
    /// Local. The head of an entry. `Exit::io`: it is no longer what was written.
    Bytes read_head(const Entry& entry);
    /// Local. Fills `bytes` from a place in a body, or from one where they were put aside.
    void read(Place place, std::span<std::byte> bytes);

    /// Local. The error of a journal that is no longer what was written.
    static Error damaged(const std::string& what);

    /// Local. Removes the folder: root does it, when the output has its name.
    void remove();
    /// Collective. Removes the folder of a run that has resumed nothing, and leaves nothing to resume: each
    /// rank can still read its blocks, and put bytes aside. What is then killed leaves nothing behind.
    void unlink(const Communicator& comm);

private:
    void open_folder(const Fingerprint& fingerprint, bool resume);
    void read_records(std::size_t file, Index blocks);
    void choose_of(const std::vector<Bytes>& of_ranks, const Choose& choose,
                   std::vector<std::vector<char>>& keep);
    [[nodiscard]] File open_file(const std::string& path, File::Mode mode) const;

    std::string folder_;
    Index blocks_ = 0;
    std::unique_ptr<FileLock> lock_; ///< root's
    std::vector<std::string> paths_; ///< of the files that this rank holds
    std::vector<Entry> entries_;
    bool in_order_ = false; ///< the entries are in the order of blocks
    std::vector<Index> missing_;

    std::string own_path_; ///< of this rank's file of this run, made with its first block
    std::optional<File> own_;
    std::uint64_t own_size_ = 0;
    double last_sync_ = 0;

    std::optional<File> aside_;
    std::uint64_t aside_size_ = 0;
    std::optional<File>
        open_; ///< one file at a time: after many runs there may be more than a process may open
    std::size_t open_number_ = 0;
};

/// Takes the journal in a folder away at the end of a scope, however that is left.
struct PassingJournal {
    std::string folder; ///< empty: none

    ~PassingJournal();
};

/// Local. Removes the journal in a folder, if there is one; a file in it that is no journal's stays, with a
/// warning.
void remove_journal(const std::string& folder);

} // namespace swather
