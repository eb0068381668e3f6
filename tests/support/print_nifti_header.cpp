// SPDX-License-Identifier: MIT
// print_nifti_header FILE…: what the reader finds in the header of each, one line of JSON for a file.
#include "base/error.hpp"
#include "sources/nifti_header.hpp"
#include "sources/stage.hpp"
#include "sources/text_file.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

using namespace swather;

namespace {

nlohmann::json json_of(const std::string& path)
{
    const std::string front = front_of_text(path, packing_of(path), nifti_header_bytes);
    const NiftiHeader header = parse_nifti_header(std::as_bytes(std::span(front)), path);
    const auto text = [](const std::string& bytes) {
        return std::vector<int>(bytes.begin(), bytes.end()); // of any encoding
    };
    return {{"shape", {header.nx, header.ny, header.nz, header.nt}},
            {"datatype", static_cast<int>(header.type)},
            {"cell_bytes", header.cell_bytes},
            {"swapped", header.swapped},
            {"is_pair", header.is_pair},
            {"data_offset", header.data_offset},
            {"scaling", {header.slope, header.intercept}},
            {"zooms", header.zooms},
            {"tr", header.tr},
            {"mm_per_unit", header.mm_per_unit},
            {"affine", header.affine},
            {"codes", {header.sform_code, header.qform_code}},
            {"quatern", header.qform.quatern},
            {"qoffset", header.qform.qoffset},
            {"qfac", header.qform.qfac},
            {"intent", {header.intent.code, header.intent.parameters, text(header.intent.name)}},
            {"descrip", text(header.descrip)}};
}

} // namespace

int main(int argc, char** argv)
{
    for (const std::string path : std::span(argv, static_cast<std::size_t>(argc)).subspan(1)) {
        try {
            fmt::print("{}\n", json_of(path).dump());
        } catch (const Error& error) {
            fmt::print(
                "{}\n",
                nlohmann::json{{"exit", static_cast<int>(error.code())}, {"error", error.what()}}.dump());
        }
    }
}
