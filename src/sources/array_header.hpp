// SPDX-License-Identifier: MIT
#pragma once

#include "grid/array_box.hpp"
#include "grid/array_domain.hpp"
#include "sources/array_place.hpp"

#include <optional>
#include <string>
#include <vector>

namespace swather {

/// What the user says of inputs that are arrays.
struct ArrayInputs {
    std::vector<std::string> names;   ///< files, globs, FILE.h5:/DATASET, random:SHAPE
    std::optional<Element> type = {}; ///< of files that have no header: what their elements are, and of
    std::vector<Index> shape = {};    ///< plain bytes how many along each axis; else they are texts
};

/// An array: of one input, or of several of one shape and type, along whose number it has a first axis.
struct ArrayHeader {
    Element element = Element::float64; ///< of its values
    std::vector<Axis> axes;
    ArrayLayout layout;
    std::vector<std::string> names; ///< of the inputs, as they are to be shown
    std::vector<ArrayPlace> places; ///< of each input; some are staged later
    bool has_file_axis = false;

    [[nodiscard]] std::vector<Index> sizes() const;
    /// Local. Elements of all inputs.
    [[nodiscard]] Index elements() const { return elements_of(sizes()); }

    /// Local. The header as it travels.
    [[nodiscard]] Bytes pack() const;
    static ArrayHeader unpack(const Bytes& bytes);
};

/// Local. Reads the headers of all inputs, and texts of numbers as a whole. `Exit::cannot_read`: one is not
/// there; `Exit::bad_data`: one is damaged or of no elements, or their shapes or types differ; `Exit::usage`:
/// a name that says nothing.
ArrayHeader read_array_header(const ArrayInputs& inputs);

/// Local. The files in which the inputs lie; random numbers lie in none. Errors as above.
std::vector<std::string> files_of_arrays(const ArrayInputs& inputs);

/// Local. A name for axis number `number` that no other axis has: "d0" is that of the first.
std::string free_name(const std::vector<Axis>& axes, std::size_t number);

/// Local. "1000 × 20".
std::string shape_in_words(const std::vector<Axis>& axes);

} // namespace swather
