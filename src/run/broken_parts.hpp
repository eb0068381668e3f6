// SPDX-License-Identifier: MIT
#pragma once

#include "base/error.hpp"
#include "grid/plan.hpp"
#include "mpi/mailbox.hpp"

#include <functional>
#include <map>
#include <string>

namespace swather {

/// The parts of a plan whose data cannot be read, where a run of many goes on without them. Which these are,
/// and the error of each, depends neither on the number of ranks nor on who computes what: it is that of a
/// part's first block that fails.
class BrokenParts {
public:
    using Name = std::function<std::string(Index part)>;
    /// Collective. `goes_on`: whether the run does; else the first error ends it. Root's: `name_of`, and
    /// `before`, the parts that are broken before they have blocks.
    BrokenParts(const Communicator& comm, bool goes_on, Name name_of = {},
                const std::map<Index, Error>& before = {});

    /// Local. Does what concerns one block of this rank. An error of its input is kept and told to root;
    /// blocks behind it in its part need not be looked at.
    template <class Work>
    void guard(const Block& block, Work&& work)
    {
        if (is_needless(block)) return;
        try {
            work();
        } catch (const Error& error) {
            if (!keep(block, error)) throw;
        }
    }
    /// Local. Root: takes in what other ranks have found, and warns of what is new.
    void listen();
    /// Collective. From here on all ranks know of all.
    void settle();

    /// Local. Any rank, when all is settled: whether a part is broken.
    [[nodiscard]] bool contains(Index part) const { return first_failed_.contains(part); }
    /// Local. The same: how many are.
    [[nodiscard]] Index size() const { return std::ssize(first_failed_); }
    /// Local. Root: the error of each; one that came while a block was computed has its id.
    [[nodiscard]] const std::map<Index, Error>& errors() const { return errors_; }

private:
    static constexpr Index before_blocks = -1;

    struct Found {
        Index part;
        Index block;
        Error error;
    };

    [[nodiscard]] bool is_needless(const Block& block) const;
    /// Whether the run can go on without the part.
    bool keep(const Block& block, const Error& error);
    void hear(const Found& found);
    static Bytes pack(const Found& found);
    static Found unpack(const Bytes& bytes);

    const Communicator& comm_;
    bool goes_on_;
    Name name_of_;
    Mailbox mailbox_;
    std::map<Index, Index> first_failed_; ///< block of each broken part that this rank knows of
    std::map<Index, Error> errors_;       ///< root's
};

} // namespace swather
