// SPDX-License-Identifier: MIT
#pragma once

#include "grid/concat_axis.hpp"
#include "grid/plan.hpp"
#include "mpi/communicator.hpp"
#include "output/content.hpp"
#include "output/encode.hpp"
#include "output/journal.hpp"
#include "results/kernel.hpp"

#include <map>
#include <tuple>

namespace swather {

/// Gathers the journals of all ranks into the content of one file: for each output of a kernel, the way that
/// its shape takes.
class Assembler {
public:
    /// Collective in all that it does; `domain` is looked at on root only.
    Assembler(const Communicator& comm, const Plan& plan, const Journal& journal, const ConcatAxis& domain)
        : comm_(comm)
        , plan_(plan)
        , journal_(journal)
        , domain_(domain)
    {
    }

    /// Collective. The content of all outputs of a kernel.
    template <class... Outputs>
    Content operator()(const std::tuple<Outputs...>& outputs)
    {
        std::size_t number = 0;
        std::apply([&](const auto&... output) { (append(output, number++), ...); }, outputs);
        return std::move(content_);
    }

private:
    template <class T>
    void append(const DenseOutput<T>& output, std::size_t number)
    {
        append_dense(output.path, output.long_name, output.units, cell_type_of<T>(), number);
    }

    template <class S>
    void append(const ScalarOutput<S>& output, std::size_t number)
    {
        const std::vector<S> merged = merge_in_block_order<S>(number);
        if (!comm_.is_root()) return;
        Table table = segment_table(output.group);
        for (Column& column : output.columns(merged)) table.columns.push_back(std::move(column));
        content_.tables.push_back(std::move(table));
    }

    template <class S>
    std::vector<S> merge_in_block_order(std::size_t number) const;

    void append_dense(const std::string& path, const std::string& long_name, const std::string& units,
                      CellType type, std::size_t number);
    [[nodiscard]] Table segment_table(const std::string& group) const;
    void append_segment_views(const std::string& source, CellType type);

    const Communicator& comm_;
    const Plan& plan_;
    const Journal& journal_;
    const ConcatAxis& domain_;
    Content content_;
};

template <class S>
std::vector<S> Assembler::merge_in_block_order(std::size_t number) const
{
    struct OfBlock {
        Index block;
        typename Scalar<S>::Entry entry;
    };
    std::vector<OfBlock> mine;
    for (const Journal::Entry& entry : journal_.entries()) {
        const Bytes head = part_of(entry.head, number).head;
        for (const auto& of_item : BytesReader(head).get_vector<typename Scalar<S>::Entry>())
            mine.push_back({entry.block, of_item});
    }
    std::vector<OfBlock> all;
    for (const auto& of_rank : comm_.gather(mine)) all.insert(all.end(), of_rank.begin(), of_rank.end());
    std::stable_sort(all.begin(), all.end(),
                     [](const OfBlock& a, const OfBlock& b) { return a.block < b.block; });

    std::vector<S> merged(comm_.is_root() ? domain_.segments().size() : 0);
    for (const OfBlock& one : all) merged.at(static_cast<std::size_t>(one.entry.item)).merge(one.entry.value);
    return merged;
}

} // namespace swather
