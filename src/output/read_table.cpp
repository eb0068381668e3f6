// SPDX-License-Identifier: MIT
#include "output/read_table.hpp"

#include "output/complete_file.hpp"
#include "output/content.hpp"
#include "output/h5_columns.hpp"
#include "output/h5_list.hpp"

#include <algorithm>

namespace swather {

namespace {

constexpr Index rows_at_once = 65'536;

/// The group of a file that is a table.
h5::Id open_table(hid_t file, const std::string& path)
{
    for (const char* group : {"/transform", "/counts", "/motif"})
        if (H5Lexists(file, group, H5P_DEFAULT) > 0)
            return {h5::check(H5Gopen2(file, group, H5P_DEFAULT), "open a table"), H5Gclose};
    throw Error(Exit::bad_data, "'{}' has no table", path)
        .remedy("give an output file of swather transform, counts or motif");
}

/// The name of a column as it was before it became the name of a dataset.
std::string true_name(hid_t group, const CellColumn& column)
{
    const bool is_whole = H5Lexists(group, column.name.c_str(), H5P_DEFAULT) > 0;
    const std::string name = is_whole ? column.name : column.name + "_bytes";
    const h5::Id dataset(h5::check(H5Dopen2(group, name.c_str(), H5P_DEFAULT), "open " + name), H5Dclose);
    return H5Aexists(dataset, "original_name") > 0 ? h5::read_text_attribute(dataset, "original_name")
                                                   : name_of_component(column.name);
}

Cells read_cells(hid_t group, const CellColumn& column, const Box& rows)
{
    switch (column.type) {
    case CellColumn::Type::int64:
        return h5::read_integers(group, column.name, rows);
    case CellColumn::Type::float64:
        return h5::read_reals(group, column.name, rows);
    case CellColumn::Type::character: {
        const std::string characters = h5::read_characters(group, column.name, rows);
        return std::vector<char>(characters.begin(), characters.end());
    }
    case CellColumn::Type::text:
        break;
    }
    return h5::read_texts(group, column.name, rows);
}

} // namespace

struct StoredTable::State {
    std::string path;
    h5::Id file, group;
    std::vector<CellColumn> columns;
    std::vector<std::string> names; ///< the true ones
    Index rows = 0;
    Index row = 0; ///< the next
};

StoredTable::StoredTable(const std::string& path)
    : state_(std::make_unique<State>())
{
    h5::in_complete(path, [&] {
        State& state = *state_;
        state.path = path;
        state.file = h5::open_complete(path);
        state.group = open_table(state.file, path);
        state.columns = h5::columns_of(state.group);
        if (!state.columns.empty()) state.rows = h5::rows_of(state.group, state.columns.front().name);
        for (const CellColumn& column : state.columns) {
            if (h5::rows_of(state.group, column.name) != state.rows)
                throw Error(Exit::bad_data, "'{}' is damaged: its columns are not of one length", path);
            state.names.push_back(true_name(state.group, column));
        }
    });
}

StoredTable::~StoredTable() = default;

std::vector<std::string> StoredTable::names() const { return state_->names; }

std::optional<std::vector<Cells>> StoredTable::next()
{
    State& state = *state_;
    if (state.row == state.rows) return std::nullopt;
    const Box rows{state.row, std::min(state.row + rows_at_once, state.rows)};
    state.row = rows.end;
    return h5::in_complete(state.path, [&] {
        std::vector<Cells> cells;
        for (const CellColumn& column : state.columns) cells.push_back(read_cells(state.group, column, rows));
        return std::optional(std::move(cells));
    });
}

} // namespace swather
