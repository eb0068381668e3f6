// SPDX-License-Identifier: MIT
#include "sources/bgzf_writer.hpp"

#include "base/error.hpp"

#include <htslib/bgzf.h>
#include <unistd.h>

#include <cerrno>

namespace swather {

BgzfWriter::BgzfWriter(const File& file, const std::string& mode, std::string name)
    : name_(std::move(name))
{
    const int descriptor = ::dup(file.descriptor());
    if (descriptor >= 0) bgzf_.reset(bgzf_dopen(descriptor, mode.c_str()));
    if (!bgzf_) throw failed();
}

BgzfWriter::~BgzfWriter() = default;

void BgzfWriter::write(std::span<const std::byte> bytes)
{
    errno = 0;
    if (bgzf_write(bgzf_.get(), bytes.data(), bytes.size()) < 0) throw failed();
}

std::uint64_t BgzfWriter::tell() const { return static_cast<std::uint64_t>(bgzf_tell(bgzf_.get())); }

void BgzfWriter::flush()
{
    errno = 0;
    if (bgzf_flush(bgzf_.get()) != 0) throw failed();
}

void BgzfWriter::close()
{
    errno = 0;
    if (bgzf_close(bgzf_.release()) != 0) throw failed();
}

void BgzfWriter::Close::operator()(BGZF* handle) const { bgzf_close(handle); }

Error BgzfWriter::failed() const { return system_error(Exit::io, errno == 0 ? EIO : errno, "write", name_); }

} // namespace swather
