// SPDX-License-Identifier: MIT
// libFuzzer: of any text, the numbers are those that strtod makes of its fields, however it comes in pieces,
// or it is refused as bad data.
#include "base/error.hpp"
#include "fuzz/expect.hpp"
#include "sources/number_text.hpp"
#include "support/text_pieces.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <vector>

using namespace swather;

namespace {

struct Found {
    NumberType type;
    TextShape shape;
    std::vector<std::byte> elements;
};

std::optional<Found> read(std::string_view text, std::size_t piece, NumberType type)
{
    Found found{.type = type, .shape = {}, .elements = {}};
    try {
        found.shape = survey_numbers(pieces_of(text, piece), "x.txt", found.type);
    } catch (const Error& error) {
        expect(error.code() == Exit::bad_data, error.what());
        return std::nullopt;
    }
    // What was read through can be read again.
    const TextPieces numbers = numbers_of(pieces_of(text, piece), "x.txt", found.type.element);
    for (auto part = numbers(); !part.empty(); part = numbers())
        found.elements.insert(found.elements.end(), part.begin(), part.end());
    return found;
}

/// The fields of a text, without its comments.
std::vector<std::string> fields_of(std::string_view text)
{
    constexpr std::string_view ends = " \t\v\f\r\n,";
    std::vector<std::string> fields;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    bool in_field = false, in_comment = false;
    for (const char c : text) {
        in_comment = (in_comment || c == '#') && c != '\n' && c != '\r';
        const bool is_inside = !in_comment && ends.find(c) == std::string_view::npos;
        if (is_inside && !in_field) fields.emplace_back();
        if (is_inside) fields.back() += c;
        in_field = is_inside;
    }
    return fields;
}

void check(std::string_view text, const Found& found)
{
    const std::vector<std::string> fields = fields_of(text);
    expect(found.shape.rows > 0 && found.shape.columns > 0, "no numbers");
    expect(std::ssize(fields) == found.shape.rows * found.shape.columns,
           "the shape is not that of the fields");
    expect(std::ssize(found.elements) == std::ssize(fields) * size_of(found.type.element),
           "elements are missing");
    visit_element(found.type.element, [&]<class T>(T value) {
        for (std::size_t i = 0; i < fields.size(); ++i) {
            std::memcpy(&value, found.elements.data() + i * sizeof value, sizeof value);
            const char* const text_of_it = fields[i].c_str();
            char* end = nullptr;
            if constexpr (std::is_floating_point_v<T>) {
                const auto expected = static_cast<T>(std::strtod(text_of_it, &end));
                expect(value == expected || (std::isnan(value) && std::isnan(expected)), "another number");
                expect(std::isnan(value) || std::signbit(value) == std::signbit(expected), "another sign");
            } else if constexpr (std::is_unsigned_v<T>) {
                expect(value == std::strtoull(text_of_it, &end, 10), "another number");
            } else {
                expect(value == std::strtoll(text_of_it, &end, 10), "another number");
            }
            expect(*end == '\0' && end != text_of_it, "no number was taken");
        }
    });
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t piece = 1 + data[0] / 10;
    const Element given = static_cast<Element>(data[0] % 10);
    for (const NumberType& type : {NumberType{}, NumberType{.element = given, .is_given = true}}) {
        const auto whole = read(text, std::max<std::size_t>(text.size(), 1), type);
        const auto parts = read(text, piece, type);
        expect(whole.has_value() == parts.has_value(), "the pieces decide whether it is one");
        if (!whole) continue;
        expect(whole->elements == parts->elements, "the pieces decide the numbers");
        check(text, *whole);
    }
    return 0;
}
