// SPDX-License-Identifier: MIT
#include "output/h5_columns.hpp"

#include "base/hash.hpp"
#include "base/utf8.hpp"
#include "h5/columns.hpp"

#include <algorithm>

namespace swather::h5 {

namespace {

// What is converted for the library, or compared with what it reads, is never a whole column.
constexpr std::size_t rows_at_once = 65'536;

template <class T>
hid_t file_type()
{
    if constexpr (std::is_same_v<T, std::int32_t>) return H5T_STD_I32LE;
    if constexpr (std::is_same_v<T, Index>) return H5T_STD_I64LE;
    if constexpr (std::is_same_v<T, double>) return H5T_IEEE_F64LE;
    if constexpr (std::is_same_v<T, std::byte>) return H5T_STD_U8LE;
}

Id make_dataset(hid_t group, hid_t dimension, const std::string& name, hid_t type, std::size_t size)
{
    const Id space = space_of(size);
    const Id properties = dataset_properties();
    Id dataset(check(H5Dcreate2(group, name.c_str(), type, space, H5P_DEFAULT, properties, H5P_DEFAULT),
                     "make " + name),
               H5Dclose);
    attach_dimension(dataset, dimension);
    return dataset;
}

/// Calls `visit` with the first row, and the number of rows, of each stretch of a column.
template <class Visit>
void in_stretches(std::size_t rows, Visit&& visit)
{
    for (std::size_t begin = 0; begin < rows; begin += rows_at_once)
        visit(begin, std::min(rows_at_once, rows - begin));
}

/// Takes the values of a column, stretch by stretch.
class Digester {
public:
    template <class T>
    void add(std::span<const T> values)
    {
        hasher_.add(std::as_bytes(values));
        count_ += std::ssize(values);
    }
    void add(std::string_view text)
    {
        const std::uint64_t size = text.size(); // where the next begins
        hasher_.add(std::as_bytes(std::span(&size, 1)));
        hasher_.add(std::as_bytes(std::span(text)));
        ++count_;
    }
    [[nodiscard]] Digest digest() const { return {count_, hasher_.value()}; }

private:
    Hasher hasher_;
    Index count_ = 0;
};

/// Writes the rows of a dataset, one after the other.
class RowWriter {
public:
    RowWriter(hid_t group, hid_t dimension, std::string name, hid_t type, Index rows)
        : name_(std::move(name))
        , dataset_(make_dataset(group, dimension, name_, type, static_cast<std::size_t>(rows)))
        , space_(H5Dget_space(dataset_), H5Sclose)
    {
    }

    template <class T>
    void append(std::span<const T> values)
    {
        write(memory_type<T>(), values.size(), values.data());
        digester_.add(values);
    }
    void append(const Texts& values)
    {
        std::vector<std::string> texts;
        for (std::size_t i = 0; i < values.size(); ++i) {
            texts.emplace_back(values[i]);
            digester_.add(values[i]);
        }
        std::vector<const char*> pointers;
        for (const std::string& text : texts) pointers.push_back(text.c_str());
        write(text_type(), pointers.size(), pointers.data());
    }
    [[nodiscard]] hid_t dataset() const { return dataset_; }
    [[nodiscard]] Digests digests() const { return {{name_, digester_.digest()}}; }

private:
    void write(hid_t type, std::size_t rows, const void* values)
    {
        if (rows == 0) return;
        const Id memory = select(space_, next_, rows);
        check(H5Dwrite(dataset_, type, memory, space_, H5P_DEFAULT, values), "write " + name_);
        next_ += rows;
    }

    std::string name_;
    Id dataset_;
    Id space_;
    std::size_t next_ = 0;
    Digester digester_;
};

/// A column that is made as it is written.
struct Making {
    const LateColumn& column;
    Index rows;

