// SPDX-License-Identifier: MIT
#pragma once

#include "base/file.hpp"
#include "sources/bgzf_writer.hpp"
#include "sources/depth_writer.hpp"

#include <optional>
#include <string>

namespace swather {

/// Depth as `samtools depth -aa` prints it: contig, position from 1 on, depth. To a file, by bgzip where its
/// name ends in .gz, or to the standard output, whose reader may stop early.
class DepthTable : public DepthWriter {
public:
    /// Local. "-": the standard output.
    explicit DepthTable(const std::string& path);

    void begin(const Segment& segment, bool has_reads) override;
    void add(std::span<const DepthRun> runs) override;
    void finish() override;
    void publish() override;
    [[nodiscard]] bool is_closed() const override { return is_closed_; }

private:
    void append_lines(Index first, Index last, std::string_view rest);
    void flush();
    void print();

    std::optional<WholeFile> whole_; ///< none: the standard output
    std::optional<BgzfWriter> writer_;
    std::string contig_; ///< and a tab
    std::string lines_;
    bool is_closed_ = false;
};

} // namespace swather
