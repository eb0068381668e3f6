// SPDX-License-Identifier: MIT
#pragma once

#include "mpi/communicator.hpp"
#include "output/journal.hpp"
#include "output/skeleton.hpp"

#include <string>
#include <vector>

namespace swather {

/// The one output of a run, from the journals of all ranks to its final name.
///
/// It is made as OUT.part: `write` lets all ranks write their chunks at once, `verify` reads them back on
/// other ranks, `publish` gives it its name. Where any of this fails, OUT.part is removed and the journal is
/// kept.
class OutputFile {
public:
    /// Local.
    explicit OutputFile(const Communicator& comm, std::string path);
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    /// Collective. Makes the file on root, reserves its space, and writes each rank's chunks. `Exit::io`: a
    /// full disk, a device that fails, a journal that was damaged meanwhile.
    void write(const Content& content, Journal& journal);
    /// Collective. Reads every chunk on another rank than wrote it, and compares the XXH3 of its bytes.
    /// `Exit::io`.
    void verify();
    /// Collective. Adds the provenance, reads all columns back, syncs, and renames the file to its final
    /// name.
    void publish(const Content& content, const Provenance& provenance);

private:
    struct Placed {
        std::uint64_t place = 0;
        std::uint64_t size = 0;
        std::uint64_t hash = 0;
    };

    void copy_chunks(const Content& content, Journal& journal);

    /// Local. What `work` returns; HDF5 does not tell which file it failed in, so that is added.
    template <class Work>
    auto in_file(Work&& work)
    {
        try {
            return work();
        } catch (Error& error) {
            throw error.within("'{}'", unfinished_path_);
        }
    }

    const Communicator& comm_;
    std::string path_;
    std::string unfinished_path_;
    std::vector<Placed> own_; ///< this rank's chunks
    bool published_ = false;
};

/// What stands at the name of an output before a run.
enum class Existing { nothing, up_to_date };

/// Local. Looks at the name of an output. A complete file of the same fingerprint is up to date; anything
/// else there is `Exit::cannot_create`, unless `force`; so is a folder that is not there or cannot be
/// written.
Existing look_at_output(const std::string& path, const Fingerprint& fingerprint, bool force);

} // namespace swather
