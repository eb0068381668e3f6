// SPDX-License-Identifier: MIT
#include "h5/list.hpp"

#include "h5/columns.hpp"

namespace swather::h5 {

namespace {

/// The column of text of which a dataset holds the bytes, or the offsets; empty where it does not.
std::string long_text_of(hid_t group, const std::string& name)
{
    for (const std::string suffix : {"_bytes", "_offset"}) {
        if (!name.ends_with(suffix)) continue;
        const std::string text = name.substr(0, name.size() - suffix.size());
        if (!is_there(group, text + "_bytes") || !is_there(group, text + "_offset")) continue;
        const Id type(H5Dget_type(open_column(group, text + "_bytes")), H5Tclose);
        if (H5Tget_class(type) == H5T_INTEGER && H5Tget_size(type) == 1) return text; // no table has such
    }
    return {};
}

CellColumn::Type type_of(hid_t dataset)
{
    const Id type(H5Dget_type(dataset), H5Tclose);
    switch (H5Tget_class(type)) {
    case H5T_STRING:
        return H5Tis_variable_str(type) > 0 ? CellColumn::Type::text : CellColumn::Type::character;
    case H5T_FLOAT:
        return CellColumn::Type::float64;
    default:
        return CellColumn::Type::int64;
    }
}

} // namespace

std::vector<std::string> names_in(hid_t group)
{
    std::vector<std::string> names;
    h5::check(H5Literate(
                  group, H5_INDEX_CRT_ORDER, H5_ITER_INC, nullptr,
                  [](hid_t, const char* name, const H5L_info_t*, void* found) -> herr_t {
                      static_cast<std::vector<std::string>*>(found)->emplace_back(name);
                      return 0;
                  },
                  &names),
              "list a group");
    return names;
}

std::vector<CellColumn> columns_of(hid_t group)
{
    std::vector<CellColumn> columns;
    for (const std::string& name : names_in(group)) {
        if (const std::string text = long_text_of(group, name); !text.empty()) {
            if (name.ends_with("_bytes")) columns.push_back({text, CellColumn::Type::text, ""});
            continue;
        }
        const Id dataset(H5Dopen2(group, name.c_str(), H5P_DEFAULT), H5Dclose);
        if (dataset < 0 || H5Aexists(dataset, "long_name") <= 0 || sizes_of(dataset).size() != 1) continue;
        columns.push_back({name, type_of(dataset), read_text_attribute(dataset, "long_name")});
    }
    return columns;
}

} // namespace swather::h5
