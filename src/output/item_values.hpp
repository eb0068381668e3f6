// SPDX-License-Identifier: MIT
#pragma once

#include "output/journal.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

namespace swather {

/// A value of each item of a Scalar, merged from what blocks know of it. There may be millions of items, and
/// blocks have theirs in order: one page of values is in memory, the others are put aside. All is local; the
/// journal must live as long.
template <Plain S>
class ItemValues {
public:
    ItemValues(Journal& journal, Index items)
        : journal_(journal)
        , size_(items)
        , aside_((static_cast<std::size_t>(items) + items_of_a_page - 1) / items_of_a_page)
    {
    }

    [[nodiscard]] Index size() const { return size_; }

    /// Local. Merges a value into that of an item, which must be one.
    void merge(Index item, const S& value)
    {
        at(item).merge(value);
        is_changed_ = true;
    }
    /// Local. The value of an item, until another is looked at.
    const S& operator[](Index item) { return at(item); }
    /// Local. The values of some items, end to end.
    std::vector<S> of(const Box& items)
    {
        std::vector<S> values;
        values.reserve(static_cast<std::size_t>(items.size()));
        for (Index item = items.begin; item < items.end; ++item) values.push_back(at(item));
        return values;
    }

    /// Local. The values of all, where they are few.
    std::vector<S> all() { return of({0, size_}); }

private:
    static constexpr std::size_t items_of_a_page = 1 << 16;

    S& at(Index item)
    {
        const auto number = static_cast<std::size_t>(item) / items_of_a_page;
        if (number != open_) turn_to(number);
        return page_.at(static_cast<std::size_t>(item) % items_of_a_page);
    }

    void turn_to(std::size_t number)
    {
        if (is_changed_) aside_[open_] = journal_.put_aside(std::as_bytes(std::span(page_)));
        is_changed_ = false;
        const std::size_t before = number * items_of_a_page;
        page_.assign(std::min(items_of_a_page, static_cast<std::size_t>(size_) - before), S{});
        if (const auto& place = aside_.at(number))
            journal_.read(*place, std::as_writable_bytes(std::span(page_)));
        open_ = number;
    }

    Journal& journal_;
    Index size_;
    std::vector<std::optional<Place>> aside_; ///< of the pages that were put aside, where
    std::vector<S> page_;                     ///< the open one
    std::size_t open_ = static_cast<std::size_t>(-1);
    bool is_changed_ = false; ///< since the page was opened
};

} // namespace swather
