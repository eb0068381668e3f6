// SPDX-License-Identifier: MIT
#include "output/skeleton.hpp"

#include "output/h5_columns.hpp"
#include "output/placement.hpp"

#include <array>
#include <filesystem>
#include <map>
#include <set>

namespace swather {

namespace {

constexpr const char* encoding_version = "1";

h5::Id type_of(CellType type)
{
    const auto predefined = [&]() -> hid_t {
        switch (type) {
        case CellType::character:
            return H5T_C_S1;
        case CellType::uint8:
            return H5T_STD_U8LE;
        case CellType::int32:
            return H5T_STD_I32LE;
        case CellType::int64:
            return H5T_STD_I64LE;
        case CellType::float32:
            return H5T_IEEE_F32LE;
        case CellType::float64:
            return H5T_IEEE_F64LE;
        }
        return H5T_STD_I32LE;
    };
    h5::Id made(h5::check(H5Tcopy(predefined()), "copy a type"), H5Tclose);
    // Of one byte: with a NUL at its end there would be none for the character.
    if (type == CellType::character) h5::check(H5Tset_strpad(made, H5T_STR_NULLPAD), "make a type");
    return made;
}

std::string parent_of(const std::string& path) { return std::filesystem::path(path).parent_path(); }

/// Groups and dimensions, each made when it is first asked for.
class Scaffold {
public:
    explicit Scaffold(hid_t file)
        : file_(file)
    {
    }

    hid_t group(const std::string& path)
    {
        const auto found = groups_.find(path);
        if (found != groups_.end()) return found->second;
        if (const std::string parent = parent_of(path); parent != "/") group(parent);
        const bool is_there = H5Lexists(file_, path.c_str(), H5P_DEFAULT) > 0; // of a content before
        return groups_
            .emplace(path, is_there
                               ? h5::Id(h5::check(H5Gopen2(file_, path.c_str(), H5P_DEFAULT), "open " + path),
                                        H5Gclose)
                               : h5::make_group(file_, path))
            .first->second;
    }

    /// The dimension that a group, or one above it, has under this name; else a new one of the group.
    hid_t dimension(const std::string& in_group, const std::string& name, Index size)
    {
        for (std::string above = in_group; above != "/"; above = parent_of(above))
            if (const auto found = dimensions_.find(above + "/" + name); found != dimensions_.end())
                return found->second;
        return place({in_group, {.name = name, .size = size}});
    }

    /// Makes the dimension of an axis.
    hid_t place(const PlacedAxis& placed)
    {
        group(placed.group);
        const Axis& axis = placed.axis;
        const std::string path = placed.group + "/" + axis.name;
        return dimensions_
            .emplace(path, axis.coordinates.empty()
                               ? h5::make_dimension(file_, path, axis.size)
                               : h5::make_coordinates(file_, path, axis.coordinates, axis.units))
            .first->second;
    }

    /// Tells of a dataset that was not made here.
    void know(const std::string& dataset) { datasets_.insert(dataset); }

    /// A group or dataset, to which something is to be added.
    h5::Id object(const std::string& path)
    {
        if (!datasets_.contains(path)) group(path);
        return {h5::check(H5Oopen(file_, path.c_str(), H5P_DEFAULT), "open " + path), H5Oclose};
    }

