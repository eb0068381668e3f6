// SPDX-License-Identifier: MIT
#pragma once

#include "grid/concat_axis.hpp"
#include "grid/plan.hpp"
#include "mpi/agree.hpp"
#include "output/append_groups.hpp"
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
    struct Options {
        int compress = 1;          ///< deflate level of what is encoded only now
        double range_bytes = 24e6; ///< of the groups that a rank merges at a time (RunMerger)
    };

    /// Collective in all that it does; `domain` is looked at on root only.
    Assembler(const Communicator& comm, const Plan& plan, Journal& journal, const ConcatAxis& domain,
              Options options)
        : comm_(comm)
        , plan_(plan)
        , journal_(journal)
        , domain_(domain)
        , options_(options)
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

    /// Collective. Throws where a Scalar of the whole domain is an error by itself.
    template <class... Outputs>
    void check(const std::tuple<Outputs...>& outputs) const
    {
        std::size_t number = 0;
        std::apply([&](const auto&... output) { (check(output, number++), ...); }, outputs);
    }

private:
    template <class Output>
    void check(const Output&, std::size_t) const
    {
    }

    template <class S>
    void check(const ScalarOutput<S>& output, std::size_t number) const
    {
        if (!output.check) return;
        const std::vector<S> merged = merge_in_block_order<S>(number);
        share(comm_, [&] { check(output, merged); });
    }

    template <class S>
    void check(const ScalarOutput<S>& output, const std::vector<S>& merged) const
    {
        if (!output.check) return;
        for (std::size_t item = 0; item < merged.size(); ++item)
            output.check(merged[item], std::string(domain_.segments()[item].contig));
    }

    template <class T>
    void append(const DenseOutput<T>& output, std::size_t number)
    {
        append_dense(output.path, output.long_name, output.units, cell_type_of<T>(), number);
    }

    template <class S>
    void append(const ScalarOutput<S>& output, std::size_t number)
    {
        const std::vector<S> merged = merge_in_block_order<S>(number);
        share(comm_, [&] {
            check(output, merged);
            Table table = item_table(output.group, output.items);
            for (Column& column : output.columns(merged)) table.columns.push_back(std::move(column));
            content_.tables.push_back(std::move(table));
            if (!output.totals) return;
            for (const auto& [name, value] : output.totals(merged))
                content_.attributes.push_back({output.group, name, value});
        });
    }

    void append(const KeyedOutput& output, std::size_t number)
    {
        append_groups(comm_, journal_, output, Groups{comm_, journal_, output, number, options_.range_bytes},
                      options_.compress, content_);
    }

    template <class S>
    std::vector<S> merge_in_block_order(std::size_t number) const;

    /// Collective. Calls `take` on root with the head of each block's part of output `number`, in the order
    /// of blocks.
    void gather_heads(std::size_t number, const std::function<void(const Bytes& head)>& take) const;

    void append_dense(const std::string& path, const std::string& long_name, const std::string& units,
                      CellType type, std::size_t number);
    [[nodiscard]] Table item_table(const std::string& group, Items items);
    void append_segment_views(const std::string& source, CellType type);

    const Communicator& comm_;
    const Plan& plan_;
    Journal& journal_;
    const ConcatAxis& domain_;
    Options options_;
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
