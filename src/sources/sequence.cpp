// SPDX-License-Identifier: MIT
#include "sources/sequence.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/stopwatch.hpp"
#include "base/units.hpp"
#include "sources/make_index.hpp"
#include "sources/stage.hpp"

namespace swather {

namespace {

std::string text_of_file(const std::string& path)
{
    const File file = File::open(path, File::Mode::read, Exit::cannot_read);
    std::string text(file.size(), '\0');
    file.read(0, std::as_writable_bytes(std::span(text)));
    return text;
}

/// That a file begins as a FASTA.
void check_begin(const std::string& path, Packing packing)
{
    constexpr std::size_t looked_at = 64 << 10;
    const std::string front = front_of_text(path, packing, looked_at);
    const std::size_t begin = front.find_first_not_of(" \t\r\n");
    if (front.empty() || begin == front.npos)
        throw Error(Exit::bad_data, "'{}' is empty: it holds no sequence", path);
    if (front[begin] == '>') return;
    throw Error(Exit::bad_data, "'{}' is no FASTA: it begins with {}", path,
                front[begin] == '@' ? "@, as a FASTQ does" : "another byte than >")
        .remedy("give sequences as FASTA, plain or packed by bgzip");
}

} // namespace

void Sequence::survey(const std::string& folder)
{
    packing_ = packing_of(options_.path);
    const auto size = static_cast<Index>(size_of_input(options_.path));
    if (packing_ == Packing::gzip)
        throw Error(Exit::bad_data, "'{}' is one gzip stream, which cannot be read from its middle",
                    options_.path)
            .remedy("pack it by bgzip: gzip -dc '{0}' | bgzip > packed.fa.gz", options_.path);
    check_begin(options_.path, packing_);
    if (packing_ == Packing::bgzf) blocks_ = TextIndex(options_.path);
    bytes_ = packing_ == Packing::bgzf ? blocks_.size() : size;
    bytes_of_packed_ = static_cast<double>(size) / static_cast<double>(bytes_);

    const FastaIndex index = load_index(folder);
    if (index.contigs.empty())
        throw Error(Exit::bad_data, "'{}.fai' is empty", options_.path)
            .remedy("make it again: samtools faidx '{}'", options_.path);
    domain_.reserve(std::ssize(index.contigs));
    for (const auto& [name, lines] : index.contigs) {
        if (name.empty())
            throw Error(Exit::bad_data, "'{}' has a sequence without a name, at byte {}", options_.path,
                        with_commas(lines.offset))
                .remedy("give it one behind its >");
        domain_.append(name, 0, lines.length, lines.length);
        lines_.push_back(lines);
    }
    if (domain_.size() == 0)
        throw Error(Exit::bad_data, "'{}' holds no base: its sequences are empty", options_.path);
    const Index end = lines_.back().end();
    if (end > bytes_)
        throw Error(
            Exit::bad_data,
            "'{}' is not what its index says: it has {} bytes of text, the last base should be the {}th",
            options_.path, with_commas(bytes_), with_commas(end))
            .remedy("the file is truncated, or its index is of another: samtools faidx '{}' makes it again",
                    options_.path);
}

FastaIndex Sequence::load_index(const std::string& folder) const
{
    const std::string path = options_.path + ".fai";
    const auto passing = index_of_fasta(options_.path, !folder.empty());
    return parse_fasta_index(text_of_file(passing ? passing->file().path() : path), path);
}

Descriptor Sequence::describe(const Block& block) const
{
    SequencePlace place{.path = options_.path, .packing = packing_};
    for (const Piece& piece : domain_.pieces({block.core.begin, block.reach.end})) {
        const Index owned = intersect(piece.cells, block.core).size();
        if (owned == 0) break;
        const auto number = static_cast<std::size_t>(piece.segment);
        place.pieces.push_back({.name = std::string(domain_.segments()[piece.segment].contig),
                                .contig = piece.segment,
                                .lines = lines_[number],
                                .start = piece.start,
                                .owned = owned,
                                .end = piece.end()});
    }
    Descriptor descriptor{.block = block, .where = {}};
    if (!place.pieces.empty()) {
        const SequencePiece& first = place.pieces.front();
        place.byte = first.start == 0 ? end_before(first.contig) : first.lines.byte_of(first.start);
        place.address = blocks_.address_of(place.byte);
        place.is_last = block.core.end == domain_.size();
        const SequencePiece& last = place.pieces.back();
        const Index end = last.lines.byte_of(last.end - 1) + 1;
        descriptor.block.cost = bytes_of_packed_ * static_cast<double>(end - place.byte);
    }
    descriptor.where = place.pack();
    return descriptor;
}

/// The byte behind the last base before a contig: what follows is for the reader of that contig to look at.
Index Sequence::end_before(Index contig) const
{
    while (contig > 0 && lines_[static_cast<std::size_t>(contig) - 1].length == 0) --contig;
    return contig == 0 ? 0 : lines_[static_cast<std::size_t>(contig) - 1].end();
}

std::vector<Identity> Sequence::identity() const { return {identify(options_.path, options_.hash_whole)}; }

Sequence::View Sequence::read(const Descriptor& descriptor)
{
    const Stopwatch stopwatch(seconds_reading_);
    reader_ = std::make_unique<SequenceReader>(SequencePlace::unpack(descriptor.where), options_.look_ahead);
    return View([this] {
        const Stopwatch stretch_stopwatch(seconds_reading_);
        return reader_->next();
    });
}

} // namespace swather
