// SPDX-License-Identifier: MIT
#include "output/encode.hpp"

#include "base/hash.hpp"

namespace swather {

namespace {

/// The head of a Keyed part: the traits, then of each run its size and marks; the body has the records.
void put_run(Bytes& head, const Run& run, Index block)
{
    Marker marker(block);
    for (std::string_view rest = run.records; !rest.empty();) {
        const std::uint64_t begin = run.records.size() - rest.size();
        marker.look(take_record(rest).key, begin);
    }
    const auto marks = std::move(marker).marks();
    put(head, static_cast<std::uint64_t>(run.records.size()));
    put(head, hash_of(std::as_bytes(std::span(run.records))));
    put(head, static_cast<std::uint64_t>(marks.size()));
    for (const Mark& mark : marks) {
        put(head, std::string_view(mark.key));
        put(head, mark.begin);
    }
}

} // namespace

void Encoder::append_keyed(const Block& block, const Keyed& keyed, Payload& payload)
{
    Bytes head;
    put(head, std::span<const std::byte>(keyed.traits));
    put_run(head, keyed.groups, block.id);
    for (const Run& run : keyed.members) put_run(head, run, block.id);

    Bytes body;
    swather::append(body, std::as_bytes(std::span(keyed.groups.records)));
    for (const Run& run : keyed.members) swather::append(body, std::as_bytes(std::span(run.records)));
    payload.append_part(head, body);
}

StoredKeyed stored_keyed(const PartView& part, Index block, Place body)
{
    BytesReader reader(part.head);
    StoredKeyed keyed{.traits = reader.get_vector<std::byte>(), .runs = {}};
    body.offset += part.body_begin;
    while (!reader.at_end()) {
        StoredRun run;
        run.order = block;
        run.place = body;
        run.size = reader.get<std::uint64_t>();
        run.hash = reader.get<std::uint64_t>();
        for (auto marks = reader.get<std::uint64_t>(); marks > 0; --marks) {
            std::string key = reader.get_string();
            run.marks.push_back({std::move(key), reader.get<std::uint64_t>()});
        }
        body.offset += run.size;
        keyed.runs.push_back(std::move(run));
    }
    return keyed;
}

void Encoder::append_rows(const Rows& rows, Payload& payload)
{
    std::vector<StoredBatch> batches;
    Bytes body;
    std::size_t size = 0;
    for (const Rows::Batch& batch : rows.batches) size += batch.packed.size();
    body.reserve(size);
    for (const Rows::Batch& batch : rows.batches) {
        if (batch.rows == 0) continue;
        const auto bytes = std::as_bytes(std::span(batch.packed));
        batches.push_back({batch.rows, bytes.size(), hash_of(bytes)});
        swather::append(body, bytes);
    }
    Bytes head;
    put(head, std::span<const std::byte>(rows.traits));
    put(head, std::span<const StoredBatch>(batches));
    payload.append_part(head, body);
}

StoredRows stored_rows(const PartView& part)
{
    BytesReader reader(part.head);
    StoredRows rows{.traits = reader.get_vector<std::byte>(), .batches = {}};
    rows.batches = reader.get_vector<StoredBatch>();
    return rows;
}

void Encoder::append_dense(const Block& block, std::span<const std::byte> values, std::size_t value_size,
                           Payload& payload)
{
    const auto cells = static_cast<std::size_t>(block.core.size());
    const std::size_t bytes_of_cell = cells == 0 ? 0 : values.size() / cells;
    if (bytes_of_cell % value_size != 0 || bytes_of_cell * cells != values.size() ||
        (cells > 0 && values.empty()))
        throw Error(Exit::internal, "a kernel made {} bytes for {} cells", values.size(), cells);

    const std::size_t chunk_size = static_cast<std::size_t>(plan_.part_of(block).chunk) * bytes_of_cell;
    std::vector<EncodedChunk> chunks;
    Bytes body;
    while (!values.empty()) {
        auto chunk = values.first(std::min(chunk_size, values.size()));
        values = values.subspan(chunk.size());
        if (chunk.size() < chunk_size) { // the last of the domain: HDF5 stores it whole
            padded_.assign(chunk_size, std::byte{0});
            std::copy(chunk.begin(), chunk.end(), padded_.begin());
            chunk = padded_;
        }
        const std::size_t size = codec_.append(chunk, value_size, body);
        chunks.push_back({size, hash_of(std::span(body).last(size))});
    }
    Bytes head;
    put(head, std::span<const EncodedChunk>(chunks));
    payload.append_part(head, body);
}

} // namespace swather
