// SPDX-License-Identifier: MIT
#pragma once

#include "grid/plan.hpp"
#include "output/chunk_codec.hpp"
#include "output/payload.hpp"
#include "output/stored_run.hpp"
#include "results/shapes.hpp"

#include <tuple>

namespace swather {

/// One encoded chunk, as the head of a Dense part lists it.
struct EncodedChunk {
    std::uint64_t size = 0;
    std::uint64_t hash = 0; ///< XXH3 of the encoded bytes, compared again when the file has been read back
};

/// What a Keyed part has, as it lies in the journal.
struct StoredKeyed {
    Bytes traits;
    std::vector<StoredRun> runs; ///< the groups, then the sets of members
};

/// Local. The Keyed part of a block whose body begins at `body`.
StoredKeyed stored_keyed(const PartView& part, Index block, Place body);

/// Rows that are unpacked at once, as they lie in the journal.
struct StoredBatch {
    Index rows = 0;
    std::uint64_t size = 0;
    std::uint64_t hash = 0; ///< XXH3 of the packed rows, compared when they are read
};

/// What a Rows part has, as it lies in the journal: its body is the batches, end to end.
struct StoredRows {
    Bytes traits;
    std::vector<StoredBatch> batches;
};

/// Local. The Rows part of a block.
StoredRows stored_rows(const PartView& part);

/// Turns the results of a block into what the journal keeps: the chunks of the file, compressed once and for
/// all.
class Encoder {
public:
    /// Local. `level` 0 … 9 of deflate.
    Encoder(const Plan& plan, int level)
        : plan_(plan)
        , codec_(level)
    {
    }

    /// Local. The payload of a block; `link` as for Payload.
    template <class... Shapes>
    Payload operator()(const Block& block, const std::tuple<Shapes...>& results, const Bytes& link = {})
    {
        Payload payload(link);
        std::apply([&](const auto&... result) { (append(block, result, payload), ...); }, results);
        return payload;
    }

private:
    template <Plain T>
    void append(const Block& block, const Dense<T>& dense, Payload& payload)
    {
        append_dense(block, std::as_bytes(std::span(dense.cells)), sizeof(T), payload);
    }

    template <Plain T>
    void append(const Block& block, const std::vector<Dense<T>>& all, Payload& payload)
    {
        for (const Dense<T>& dense : all) append(block, dense, payload);
    }

    template <Plain S>
    void append(const Block&, const Scalar<S>& scalar, Payload& payload)
    {
        Bytes head;
        put(head, std::span<const typename Scalar<S>::Entry>(scalar.entries));
        payload.append_part(head, {});
    }

    void append(const Block& block, const Keyed& keyed, Payload& payload)
    {
        append_keyed(block, keyed, payload);
    }

    void append(const Block& block, const std::vector<Keyed>& all, Payload& payload)
    {
        for (const Keyed& keyed : all) append_keyed(block, keyed, payload);
    }

    void append(const Block&, const Rows& rows, Payload& payload) { append_rows(rows, payload); }

    static void append_rows(const Rows& rows, Payload& payload);
    static void append_keyed(const Block& block, const Keyed& keyed, Payload& payload);
    void append_dense(const Block& block, std::span<const std::byte> values, std::size_t value_size,
                      Payload& payload);

    Plan plan_;
    ChunkCodec codec_;
    Bytes padded_;
};

} // namespace swather