    /// Makes a dataset, and attaches its dimensions.
    h5::Id dataset(const std::string& path, hid_t type, const std::vector<Dimension>& dimensions,
                   hid_t properties)
    {
        const std::string in_group = parent_of(path);
        std::vector<hsize_t> sizes;
        for (const Dimension& one : dimensions) sizes.push_back(static_cast<hsize_t>(one.size));
        const h5::Id space = h5::space_of(sizes);
        group(in_group);
        h5::Id made(
            h5::check(H5Dcreate2(file_, path.c_str(), type, space, H5P_DEFAULT, properties, H5P_DEFAULT),
                      "make " + path),
            H5Dclose);
        for (unsigned i = 0; i < dimensions.size(); ++i)
            h5::attach_dimension(made, dimension(in_group, dimensions[i].name, dimensions[i].size), i);
        datasets_.insert(path);
        return made;
    }

private:
    hid_t file_;
    std::map<std::string, h5::Id> groups_;
    std::map<std::string, h5::Id> dimensions_;
    std::set<std::string> datasets_;
};

h5::Id make_chunked(Scaffold& scaffold, const ChunkedDataset& description)
{
    std::vector<Dimension> dimensions{{description.dimension, description.cells}};
    dimensions.insert(dimensions.end(), description.inner.begin(), description.inner.end());
    const h5::Id properties = h5::dataset_properties();
    if (description.cells > 0) {
        std::vector<hsize_t> chunk;
        for (const Dimension& one : dimensions) chunk.push_back(static_cast<hsize_t>(one.size));
        chunk[0] = static_cast<hsize_t>(description.chunk);
        h5::check(H5Pset_chunk(properties, static_cast<int>(chunk.size()), chunk.data()),
                  "set the chunk of " + description.path);
        // The two filters that every reader of HDF5 has; level 9 is only what the header says, chunks come
        // encoded.
        h5::check(H5Pset_shuffle(properties), "filter " + description.path);
        h5::check(H5Pset_deflate(properties, 9), "filter " + description.path);
        h5::check(H5Pset_fill_time(properties, H5D_FILL_TIME_NEVER), "fill " + description.path);
    }
    h5::Id dataset = scaffold.dataset(description.path, type_of(description.type), dimensions, properties);
    h5::write_attribute(dataset, "long_name", description.long_name);
    h5::write_attribute(dataset, "units", description.units);
    return dataset;
}

void write_matrix(Scaffold& scaffold, const Matrix& matrix)
{
    const h5::Id dataset =
        scaffold.dataset(matrix.path, H5T_IEEE_F64LE,
                         {{matrix.row_dimension, matrix.rows}, {matrix.column_dimension, matrix.columns}},
                         h5::dataset_properties());
    const h5::Id space(H5Dget_space(dataset), H5Sclose);
    const std::array<hsize_t, 2> one{1, static_cast<hsize_t>(matrix.columns)};
    const h5::Id memory = h5::space_of(one[1]);
    for (Index row = 0; row < matrix.rows; ++row) { // which need not be in memory all at once
        const std::array<hsize_t, 2> begin{static_cast<hsize_t>(row), 0};
        h5::check(H5Sselect_hyperslab(space, H5S_SELECT_SET, begin.data(), nullptr, one.data(), nullptr),
                  "select");
        h5::check(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, matrix.row(row).data()),
                  "write " + matrix.path);
    }
    h5::write_attribute(dataset, "long_name", matrix.long_name);
}

/// The name of a source as HDF5 wants it, to which "%b" in it would be the number of a block.
std::string escaped(const std::string& path)
{
    std::string name;
    for (const char c : path) name += c == '%' ? "%%" : std::string(1, c);
    return name;
}

void make_virtual(hid_t file, Scaffold& scaffold, const VirtualDataset& description, Index source_cells)
{
    scaffold.group(parent_of(description.path));
    const auto size = static_cast<hsize_t>(description.cells.size());
    const h5::Id space = h5::space_of(size);
    const h5::Id properties = h5::dataset_properties();
    if (size > 0) {
        const h5::Id source = h5::space_of(static_cast<hsize_t>(source_cells));
        const auto begin = static_cast<hsize_t>(description.cells.begin);
        h5::check(H5Sselect_hyperslab(source, H5S_SELECT_SET, &begin, nullptr, &size, nullptr), "select");
        h5::check(H5Pset_virtual(properties, space, ".", escaped(description.source).c_str(), source),
                  "map " + description.path);
    }
    const h5::Id dataset(h5::check(H5Dcreate2(file, description.path.c_str(), type_of(description.type),
                                              space, H5P_DEFAULT, properties, H5P_DEFAULT),
                                   "make " + description.path),
                         H5Dclose);
    h5::write_attribute(dataset, "long_name", description.long_name);
}

void make_virtual(Scaffold& scaffold, const VirtualMatrix& description)
{
    const auto columns = static_cast<hsize_t>(description.columns);
    const auto rows = static_cast<hsize_t>(description.rows.size());
    const h5::Id properties = h5::dataset_properties();
    if (columns > 0) {
        const h5::Id space = h5::space_of({rows, columns});
        const h5::Id source = h5::space_of(columns);
        const std::array<hsize_t, 2> one{1, columns};
        for (hsize_t row = 0; row < rows; ++row) {
            const std::array<hsize_t, 2> begin{row, 0};
            h5::check(H5Sselect_hyperslab(space, H5S_SELECT_SET, begin.data(), nullptr, one.data(), nullptr),
                      "select");
            h5::check(H5Pset_virtual(properties, space, ".", escaped(description.rows[row]).c_str(), source),
                      "map " + description.path);
        }
    }
    const h5::Id dataset = scaffold.dataset(description.path, type_of(description.type),
                                            {{description.row_dimension, std::ssize(description.rows)},
                                             {description.column_dimension, description.columns}},
                                            properties);
    h5::write_attribute(dataset, "long_name", description.long_name);
}

} // namespace

void begin_skeleton(PlacedFile& placed, const FileHead& head)
{
    const hid_t file = placed.id();
    h5::write_attribute(file, "Conventions", "CF-1.8");
    h5::write_attribute(file, "title", head.title);
    h5::write_attribute(file, "history",
                        "made by swather; how and when stands in the attributes of /provenance");
    h5::write_attribute(file, "source", "swather");
    h5::write_attribute(file, "encoding-type", "swather");
    h5::write_attribute(file, "encoding-version", encoding_version);
    h5::write_attribute(file, "default", head.default_group);
    h5::write_attribute(file, "complete", Index{0});
}

