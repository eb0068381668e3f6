// SPDX-License-Identifier: MIT
#include "output/encode.hpp"

namespace swather {

void Encoder::append_dense(const Block& block, std::span<const std::byte> cells, std::size_t cell_size,
                           Payload& payload)
{
    if (cells.size() != static_cast<std::size_t>(block.core.size()) * cell_size)
        throw Error(Exit::internal, "a kernel made {} bytes for {} cells", cells.size(), block.core.size());

    const auto chunk_size = static_cast<std::size_t>(plan_.chunk) * cell_size;
    std::vector<EncodedChunk> chunks;
    Bytes body;
    while (!cells.empty()) {
        auto chunk = cells.first(std::min(chunk_size, cells.size()));
        cells = cells.subspan(chunk.size());
        if (chunk.size() < chunk_size) { // the last of the domain: HDF5 stores it whole
            padded_.assign(chunk_size, std::byte{0});
            std::copy(chunk.begin(), chunk.end(), padded_.begin());
            chunk = padded_;
        }
        const std::size_t size = codec_.append(chunk, cell_size, body);
        chunks.push_back({size, hash_of(std::span(body).last(size))});
    }
    Bytes head;
    put(head, std::span<const EncodedChunk>(chunks));
    payload.append_part(head, body);
}

} // namespace swather
