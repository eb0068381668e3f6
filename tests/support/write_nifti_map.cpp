// SPDX-License-Identifier: MIT
// write_nifti_map SPEC.json CELLS OUT: writes OUT as the JSON says, of the raw cells in the file CELLS.
#include "base/error.hpp"
#include "base/file.hpp"
#include "sources/nifti_writer.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <vector>

using namespace swather;

namespace {

template <class T>
std::vector<T> read_cells(const std::string& path)
{
    const File file = File::open(path, File::Mode::read);
    std::vector<T> cells(file.size() / sizeof(T));
    file.read(0, std::as_writable_bytes(std::span(cells)));
    return cells;
}

template <class T>
void write(const nlohmann::json& spec, const std::string& cells_path, const std::string& path)
{
    const std::vector<T> cells = read_cells<T>(cells_path);
    const std::vector<Index> shape = spec["shape"];
    write_nifti(path, {.nx = shape.at(0),
                       .ny = shape.at(1),
                       .nz = shape.at(2),
                       .nt = shape.at(3),
                       .cells = std::span(cells),
                       .affine = spec["affine"],
                       .sform_code = spec["sform_code"],
                       .qform_code = spec["qform_code"],
                       .zooms = spec["zooms"],
                       .tr = spec["tr"],
                       .intent = {.code = spec["intent_code"],
                                  .parameters = spec["intent_parameters"],
                                  .name = spec["intent_name"]},
                       .descrip = spec["descrip"]});
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 4) return static_cast<int>(Exit::usage);
    try {
        const auto spec = nlohmann::json::parse(std::ifstream(argv[1]));
        spec["double"] ? write<double>(spec, argv[2], argv[3]) : write<float>(spec, argv[2], argv[3]);
    } catch (const Error& error) {
        fmt::print(stderr, "{}\n", error.what());
        return static_cast<int>(error.code());
    }
}
