// SPDX-License-Identifier: MIT
#pragma once

#include "grid/plan.hpp"
#include "mpi/agree.hpp"
#include "output/append_columns.hpp"
#include "output/content.hpp"
#include "output/domain_content.hpp"
#include "output/encode.hpp"
#include "output/groups.hpp"
#include "output/item_table.hpp"
#include "output/item_values.hpp"
#include "output/journal.hpp"
#include "output/ordered_rows.hpp"
#include "results/kernel.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <tuple>
#include <variant>

namespace swather {

/// Collective. Calls `take` on root with the head of part number `number` of each of these blocks, in their
/// order.
void gather_heads(const Communicator& comm, const Box& blocks, Journal& journal, std::size_t number,
                  const std::function<void(const Bytes& head)>& take);

/// Local. The chunks of a Dense output, part number `number` of each block, that this rank has in its
/// journal.
std::vector<OwnChunk> own_chunks(const PlanPart& plan, Journal& journal, std::size_t number);

/// Collective. A dataset of few values, which root has, along these axes: one chunk. The others tell by their
/// values of what type they are.
ChunkedDataset small_dataset(const Communicator& comm, Journal& journal, const std::string& path,
                             const std::string& long_name, const std::vector<Axis>& axes,
                             const Column::Values& values, int level);

/// How the results of all blocks are gathered.
struct AssemblyOptions {
    /// Of a range of groups there are at most at once: what is sent and received, twice each, or what is
    /// merged, and its cells.
    static constexpr double copies_of_a_range = 8;
    /// What root has of texts until it shows that there are too many for strings.
    static constexpr double bytes_of_texts = 24e6;

    int compress = 1;          ///< deflate level of what is encoded only now
    double range_bytes = 24e6; ///< of the groups that a rank merges at a time (RunMerger)
    /// Segments that have a view each. To make one costs half a millisecond, to open it some more.
    std::size_t most_views = 1000;
};

/// Collective. The groups, or the rows, of part number `number` of these blocks, in their final order;
/// `bytes` as for them.
inline Groups in_order(const Communicator& comm, Journal& journal, const Box& blocks,
                       const KeyedOutput& output, std::size_t number, double bytes)
{
    return {comm, journal, blocks, output, number, std::min(bytes, output.range_bytes)};
}
inline OrderedRows in_order(const Communicator& comm, Journal& journal, const Box& blocks,
                            const RowsOutput& output, std::size_t number, double bytes)
{
    return {comm, journal, blocks, output, number, bytes};
}

/// Collective. The merge of each item of a Scalar, part number `number` of these blocks; on root, where there
/// are so many items.
template <class S>
ItemValues<S> merge_in_block_order(const Communicator& comm, Journal& journal, const Box& blocks,
                                   std::size_t number, Index items)
{
    ItemValues<S> merged(journal, comm.is_root() ? items : 0);
    gather_heads(comm, blocks, journal, number, [&](const Bytes& head) {
        for (const auto& entry : BytesReader(head).get_vector<typename Scalar<S>::Entry>())
            merged.merge(entry.item, entry.value);
    });
    return merged;
}

/// Collective. What these outputs have of the same few items, which have axes of their own, as one table, of
/// which root has the rows. `number`: of the first output's part of the blocks.
template <class... S>
ItemTable in_order(const Communicator& comm, Journal& journal, const Box& blocks,
                   const std::tuple<ScalarOutput<S>...>& outputs, std::size_t number, double)
{
    const std::vector<Axis>& axes = std::get<0>(outputs).axes;
    ItemTable table(axes, comm.is_root() ? size_along(axes) : 0);
    const auto append = [&]<class One>(const ScalarOutput<One>& output) {
        const std::vector<One> merged =
            merge_in_block_order<One>(comm, journal, blocks, number++, size_along(axes) * output.parts).all();
        agree(comm, [&] {
            for (const ScalarColumn<One>& column : output.columns)
                table.append(column.name, column.inner, column.values(merged));
        });
    };
    std::apply([&](const auto&... output) { (append(output), ...); }, outputs);
    return table;
}

/// Collective. The same of any other analysis that is a table: of its first output.
template <class... Outputs>
auto in_order(const Communicator& comm, Journal& journal, const Box& blocks,
              const std::tuple<Outputs...>& outputs, std::size_t number, double bytes)
{
    return in_order(comm, journal, blocks, std::get<0>(outputs), number, bytes);
}

/// Gathers the journals of all ranks into the content of a file, of one part of the domain: for each output
/// of a kernel, the way that its shape takes.
template <class Domain>
class Assembler {
public:
    /// Collective in all that it does; `domain`, the part's, is looked at on root only. `above`: the group in
    /// which all outputs stand; empty: the root of the file.
    Assembler(const Communicator& comm, const PlanPart& plan, Journal& journal, const Domain& domain,
              AssemblyOptions options, std::string above = "")
        : comm_(comm)
        , plan_(plan)
        , journal_(journal)
        , domain_(domain, options.most_views)
        , options_(options)
        , above_(std::move(above))
    {
    }

