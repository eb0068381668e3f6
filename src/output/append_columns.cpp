// SPDX-License-Identifier: MIT
#include "output/append_columns.hpp"

#include "base/utf8.hpp"
#include "h5/component.hpp"
#include "mpi/agree.hpp"
#include "output/chunk_stream.hpp"
#include "output/h5_columns.hpp"

#include <algorithm>
#include <memory>
#include <set>

namespace swather {

namespace {

constexpr Index bytes_of_a_chunk = 1 << 20;

/// One column on its way into the file.
class ColumnStream {
public:
    /// `name`: of its dataset, of which the true name is told where it is another and `unique`.
    ColumnStream(const Communicator& comm, Journal& journal, const std::string& group,
                 const std::string& dimension, const CellColumn& column, const std::string& name, bool unique,
                 ChunkCodec& codec)
        : comm_(comm)
        , group_(group)
        , dimension_(dimension)
        , column_(column)
        , name_(name)
        , tells_name_(unique && name_of_component(path_component(name)) != printable(column.name))
    {
        const std::string path = group + "/" + path_component(name);
        ChunkedDataset rows{.path = path,
                            .dimension = dimension,
                            .type = CellType::int64,
                            .chunk = rows_of_a_chunk,
                            .long_name = printable(column.long_name),
                            .units = "",
                            .chunks = {}};
        if (column.type == CellColumn::Type::float64) rows.type = CellType::float64;
        if (column.type == CellColumn::Type::character) rows.type = CellType::character;
        if (column.type == CellColumn::Type::text) {
            rows.path += "_offset";
            rows.long_name = "where each text begins in " + path + "_bytes";
            ChunkedDataset bytes{.path = path + "_bytes",
                                 .dimension = path_component(name) + "_byte",
                                 .type = CellType::uint8,
                                 .chunk = bytes_of_a_chunk,
                                 .long_name = printable(column.long_name) + ", all texts end to end",
                                 .units = "",
                                 .chunks = {}};
            bytes_.emplace(comm, journal, std::move(bytes), codec);
            if (comm.is_root()) strings_.reserve(most_strings, most_string_bytes);
        }
        rows_.emplace(comm, journal, std::move(rows), codec);
    }

    /// Collective.
    void append(const Cells& cells)
    {
        if (const auto* integers = std::get_if<std::vector<Index>>(&cells))
            rows_->append(std::as_bytes(std::span(*integers)));
        if (const auto* reals = std::get_if<std::vector<double>>(&cells))
            rows_->append(std::as_bytes(std::span(*reals)));
        if (const auto* characters = std::get_if<std::vector<char>>(&cells))
            rows_->append(std::as_bytes(std::span(*characters)));
        if (const auto* texts = std::get_if<Texts>(&cells)) append_texts(*texts);
    }

    /// Collective. Returns the number of rows.
    Index finish(Content& content) &&
    {
        ChunkedDataset rows = std::move(*rows_).finish();
        const Index count = rows.cells;
        if (tells_name_)
            content.attributes.push_back(
                {group_ + "/" + path_component(name_) + (!bytes_ || as_strings_ ? "" : "_bytes"),
                 "original_name", printable(column_.name)});
        if (!as_strings_ || !bytes_) {
            if (bytes_) content.datasets.push_back(std::move(*bytes_).finish());
            content.datasets.push_back(std::move(rows));
        } else if (comm_.is_root()) {
            Table table{.group = group_,
                        .dimension = dimension_,
                        .rows = rows.cells,
                        .columns = {},
                        .before = content.datasets.size()};
            table.columns.push_back(
                {path_component(name_), std::move(strings_), printable(column_.long_name), ""});
            content.tables.push_back(std::move(table));
        }
        return count;
    }

private:
    void append_texts(const Texts& texts)
    {
        const Index before = bytes_->append(std::as_bytes(std::span(texts.bytes())));
        std::vector<Index> begins = texts.offsets();
        for (Index& begin : begins) begin += before;
        rows_->append(std::as_bytes(std::span(begins)));

        if (as_strings_)
            as_strings_ = comm_.minimum(h5::can_be_strings(texts)) != 0 && rows_->cells() <= most_strings &&
                          bytes_->cells() <= most_string_bytes;
        if (!as_strings_) {
            strings_ = {};
            return;
        }
        Bytes mine;
        for (std::size_t i = 0; i < texts.size(); ++i) put(mine, texts[i]);
        gather_in_turn(comm_, mine, [&](const Bytes& of_rank) {
            for (BytesReader reader(of_rank); !reader.at_end();) strings_.push_back(reader.get_string());
        });
    }

    const Communicator& comm_;
    const std::string& group_;
    const std::string& dimension_;
    const CellColumn& column_;
    std::string name_;
    bool tells_name_;
    std::optional<ChunkStream> rows_;  ///< numbers, or offsets of texts
    std::optional<ChunkStream> bytes_; ///< of texts
    bool as_strings_ = true;
    Texts strings_; ///< root's, all texts so far
};

/// Names of datasets must differ, also those that a text may be stored under.
std::vector<std::string> names_of(const std::vector<CellColumn>& columns)
{
    std::set<std::string> taken;
    const auto take = [&](const std::string& name, bool is_text) {
        std::set<std::string> wanted{path_component(name)};
        if (is_text)
            for (const char* part : {"_bytes", "_offset", "_byte"})
                wanted.insert(path_component(name) + part);
        for (const std::string& one : wanted)
            if (taken.contains(one)) return false;
        taken.merge(wanted);
        return true;
    };
    std::vector<std::string> names;
    for (const CellColumn& column : columns) {
        const std::string shown = printable(column.name);
        std::string name = shown;
        for (int copy = 2; !take(name, column.type == CellColumn::Type::text); ++copy)
            name = fmt::format("{} ({})", shown, copy);
        names.push_back(std::move(name));
    }
    return names;
}

} // namespace

Index append_columns(const Communicator& comm, Journal& journal, const ColumnPlace& place,
                     const NextCells& next, int level, Content& content)
{
    const auto names = names_of(place.columns);
    std::string dimension = place.dimension;
    while (std::find(names.begin(), names.end(), dimension) != names.end()) dimension += "_";
    std::multiset<std::string_view> given;
    for (const CellColumn& column : place.columns) given.insert(column.name);
    ChunkCodec codec(level);
    std::vector<std::unique_ptr<ColumnStream>> streams;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const CellColumn& column = place.columns[i];
        streams.push_back(std::make_unique<ColumnStream>(comm, journal, place.group, dimension, column,
                                                         names[i], given.count(column.name) == 1, codec));
    }
    while (const auto cells = next())
        for (std::size_t i = 0; i < streams.size(); ++i) streams[i]->append((*cells)[i]);
    Index rows = 0;
    for (auto& stream : streams) rows = std::move(*stream).finish(content);
    return rows;
}

} // namespace swather
