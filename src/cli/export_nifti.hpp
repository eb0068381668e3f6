// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace swather {

/// Local. Writes every map of an output file of `swather fit` into `folder`, which is made if it is missing,
/// as .nii.gz with the geometry of the input, its intent, and a name in the manner of BIDS. A value that is
/// NaN, where there is no fit, becomes 0, as nilearn, FSL and MRtrix3 have it; a p becomes 1.
///
/// One map is in memory at a time. A map has its name when it is whole. `Exit::bad_data`: the file is not of
/// swather, incomplete, or without maps; `Exit::cannot_create`: a map is there and `force` is not given, or
/// none can be; `Exit::io`: a full disk.
void export_nifti(const std::string& path, const std::string& folder, bool force);

} // namespace swather
