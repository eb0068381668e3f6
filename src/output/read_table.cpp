// SPDX-License-Identifier: MIT
#include "output/read_table.hpp"

#include "h5/table.hpp"
#include "output/complete_file.hpp"

namespace swather {

namespace {

/// The group of a file that is a table.
h5::Id open_table(hid_t file, const std::string& path)
{
    for (const char* group : {"/transform", "/counts", "/motif"})
        if (H5Lexists(file, group, H5P_DEFAULT) > 0)
            return {h5::check(H5Gopen2(file, group, H5P_DEFAULT), "open a table"), H5Gclose};
    throw Error(Exit::bad_data, "'{}' has no table", path)
        .remedy("give an output file of swather transform, counts or motif");
}

} // namespace

struct StoredTable::State {
    std::string path;
    h5::Id file, group;
    h5::TableShape shape;
    std::optional<h5::TableReader> rows;
};

StoredTable::StoredTable(const std::string& path)
    : state_(std::make_unique<State>())
{
    h5::in_complete(path, [&] {
        State& state = *state_;
        state.path = path;
        state.file = h5::open_complete(path);
        state.group = open_table(state.file, path);
        state.shape = h5::table_in(state.group, "'" + path + "'");
        state.rows.emplace(state.group, "'" + path + "'", state.shape);
    });
}

StoredTable::~StoredTable() = default;

std::vector<std::string> StoredTable::names() const
{
    std::vector<std::string> names;
    for (const std::string& name : state_->shape.names)
        names.push_back(h5::original_name(state_->group, name));
    return names;
}

std::optional<std::vector<Cells>> StoredTable::next()
{
    return h5::in_complete(state_->path, [&] { return state_->rows->next(); });
}

} // namespace swather
