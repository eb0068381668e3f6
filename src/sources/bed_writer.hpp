// SPDX-License-Identifier: MIT
#pragma once

#include "base/file.hpp"
#include "grid/box.hpp"
#include "sources/bgzf_writer.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct hts_idx_t;

namespace swather {

/// What kind of index stands beside a BED file, and where it looks for intervals.
struct BedIndex {
    bool csi = false;     ///< .csi, else .tbi, which reaches no further than `longest_of_tbi`
    int levels = 5;       ///< of bins above those of 16,384 positions, each of 8 of the level below
    bool says_bed = true; ///< tells readers that starts are 0-based; mosdepth's does not

    static constexpr Index longest_of_tbi = Index{1} << 29;

    /// Local. As `tabix -p bed` makes it, for contigs of up to so many positions.
    static BedIndex like_tabix(Index longest_contig);
    /// Local. As mosdepth 0.3.3 makes it.
    static BedIndex like_mosdepth(Index longest_contig);
    /// Local. What it appends to the name of the BED file.
    [[nodiscard]] std::string extension() const { return csi ? ".csi" : ".tbi"; }
};

/// A BED file, by bgzip with an index, or plain, that has its name only when it is whole.
class BedWriter {
public:
    /// Local. Without an index it is plain text.
    BedWriter(const std::string& path, std::optional<BedIndex> index);
    ~BedWriter();

    /// Local. A line as it is, which no index knows.
    void write_line(std::string_view line);
    /// Local. The contig of the intervals that follow.
    void set_contig(std::string_view contig);
    /// Local. A line of contig, start, end and `rest`.
    void write(Index start, Index end, std::string_view rest);
    /// Local. Completes it and its index.
    void finish();
    void publish();

private:
    void push(Index start, Index end);
    [[nodiscard]] std::string index_meta() const;

    struct Destroy {
        void operator()(hts_idx_t* index) const;
    };

    WholeFile whole_;
    BgzfWriter writer_;
    std::string line_;
    std::size_t front_ = 0; ///< of the line: the contig
    std::optional<BedIndex> kind_;
    std::optional<WholeFile> index_file_;
    std::unique_ptr<hts_idx_t, Destroy> index_;
    std::string names_;  ///< of contigs with intervals, each with a 0 behind it
    int contigs_ = 0;    ///< of these
    bool is_new_ = true; ///< the contig has no interval yet
};

} // namespace swather
