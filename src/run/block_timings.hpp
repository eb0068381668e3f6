// SPDX-License-Identifier: MIT
#pragma once

#include "grid/plan.hpp"
#include "run/timings.hpp"

#include <string>
#include <vector>

namespace swather {

/// What one block took on the rank that computed it.
struct BlockTiming {
    Index block = 0; ///< its id
    Index rank = 0;
    Index cells = 0;
    double bytes = 0;                          ///< to be read: its cost
    double stored = 0;                         ///< bytes of its results, encoded
    double read = 0, compute = 0, journal = 0; ///< wall seconds
    double cpu = 0;                            ///< seconds of all three

    /// Local. The block as far as its cost goes.
    [[nodiscard]] Block as_block() const;
    /// Local. Whether it may be of this block: of the same number and size, and as many bytes.
    [[nodiscard]] bool is_of(const Block& of_plan) const;
};

/// What the blocks of this rank took.
class BlockTimings {
public:
    /// Local. A block begins. `seconds_reading`: of the source, so far.
    void begin(const Timings& timings, double seconds_reading);
    /// Local. It is done, and its results are so many bytes.
    void end(const Block& of_plan, std::size_t stored, const Timings& timings, double seconds_reading);
    /// Collective. Those of all ranks, on root in the order of blocks; a block that was computed twice is
    /// there twice.
    [[nodiscard]] std::vector<BlockTiming> gathered(const Communicator& comm) const;

private:
    Timings before_;
    double read_before_ = 0;
    std::vector<BlockTiming> blocks_;
};

/// Local. `Exit::cannot_create` where no file of timings could be written, or what stands there is none.
void check_block_timings_place(const std::string& path);
/// Local. Writes a line of CSV for each block, with the names of the columns; replaces a file of timings.
/// `Exit::io`: nothing was written.
void write_block_timings(const std::string& path, const std::vector<BlockTiming>& blocks);
/// Local. Reads what was written. `Exit::cannot_read`, or `Exit::bad_data` where it is none or has no block.
std::vector<BlockTiming> read_block_timings(const std::string& path);

} // namespace swather
