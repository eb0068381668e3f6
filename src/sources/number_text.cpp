// SPDX-License-Identifier: MIT
#include "sources/number_text.hpp"

#include "base/error.hpp"
#include "base/number.hpp"
#include "base/units.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

namespace swather {

namespace {

constexpr std::string_view ends_of_fields = " \t\v\f\r\n,#";

constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\v' || c == '\f'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool ends_line(char c) { return c == '\n' || c == '\r'; }
constexpr bool ends_field(char c) { return is_blank(c) || ends_line(c) || c == ',' || c == '#'; }

/// Reads the field that begins a text as a number of type T, and returns where it ends; null where it is
/// none. The text ends with a character that ends fields.
template <class T>
const char* read_number(std::string_view text, T& number)
{
    // std::from_chars takes a minus, but no plus.
    const std::size_t plus = text.front() == '+' ? 1 : 0;
    if (plus != 0 && text[plus] == '-') return nullptr;
    const auto [end, failure] = std::from_chars(text.data() + plus, text.data() + text.size(), number);
    if (failure == std::errc::invalid_argument || !ends_field(*end)) return nullptr;
    if constexpr (std::is_floating_point_v<T>) {
        if (end[-1] == ')') return nullptr; // C's nan(...)
        if (failure == std::errc::result_out_of_range)
            number = std::copysign(parse_number({text.data(), end}).real, text.front() == '-' ? -1 : 1);
        return end;
    }
    return failure == std::errc{} ? end : nullptr;
}

/// What numpy makes of a text: float32 of the nearest float64.
template <>
const char* read_number(std::string_view text, float& number)
{
    double real = 0;
    const char* const end = read_number(text, real);
    number = static_cast<float>(real);
    return end;
}

/// What most fields are, and is found out without reading their value, which takes longest.
struct Decimal {
    const char* end = nullptr;     ///< of a field of digits, with a point and an exponent or not; else null
    bool is_short_integer = false; ///< which int64 holds
};

/// The text ends with a character that ends fields.
Decimal decimal_at(std::string_view text)
{
    const auto behind_digits = [](const char* c) {
        while (is_digit(*c)) ++c;
        return c;
    };
    const auto behind_sign = [](const char* c) { return *c == '-' || *c == '+' ? c + 1 : c; };
    const char* const digits = behind_sign(text.data());
    const char* end = behind_digits(digits);
    std::ptrdiff_t count = end - digits;
    const bool is_short = count <= std::numeric_limits<std::int64_t>::digits10;
    if (ends_field(*end)) return {count > 0 ? end : nullptr, is_short};
    if (*end == '.') {
        const char* const fraction = end + 1;
        end = behind_digits(fraction);
        count += end - fraction;
    }
    if (*end == 'e' || *end == 'E') {
        const char* const exponent = behind_sign(end + 1);
        end = behind_digits(exponent);
        if (end == exponent) return {};
    }
    return {count > 0 && ends_field(*end) ? end : nullptr, false};
}

/// The end of the next field, as read_number has it, of the type that all before have; the type becomes wider
/// where that does not hold it.
const char* widen(NumberType& type, std::string_view text)
{
    type.has_minus |= text.front() == '-';
    const Decimal decimal = decimal_at(text);
    if (decimal.end != nullptr &&
        (type.element == Element::float64 || (type.element == Element::int64 && decimal.is_short_integer)))
        return decimal.end;
    if (type.element == Element::int64) {
        std::int64_t number = 0;
        if (const char* const end = read_number(text, number)) return end;
        type.element = Element::uint64;
    }
    if (type.element == Element::uint64 && !type.has_minus) {
        std::uint64_t number = 0;
        if (const char* const end = read_number(text, number)) return end;
    }
    type.element = Element::float64;
    double number = 0;
    return read_number(text, number);
}

/// Walks over the fields of a text.
class NumberFields {
public:
    /// `type`: which the fields are to have, if any; for messages.
    NumberFields(TextPieces text, std::string path, std::optional<Element> type)
        : text_(std::move(text))
        , path_(std::move(path))
        , type_(type)
    {
    }

    /// Goes on by a piece of the text, if there is one. `read` gets the text from the begin of a field on,
    /// and returns where the number ends; null where it is none.
    template <class Read>
    bool next(Read&& read)
    {
        const std::string_view text = next_whole_fields();
        if (text.empty()) return false;
        for (std::size_t place = 0; place < text.size();) {
            const char c = text[place];
            if (in_comment_) {
                place = std::min(text.find_first_of("\r\n", place), text.size());
                in_comment_ = place == text.size();
                continue;
            }
            if (!ends_field(c)) {
                begin_field();
                const std::string_view rest = text.substr(place);
                const char* const end = read(rest);
                if (end == nullptr) throw no_number(rest.substr(0, rest.find_first_of(ends_of_fields)));
                place = static_cast<std::size_t>(end - text.data());
                continue;
            }
            if (c == ',') take_comma();
            if (c == '#') in_comment_ = true;
            if (ends_line(c)) end_line(c == '\n' && (place == 0 ? last_ : text[place - 1]) == '\r');
            ++place;
        }
        last_ = text.back();
        return true;
    }

