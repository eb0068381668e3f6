// SPDX-License-Identifier: MIT
#pragma once

#include "results/cells.hpp"
#include "results/records.hpp"

namespace swather {

/// What a kernel knows of its groups: how the values of one key become one, and which columns they make. All
/// is local and const: any rank may be given any of the groups.
class Reducer {
public:
    virtual ~Reducer() = default;

    /// Local. Merges the value of one key in a later block into that of the blocks before. `Exit::bad_data`
    /// where the result is out of range.
    virtual void merge(std::string& value, std::string_view later) const = 0;

    /// Local. How many sets of members each group has (Keyed::members).
    [[nodiscard]] virtual std::size_t member_sets() const { return 0; }
    /// Local. The key of the group that a member belongs to.
    [[nodiscard]] virtual std::string group_of(std::string_view member) const { return std::string(member); }
    /// Local. The value of a group of which nothing is known but the number of members in one set.
    [[nodiscard]] virtual std::string counted(std::size_t /*set*/, Index /*members*/) const { return {}; }

    /// Local. Whether the groups are sorted by the number that `order_of` gives, the smallest first, before
    /// their keys.
    [[nodiscard]] virtual bool reorders() const { return false; }
    [[nodiscard]] virtual std::uint64_t order_of(const Record& /*group*/) const { return 0; }

    /// Local. The columns, from the traits of all blocks.
    [[nodiscard]] virtual std::vector<CellColumn> columns(const std::vector<Bytes>& traits) const = 0;
    /// Local. Appends the cells of a group, for each of `columns` to the same of `cells`.
    virtual void append(const Record& group, const std::vector<CellColumn>& columns,
                        std::vector<Cells>& cells) const = 0;
};

} // namespace swather
