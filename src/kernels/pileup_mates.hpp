// SPDX-License-Identifier: MIT
#pragma once

#include "base/hash.hpp"
#include "kernels/count_rules.hpp"
#include "kernels/depth_steps.hpp"

#include <tsl/robin_map.h>

#include <queue>
#include <unordered_map>

namespace swather {

/// Counts reads as `samtools mpileup` does with its overlap detection (htslib 1.16, sam.c: overlap_push,
/// tweak_overlap_quality).
///
/// Where the mates of a proper pair overlap, the quality of one base is set to 0, and that of the other
/// raised where they agree and lowered where they do not: what is then below the wanted quality does not
/// count. A read whose mate is to come waits for it, by its name, until a read begins behind its end. The
/// reads of a piece must come in the order of the file, with a margin around the piece in which all lies that
/// has the name of a read on it.
class PileupMates {
public:
    /// Local. `depth`: where the reads are counted.
    PileupMates(const CountRules& rules, DepthSteps& depth)
        : rules_(rules)
        , depth_(depth)
    {
    }

    /// Local. Counts a read, now or when its mate has come. To be called with all reads that count.
    void add(const Read& read);
    /// Local. Counts those that still wait.
    void finish();

private:
    /// A read, and all that it points to and counts by.
    struct Held {
        explicit Held(const Read& of);
        Held(Held&&) = default; // what the read points to stays where it is
        Held& operator=(Held&&) = default;

        Read read;
        std::vector<Cigar> cigar;
        std::vector<std::byte> bases;
        std::vector<std::uint8_t> qualities;
    };
    struct Active {
        Index end;
        Hash128 name;
        bool operator>(const Active& other) const { return end > other.end; }
    };
    struct Low {
        std::size_t operator()(const Hash128& name) const { return name.low; }
    };
    struct OfPiece {
        Index last_start = std::numeric_limits<Index>::min(); ///< of the read before
        std::priority_queue<Active, std::vector<Active>, std::greater<>> active;
        tsl::robin_map<Hash128, Held, Low> waiting;
    };

    void retire(OfPiece& piece);
    static void compare(Held& first, Held& second);
    void meet(Held& mate, const Read& read, Index last_start);
    void count(const Read& read, const Box& clip);

    CountRules rules_;
    DepthSteps& depth_;
    std::unordered_map<Index, OfPiece> pieces_; ///< by their first cell
};

} // namespace swather
