// SPDX-License-Identifier: MIT
#pragma once

#include "grid/concat_axis.hpp"
#include "grid/plan.hpp"
#include "mpi/communicator.hpp"
#include "output/content.hpp"
#include "output/encode.hpp"
#include "output/journal.hpp"
#include "results/kernel.hpp"

#include <functional>
#include <tuple>

namespace swather {

/// Gathers the journals of all ranks into the content of one file: for each output of a kernel, the way that
/// its shape takes.
class Assembler {
public:
    /// Collective in all that it does; `domain` is looked at on root only.
    Assembler(const Communicator& comm, const Plan& plan, Journal& journal, const ConcatAxis& domain)
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

    /// Collective. Calls `take` on root with the head of each block's part of output `number`, in the order
    /// of blocks.
    void gather_heads(std::size_t number, const std::function<void(const Bytes& head)>& take) const;

    void append_dense(const std::string& path, const std::string& long_name, const std::string& units,
                      CellType type, std::size_t number);
    [[nodiscard]] Table segment_table(const std::string& group);
    void append_segment_views(const std::string& source, CellType type);

    const Communicator& comm_;
    const Plan& plan_;
    Journal& journal_;
    const ConcatAxis& domain_;
    Content content_;
    std::shared_ptr<const std::vector<Column>> segment_columns_; ///< one copy for all tables
};

template <class S>
std::vector<S> Assembler::merge_in_block_order(std::size_t number) const
{
    std::vector<S> merged(comm_.is_root() ? domain_.segments().size() : 0);
    gather_heads(number, [&](const Bytes& head) {
        for (const auto& entry : BytesReader(head).get_vector<typename Scalar<S>::Entry>())
            merged.at(static_cast<std::size_t>(entry.item)).merge(entry.value);
    });
    return merged;
}

} // namespace swather
