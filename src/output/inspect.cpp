// SPDX-License-Identifier: MIT
#include "output/inspect.hpp"

#include "base/file.hpp"
#include "base/fingerprint.hpp"
#include "base/units.hpp"
#include "base/utf8.hpp"
#include "h5/columns.hpp"
#include "h5/list.hpp"
#include "output/cohort.hpp"
#include "output/complete_file.hpp"
#include "output/inspect_depth.hpp"

#include <algorithm>

namespace swather {

namespace {

constexpr std::size_t most_rows = 12;
// A longer name or value moves no line but its own.
constexpr std::size_t most_width = 40;

/// Columns of the screen: of a character of UTF-8, its first byte.
std::size_t width_of(std::string_view text)
{
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// One line for each dataset of more than bookkeeping, or for all columns of a table below another group; of
/// virtual ones only their number.
class Listing {
public:
    explicit Listing(hid_t file)
    {
        H5Lexists(file, "/samples", H5P_DEFAULT) > 0 ? list_cohort(file) : list(file);
    }

    [[nodiscard]] std::string text() const
    {
        std::size_t name_width = 0;
        std::size_t shape_width = 0;
        for (const Line& line : lines_) {
            name_width = std::max(name_width, std::min(most_width, width_of(line.name)));
            shape_width = std::max(shape_width, width_of(line.shape));
        }
        std::string text;
        for (const Line& line : lines_)
            text += fmt::format("  {:<{}}  {:>{}}  {:<7}  {}\n", line.name, name_width, line.shape,
                                shape_width, line.type, line.long_name);
        if (views_ > 0)
            text += fmt::format("  {:<{}}  {} of contigs or regions, which share the bytes of depth\n",
                                prefix_ + "/coverage/by_contig/…", name_width, counted(views_, "view"));
        return text;
    }

private:
    struct Line {
        std::string name;
        std::string shape;
        std::string type;
        std::string long_name;
    };

    /// The first sample stands for all.
    void list_cohort(hid_t file)
    {
        prefix_ = "/cohort";
        list(file, "/cohort");
        const h5::Id samples(h5::check(H5Gopen2(file, "/samples", H5P_DEFAULT), "open /samples"), H5Gclose);
        const std::vector<std::string> names = h5::names_in(samples);
        prefix_ = "/samples/…";
        lines_.push_back({.name = prefix_,
                          .shape = with_commas(std::ssize(names)),
                          .type = "groups",
                          .long_name = "one of each sample; the first has"});
        list(samples, names.front());
    }

    void list(hid_t in, const std::string& group = ".")
    {
        const h5::Id above(h5::check(H5Gopen2(in, group.c_str(), H5P_DEFAULT), "open " + group), H5Gclose);
        h5::check(H5Ovisit2(above, H5_INDEX_CRT_ORDER, H5_ITER_INC, &Listing::visit, this, H5O_INFO_BASIC),
                  "list the file");
    }

    static herr_t visit(hid_t above, const char* name, const H5O_info_t* info, void* listing)
    {
        if (info->type == H5O_TYPE_DATASET) static_cast<Listing*>(listing)->add(above, name);
        return 0;
    }

    void add(hid_t above, const std::string& name)
    {
        const h5::Id dataset(h5::check(H5Dopen2(above, name.c_str(), H5P_DEFAULT), "open " + name), H5Dclose);
        if (name.find("/by_contig/") != std::string::npos) {
            ++views_;
            return;
        }
        if (H5Aexists(dataset, "long_name") <= 0 || name.starts_with("provenance/"))
            return; // a dimension; an input
        const std::vector<hsize_t> sizes = h5::sizes_of(dataset);
        if (name.starts_with("summary/") && sizes == std::vector<hsize_t>{1}) return; // is told below
        const std::string path = prefix_ + "/" + name;
        const std::size_t last = path.rfind('/');
        const bool is_below = std::count(name.begin(), name.end(), '/') == 2;
        if (sizes.size() == 1 && (is_below || (!prefix_.empty() && !is_chunked(dataset))))
            return add_column(path.substr(0, last), path.substr(last + 1), shape_text(sizes));
        const h5::Id type(H5Dget_type(dataset), H5Tclose);
        lines_.push_back({.name = path,
                          .shape = shape_text(sizes),
                          .type = type_name(type),
                          .long_name = h5::read_text_attribute(dataset, "long_name")});
    }

    void add_column(const std::string& table, const std::string& name, const std::string& shape)
    {
        if (lines_.empty() || lines_.back().name != table)
            lines_.push_back({.name = table, .shape = {}, .type = "table", .long_name = {}});
        Line& line = lines_.back();
        line.shape = shape;
        line.long_name += (line.long_name.empty() ? "" : ", ") + name;
    }

    static bool is_chunked(hid_t dataset)
    {
        const h5::Id properties(H5Dget_create_plist(dataset), H5Pclose);
        return H5Pget_layout(properties) == H5D_CHUNKED;
    }

    static std::string shape_text(const std::vector<hsize_t>& sizes)
    {
        std::string text;
        for (const hsize_t size : sizes)
            text += (text.empty() ? "" : " × ") + with_commas(static_cast<Index>(size));
        return text;
    }

    static std::string type_name(hid_t type)
    {
        const std::size_t bits = 8 * H5Tget_size(type);
        switch (H5Tget_class(type)) {
        case H5T_STRING:
            return "text";
        case H5T_FLOAT:
            return fmt::format("float{}", bits);
        default:
            return fmt::format("{}int{}", H5Tget_sign(type) == H5T_SGN_NONE ? "u" : "", bits);
        }
    }

    std::vector<Line> lines_;
    std::string prefix_; ///< the group that is listed, of a file of several samples
    Index views_ = 0;
};

std::string cell_of(const Column& column, std::size_t row)
{
    return std::visit(
        [&](const auto& values) -> std::string {
            using Value = std::decay_t<decltype(values[row])>;
            if constexpr (std::is_same_v<Value, std::string_view>)
                return std::string(values[row]);
            else if constexpr (std::is_same_v<Value, double>)
                return fmt::format("{:.2f}", values[row]);
            else
                return with_commas(values[row]);
        },
        column.values);
}

/// All columns of a group, in the order in which they were made; of long texts what is shown.
std::vector<Column> read_columns(hid_t group)
{
    std::vector<Column> columns;
    for (const CellColumn& column : h5::columns_of(group)) {
        if (H5Lexists(group, column.name.c_str(), H5P_DEFAULT) > 0) {
            columns.push_back(h5::read_column(group, column.name));
            columns.back().long_name = column.long_name;
            continue;
        }
        const Box shown{0, std::min<Index>(h5::rows_of(group, column.name), most_rows)};
        columns.push_back({column.name, h5::read_texts(group, column.name, shown), "", ""});
    }
    return columns;
}

/// The begin and the end of what is too long for a screen.
std::string shortened(const std::string& text)
{
    constexpr std::size_t longest = 400;
    constexpr std::size_t most_of_begin = 240;
    constexpr std::size_t most_of_end = 120;
    if (text.size() <= longest) return text;
    const std::size_t begin = text.rfind(' ', most_of_begin);
    const std::size_t end = text.find(' ', text.size() - most_of_end);
    if (begin == text.npos || end == text.npos) return text;
    return text.substr(0, begin) + " …" + text.substr(end);
}

/// A line for each column, of its one row.
std::string summary_lines(const std::vector<Column>& columns)
{
    std::size_t name_width = 0;
    std::size_t value_width = 0;
    for (const Column& column : columns) {
        name_width = std::max(name_width, column.name.size());
        value_width = std::max(value_width, std::min(most_width, width_of(cell_of(column, 0))));
    }
    std::string text;
    for (const Column& column : columns)
        text += fmt::format("  {:<{}}  {:>{}}  {}\n", column.name, name_width, cell_of(column, 0),
                            value_width, column.long_name);
    return text;
}

std::string summary_table(const std::vector<Column>& columns, std::size_t rows)
{
    std::vector<std::vector<std::string>> lines(1);
    for (const Column& column : columns) lines[0].push_back(column.name);
    for (std::size_t row = 0; row < std::min(rows, most_rows); ++row) {
        auto& line = lines.emplace_back();
        for (const Column& column : columns) line.push_back(cell_of(column, row));
    }
    std::string text;
    for (const auto& line : lines) {
        text += " ";
        for (std::size_t c = 0; c < line.size(); ++c) {
            std::size_t width = 0;
            for (const auto& other : lines) width = std::max(width, width_of(other[c]));
            text += c == 0 ? fmt::format(" {:<{}}", line[c], width) : fmt::format("  {:>{}}", line[c], width);
        }
        text += "\n";
    }
    if (rows > most_rows)
        text += fmt::format("  … and {} more\n", with_commas(static_cast<Index>(rows - most_rows)));
    return text;
}

/// A line for each sample, and for each that is missing.
std::string cohort_of(const std::string& path, hid_t file)
{
    const h5::Id group(h5::check(H5Gopen2(file, "/cohort", H5P_DEFAULT), "open /cohort"), H5Gclose);
    std::vector<Column> columns = read_columns(group);
    std::erase_if(columns, [](const Column& column) { return column.name == "path"; });
    std::string text =
        summary_table(columns, std::get<Texts>(columns.front().values).size()); // the first are their names
    const auto missing = missing_in(path);
    if (!missing.empty()) text += fmt::format("\n  {} missing:\n", with_commas(std::ssize(missing)));
    for (std::size_t i = 0; i < std::min(missing.size(), most_rows); ++i)
        text += fmt::format("  {} ({}): {}\n", missing[i].name, missing[i].path, missing[i].finding);
    if (missing.size() > most_rows)
        text += fmt::format("  … and {} more\n", with_commas(static_cast<Index>(missing.size() - most_rows)));
    return text;
}

/// The results of a file that has no summary, where they are few, and lie along one axis.
std::string few_results_of(hid_t file)
{
    const std::string name = "/" + h5::read_text_attribute(file, "default");
    const h5::Id group(h5::check(H5Gopen2(file, name.c_str(), H5P_DEFAULT), "open " + name), H5Gclose);
    std::vector<Column> columns;
    for (const std::string& link : h5::names_in(group)) {
        const h5::Id dataset(H5Dopen2(group, link.c_str(), H5P_DEFAULT), H5Dclose);
        if (dataset < 0 || H5Aexists(dataset, "long_name") <= 0) continue;
        const std::vector<hsize_t> sizes = h5::sizes_of(dataset);
        if (sizes.size() != 1) continue;
        if (sizes[0] > most_rows) return "";
        columns.push_back(h5::read_column(group, link));
        columns.back().long_name = h5::read_text_attribute(dataset, "long_name");
        if (const auto* reals = std::get_if<std::vector<double>>(&columns.back().values)) {
            Texts texts; // with digits, and not as amounts
            for (const double real : *reals) texts.push_back(fmt::format("{:.7g}", real));
            columns.back().values = std::move(texts);
        }
    }
    if (columns.empty()) return "";
    const auto rows = static_cast<std::size_t>(h5::rows_of(group, columns.front().name));
    return rows == 1 ? summary_lines(columns) : summary_table(columns, rows);
}

std::string summary_of(const std::string& path, hid_t file)
{
    if (H5Lexists(file, "/cohort", H5P_DEFAULT) > 0) return cohort_of(path, file);
    if (H5Lexists(file, "/summary", H5P_DEFAULT) <= 0) return few_results_of(file);
    const h5::Id group(h5::check(H5Gopen2(file, "/summary", H5P_DEFAULT), "open /summary"), H5Gclose);
    const std::vector<Column> columns = read_columns(group);
    if (columns.empty()) return "";
    const auto rows = static_cast<std::size_t>(h5::rows_of(group, columns.front().name));
    return rows == 1 ? summary_lines(columns) : summary_table(columns, rows);
}

std::string describe(const std::string& path, hid_t file)
{
    const h5::Id made(h5::check(H5Gopen2(file, "/provenance", H5P_DEFAULT), "open /provenance"), H5Gclose);
    const auto fact = [&](const char* name) { return h5::read_text_attribute(made, name); };
    const h5::Id inputs(h5::check(H5Gopen2(made, "inputs", H5P_DEFAULT), "open the inputs"), H5Gclose);

    std::string text =
        fmt::format("{}: {}, {}\n", path, h5::read_text_attribute(file, "title"),
                    human_bytes(static_cast<double>(File::open(path, File::Mode::read).size())));
    text += fmt::format("  made      {} by swather {} on {}\n", fact("finished"), fact("swather_version"),
                        fact("ranks") + (fact("ranks") == "1" ? " rank" : " ranks"));
    text += fmt::format("  command   {}\n", shortened(fact("command_line")));
    const Index count = h5::rows_of(inputs, "size");
    const Box shown{0, std::min<Index>(count, most_rows)};
    const Texts paths = h5::read_texts(inputs, "path", shown);
    const std::vector<Index> sizes = h5::read_integers(inputs, "size", shown);
    for (std::size_t i = 0; i < sizes.size(); ++i)
        text += fmt::format("  input     {} ({} bytes)\n", printable(paths[i]), with_commas(sizes[i]));
    if (count > shown.end) text += fmt::format("  … and {} more\n", with_commas(count - shown.end));
    text += "\n" + Listing(file).text();
    const std::string summary = depth_lines(file) + summary_of(path, file);
    return summary.empty() ? text : text + "\n" + summary;
}

} // namespace

std::string inspect(const std::string& path)
{
    return h5::in_complete(path, [&] { return describe(path, h5::open_complete(path)); });
}

} // namespace swather
