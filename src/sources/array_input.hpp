// SPDX-License-Identifier: MIT
#pragma once

#include "grid/array_domain.hpp"
#include "sources/array_header.hpp"
#include "sources/array_place.hpp"
#include "sources/input_paths.hpp"
#include "sources/number_text.hpp"

#include <string>
#include <vector>

namespace swather {

/// What there is to know of one input before its elements are read.
struct OneArray {
    ArrayPlace place;
    std::vector<Axis> axes;        ///< without a name where the format has none
    std::vector<Index> chunk = {}; ///< its size along each axis; none: it has no chunks
    std::vector<std::string> conventions =
        {}; ///< attributes of netCDF, as scale_factor, that are not applied
};

/// Local. Looks at one of some inputs, of any format. The `text_type` is that of all texts so far. Errors as
/// of read_array_header.
OneArray look_at_array(const InputName& name, const ArrayInputs& inputs, NumberType& text_type);

} // namespace swather
