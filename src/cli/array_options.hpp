// SPDX-License-Identifier: MIT
#pragma once

#include "base/fingerprint.hpp"
#include "mpi/communicator.hpp"
#include "sources/array_header.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace swather {

/// The options by which the user names arrays.
class ArrayOptions {
public:
    /// Local. Adds them to a command.
    static std::shared_ptr<ArrayOptions> add_to(CLI::App& command);

    /// Local. What was given; what decides the array is added to the analysis. `Exit::usage`: a wrong value.
    [[nodiscard]] ArrayInputs inputs(Fingerprint& analysis) const;

private:
    std::vector<std::string> names_;
    std::optional<std::string> type_;
    std::optional<std::string> shape_;
};

/// Collective. The header of these inputs, which root reads; errors as of read_array_header.
ArrayHeader share_header(const Communicator& comm, const ArrayInputs& inputs);

/// Local. The number of an axis: by its name, or its number, from the last on where that is negative.
/// `Exit::usage`: there is none.
std::size_t number_of_axis(const std::vector<Axis>& axes, const std::string& text);

/// Local. `Exit::usage`: results would lie along more axes than HDF5 has.
void check_axes(const std::vector<Axis>& axes);

/// Local. Gives another name to each axis whose name `is_taken`, by a dataset beside it say: a dimension and
/// a dataset cannot share one.
void rename_axes(std::vector<Axis>& axes, const std::function<bool(const std::string& name)>& is_taken);

} // namespace swather
