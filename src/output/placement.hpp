// SPDX-License-Identifier: MIT
#pragma once

#include "h5/h5.hpp"

#include <memory>
#include <vector>

namespace swather {

/// A new HDF5 file that rank 0 fills with everything but the chunks, and in which the chunks get their
/// addresses.
///
/// The library's own way, a collective write through its filters, was not taken: it loses data on a full disk
/// without a word (with Open MPI's default I/O), hangs when ranks write whole chunks, compresses on the
/// library's terms, and cannot write variable-length text. Here the library runs on rank 0 only, over a
/// driver that lets `H5Dwrite_chunk` allocate and index a chunk of the true size but drops its bytes and
/// keeps the address. The ranks then write their chunks at these addresses with plain pwrite, whose errors
/// are real errors. No MPI-IO takes part.
///
/// Chunks begin on pages of 4096 bytes, and so does what follows them: clients of a network file system that
/// cache whole pages never write two ranks' bytes of one page.
///
/// The driver remembers the XXH3 of each page that the library has written: much of what it writes has no
/// checksum of its own.
class PlacedFile {
public:
    /// Local. Creates `path`; a file there is replaced.
    explicit PlacedFile(std::string path);
    ~PlacedFile();
    PlacedFile(const PlacedFile&) = delete;
    PlacedFile& operator=(const PlacedFile&) = delete;

    [[nodiscard]] hid_t id() const { return file_; }

    /// Local. Gives each chunk of a dataset that is cut along its first dimension its place, in order;
    /// `sizes` are those of the encoded chunks.
    std::vector<std::uint64_t> place_chunks(hid_t dataset, Index chunk_cells,
                                            const std::vector<std::uint64_t>& sizes);

    /// Local. Writes all metadata and closes the file, which then has its full size.
    void close();
    /// Local. Opens the closed file, to add to it.
    void reopen();
    /// Local. Reads back all that the library has written into the closed file. `Exit::io`: a page is not as
    /// it was written.
    void verify() const;

private:
    struct Driver;
    friend struct PlacementCallbacks;

    [[nodiscard]] h5::Id access() const;

    std::string path_;
    std::unique_ptr<Driver> driver_;
    h5::Id driver_id_;
    h5::Id file_;
};

} // namespace swather
