// SPDX-License-Identifier: MIT
#pragma once

#include "base/bytes.hpp"

namespace swather {

/// The results of one block as they are journalled: the link of its source, and for each output of the kernel
/// one part, in order.
///
/// A part has a head, which assembly looks at (sizes, hashes, sums), and a body, which is only copied
/// (encoded chunks). Both stay on disk until then. What is in them is the business of the part's shape alone.
struct Payload {
    Bytes head;
    Bytes body;

    /// `link`: what the source took for granted of the blocks before (LinkedSource); empty for most.
    explicit Payload(const Bytes& link = {}) { put(head, std::span<const std::byte>(link)); }

    /// Local. Appends the part of the next output.
    void append_part(const Bytes& part_head, std::span<const std::byte> part_body)
    {
        put(head, static_cast<std::uint64_t>(part_body.size()));
        put(head, std::span<const std::byte>(part_head));
        append(body, part_body);
    }
};

/// One part of a payload that lies in the journal.
struct PartView {
    Bytes head;
    std::uint64_t body_begin = 0; ///< in the body of the payload
    std::uint64_t body_size = 0;
};

/// Local. The link in a payload's head.
inline Bytes link_of(const Bytes& payload_head) { return BytesReader(payload_head).get_vector<std::byte>(); }

/// Local. The part of output number `output` in a payload's head.
inline PartView part_of(const Bytes& payload_head, std::size_t output)
{
    BytesReader reader(payload_head);
    reader.get_vector<std::byte>(); // the link
    PartView part;
    for (std::size_t i = 0;; ++i) {
        part.body_size = reader.get<std::uint64_t>();
        part.head = reader.get_vector<std::byte>();
        if (i == output) return part;
        part.body_begin += part.body_size;
    }
}

} // namespace swather
