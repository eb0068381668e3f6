// SPDX-License-Identifier: MIT
#include "sources/bed_writer.hpp"

#include "base/error.hpp"

#include <htslib/hts.h>
#include <htslib/tbx.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

namespace swather {

namespace {

constexpr int min_shift = 14; // of the smallest bin, of tabix and mosdepth

void append(std::string& line, Index number)
{
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    line.append(digits.data(), end);
}

} // namespace

BedIndex BedIndex::like_tabix(Index longest_contig)
{
    // Levels: htslib's for contigs of up to 2^31 positions, tbx_index() in tbx.c.
    constexpr int longest_shift = 31;
    if (longest_contig <= longest_of_tbi) return {};
    return {.csi = true, .levels = (longest_shift - min_shift + 2) / 3};
}

BedIndex BedIndex::like_mosdepth(Index longest_contig)
{
    BedIndex index{.csi = true, .levels = 0, .says_bed = false};
    for (Index reach = Index{1} << min_shift; reach < longest_contig; reach <<= 3) ++index.levels;
    return index;
}

BedWriter::BedWriter(const std::string& path, std::optional<BedIndex> index)
    : whole_(path)
    , writer_(whole_.file(), index ? "w1" : "wu", path)
    , kind_(index)
{
    if (!kind_) return;
    index_file_.emplace(path + kind_->extension());
    index_.reset(hts_idx_init(0, kind_->csi ? HTS_FMT_CSI : HTS_FMT_TBI, 0, min_shift, kind_->levels));
    if (!index_) throw std::bad_alloc();
}

BedWriter::~BedWriter() = default;

void BedWriter::write_line(std::string_view line)
{
    writer_.write(line);
    writer_.write("\n");
}

void BedWriter::set_contig(std::string_view contig)
{
    line_.assign(contig);
    line_ += '\t';
    front_ = line_.size();
    is_new_ = true;
}

void BedWriter::write(Index start, Index end, std::string_view rest)
{
    line_.resize(front_);
    append(line_, start);
    line_ += '\t';
    append(line_, end);
    line_ += '\t';
    line_ += rest;
    line_ += '\n';
    writer_.write(line_);
    if (index_) push(start, end);
}

void BedWriter::push(Index start, Index end)
{
    if (is_new_) {
        names_.append(line_, 0, front_ - 1);
        names_ += '\0';
        ++contigs_;
        is_new_ = false;
    }
    if (hts_idx_push(index_.get(), contigs_ - 1, start, end, writer_.tell(), 1) < 0)
        throw Error(Exit::internal, "the index of '{}' does not take {}", whole_.path(), line_);
}

/// The columns, the sign of comments and the names of contigs, as tabix keeps them (tbx_set_meta() in tbx.c).
std::string BedWriter::index_meta() const
{
    const std::array<std::uint32_t, 7> fields{kind_->says_bed ? std::uint32_t{TBX_UCSC} : 0U, 1, 2, 3, '#', 0,
                                              static_cast<std::uint32_t>(names_.size())};
    std::string meta(sizeof fields, '\0');
    std::memcpy(meta.data(), fields.data(), sizeof fields);
    return meta + names_;
}

void BedWriter::finish()
{
    if (!index_) return writer_.close();
    writer_.flush();
    std::string meta = index_meta();
    const bool is_done = hts_idx_finish(index_.get(), writer_.tell()) == 0 &&
                         hts_idx_set_meta(index_.get(), static_cast<std::uint32_t>(meta.size()),
                                          reinterpret_cast<std::uint8_t*>(meta.data()), 1) == 0;
    writer_.close();
    errno = 0;
    if (!is_done || hts_idx_save_as(index_.get(), nullptr, index_file_->file().path().c_str(),
                                    kind_->csi ? HTS_FMT_CSI : HTS_FMT_TBI) != 0)
        throw system_error(Exit::io, errno == 0 ? EIO : errno, "write", index_file_->path());
}

void BedWriter::publish()
{
    whole_.publish();
    if (index_file_) index_file_->publish();
}

void BedWriter::Destroy::operator()(hts_idx_t* index) const { hts_idx_destroy(index); }

} // namespace swather
