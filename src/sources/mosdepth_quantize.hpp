// SPDX-License-Identifier: MIT
#pragma once

#include "results/depth_run.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace swather::mosdepth {

/// The classes of depth of mosdepth's --quantize: "0:1:4:" are depths of 0, of 1 to 3, and of 4 and more.
class Quantize {
public:
    /// Local. `Exit::usage`: `text` is none, named by `option`.
    Quantize(std::string_view option, std::string_view text);

    /// Local. The class of a depth; none where it belongs to none.
    [[nodiscard]] std::optional<std::size_t> of(std::int32_t depth) const;
    [[nodiscard]] const std::string& label(std::size_t number) const { return labels_[number]; }
    /// Local. The label of a contig without reads; none where it has no line.
    [[nodiscard]] std::optional<std::string> label_without_reads() const;

private:
    std::vector<Index> borders_; // sorted
    std::vector<std::string> labels_;
};

/// Runs of a contig's positions whose depths are of one class.
class QuantizedRuns {
public:
    explicit QuantizedRuns(const Quantize& quantize)
        : quantize_(&quantize)
    {
    }

    /// Local. Begins a contig of so many positions.
    void begin(Index length);
    /// Local. The next run of depth; `write(start, end, label)` takes what is complete.
    template <class Write>
    void add(const DepthRun& run, Write&& write)
    {
        // mosdepth does not look at the last position of a contig: it goes with the one before it.
        if (run.start > 0 && run.start >= length_ - 1) return;
        const auto here = quantize_->of(run.depth);
        if (run.start > 0 && here == class_) return;
        close(run.start, write);
        class_ = here;
        start_ = run.start;
    }
    template <class Write>
    void end(Write&& write)
    {
        close(length_, write);
    }

private:
    template <class Write>
    void close(Index end, Write&& write)
    {
        if (class_ && start_ < end) write(start_, end, quantize_->label(*class_));
    }

    const Quantize* quantize_;
    Index length_ = 0;
    Index start_ = 0;
    std::optional<std::size_t> class_;
};

} // namespace swather::mosdepth
