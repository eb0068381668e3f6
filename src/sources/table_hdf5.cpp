// SPDX-License-Identifier: MIT
#include "sources/table_hdf5.hpp"

#include "sources/csv_writer.hpp"
#include "sources/hdf5_file.hpp"
#include "sources/identity.hpp"

#include <fmt/ranges.h>

#include <memory>
#include <optional>

namespace swather {

namespace {

std::string in_words(const InputName& name) { return "'" + name.text() + "'"; }

/// What `work` returns, which reads a file: what HDF5 cannot do is the file's fault.
template <class Work>
auto reading(const InputName& name, Work&& work)
{
    try {
        return work();
    } catch (const Error& error) {
        if (error.code() != Exit::io) throw;
        throw Error(Exit::bad_data, "{} is damaged, or needs what this HDF5 has not: {}", in_words(name),
                    error.finding());
    }
}

h5::Id open_group(hid_t file, const std::string& path)
{
    h5::Id group(H5Gopen2(file, path.c_str(), H5P_DEFAULT), H5Gclose);
    H5Eclear2(H5E_DEFAULT);
    return group;
}

bool is_table(hid_t file, const std::string& path)
{
    const h5::Id group = open_group(file, path);
    try {
        return group >= 0 && !h5::table_in(group, path).names.empty();
    } catch (const Error&) {
        return false;
    }
}

/// The first few groups of a file that are tables, and how to name them.
std::string tables_in_words(hid_t file, const std::string& path)
{
    std::vector<std::string> groups;
    H5Ovisit2(
        file, H5_INDEX_NAME, H5_ITER_INC,
        [](hid_t, const char* name, const H5O_info_t* info, void* found) -> herr_t {
            const std::string_view group(name);
            if (info->type == H5O_TYPE_GROUP)
                static_cast<std::vector<std::string>*>(found)->push_back(
                    group == "." ? "/" : fmt::format("/{}", group));
            return 0;
        },
        &groups, H5O_INFO_BASIC);
    constexpr std::size_t most = 8;
    std::vector<std::string> tables;
    for (std::size_t i = 0; i < groups.size() && tables.size() < most; ++i)
        if (is_table(file, groups[i])) tables.push_back(InputName{path, groups[i]}.text());
    if (tables.empty()) return "it has no group whose datasets are columns of one length";
    return fmt::format("name a table of it: {}", fmt::join(tables, ", "));
}

} // namespace

Hdf5Table::Hdf5Table(InputName name)
    : name_(std::move(name))
{
    check_input(name_.path);
    file_ = open_hdf5_file(name_.path);
    reading(name_, [&] {
        group_ = open_group(file_, name_.inside);
        if (group_ < 0)
            throw Error(Exit::cannot_read, "'{}' has no group '{}'", name_.path, name_.inside)
                .remedy("{}", tables_in_words(file_, name_.path));
        shape_ = h5::table_in(group_, in_words(name_));
    });
    for (const std::string& column : shape_.names) names_.push_back(h5::original_name(group_, column));
}

Hdf5Table::Text Hdf5Table::stage(const std::vector<std::size_t>& columns, const std::string& folder) const
{
    h5::TableShape shape{.names = {}, .rows = shape_.rows};
    std::vector<std::string> names;
    for (const std::size_t column : columns) {
        shape.names.push_back(shape_.names[column]);
        names.push_back(names_[column]);
    }
    static_cast<void>(open_rows(shape)); // what cannot be read is told before anything is written
    Text text;
    append_csv_header(text.header, names);

    struct Lines {
        h5::TableReader rows;
        std::string text;
        bool is_first = true;
    };
    const auto open = [&]() -> TextPieces {
        auto lines = std::make_shared<Lines>(Lines{open_rows(shape), text.header});
        return [this, lines] {
            if (!std::exchange(lines->is_first, false)) {
                lines->text.clear();
                if (const auto cells = reading(name_, [&] { return lines->rows.next(); }))
                    for (std::size_t row = 0; row < rows_of(cells->front()); ++row)
                        append_csv_row(lines->text, *cells, row);
            }
            return std::as_bytes(std::span(lines->text));
        };
    };
    text.staged =
        swather::stage({.path = name_.path,
                        .part = fmt::format("{}\n{}", name_.inside, text.header),
                        .reason = fmt::format(
                            "{} is a table of HDF5, of which all ranks read rows of text: it is written as "
                            "CSV first",
                            in_words(name_)),
                        .done = "written as CSV",
                        .open = open},
                       folder);
    return text;
}

h5::TableReader Hdf5Table::open_rows(const h5::TableShape& shape) const
{
    return reading(name_, [&] { return h5::TableReader(group_, in_words(name_), shape); });
}

Error no_table_named(const std::string& path)
{
    Error error(Exit::usage, "'{}' is a file of HDF5, of which no table is named", path);
    return error.remedy("{}", tables_in_words(open_hdf5_file(path), path));
}

} // namespace swather
