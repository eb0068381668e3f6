// SPDX-License-Identifier: MIT
#pragma once

#include "grid/array_domain.hpp"
#include "grid/concat_axis.hpp"
#include "output/content.hpp"
#include "results/kernel.hpp"

namespace swather {

/// Local. On root: gives a dataset axes as its first dimensions, and places those that its outermost group
/// has not yet.
void place_axes(const std::vector<Axis>& axes, ChunkedDataset& dataset, Content& content);
/// Local. On root: gives a dataset axes behind those that it has, and places those that have coordinates.
void append_axes(const std::vector<Axis>& axes, ChunkedDataset& dataset, Content& content);

/// What stands in the file for the domain itself, beside the results over it: there is one for each kind of
/// domain, all with the same functions. All is local, and root's; the domain must live as long as what is
/// made of it.
template <class Domain>
class DomainContent;

/// Of segments end to end: a table that names them, and a view of each.
template <>
class DomainContent<ConcatAxis> {
public:
    /// `most_views`: of more segments none has a view.
    DomainContent(const ConcatAxis& domain, std::size_t most_views)
        : domain_(domain)
        , most_views_(most_views)
    {
    }

    /// Local. The items of a Scalar, and the name of each.
    [[nodiscard]] std::size_t item_count() const { return domain_.segments().size(); }
    [[nodiscard]] std::string item_name(std::size_t item) const
    {
        return std::string(domain_.segments()[static_cast<Index>(item)].contig);
    }
    /// Local. A table of all items, with the columns that name them.
    [[nodiscard]] Table item_table(const std::string& group, Items items) const;

    /// Local. Gives a Dense dataset its dimensions, and appends what makes it readable.
    void complete(ChunkedDataset& dataset, Content& content) const;

private:
    void append_views(const ChunkedDataset& dataset, Content& content) const;

    const ConcatAxis& domain_;
    std::size_t most_views_;
};

/// Of an array: the coordinates of its axes. All of it is one item.
template <>
class DomainContent<ArrayDomain> {
public:
    DomainContent(const ArrayDomain& domain, std::size_t /*most_views*/)
        : domain_(domain)
    {
    }

    [[nodiscard]] static std::size_t item_count() { return 1; }
    [[nodiscard]] static std::string item_name(std::size_t) { return "all"; }
    [[nodiscard]] static Table item_table(const std::string& group, Items items);

    void complete(ChunkedDataset& dataset, Content& content) const
    {
        place_axes(domain_.axes(), dataset, content);
    }

private:
    const ArrayDomain& domain_;
};

} // namespace swather
