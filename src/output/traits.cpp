// SPDX-License-Identifier: MIT
#include "output/traits.hpp"

#include <set>

namespace swather {

std::vector<Bytes> traits_of_all(const Communicator& comm, const std::vector<Bytes>& mine)
{
    const auto put_all = [](const std::set<Bytes>& all) {
        Bytes packed;
        for (const Bytes& one : all) put(packed, std::span<const std::byte>(one));
        return packed;
    };
    std::set<Bytes> all;
    for (const Bytes& of_rank : comm.gather(put_all({mine.begin(), mine.end()})))
        for (BytesReader reader(of_rank); !reader.at_end();) all.insert(reader.get_vector<std::byte>());
    const Bytes packed = comm.broadcast(put_all(all));
    std::vector<Bytes> unpacked;
    for (BytesReader reader(packed); !reader.at_end();) unpacked.push_back(reader.get_vector<std::byte>());
    return unpacked;
}

} // namespace swather
