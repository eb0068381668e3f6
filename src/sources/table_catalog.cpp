// SPDX-License-Identifier: MIT
#include "sources/table_catalog.hpp"

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "base/utf8.hpp"
#include "sources/hdf5_file.hpp"
#include "sources/identity.hpp"
#include "sources/stage.hpp"
#include "sources/table_hdf5.hpp"
#include "sources/table_header.hpp"

#include <algorithm>
#include <filesystem>

namespace swather {

namespace {

// In so many bytes before a block it mostly shows whether they are quoted.
constexpr Index look_back = 16 << 10;
// And in so many, the header mostly ends.
constexpr std::size_t short_front = 64 << 10;

std::string shortened(const std::string& name)
{
    constexpr std::size_t longest = 200;
    return name.size() <= longest ? printable(name) : printable(name.substr(0, longest)) + "…";
}

std::string list_of(const std::vector<std::string>& names)
{
    constexpr std::size_t most = 1000;
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), most); ++i)
        text += fmt::format("{}'{}'", i == 0 ? "" : ", ", shortened(names[i]));
    return names.size() <= most ? text : fmt::format("{} … ({} in all)", text, names.size());
}

int number_of(const std::string& column, const std::vector<std::string>& names, std::string_view front,
              const std::string& path)
{
    const auto found = std::find(names.begin(), names.end(), column);
    if (found != names.end()) {
        if (std::find(found + 1, names.end(), column) != names.end())
            throw Error(Exit::usage, "'{}' has two columns '{}'", path, column)
                .remedy("give them different names, or use --no-header and numbers");
        return static_cast<int>(found - names.begin());
    }
    // A table may have such bytes; a file that has them and not the column is none.
    if (front.substr(0, 1 << 16).find('\0') != std::string_view::npos)
        throw Error(Exit::bad_data, "'{}' is not a table: it has NUL bytes, and no column '{}'", path,
                    printable(column));
    Error error(Exit::usage, "'{}' has no column '{}'", path, printable(column));
    if (const std::string like = nearest(column, names); !like.empty())
        error.remedy("did you mean '{}'?", printable(like));
    if (column.empty()) error.remedy("an option such as --by, --sum or --keep was given an empty name");
    throw error.remedy("its columns are {}", list_of(names));
}

/// The begin of a file, which has its header.
struct Front {
    std::string text;
    TableHeader header; ///< the names are numbers where it has none
};

Front read_front(const std::string& path, Packing packing, const TableOptions& options)
{
    if (is_hdf5(path)) throw no_table_named(path);
    Front front;
    std::optional<TableHeader> header;
    for (std::size_t size = short_front; !header; size *= 4) {
        front.text = front_of_text(path, packing, size);
        header = read_header(front.text, path, options.delimiter, front.text.size() < size, options.max_row);
    }
    front.header = std::move(*header);
    if (options.has_header) return front;
    for (std::size_t i = 0; i < front.header.names.size(); ++i) front.header.names[i] = std::to_string(i + 1);
    return front;
}

Hdf5Table open_hdf5(const InputName& input, const TableOptions& options)
{
    if (options.delimiter || !options.has_header)
        throw Error(Exit::usage, "{} is about text, and '{}' is a table of HDF5",
                    options.delimiter ? "--delimiter" : "--no-header", input.text())
            .remedy("leave it out");
    return Hdf5Table(input);
}

std::vector<std::string> names_in(const InputName& input, const TableOptions& options)
{
    if (!input.inside.empty()) return open_hdf5(input, options).names();
    return read_front(input.path, packing_of(input.path), options).header.names;
}

} // namespace

std::vector<std::string> columns_of(const TableOptions& options)
{
    std::vector<std::string> names;
    const std::vector<InputName> inputs = inputs_of(options.inputs);
    for (const InputName& input : inputs) {
        std::vector<std::string> of_file = names_in(input, options);
        if (names.empty()) {
            names = std::move(of_file);
            continue;
        }
        for (const std::string& name : of_file)
            if (std::find(names.begin(), names.end(), name) == names.end())
                throw Error(Exit::usage, "'{}' has a column '{}', which '{}' has not", input.text(),
                            shortened(name), inputs.front().text())
                    .remedy("choose among the columns that all files have");
    }
    return names;
}

TableCatalog::TableCatalog(const TableOptions& options, const std::string& folder)
{
    for (const InputName& input : inputs_of(options.inputs)) {
        if (input.inside.empty())
            add_file(input.path, options, folder);
        else
            add_hdf5(input, options, folder);
    }
}

