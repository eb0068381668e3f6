// SPDX-License-Identifier: MIT
#pragma once

#include "h5/h5.hpp"

namespace swather::h5 {

/// Local. Opens an output file of swather for reading. `Exit::cannot_read`: no such file. `Exit::bad_data`:
/// not a file of swather, or not a complete one.
Id open_complete(const std::string& path);

/// Local. The group above all that one sample has in such a file: of a file of one sample its root, where
/// `sample` is empty. `Exit::usage`: no sample, or a wrong one, is named.
Id open_sample(hid_t file, const std::string& path, const std::string& sample);

/// Local. What `work` returns, which reads a file that was opened so: what HDF5 cannot do then is the file's
/// fault, `Exit::bad_data`.
template <class Work>
auto in_complete(const std::string& path, Work&& work)
{
    try {
        return work();
    } catch (const Error& error) {
        if (error.code() != Exit::io) throw;
        throw Error(Exit::bad_data, "'{}' is not an output file of swather, or damaged: {}", path,
                    error.finding());
    }
}

} // namespace swather::h5
