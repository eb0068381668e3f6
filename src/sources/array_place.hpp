// SPDX-License-Identifier: MIT
#pragma once

#include "base/bytes.hpp"
#include "grid/array_box.hpp"
#include "grid/element.hpp"

#include <string>
#include <vector>

namespace swather {

/// Where the elements of an array are: what a rank must know to read them.
struct ArrayPlace {
    enum class Kind : std::uint8_t {
        bytes,  ///< of a file, one element behind the other
        hdf5,   ///< a dataset
        random, ///< nowhere: they are made
    };
    /// What the file has of bytes. They are staged but for those that lie in it as they are.
    enum class Form : std::uint8_t {
        plain,
        gzip,
        text, ///< that of the numbers
    };
    struct Numbers {
        Kind kind = Kind::bytes;
        Element stored = Element::float64;
        bool swapped = false;       ///< they are not in this machine's order of bytes
        bool first_fastest = false; ///< Fortran's order; of bytes
        Form form = Form::plain;    ///< of bytes
        bool is_scaled = false;     ///< values are slope · stored + intercept, float64; else those stored
        double slope = 1, intercept = 0;
        Index offset = 0;       ///< of the first element; of bytes
        std::uint64_t seed = 0; ///< of random numbers

        /// Local. What the values are.
        [[nodiscard]] Element element() const { return is_scaled ? Element::float64 : stored; }
        [[nodiscard]] bool is_staged() const { return form != Form::plain; }
    };

    Numbers numbers;
    std::string path;
    std::string dataset; ///< of hdf5
    std::vector<Index> sizes;

    void pack(Bytes& bytes) const
    {
        put(bytes, numbers);
        put(bytes, std::string_view(path));
        put(bytes, std::string_view(dataset));
        put(bytes, std::span<const Index>(sizes));
    }

    static ArrayPlace unpack(BytesReader& reader)
    {
        ArrayPlace place;
        place.numbers = reader.get<Numbers>();
        place.path = reader.get_string();
        place.dataset = reader.get_string();
        place.sizes = reader.get_vector<Index>();
        return place;
    }
};

} // namespace swather