    [[nodiscard]] TextShape shape() const { return shape_; }

private:
    /// More of the text, as far as fields are there as a whole; empty at its end.
    std::string_view next_whole_fields()
    {
        constexpr std::size_t longest = 64 << 10;
        buffer_.erase(0, whole_);
        whole_ = 0;
        while (whole_ == 0 && !at_end_) {
            const auto piece = text_();
            buffer_.append(reinterpret_cast<const char*>(piece.data()), piece.size());
            at_end_ = piece.empty();
            if (at_end_) buffer_ += '\n'; // which the last line may not have
            if (!has_begun_ && !begin()) continue;
            const bool is_comment = in_comment_ && buffer_.find_first_of("\r\n") == std::string::npos;
            whole_ = is_comment ? buffer_.size() : buffer_.find_last_of(ends_of_fields) + 1; // of none: 0
            if (whole_ == 0 && buffer_.size() > longest)
                throw Error(Exit::bad_data, "'{}', line {} has a field of more than {}", path_, line_,
                            human_bytes(longest))
                    .remedy("is it a text of numbers?");
        }
        return std::string_view(buffer_).substr(0, whole_);
    }

    /// Passes over a byte order mark, once it is seen whether there is one.
    bool begin()
    {
        constexpr std::string_view mark = "\xEF\xBB\xBF";
        has_begun_ = at_end_ || buffer_.size() >= mark.size();
        if (buffer_.starts_with(mark)) buffer_.erase(0, mark.size());
        return has_begun_;
    }

    void begin_field()
    {
        if (fields_ > 0) {
            const char separator = after_comma_ ? ',' : ' ';
            if (separator_ == 0) separator_ = separator;
            if (separator != separator_)
                throw Error(Exit::bad_data, "'{}', line {}: {} before number {}, and {} between those above",
                            path_, line_, in_words(separator), fields_ + 1, in_words(separator_))
                    .remedy("separate all of them alike; a decimal comma must be a point");
        }
        after_comma_ = false;
        ++fields_;
    }

    static const char* in_words(char separator) { return separator == ',' ? "a comma" : "white space"; }

    void take_comma()
    {
        if (after_comma_ || fields_ == 0) throw empty_field();
        after_comma_ = true;
    }

    void end_line(bool is_ended)
    {
        if (is_ended) return; // by CR, and this is LF
        if (after_comma_) throw empty_field();
        if (fields_ > 0) {
            if (shape_.rows == 0) shape_.columns = fields_;
            if (fields_ != shape_.columns)
                throw Error(Exit::bad_data, "'{}', line {} has {}, and each line above {}", path_, line_,
                            counted(fields_, "number"), with_commas(shape_.columns))
                    .remedy("lines are rows of one length: write nan where a value is missing");
            ++shape_.rows;
        }
        fields_ = 0;
        ++line_;
    }

    [[nodiscard]] Error empty_field() const
    {
        Error error(Exit::bad_data, "'{}', line {}, column {}: the field is empty", path_, line_,
                    fields_ + 1);
        return error.remedy("write nan where a value is missing");
    }

    [[nodiscard]] Error no_number(std::string_view field) const
    {
        constexpr std::size_t most = 40;
        Error error(Exit::bad_data, "'{}', line {}, column {}: '{}{}' is no number{}{}", path_, line_,
                    fields_, printable(field.substr(0, most)), field.size() > most ? "…" : "",
                    type_ ? " of type " : "", type_ ? name_of(*type_) : "");
        if (type_) return error.remedy("give a --dtype that has it, or none");
        if (shape_.rows > 0) return error.remedy("write nan where a value is missing");
        if (is_digit(field.front()) || field.front() == '-' || field.front() == '+')
            return error.remedy(
                "between numbers is white space or a comma; they are written as 12, -1.5 or 1e5");
        return error.remedy(
            "a line of names must begin with #; columns of a table with names can be made arrays by "
            "swather transform, and named OUT.h5:/transform/COLUMN");
    }

    TextPieces text_;
    std::string path_;
    std::optional<Element> type_;
    std::string buffer_;    ///< of the text, from a field on
    std::size_t whole_ = 0; ///< of the buffer that was walked over
    bool has_begun_ = false;
    bool at_end_ = false;

    TextShape shape_; ///< of the lines that have ended
    Index line_ = 1;
    Index fields_ = 0;   ///< of this line
    char separator_ = 0; ///< between all numbers, once that is known: a comma or a blank
    bool after_comma_ = false;
    bool in_comment_ = false;
    char last_ = 0; ///< of the text that was walked over
};

/// Elements of a text, piece by piece.
template <class T>
class NumberElements {
public:
    explicit NumberElements(NumberFields fields)
        : fields_(std::move(fields))
    {
    }

    std::span<const std::byte> next()
    {
        const auto read = [this](std::string_view text) {
            T number{};
            const char* const end = read_number(text, number);
            numbers_.push_back(number);
            return end;
        };
        numbers_.clear();
        while (numbers_.empty() && fields_.next(read)) { // a piece may be one comment
        }
        return std::as_bytes(std::span(numbers_));
    }

private:
    NumberFields fields_;
    std::vector<T> numbers_;
};

} // namespace

TextShape survey_numbers(TextPieces text, const std::string& path, NumberType& type)
{
    NumberFields fields(std::move(text), path, type.is_given ? std::optional(type.element) : std::nullopt);
    const auto walk = [&](auto&& read) {
        while (fields.next(read)) {
        }
    };
    if (type.is_given)
        visit_element(type.element, [&]<class T>(T number) {
            walk([&](std::string_view field) { return read_number(field, number); });
        });
    else
        walk([&](std::string_view field) { return widen(type, field); });
    if (fields.shape().rows == 0)
        throw Error(Exit::bad_data, "'{}' has no numbers", path).remedy("was it written to its end?");
    return fields.shape();
}

TextPieces numbers_of(TextPieces text, const std::string& path, Element element)
{
    NumberFields fields(std::move(text), path, element);
    return visit_element(element, [&]<class T>(T) -> TextPieces {
        const auto elements = std::make_shared<NumberElements<T>>(std::move(fields));
        return [elements] { return elements->next(); };
    });
}

} // namespace swather