std::vector<std::vector<std::uint64_t>> write_skeleton(PlacedFile& placed, const Content& content,
                                                       const std::vector<std::vector<std::uint64_t>>& sizes,
                                                       Written& written)
{
    std::vector<std::vector<std::uint64_t>> places;
    const hid_t file = placed.id();
    Scaffold scaffold(file);
    const auto write_tables = [&](std::optional<std::size_t> before) {
        for (const Table& table : content.tables) {
            if (table.before != before) continue;
            const hid_t group = scaffold.group(table.group);
            const hid_t dimension = scaffold.dimension(table.group, table.dimension, table.rows);
            const auto note = [&](const h5::Digests& digests) {
                for (const auto& [name, digest] : digests) {
                    written.columns.push_back({table.group + "/" + name, digest.values, digest.hash});
                    scaffold.know(table.group + "/" + name);
                }
            };
            for (const LateColumn& column : table.late)
                note(h5::write_column(group, dimension, column, table.rows));
            for (const Column& column : table.columns) note(h5::write_column(group, dimension, column));
        }
    };
    for (const PlacedAxis& axis : content.axes) scaffold.place(axis);
    std::map<std::string, Index> cells;
    for (std::size_t d = 0; d < content.datasets.size(); ++d) {
        write_tables(d);
        const ChunkedDataset& description = content.datasets[d];
        const h5::Id dataset = make_chunked(scaffold, description);
        places.push_back(placed.place_chunks(dataset, description.chunk, sizes[d]));
        cells[description.path] = description.cells;
        written.datasets.push_back(
            {description.path, description.cells, description.chunk, 1 + description.inner.size()});
    }
    write_tables(content.datasets.size());
    write_tables(std::nullopt);
    for (const Matrix& matrix : content.matrices) write_matrix(scaffold, matrix);
    for (const Attribute& attribute : content.attributes)
        std::visit(
            [&](const auto& value) {
                h5::write_attribute(scaffold.object(attribute.path), attribute.name, value);
            },
            attribute.value);
    for (const VirtualDataset& description : content.virtuals)
        make_virtual(file, scaffold, description, cells.at(description.source));
    for (const VirtualMatrix& description : content.virtual_matrices) make_virtual(scaffold, description);
    return places;
}

void seal(PlacedFile& placed, const Provenance& provenance)
{
    placed.reopen();
    {
        const hid_t file = placed.id();
        const h5::Id group = h5::make_group(file, "/provenance");
        for (const auto& [name, text] : provenance.facts) h5::write_attribute(group, name, text);

        const h5::Id inputs = h5::make_group(group, "inputs");
        const auto rows =
            std::visit([](const auto& values) { return values.size(); }, provenance.inputs.at(0).values);
        const h5::Id dimension = h5::make_dimension(inputs, "input", static_cast<Index>(rows));
        for (const Column& column : provenance.inputs) h5::write_column(inputs, dimension, column);

        const h5::Id complete(
            h5::check(H5Aopen(file, "complete", H5P_DEFAULT), "open the mark of completion"), H5Aclose);
        const Index yes = 1;
        h5::check(H5Awrite(complete, H5T_NATIVE_INT64, &yes), "write the mark of completion");
    }
    placed.close();
}

void read_back(const std::string& path, const Written& written)
{
    const auto differs = [&](const std::string& what) {
        return Error(Exit::io, "'{}' does not read back as it was written: {}", path, what)
            .remedy("the disk or its memory is not to be trusted");
    };
    const h5::Id file = h5::open_file(path);
    if (h5::read_number_attribute(file, "complete") != 1) throw differs("the mark of completion");
    for (const auto& [column, values, hash] : written.columns)
        if (h5::digest_of(file, column) != h5::Digest{values, hash}) throw differs(column);
    for (const auto& [name, cells, chunk, axes] : written.datasets) {
        const h5::Id dataset(h5::check(H5Dopen2(file, name.c_str(), H5P_DEFAULT), "open " + name), H5Dclose);
        hsize_t stored = 0;
        const h5::Id space(H5Dget_space(dataset), H5Sclose);
        if (cells == 0) continue;
        h5::check(H5Dget_num_chunks(dataset, space, &stored), "count the chunks of " + name);
        if (static_cast<Index>(stored) != (cells + chunk - 1) / chunk) throw differs("the chunks of " + name);
        // The library's own filters decode the two ends; every chunk's bytes were compared by hash before.
        for (const Index cell : {Index{0}, cells - 1}) {
            std::vector<hsize_t> begin(axes);
            begin[0] = static_cast<hsize_t>(cell);
            const std::vector<hsize_t> one(begin.size(), 1);
            std::array<std::byte, sizeof(double)> value{};
            const h5::Id type(H5Dget_type(dataset), H5Tclose);
            const h5::Id memory = h5::space_of(1);
            h5::check(H5Sselect_hyperslab(space, H5S_SELECT_SET, begin.data(), nullptr, one.data(), nullptr),
                      "select");
            h5::check(H5Dread(dataset, type, memory, space, H5P_DEFAULT, value.data()), "read " + name);
        }
    }
}

} // namespace swather
