// SPDX-License-Identifier: MIT
#include "sources/cram_file.hpp"

#include "sources/identity.hpp"
#include "sources/reads_errors.hpp"

#include <htslib/cram.h>
#include <htslib/hfile.h>

namespace swather {

namespace {

/// Bytes of the container that marks the end of a file (CRAM specification 3.0, section 9).
std::uint64_t size_of_end(cram_fd* file)
{
    if (cram_major_vers(file) >= 3) return 38;
    return cram_major_vers(file) == 2 && cram_minor_vers(file) >= 1 ? 30 : 0;
}

} // namespace

BamHeader CramFile::read_header(bool digests)
{
    const HtsHeader header(sam_hdr_read(file_.get()));
    if (!header)
        throw Error(Exit::bad_data, "the header of '{}' is damaged", path_)
            .remedy("samtools quickcheck -v '{}'", path_);
    header_end_ = static_cast<std::uint64_t>(htell(cram_fd_get_fp(file_->fp.cram)));
    return {header.get(), digests};
}

void CramFile::open_index(Index contigs)
{
    const auto size = static_cast<std::uint64_t>(size_of_input(path_));
    const std::string path = index_of(path_, ".crai");
    index_.emplace(path, path_, contigs, size);
    check_index_ends(path, size);
}

/// Sees that the containers of the index are the first and the last of the file.
void CramFile::check_index_ends(const std::string& index_path, std::uint64_t size) const
{
    const auto& containers = index_->containers();
    if (!containers.empty() && containers.front() != header_end_)
        throw foreign_index(index_path, path_,
                            fmt::format("its first container is at byte {}, that of '{}' at byte {}",
                                        containers.front(), path_, header_end_));
    const std::uint64_t end = containers.empty() ? header_end_ : end_of_container(containers.back());
    if (end + size_of_end(file_->fp.cram) != size)
        throw foreign_index(index_path, path_, "it ends where '" + path_ + "' goes on");
}

/// The byte behind a container; 0 where there is none.
std::uint64_t CramFile::end_of_container(std::uint64_t begin) const
{
    cram_fd* file = file_->fp.cram;
    if (cram_seek(file, static_cast<off_t>(begin), SEEK_SET) != 0) return 0;
    const std::unique_ptr<cram_container, Closer<cram_free_container>> container(cram_read_container(file));
    if (!container) return 0;
    return static_cast<std::uint64_t>(htell(cram_fd_get_fp(file)) +
                                      cram_container_get_length(container.get()));
}

} // namespace swather
