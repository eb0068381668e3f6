// SPDX-License-Identifier: MIT
#pragma once

#include "base/file_lock.hpp"
#include "mpi/communicator.hpp"
#include "output/cohort.hpp"
#include "output/journal.hpp"
#include "output/skeleton.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace swather {

/// The one output of a run, from the journals of all ranks to its final name.
///
/// It is made as OUT.part: `create` begins it, `add` gives a content its place, part by part of what may be
/// too much for root's memory, `write` lets all ranks write their chunks at once, `verify` reads them back on
/// other ranks, `publish` gives it its name. Where any of this fails, OUT.part is removed and the journal is
/// kept.
class OutputFile {
public:
    /// Collective. Takes the name for this run, by OUT.lock. `Exit::cannot_create`: another run has it, or it
    /// cannot be made.
    OutputFile(const Communicator& comm, std::string path);
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    /// Collective. Begins the file on root.
    void create(const FileHead& head);
    /// Collective. Root writes all of a content but the bytes of its chunks. `Exit::io`: a full disk.
    void add(const Content& content);
    /// Collective. Ends what is added; reserves the space of the file, and writes each rank's chunks.
    /// `Exit::io`: a full disk, a device that fails, a journal that was damaged meanwhile.
    void write(Journal& journal);
    /// Collective. Adds what stands side by side of the samples, from what is written of each.
    void add(const Cohort& cohort);
    /// Collective. Reads every chunk on another rank than wrote it, and compares the XXH3 of its bytes.
    /// `Exit::io`.
    void verify();
    /// Collective. Adds the provenance, syncs, reads all but the chunks back, and renames the file to its
    /// final name.
    void publish(const Provenance& provenance);

private:
    struct Placed {
        std::uint64_t place = 0;
        std::uint64_t size = 0;
        std::uint64_t hash = 0;
    };

    /// Where the bytes of a placed chunk are.
    struct Source {
        Place place;
        std::size_t dataset = 0; ///< of all that were added
        Index number = 0;        ///< in the dataset
    };

    void copy_chunks(Journal& journal);

    /// Local. What `work` returns; HDF5 seldom tells which file it failed in, so that is added.
    template <class Work>
    auto in_file(Work&& work)
    {
        try {
            return work();
        } catch (Error& error) {
            const bool is_told = error.finding().find(unfinished_path_) != std::string::npos;
            throw is_told ? error : error.within("'{}'", unfinished_path_);
        }
    }

    void take();

    const Communicator& comm_;
    std::string path_;
    std::string unfinished_path_;
    std::optional<FileLock> lock_;       ///< root's, on OUT.lock: HDF5 has locks of its own on the file
    std::unique_ptr<PlacedFile> placed_; ///< root's
    Written written_;                    ///< root's
    std::vector<std::string> datasets_;  ///< the paths of those that were added
    std::vector<Placed> own_;            ///< this rank's chunks
    std::vector<Source> sources_;        ///< of the same
    bool published_ = false;
};

/// What stands at the name of an output before a run.
enum class Existing { nothing, up_to_date };

/// Local. `Exit::cannot_create` where no output can be made: its folder is not there or cannot be written,
/// its name is taken by something that is not a file, or by one of the `inputs`.
void check_output_place(const std::string& path, const std::vector<std::string>& inputs);

/// Local. Looks at the name of an output. A complete file of the same fingerprint is up to date; any other
/// file is `Exit::cannot_create`, unless `force`.
Existing look_at_output(const std::string& path, const Fingerprint& fingerprint, bool force);

} // namespace swather
