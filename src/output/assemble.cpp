// SPDX-License-Identifier: MIT
#include "output/assemble.hpp"

#include "base/stop.hpp"
#include "mpi/agree.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

namespace swather {

namespace {

// Of the heads that are gathered at once: all of them, of millions of contigs, would be most of root's
// memory.
constexpr std::size_t bytes_of_a_round = 8 << 20;
// Each costs half a millisecond to make, and some more to open.
constexpr std::size_t most_segment_views = 1000;

} // namespace

void Assembler::gather_heads(std::size_t number, const std::function<void(const Bytes& head)>& take) const
{
    std::vector<const Journal::Entry*> mine;
    for (const Journal::Entry& entry : journal_.entries()) mine.push_back(&entry);
    std::sort(mine.begin(), mine.end(), [](const auto* a, const auto* b) { return a->block < b->block; });

    const std::size_t share = bytes_of_a_round / static_cast<std::size_t>(comm_.size());
    auto next = mine.begin();
    for (Index end = 0; end < plan_.size();) {
        // A round ends with the first block that some rank has no room for.
        auto last = next;
        for (std::size_t bytes = 0; last != mine.end() && bytes < share; ++last) bytes += (*last)->head_size;
        end = comm_.minimum(last == mine.end() ? plan_.size() : (*last)->block);

        Bytes packed;
        agree(comm_, [&] {
            for (; next != last && (*next)->block < end; ++next) {
                throw_if_stopped();
                put(packed, (*next)->block);
                put(packed, std::span<const std::byte>(part_of(journal_.read_head(**next), number).head));
            }
        });
        std::map<Index, Bytes> heads;
        for (const Bytes& of_rank : comm_.gather(packed))
            for (BytesReader reader(of_rank); !reader.at_end();) {
                const auto block = reader.get<Index>();
                heads.emplace(block, reader.get_vector<std::byte>());
            }
        for (const auto& [block, head] : heads) take(head);
    }
}

void Assembler::append_dense(const std::string& path, const std::string& long_name, const std::string& units,
                             CellType type, std::size_t number)
{
    ChunkedDataset dataset{.path = path,
                           .dimension = "position",
                           .type = type,
                           .cells = plan_.cells,
                           .chunk = plan_.chunk,
                           .long_name = long_name,
                           .units = units,
                           .chunks = {}};
    const Index chunks_of_block = plan_.block_size / plan_.chunk;
    agree(comm_, [&] {
        for (const Journal::Entry& entry : journal_.entries()) {
            throw_if_stopped();
            const PartView part = part_of(journal_.read_head(entry), number);
            Index chunk_number = entry.block * chunks_of_block;
            Place place = entry.body();
            place.offset += part.body_begin;
            for (const EncodedChunk& chunk : BytesReader(part.head).get_vector<EncodedChunk>()) {
                dataset.chunks.push_back({chunk_number++, chunk.size, chunk.hash, place});
                place.offset += chunk.size;
            }
        }
    });
    content_.datasets.push_back(std::move(dataset));
    if (!comm_.is_root()) return;

    Table table = item_table(std::filesystem::path(path).parent_path(), Items::intervals);
    std::vector<Index> offsets;
    for (const Segment& segment : domain_.segments()) offsets.push_back(segment.offset);
    table.columns.push_back({"offset", std::move(offsets), "where the segment begins in " + path, ""});
    content_.tables.push_back(std::move(table));
    append_segment_views(path, type);
}

Table Assembler::item_table(const std::string& group, Items items)
{
    if (items == Items::files) {
        Texts files;
        for (const Segment& segment : domain_.segments()) files.push_back(segment.contig);
        Table table{
            .group = group, .dimension = "input", .rows = std::ssize(domain_.segments()), .columns = {}};
        table.columns.push_back({"file", std::move(files), "the input, as it was given", ""});
        return table;
    }
    if (!segment_columns_) {
        Texts contigs;
        std::vector<Index> starts;
        std::vector<Index> ends;
        for (const Segment& segment : domain_.segments()) {
            contigs.push_back(segment.contig);
            starts.push_back(segment.start);
            ends.push_back(segment.end);
        }
        std::vector<Column> columns;
        columns.push_back({"contig", std::move(contigs), "name of the contig", ""});
        columns.push_back({"start", std::move(starts), "first position on the contig, 0-based", ""});
        columns.push_back({"end", std::move(ends), "one past the last position, 0-based", ""});
        segment_columns_ = std::make_shared<const std::vector<Column>>(std::move(columns));
    }
    return {.group = group,
            .dimension = "segment",
            .rows = std::ssize(domain_.segments()),
            .columns = {},
            .shared = segment_columns_};
}

void Assembler::append_segment_views(const std::string& source, CellType type)
{
    if (domain_.segments().size() > most_segment_views) return;
    const std::string group = std::filesystem::path(source).parent_path() / "by_contig";
    std::set<std::string> taken;
    for (const Segment& segment : domain_.segments()) {
        std::string name = path_component(segment.label());
        for (int copy = 2; !taken.insert(name).second; ++copy) // the same region asked for twice
            name = fmt::format("{} ({})", path_component(segment.label()), copy);
        content_.virtuals.push_back({.path = group + "/" + name,
                                     .long_name = segment.label(),
                                     .source = source,
                                     .type = type,
                                     .cells = {segment.offset, segment.offset + segment.size()}});
    }
}

} // namespace swather
