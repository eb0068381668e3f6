// SPDX-License-Identifier: MIT
#pragma once

#include "mpi/communicator.hpp"

#include <string>
#include <vector>

namespace swather {

/// Which ranks run on which nodes; a node is known by its host name.
class Nodes {
public:
    /// Collective.
    explicit Nodes(const Communicator& comm);

    [[nodiscard]] const std::string& host(int rank) const { return hosts_[static_cast<std::size_t>(rank)]; }
    /// The nodes' names, each once.
    [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
    [[nodiscard]] int size() const { return static_cast<int>(names_.size()); }
    /// How many ranks share this rank's node.
    [[nodiscard]] int ranks_here() const { return ranks_here_; }
    /// Whether this rank is the lowest of its node.
    [[nodiscard]] bool is_first_here() const { return is_first_here_; }

private:
    std::vector<std::string> hosts_; ///< of each rank
    std::vector<std::string> names_;
    int ranks_here_ = 0;
    bool is_first_here_ = false;
};

} // namespace swather
