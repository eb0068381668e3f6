// SPDX-License-Identifier: MIT
#pragma once

#include "base/file.hpp"
#include "sources/depth_writer.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace swather {

/// Depth as bigWig, by libBigWig: the runs, those of no reads too, and up to ten levels of zoom. Values are
/// float32: a depth beyond 16,777,216 is rounded.
///
/// The library holds all levels in memory: the finest has a value for each 16 runs or more, as many as fit
/// into 64 MiB.
class BigwigWriter : public DepthWriter {
public:
    /// A contig of the file, with the name that it has in all of its segments.
    struct Contig {
        std::string name;
        Index length = 0;
    };

    /// Local. Contigs in the order in which their depth comes; those without positions are left out.
    /// `Exit::bad_data`: more contigs than readers find, one beyond 32 bits, or none at all.
    BigwigWriter(const std::string& path, const std::vector<Contig>& contigs);
    ~BigwigWriter() override;

    void begin(const Segment& segment, bool has_reads) override;
    void add(std::span<const DepthRun> runs) override;
    void finish() override;
    void publish() override;

private:
    struct Handle;

    void make_header(const std::vector<Contig>& contigs);
    void coarsen_zoom();
    void check();
    [[nodiscard]] Error failed() const;

    WholeFile whole_;
    std::unique_ptr<Handle> handle_;
    std::string contig_;
    bool is_new_ = false; ///< the contig has no run yet
    Index positions_ = 0;
    double min_ = 0, max_ = 0, sum_ = 0, sum_of_squares_ = 0;
    std::vector<std::uint32_t> starts_, ends_;
    std::vector<float> depths_;
};

} // namespace swather
