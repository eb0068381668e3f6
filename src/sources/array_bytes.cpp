// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "base/file.hpp"
#include "sources/array_reader.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

namespace swather {

namespace {

template <class T>
void swap_bytes(std::span<std::byte> bytes)
{
    for (; !bytes.empty(); bytes = bytes.subspan(sizeof(T)))
        std::reverse(bytes.begin(), bytes.begin() + sizeof(T));
}

/// Puts the elements of a box, the first axis fastest, in C order.
template <class T>
void transpose(const ArrayBox& box, std::span<const std::byte> from, std::span<std::byte> to)
{
    const std::size_t last = box.size() - 1;
    std::byte* next = to.data();
    const auto descend = [&](auto&& self, std::size_t axis, Index base, Index stride) -> void {
        const Index size = box[axis].size();
        for (Index i = 0; i < size; ++i) {
            if (axis < last) {
                self(self, axis + 1, base + i * stride, stride * size);
                continue;
            }
            std::memcpy(next, from.data() + static_cast<std::size_t>(base + i * stride) * sizeof(T),
                        sizeof(T));
            next += sizeof(T);
        }
    };
    descend(descend, 0, 0, 1);
}

/// Elements end to end in a file.
class ByteArray final : public ArrayReader {
public:
    explicit ByteArray(const ArrayPlace& place)
        : place_(place)
        , file_(File::open(place.path, File::Mode::read, Exit::cannot_read))
        , bytes_(size_of(place.numbers.stored))
    {
    }

    void read(const ArrayBox& box, std::span<std::byte> bytes) override
    {
        const ArrayPlace::Numbers& numbers = place_.numbers;
        const auto stored_bytes = static_cast<std::size_t>(elements_of(box) * bytes_);
        const bool as_they_are = !numbers.first_fastest && !numbers.is_scaled;
        if (!as_they_are) stored_.resize(stored_bytes);
        const std::span<std::byte> stored = as_they_are ? bytes : stored_;

        numbers.first_fastest ? read_reversed(box, stored) : read_stored(place_.sizes, box, stored);
        visit_element(numbers.stored, [&]<class T>(T) {
            if (numbers.swapped) swap_bytes<T>(stored);
            if (numbers.is_scaled) return scale<T>(stored, bytes);
            if (numbers.first_fastest) transpose<T>(box, stored, bytes);
        });
    }

private:
    /// Of an array whose first axis is the fastest, the box with all axes the other way round.
    void read_reversed(const ArrayBox& box, std::span<std::byte> stored) const
    {
        read_stored({place_.sizes.rbegin(), place_.sizes.rend()}, {box.rbegin(), box.rend()}, stored);
    }

    void read_stored(const std::vector<Index>& sizes, const ArrayBox& box, std::span<std::byte> stored) const
    {
        for_each_run(sizes, box, [&](Index first, Index length, Index done) {
            const auto part = stored.subspan(static_cast<std::size_t>(done * bytes_),
                                             static_cast<std::size_t>(length * bytes_));
            const Index begin = place_.numbers.offset + first * bytes_;
            if (file_.read_up_to(static_cast<std::uint64_t>(begin), part) != part.size())
                throw Error(Exit::bad_data, "'{}' ends before byte {}: it has become shorter", place_.path,
                            begin + std::ssize(part))
                    .remedy("another program writes it: run again when that is done");
        });
    }

    template <class T>
    void scale(std::span<const std::byte> stored, std::span<std::byte> bytes) const
    {
        auto* values = reinterpret_cast<double*>(bytes.data());
        for (std::size_t i = 0; i < stored.size() / sizeof(T); ++i) {
            T value;
            std::memcpy(&value, stored.data() + i * sizeof(T), sizeof(T));
            values[i] = place_.numbers.slope * static_cast<double>(value) + place_.numbers.intercept;
        }
    }

    ArrayPlace place_;
    File file_;
    Index bytes_; ///< of a stored element
    std::vector<std::byte> stored_;
};

} // namespace

std::unique_ptr<ArrayReader> open_bytes(const ArrayPlace& place)
{
    return std::make_unique<ByteArray>(place);
}

std::unique_ptr<ArrayReader> open_array(const ArrayPlace& place)
{
    switch (place.numbers.kind) {
    case ArrayPlace::Kind::bytes:
        return open_bytes(place);
    case ArrayPlace::Kind::hdf5:
        return open_hdf5(place);
    case ArrayPlace::Kind::random:
        break;
    }
    return make_random(place);
}

} // namespace swather
