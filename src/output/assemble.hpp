// SPDX-License-Identifier: MIT
#pragma once

#include "grid/plan.hpp"
#include "mpi/agree.hpp"
#include "output/append_columns.hpp"
#include "output/content.hpp"
#include "output/domain_content.hpp"
#include "output/encode.hpp"
#include "output/groups.hpp"
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

/// Local. The coordinates of all that lies along these axes, in C order: a column for each axis of more than
/// one.
CellTable coordinates_of(const std::vector<Axis>& axes);

/// Local. Values as cells.
Cells cells_of(const Column::Values& values);

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

    /// Collective. On root, a table of the items of the first output, which have axes of their own: their
    /// coordinates, then the columns.
    template <class S, class... Others>
    CellTable items(const std::tuple<ScalarOutput<S>, Others...>& outputs) const
    {
        const ScalarOutput<S>& output = std::get<0>(outputs);
        const std::vector<S> merged = merge_in_block_order(output, 0);
        CellTable table;
        share(comm_, [&] {
            table = coordinates_of(output.axes);
            for (const ScalarColumn<S>& column : output.columns) {
                table.names.push_back(column.name);
                table.columns.push_back(cells_of(column.values(merged)));
            }
        });
        return table;
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
        const std::vector<S> merged = merge_in_block_order(output, part);
        share(comm_, [&] { check(output, merged); });
    }

    template <class S>
    void check(const ScalarOutput<S>& output, const std::vector<S>& merged) const
    {
        if (!output.check) return;
        for (std::size_t item = 0; item < merged.size(); ++item)
            output.check(merged[item], domain_.item_name(item));
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
        for (const Axis& axis : output.inner) dataset.inner.push_back({axis.name, axis.size});
        if (comm_.is_root()) domain_.complete(dataset, content_);
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
        const auto merged = std::make_shared<std::vector<S>>(merge_in_block_order(output, number++));
        if (!output.axes.empty()) return append_arrays(output, *merged);
        share(comm_, [&] {
            check(output, *merged);
            Table table = domain_.item_table(above_ + output.group, output.items);
            for (const ScalarColumn<S>& column : output.columns)
                table.late.push_back(
                    {column.name, column.long_name, [merged, values = column.values](const Box& rows) {
                         return values(std::span(*merged).subspan(static_cast<std::size_t>(rows.begin),
                                                                  static_cast<std::size_t>(rows.size())));
                     }});
            content_.tables.push_back(std::move(table));
            if (!output.totals) return;
            for (const auto& [name, value] : output.totals(*merged))
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
            ChunkedDataset dataset = small_dataset(comm_, journal_, above_ + output.group + "/" + column.name,
                                                   column.long_name, output.axes, values, options_.compress);
            if (comm_.is_root()) place_axes(output.axes, dataset, content_);
            content_.datasets.push_back(std::move(dataset));
        }
    }

    void append(const KeyedOutput& output, std::size_t& number)
    {
        Groups groups{comm_,  journal_, plan_.ids(),
                      output, number++, std::min(options_.range_bytes, output.range_bytes)};
        const Index rows = append_columns(
            comm_, journal_, {above_ + output.group, output.dimension, groups.columns()},
            [&] { return groups.next(); }, options_.compress, content_);
        if (!output.summary.empty()) content_.attributes.push_back({above_ + output.summary, "groups", rows});
    }

    void append(const RowsOutput& output, std::size_t& number)
    {
        OrderedRows rows{comm_, journal_, plan_.ids(), output, number++, options_.range_bytes};
        append_columns(
            comm_, journal_, {above_ + output.group, output.dimension, output.columns},
            [&] { return rows.next(); }, options_.compress, content_);
    }

    void append(const std::vector<KeyedOutput>& outputs, std::size_t& number)
    {
        for (const KeyedOutput& output : outputs) append(output, number);
    }

    /// Part number `number` of the blocks; on root.
    template <class S>
    std::vector<S> merge_in_block_order(const ScalarOutput<S>& output, std::size_t number) const
    {
        std::size_t items = output.axes.empty() ? domain_.item_count() : 1;
        for (const Axis& axis : output.axes) items *= static_cast<std::size_t>(axis.size);
        std::vector<S> merged(comm_.is_root() ? items : 0);
        gather_heads(comm_, plan_.ids(), journal_, number, [&](const Bytes& head) {
            for (const auto& entry : BytesReader(head).get_vector<typename Scalar<S>::Entry>())
                merged.at(static_cast<std::size_t>(entry.item)).merge(entry.value);
        });
        return merged;
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
