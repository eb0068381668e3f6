// SPDX-License-Identifier: MIT
#pragma once

#include "base/hash.hpp"
#include "output/journal.hpp"
#include "results/records.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace swather {

/// A place in a run that can be found without reading what is before it.
struct Mark {
    /// Bytes from one mark to the next, or a little more: the next record begins there.
    static constexpr std::uint64_t distance = 64 << 10;

    std::string key;
    std::uint64_t begin = 0; ///< of its record
};

/// Makes the marks of a run: the first record, and one about every `Mark::distance` bytes.
///
/// Blocks are much alike. Were their marks all at the same bytes, they would stand at the same few keys, and
/// between these no range could end. So the second mark depends on the number of the run: multiples of the
/// golden ratio, of which any few in a row lie evenly (Knuth, TAOCP 3, 6.4, theorem S).
class Marker {
public:
    /// Local. Of run number `run`.
    explicit Marker(Index run);

    /// Local. Looks at the next record, which begins at `begin`.
    void look(std::string_view key, std::uint64_t begin)
    {
        if (begin >= next_ || marks_.empty()) mark(key, begin);
    }
    [[nodiscard]] std::vector<Mark> marks() && { return std::move(marks_); }

private:
    void mark(std::string_view key, std::uint64_t begin);

    std::vector<Mark> marks_;
    std::uint64_t next_ = 0; ///< where a record may begin that is marked
};

/// A run of records that this rank has, and where.
struct StoredRun {
    Index order = 0; ///< of the values of one key: that of the blocks
    Place place;
    std::uint64_t size = 0;
    std::uint64_t hash = 0; ///< of its bytes, compared when all have been read
    std::vector<Mark> marks;
};

/// Puts a run aside while it is made. Until it is finished nothing else may be put aside.
class RunWriter {
public:
    /// Local. `number` as for Marker.
    RunWriter(Journal& journal, Index number)
        : journal_(journal)
        , marker_(number)
    {
    }

    /// Local. Appends a record, whose key comes behind those that are there.
    void append(const Record& record);
    /// Local. Ends the run, which is behind all blocks in order.
    StoredRun finish() &&;

private:
    void put_aside();

    Journal& journal_;
    Marker marker_;
    StoredRun run_;
    Hasher hasher_;
    RecordWriter records_; ///< not yet put aside
};

} // namespace swather