void TableCatalog::add_file(const std::string& path, const TableOptions& options, const std::string& folder)
{
    OneFile file;
    file.text = path;
    file.packing = packing_of(path);
    if (file.packing == Packing::bgzf) file.index = TextIndex(path);

    Front front = read_front(path, file.packing, options);
    file.delimiter = front.header.delimiter;
    file.begin = options.has_header ? front.header.data_begin : front.header.begin;
    file.header_lines = options.has_header ? front.header.lines : 0;
    file.names = std::move(front.header.names);
    for (const std::string& column : options.columns)
        file.columns.push_back(number_of(column, file.names, front.text, path));
    Index size = 0;
    if (file.packing == Packing::gzip) { // only now: a wrong name of a column is told at once
        const Staged staged = stage_gzip(path, folder);
        file.text = staged.path;
        file.packing = Packing::plain;
        size = staged.size;
    } else {
        size = file.packing == Packing::bgzf ? file.index.size() : size_of_input(path);
    }
    axis_.append(path, file.begin, size, size - file.begin);
    files_.push_back(std::move(file));
}

/// Only the columns that are wanted are staged; without any, one that says how many rows there are.
void TableCatalog::add_hdf5(const InputName& input, const TableOptions& options, const std::string& folder)
{
    const Hdf5Table table = open_hdf5(input, options);
    std::vector<std::size_t> wanted;
    for (const std::string& column : options.columns)
        wanted.push_back(static_cast<std::size_t>(number_of(column, table.names(), "", input.text())));
    std::vector<std::size_t> staged = wanted.empty() ? std::vector<std::size_t>{0} : wanted;
    std::sort(staged.begin(), staged.end());
    staged.erase(std::unique(staged.begin(), staged.end()), staged.end());

    const Hdf5Table::Text text = table.stage(staged, folder);
    const auto header = read_header(text.header, input.text(), ',', true, options.max_row);
    OneFile file;
    file.text = text.staged.path;
    file.begin = header->data_begin;
    file.header_lines = header->lines;
    file.names = header->names;
    for (const std::size_t column : wanted)
        file.columns.push_back(
            static_cast<int>(std::lower_bound(staged.begin(), staged.end(), column) - staged.begin()));
    axis_.append(input.text(), file.begin, text.staged.size, text.staged.size - file.begin);
    files_.push_back(std::move(file));
}

Descriptor TableCatalog::describe(const Block& block) const
{
    Descriptor descriptor{.block = block, .where = {}};
    TablePlace place;
    for (const Piece& piece : axis_.pieces(block.core)) {
        place.pieces.push_back(describe(piece));
        descriptor.block.cost += static_cast<double>(piece.cells.size());
    }
    if (!before_.empty() && !place.pieces.empty())
        place.pieces.front().numbers.state = before_.at(static_cast<std::size_t>(block.id));
    descriptor.where = place.pack();
    return descriptor;
}

TablePiece TableCatalog::describe(const Piece& piece) const
{
    const OneFile& file = files_[static_cast<std::size_t>(piece.segment)];
    const Segment segment = axis_.segments()[piece.segment];
    const Index back = std::min(look_back, piece.start - file.begin);
    TablePiece place;
    place.path = file.text;
    place.columns = file.columns;
    place.numbers = {.file = piece.segment,
                     .packing = file.packing,
                     .delimiter = file.delimiter,
                     .begins_file = piece.start == file.begin,
                     .ends_file = piece.end() == segment.end,
                     .lines_before = piece.start == file.begin ? file.header_lines : 0,
                     .address = file.index.address_of(piece.start - back),
                     .look_back = back,
                     .size = piece.cells.size(),
                     .column_count = static_cast<int>(file.names.size()),
                     .state = std::nullopt};
    return place;
}

Index TableCatalog::line_of_open_quote(const Outside& outside) const
{
    const OneFile& file = files_[static_cast<std::size_t>(outside.file)];
    TextFile text(file.text, file.packing);
    text.seek(file.index.address_of(file.begin + outside.offset));
    std::vector<char> bytes(1 << 20);
    CsvState state = outside.state;
    Index line = outside.line;
    Index opened = line;
    bool after_cr = false;
    while (const std::size_t got = text.read(bytes)) {
        for (const char byte : std::span(bytes).first(got)) {
            const CsvState next = next_state(state, byte, file.delimiter);
            if (next == CsvState::quoted && state == CsvState::field_start) opened = line;
            line += byte == '\r' || (byte == '\n' && !after_cr);
            after_cr = byte == '\r';
            state = next;
        }
    }
    return opened;
}

} // namespace swather
