// SPDX-License-Identifier: MIT
#include "sources/array_reader.hpp"
#include "sources/philox.hpp"

namespace swather {

namespace {

/// Random numbers, each by its number in C order.
class RandomArray final : public ArrayReader {
public:
    explicit RandomArray(const ArrayPlace& place)
        : place_(place)
    {
    }

    void read(const ArrayBox& box, std::span<std::byte> bytes) override
    {
        place_.numbers.stored == Element::float32 ? fill<float>(box, bytes) : fill<double>(box, bytes);
    }

private:
    template <class T>
    void fill(const ArrayBox& box, std::span<std::byte> bytes) const
    {
        const std::span values(reinterpret_cast<T*>(bytes.data()), bytes.size() / sizeof(T));
        for_each_run(place_.sizes, box, [&](Index first, Index length, Index done) {
            random_reals(place_.numbers.seed, static_cast<std::uint64_t>(first),
                         values.subspan(static_cast<std::size_t>(done), static_cast<std::size_t>(length)));
        });
    }

    ArrayPlace place_;
};

} // namespace

std::unique_ptr<ArrayReader> make_random(const ArrayPlace& place)
{
    return std::make_unique<RandomArray>(place);
}

} // namespace swather
