// SPDX-License-Identifier: MIT
#include "sources/npy_header.hpp"

#include "base/error.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <optional>

namespace swather {

namespace {

constexpr std::string_view magic = "\x93NUMPY";

/// The text of the header: a dict of Python, of strings, booleans and a tuple of integers.
class DictReader {
public:
    DictReader(std::string_view text, const std::string& path)
        : rest_(text)
        , text_(text)
        , path_(path)
    {
    }

    NpyHeader read()
    {
        NpyHeader header;
        std::optional<std::string_view> descr;
        bool has_order = false;
        bool has_shape = false;
        expect("{");
        while (!take("}")) {
            const std::string_view key = string();
            expect(":");
            if (key == "descr") {
                skip_blanks();
                if (rest_.starts_with("[")) throw refused("a structured type", "save each field by itself");
                descr = string();
            } else if (key == "fortran_order") {
                header.first_fastest = boolean();
                has_order = true;
            } else if (key == "shape") {
                header.shape = tuple();
                has_shape = true;
            } else {
                throw damaged("it has an unknown key");
            }
            if (!take(",")) {
                expect("}");
                break;
            }
        }
        if (!descr || !has_order || !has_shape)
            throw damaged("one of descr, fortran_order and shape is missing");
        read_type(*descr, header);
        return header;
    }

private:
    void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\n\r"), rest_.size())); }

    bool take(std::string_view token)
    {
        skip_blanks();
        if (!rest_.starts_with(token)) return false;
        rest_.remove_prefix(token.size());
        return true;
    }

    void expect(std::string_view token)
    {
        if (!take(token)) throw damaged(fmt::format("'{}' is missing", token));
    }

    std::string_view string()
    {
        skip_blanks();
        if (rest_.empty() || (rest_.front() != '\'' && rest_.front() != '"'))
            throw damaged("a text is missing");
        const std::size_t end = rest_.find(rest_.front(), 1);
        if (end == rest_.npos) throw damaged("a text has no end");
        const std::string_view inside = rest_.substr(1, end - 1);
        rest_.remove_prefix(end + 1);
        return inside;
    }

    bool boolean()
    {
        if (take("True")) return true;
        expect("False");
        return false;
    }

    std::vector<Index> tuple()
    {
        std::vector<Index> sizes;
        expect("(");
        while (!take(")")) {
            skip_blanks();
            Index size = 0;
            const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), size);
            if (error != std::errc() || size < 0) throw damaged("its shape is not of whole numbers");
            rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
            take("L"); // of Python 2
            sizes.push_back(size);
            if (!take(",")) {
                expect(")");
                break;
            }
        }
        return sizes;
    }

    void read_type(std::string_view descr, NpyHeader& header) const
    {
        struct Type {
            std::string_view code;
            Element element;
        };
        constexpr std::array types{
            Type{"b1", Element::uint8},   Type{"i1", Element::int8},    Type{"u1", Element::uint8},
            Type{"i2", Element::int16},   Type{"u2", Element::uint16},  Type{"i4", Element::int32},
            Type{"u4", Element::uint32},  Type{"i8", Element::int64},   Type{"u8", Element::uint64},
            Type{"f4", Element::float32}, Type{"f8", Element::float64},
        };
        constexpr std::string_view orders = "<>|=";
        if (descr.empty() || orders.find(descr.front()) == orders.npos) throw damaged("its descr is no type");
        const auto type = std::find_if(types.begin(), types.end(),
                                       [&](const Type& one) { return one.code == descr.substr(1); });
        if (type == types.end())
            throw refused(fmt::format("the type '{}'", printable(std::string(descr))),
                          "convert it: a.astype('float32'), of complex numbers abs(a)");
        header.element = type->element;
        header.swapped = descr.front() == (std::endian::native == std::endian::little ? '>' : '<');
    }

    [[nodiscard]] Error damaged(std::string_view finding) const
    {
        constexpr std::size_t most = 100;
        return Error(Exit::bad_data, "'{}' has a header that is not numpy's: {} ('{}')", path_, finding,
                     printable(std::string(text_.substr(0, most))))
            .remedy("it is damaged: save or copy it again");
    }

    [[nodiscard]] Error refused(std::string_view what, std::string_view remedy) const
    {
        return Error(Exit::bad_data,
                     "'{}' has elements of {}: only integers, float32 and float64 can be read", path_, what)
            .remedy("{}", remedy);
    }

    std::string_view rest_;
    std::string_view text_;
    const std::string& path_;
};

void check_bytes(const NpyHeader& header, const std::string& path)
{
    Index bytes = size_of(header.element);
    bool too_many = false;
    for (const Index size : header.shape) too_many |= __builtin_mul_overflow(bytes, size, &bytes);
    too_many |= __builtin_add_overflow(bytes, header.data_offset, &bytes);
    if (too_many)
        throw Error(Exit::bad_data, "'{}' cannot be: its shape promises more than 2⁶³ bytes", path)
            .remedy("its header is damaged: save or copy it again");
}

} // namespace

bool is_npy(std::span<const std::byte> front)
{
    return front.size() >= magic.size() &&
           std::equal(magic.begin(), magic.end(), front.begin(), [](char a, std::byte b) {
               return static_cast<unsigned char>(a) == static_cast<unsigned char>(b);
           });
}

NpyHeader parse_npy_header(std::span<const std::byte> front, const std::string& path)
{
    const auto number = [&](std::size_t at) { return std::to_integer<std::size_t>(front[at]); };
    constexpr std::size_t version_at = magic.size();
    constexpr std::size_t size_at = version_at + 2;
    const auto ends_early = [&] {
        return Error(Exit::bad_data, "'{}' ends inside of its header, or that is longer than any of numpy's",
                     path)
            .remedy("it is truncated or damaged: save or copy it again");
    };
    if (!is_npy(front))
        throw Error(Exit::bad_data, "'{}' is no .npy file: it does not begin with \\x93NUMPY", path);
    if (front.size() < size_at + 4) throw ends_early();
    const std::size_t version = number(version_at);
    if (version < 1 || version > 3)
        throw Error(Exit::bad_data, "'{}' is of version {} of the format .npy: 1 to 3 can be read", path,
                    version);
    const std::size_t bytes_of_size = version == 1 ? 2 : 4;
    std::size_t size = 0;
    for (std::size_t i = bytes_of_size; i-- > 0;) size = size << 8 | number(size_at + i);
    const std::size_t begin = size_at + bytes_of_size;
    if (front.size() - begin < size) throw ends_early();

    const auto text = front.subspan(begin, size);
    NpyHeader header = DictReader({reinterpret_cast<const char*>(text.data()), text.size()}, path).read();
    header.data_offset = static_cast<Index>(begin + size);
    check_bytes(header, path);
    return header;
}

} // namespace swather
