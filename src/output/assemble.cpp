// SPDX-License-Identifier: MIT
#include "output/assemble.hpp"

#include "base/stop.hpp"
#include "mpi/agree.hpp"
#include "output/chunk_stream.hpp"

#include <map>

namespace swather {

namespace {

// Of the heads that are gathered at once: all of them, of millions of contigs, would be most of root's
// memory.
constexpr std::size_t bytes_of_a_round = 2 << 20;

} // namespace

void gather_heads(const Communicator& comm, const Box& blocks, Journal& journal, std::size_t number,
                  const std::function<void(const Bytes& head)>& take)
{
    const auto mine = journal.entries_of(blocks);
    const std::size_t share = bytes_of_a_round / static_cast<std::size_t>(comm.size());
    auto next = mine.begin();
    for (Index end = blocks.begin; end < blocks.end;) {
        // A round ends with the first block that some rank has no room for.
        auto last = next;
        for (std::size_t bytes = 0; last != mine.end() && bytes < share; ++last) bytes += last->head_size;
        end = comm.minimum(last == mine.end() ? blocks.end : last->block);

        Bytes packed;
        agree(comm, [&] {
            for (; next != last && next->block < end; ++next) {
                throw_if_stopped();
                put(packed, next->block);
                put(packed, std::span<const std::byte>(part_of(journal.read_head(*next), number).head));
            }
        });
        std::map<Index, Bytes> heads;
        for (const Bytes& of_rank : comm.gather(packed))
            for (BytesReader reader(of_rank); !reader.at_end();) {
                const auto block = reader.get<Index>();
                heads.emplace(block, reader.get_vector<std::byte>());
            }
        agree(comm, [&] {
            for (const auto& [block, head] : heads) take(head);
        });
    }
}

ChunkedDataset small_dataset(const Communicator& comm, Journal& journal, const std::string& path,
                             const std::string& long_name, const std::vector<Axis>& axes,
                             const Column::Values& values, int level)
{
    ChunkedDataset dataset{.path = path, .dimension = {}, .long_name = long_name, .units = "", .chunks = {}};
    dataset.chunk = size_along(axes); // all of it
    const auto encode = [&](const auto& all) {
        using Value = std::decay_t<decltype(all[0])>;
        if constexpr (std::is_arithmetic_v<Value>) {
            dataset.type = cell_type_of<Value>();
            ChunkCodec codec(level);
            ChunkStream stream(comm, journal, std::move(dataset), codec);
            stream.append(std::as_bytes(std::span(all)));
            dataset = std::move(stream).finish();
        } else {
            throw Error(Exit::internal, "'{}' is to be an array of texts", path);
        }
    };
    std::visit(encode, values);
    dataset.cells = dataset.chunk = axes.front().size;
    return dataset;
}

std::vector<OwnChunk> own_chunks(const PlanPart& plan, Journal& journal, std::size_t number)
{
    std::vector<OwnChunk> chunks;
    const Index chunks_of_block = plan.block_size / plan.chunk;
    for (const Journal::Entry& entry : journal.entries_of(plan.ids())) {
        throw_if_stopped();
        const PartView part = part_of(journal.read_head(entry), number);
        Index chunk_number = (entry.block - plan.first) * chunks_of_block;
        Place place = entry.body();
        place.offset += part.body_begin;
        for (const EncodedChunk& chunk : BytesReader(part.head).get_vector<EncodedChunk>()) {
            chunks.push_back({chunk_number++, chunk.size, chunk.hash, place});
            place.offset += chunk.size;
        }
    }
    return chunks;
}

} // namespace swather
