// SPDX-License-Identifier: MIT
#pragma once

#include "base/error.hpp"
#include "grid/box.hpp"

#include <hdf5.h>

#include <string>
#include <utility>
#include <vector>

/// HDF5's C interface, as far as it is used here: one owner for its ids, and one check for its codes. All is
/// local: rank 0 alone has a file open, so that no destructor waits for another rank.
namespace swather::h5 {

/// Local. Throws what the library's error stack tells, innermost cause first; `what` is what was being done.
[[noreturn]] void fail(const std::string& what, Exit code = Exit::io);

/// Local. A negative result of a call of the library is an error.
template <class Result>
Result check(Result result, const std::string& what, Exit code = Exit::io)
{
    if (result < 0) fail(what, code);
    return result;
}

/// An id of the library, and the function that closes it.
class Id {
public:
    using Close = herr_t (*)(hid_t);

    Id() = default;
    Id(hid_t id, Close closer)
        : id_(id)
        , close_(closer)
    {
    }
    Id(Id&& other) noexcept
        : id_(std::exchange(other.id_, -1))
        , close_(other.close_)
    {
    }
    Id& operator=(Id&& other) noexcept
    {
        std::swap(id_, other.id_);
        std::swap(close_, other.close_);
        return *this;
    }
    ~Id()
    {
        if (id_ >= 0) close_(id_);
    }

    operator hid_t() const { return id_; } // an id is what every call of the library takes

    /// Local. Closes now, and throws where that fails: the last bytes of a file are written here.
    void close(const std::string& what)
    {
        if (id_ >= 0) check(close_(std::exchange(id_, -1)), what);
    }

private:
    hid_t id_ = -1;
    Close close_ = nullptr;
};

/// Local. Opens a file for reading.
Id open_file(const std::string& path);
/// Local. Makes a group, and those above it that are missing. Order of creation is tracked, as netCDF-4 wants
/// it.
Id make_group(hid_t file, const std::string& path);
/// Local. Properties of a dataset that is to be made: attributes in the order of creation, no times.
Id dataset_properties();
Id space_of(hsize_t size);
Id space_of(const std::vector<hsize_t>& sizes);
/// Local. Of each axis of a dataset.
std::vector<hsize_t> sizes_of(hid_t dataset);
/// Local. Variable-length UTF-8.
Id text_type();

void write_attribute(hid_t object, const std::string& name, const std::string& text);
void write_attribute(hid_t object, const std::string& name, Index number);
void write_attribute(hid_t object, const std::string& name, double number);
std::string read_text_attribute(hid_t object, const std::string& name);
Index read_number_attribute(hid_t object, const std::string& name);
double read_real_attribute(hid_t object, const std::string& name);

/// Local. Makes the scale of a dimension that has a name and a size but no values, as netCDF-4 does.
Id make_dimension(hid_t file, const std::string& path, Index size);
/// Local. Makes a scale that says where each element lies.
Id make_coordinates(hid_t file, const std::string& path, const std::vector<double>& values,
                    const std::string& units);
/// Local. Says that dimension number `which` of a dataset is this one.
void attach_dimension(hid_t dataset, hid_t dimension, unsigned which = 0);
/// Local. The name of dimension number `which` of a dataset, of several the first; empty where it has none.
std::string dimension_name(hid_t dataset, unsigned which);

} // namespace swather::h5
