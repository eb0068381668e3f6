// SPDX-License-Identifier: MIT
#include "mpi/nodes.hpp"

#include "mpi/environment.hpp"

#include <algorithm>
#include <set>

namespace swather {

Nodes::Nodes(const Communicator& comm)
{
    const std::string host = Environment::host();
    Bytes all;
    for (const auto& of_rank : comm.gather(std::vector<char>(host.begin(), host.end())))
        put(all, std::string_view(of_rank.data(), of_rank.size()));
    all = comm.broadcast(std::move(all));
    for (BytesReader reader(all); !reader.at_end();) hosts_.push_back(reader.get_string());

    const std::set<std::string> names(hosts_.begin(), hosts_.end());
    names_.assign(names.begin(), names.end());
    ranks_here_ = static_cast<int>(std::count(hosts_.begin(), hosts_.end(), host));
    is_first_here_ = std::find(hosts_.begin(), hosts_.end(), host) == hosts_.begin() + comm.rank();
}

} // namespace swather
