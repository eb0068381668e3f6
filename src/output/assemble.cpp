// SPDX-License-Identifier: MIT
#include "output/assemble.hpp"

#include "base/stop.hpp"
#include "mpi/agree.hpp"

#include <algorithm>
#include <map>

namespace swather {

namespace {

// Of the heads that are gathered at once: all of them, of millions of contigs, would be most of root's
// memory.
constexpr std::size_t bytes_of_a_round = 2 << 20;

} // namespace

void gather_heads(const Communicator& comm, const Plan& plan, Journal& journal, std::size_t number,
                  const std::function<void(const Bytes& head)>& take)
{
    std::vector<const Journal::Entry*> mine;
    for (const Journal::Entry& entry : journal.entries()) mine.push_back(&entry);
    std::sort(mine.begin(), mine.end(), [](const auto* a, const auto* b) { return a->block < b->block; });

    const std::size_t share = bytes_of_a_round / static_cast<std::size_t>(comm.size());
    auto next = mine.begin();
    for (Index end = 0; end < plan.size();) {
        // A round ends with the first block that some rank has no room for.
        auto last = next;
        for (std::size_t bytes = 0; last != mine.end() && bytes < share; ++last) bytes += (*last)->head_size;
        end = comm.minimum(last == mine.end() ? plan.size() : (*last)->block);

        Bytes packed;
        agree(comm, [&] {
            for (; next != last && (*next)->block < end; ++next) {
                throw_if_stopped();
                put(packed, (*next)->block);
                put(packed, std::span<const std::byte>(part_of(journal.read_head(**next), number).head));
            }
        });
        std::map<Index, Bytes> heads;
        for (const Bytes& of_rank : comm.gather(packed))
            for (BytesReader reader(of_rank); !reader.at_end();) {
                const auto block = reader.get<Index>();
                heads.emplace(block, reader.get_vector<std::byte>());
            }
        for (const auto& [block, head] : heads) take(head);
    }
}

std::vector<OwnChunk> own_chunks(const Plan& plan, Journal& journal, std::size_t number)
{
    std::vector<OwnChunk> chunks;
    const Index chunks_of_block = plan.block_size / plan.chunk;
    for (const Journal::Entry& entry : journal.entries()) {
        throw_if_stopped();
        const PartView part = part_of(journal.read_head(entry), number);
        Index chunk_number = entry.block * chunks_of_block;
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