    /// Calls `visit` with the values of each stretch.
    template <class Values, class Visit>
    void for_each(Visit&& visit) const
    {
        in_stretches(static_cast<std::size_t>(rows), [&](std::size_t begin, std::size_t some) {
            const auto first = static_cast<Index>(begin);
            visit(std::get<Values>(column.values({first, first + static_cast<Index>(some)})));
        });
    }
    void describe(const RowWriter& writer) const
    {
        write_attribute(writer.dataset(), "long_name", column.long_name);
    }
};

template <class T>
Digests write_values(hid_t group, hid_t dimension, const Making& making, const std::vector<T>& /*none*/)
{
    RowWriter writer(group, dimension, making.column.name, file_type<T>(), making.rows);
    making.for_each<std::vector<T>>([&](const auto& values) { writer.append(std::span<const T>(values)); });
    making.describe(writer);
    return writer.digests();
}

/// Text as its bytes, end to end, and the byte where each row begins.
Digests write_long_texts(hid_t group, hid_t dimension, const Making& making, Index bytes)
{
    const std::string& name = making.column.name;
    const Id byte_dimension = make_dimension(group, name + "_byte", bytes);
    RowWriter of_bytes(group, byte_dimension, name + "_bytes", file_type<std::byte>(), bytes);
    RowWriter of_offsets(group, dimension, name + "_offset", file_type<Index>(), making.rows);
    Index before = 0;
    making.for_each<Texts>([&](const Texts& texts) {
        of_bytes.append(std::as_bytes(std::span(texts.bytes())));
        std::vector<Index> offsets = texts.offsets();
        for (Index& offset : offsets) offset += before;
        of_offsets.append(std::span<const Index>(offsets));
        before += std::ssize(texts.bytes());
    });
    making.describe(of_offsets);
    Digests digests = of_bytes.digests();
    digests.push_back(of_offsets.digests().front());
    return digests;
}

Digests write_values(hid_t group, hid_t dimension, const Making& making, const Texts& /*none*/)
{
    bool as_strings = making.rows <= most_strings;
    Index bytes = 0;
    making.for_each<Texts>([&](const Texts& texts) {
        bytes += std::ssize(texts.bytes());
        as_strings = as_strings && bytes <= most_string_bytes && can_be_strings(texts);
    });
    if (!as_strings) return write_long_texts(group, dimension, making, bytes);
    RowWriter writer(group, dimension, making.column.name, text_type(), making.rows);
    making.for_each<Texts>([&](const Texts& texts) { writer.append(texts); });
    making.describe(writer);
    return writer.digests();
}

template <class T>
Digest digest_of_numbers(hid_t dataset, std::size_t rows, const std::string& name)
{
    Digester digester;
    in_stretches(rows, [&](std::size_t begin, std::size_t some) {
        digester.add(std::span<const T>(read_numbers<T>(dataset, begin, some, name)));
    });
    return digester.digest();
}

template <class T>
std::vector<T> part_of(const std::vector<T>& values, const Box& rows)
{
    return {values.begin() + rows.begin, values.begin() + rows.end};
}

Texts part_of(const Texts& values, const Box& rows)
{
    Texts part;
    for (Index i = rows.begin; i < rows.end; ++i) part.push_back(values[static_cast<std::size_t>(i)]);
    return part;
}

} // namespace

bool can_be_strings(const Texts& texts)
{
    for (std::size_t i = 0; i < texts.size(); ++i)
        if (texts[i].size() > longest_string || !is_utf8(texts[i])) return false;
    return texts.bytes().find('\0') == std::string::npos;
}

Digests write_column(hid_t group, hid_t dimension, const LateColumn& column, Index rows)
{
    return std::visit(
        [&](const auto& none) {
            return write_values(group, dimension, Making{column, rows}, none);
        },
        column.values({0, 0}));
}

Digests write_column(hid_t group, hid_t dimension, const Column& column)
{
    return std::visit(
        [&](const auto& values) {
            const LateColumn as_late{column.name, column.long_name, [&](const Box& rows) -> Column::Values {
                                         return part_of(values, rows);
                                     }};
            Digests digests = write_column(group, dimension, as_late, std::ssize(values));
            if (!column.units.empty())
                write_attribute(open_column(group, digests.back().first), "units", column.units);
            return digests;
        },
        column.values);
}

Digest digest_of(hid_t file, const std::string& path)
{
    const Id dataset = open_column(file, path);
    const Id space(H5Dget_space(dataset), H5Sclose);
    const Id type(H5Dget_type(dataset), H5Tclose);
    const auto rows = static_cast<std::size_t>(check(H5Sget_simple_extent_npoints(space), "read " + path));
    const bool is_float = H5Tget_class(type) == H5T_FLOAT;
    if (H5Tget_class(type) == H5T_STRING) {
        Digester digester;
        in_stretches(rows, [&](std::size_t begin, std::size_t some) {
            const Texts texts = read_texts(dataset, begin, some, path);
            for (std::size_t i = 0; i < some; ++i) digester.add(texts[i]);
        });
        return digester.digest();
    }
    switch (H5Tget_size(type)) {
    case sizeof(std::byte):
        return digest_of_numbers<std::byte>(dataset, rows, path);
    case sizeof(std::int32_t):
        return digest_of_numbers<std::int32_t>(dataset, rows, path);
    default:
        return is_float ? digest_of_numbers<double>(dataset, rows, path)
                        : digest_of_numbers<Index>(dataset, rows, path);
    }
}

} // namespace swather::h5