    /// Collective. The content of all outputs of a kernel; the domain must live as long.
    template <class... Outputs>
    Content operator()(const std::tuple<Outputs...>& outputs)
    {
        std::size_t number = 0;
        std::apply([&](const auto&... output) { (append(output, number), ...); }, outputs);
        return std::move(content_);
    }

    /// Collective. Throws where a Scalar of the whole domain is an error by itself.
    template <class... Outputs>
    void check(const std::tuple<Outputs...>& outputs) const
    {
        std::size_t number = 0;
        std::apply([&](const auto&... output) { (check(output, number), ...); }, outputs);
    }

private:
    template <class Output>
    void check(const Output&, std::size_t& number) const
    {
        ++number;
    }

    template <class S>
    void check(const ScalarOutput<S>& output, std::size_t& number) const
    {
        const std::size_t part = number++;
        if (!output.check) return;
        ItemValues<S> merged = merge(output, part);
        share(comm_, [&] { check(output, merged); });
    }

    template <class S>
    void check(const ScalarOutput<S>& output, ItemValues<S>& merged) const
    {
        if (!output.check) return;
        for (Index item = 0; item < merged.size(); ++item)
            output.check(merged[item], domain_.item_name(static_cast<std::size_t>(item)));
    }

    template <class T>
    void append(const DenseOutput<T>& output, std::size_t& number)
    {
        ChunkedDataset dataset{.path = above_ + output.path,
                               .dimension = {},
                               .type = cell_type_of<T>(),
                               .cells = plan_.cells,
                               .chunk = plan_.chunk,
                               .long_name = output.long_name,
                               .units = output.units,
                               .chunks = {}};
        agree(comm_, [&] { dataset.chunks = own_chunks(plan_, journal_, number); });
        ++number;
        if (comm_.is_root()) {
            domain_.complete(dataset, content_);
            append_axes(output.inner, dataset, content_);
        }
        content_.datasets.push_back(std::move(dataset));
    }

    template <class T>
    void append(const std::vector<DenseOutput<T>>& outputs, std::size_t& number)
    {
        for (const DenseOutput<T>& output : outputs) append(output, number);
    }

    template <class S>
    void append(const ScalarOutput<S>& output, std::size_t& number)
    {
        const auto merged = std::make_shared<ItemValues<S>>(merge(output, number++));
        if (!output.axes.empty()) return append_arrays(output, merged->all());
        share(comm_, [&] {
            check(output, *merged);
            Table table = domain_.item_table(above_ + output.group, output.items);
            for (const ScalarColumn<S>& column : output.columns)
                table.late.push_back(
                    {column.name, column.long_name,
                     [merged, values = column.values](const Box& rows) { return values(merged->of(rows)); }});
            content_.tables.push_back(std::move(table));
            if (!output.totals) return;
            S of_all;
            for (Index item = 0; item < merged->size(); ++item) of_all.merge((*merged)[item]);
            for (const auto& [name, value] : output.totals(of_all))
                content_.attributes.push_back({above_ + output.group, name, value});
        });
    }

    /// The items lie along axes of their own.
    template <class S>
    void append_arrays(const ScalarOutput<S>& output, const std::vector<S>& merged)
    {
        for (const ScalarColumn<S>& column : output.columns) {
            Column::Values values = column.values({});
            share(comm_, [&] { values = column.values(merged); });
            std::vector<Axis> axes = output.axes;
            axes.insert(axes.end(), column.inner.begin(), column.inner.end());
            ChunkedDataset dataset = small_dataset(comm_, journal_, above_ + output.group + "/" + column.name,
                                                   column.long_name, axes, values, options_.compress);
            if (comm_.is_root()) place_axes(axes, dataset, content_);
            content_.datasets.push_back(std::move(dataset));
        }
    }

    void append(const KeyedOutput& output, std::size_t& number)
    {
        const Index groups = append_in_order(output, number);
        if (!output.summary.empty())
            content_.attributes.push_back({above_ + output.summary, "groups", groups});
    }

    void append(const RowsOutput& output, std::size_t& number) { append_in_order(output, number); }

    template <class Output>
    Index append_in_order(const Output& output, std::size_t& number)
    {
        auto table = in_order(comm_, journal_, plan_.ids(), output, number++, options_.range_bytes);
        return append_columns(
            comm_, journal_, {above_ + output.group, output.dimension, table.columns()},
            [&] { return table.next(); }, options_.compress, content_);
    }

    void append(const std::vector<KeyedOutput>& outputs, std::size_t& number)
    {
        for (const KeyedOutput& output : outputs) append(output, number);
    }

    template <class S>
    ItemValues<S> merge(const ScalarOutput<S>& output, std::size_t number) const
    {
        return merge_in_block_order<S>(comm_, journal_, plan_.ids(), number,
                                       output.axes.empty() ? static_cast<Index>(domain_.item_count())
                                                           : size_along(output.axes) * output.parts);
    }

    const Communicator& comm_;
    const PlanPart& plan_;
    Journal& journal_;
    DomainContent<Domain> domain_;
    AssemblyOptions options_;
    std::string above_;
    Content content_;
};

} // namespace swather
