// SPDX-License-Identifier: MIT
#include "cli/fit_inputs.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "mpi/agree.hpp"
#include "sources/image_series.hpp"
#include "sources/input_paths.hpp"
#include "sources/small_table.hpp"

#include <algorithm>

namespace swather {

namespace {

/// The repetition time of a run, in seconds.
double tr_of(const FitArguments& arguments, const ImageSeries& series, std::size_t run)
{
    const auto& runs = series.run_of_file;
    const auto first = std::find(runs.begin(), runs.end(), static_cast<Index>(run)) - runs.begin();
    const ImageFile& image = series.files[static_cast<std::size_t>(first)];
    const double tr = arguments.image.tr.value_or(image.header.tr);
    if (!(tr > 0))
        throw Error(Exit::usage, "'{}' does not say its repetition time", image.path)
            .remedy("give it: --tr SECONDS");
    return tr;
}

std::vector<Design> read_designs(const FitArguments& arguments, const ImageSeries& series)
{
    const bool is_ready = !arguments.designs.empty();
    const auto& paths = is_ready ? arguments.designs : arguments.events;
    const char* option = is_ready ? "--design" : "--events";
    if (paths.empty())
        throw Error(Exit::usage, "--model glm wants --events or --design").remedy("give one for each run");
    const auto check_count = [&](const char* name, std::size_t count) {
        if (count != series.runs.size())
            throw Error(Exit::usage, "{} was given {}, and the images are {}", name,
                        times_in_words(static_cast<Index>(count)), counted(std::ssize(series.runs), "run"))
                .remedy("give one for each 4D image, in the order of the images");
    };
    check_count(option, paths.size());
    if (!arguments.design->confounds.empty()) check_count("--confounds", arguments.design->confounds.size());

    std::vector<Design> designs;
    for (std::size_t run = 0; run < paths.size(); ++run) {
        const Index volumes = series.runs[run];
        designs.push_back(
            is_ready ? read_design(paths[run])
                     : arguments.design->design(paths[run], run, volumes, tr_of(arguments, series, run)));
        if (designs.back().volumes() != volumes)
            throw Error(Exit::bad_data, "the design '{}' has {}, and its run has {}", paths[run],
                        counted(designs.back().volumes(), "row"), counted(volumes, "volume"));
    }
    return designs;
}

BTable read_b_table(const FitArguments& arguments)
{
    if (arguments.bvals.empty() || arguments.bvecs.empty())
        throw Error(Exit::usage, "--model tensor wants --bvals and --bvecs");
    BTable table{.values = read_numbers(arguments.bvals), .vectors = {}};
    for (const auto& [x, y, z] : read_vectors(arguments.bvecs)) table.vectors.emplace_back(x, y, z);
    return table;
}

FitInputs read(const FitArguments& arguments)
{
    const ImageSeries series(files_of(arguments.image.paths));
    FitInputs inputs;
    for (const Index volumes : series.runs) inputs.volumes += volumes;
    for (int row = 0; row < 3; ++row)
        for (int column = 0; column < 3; ++column)
            inputs.linear(row, column) =
                series.header().affine[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)];
    if (arguments.model == "glm") inputs.designs = read_designs(arguments, series);
    if (arguments.model == "tensor") inputs.b_table = read_b_table(arguments);
    if (arguments.model == "t2star" && arguments.echo_times.empty())
        throw Error(Exit::usage, "--model t2star wants --te").remedy("give the echo time of each volume");
    if (arguments.model == "t2star" && std::ssize(arguments.echo_times) != inputs.volumes)
        throw Error(Exit::bad_data, "--te gives {}, and the images have {}",
                    counted(std::ssize(arguments.echo_times), "echo time"),
                    counted(inputs.volumes, "volume"));
    return inputs;
}

Bytes pack(const FitInputs& inputs)
{
    Bytes bytes;
    put(bytes, inputs.volumes);
    put(bytes, std::span<const double>(inputs.b_table.values));
    put(bytes, static_cast<std::uint64_t>(inputs.b_table.vectors.size()));
    for (const Eigen::Vector3d& vector : inputs.b_table.vectors)
        for (const double coordinate : vector) put(bytes, coordinate);
    for (const double entry : inputs.linear.reshaped()) put(bytes, entry);
    for (const Design& design : inputs.designs) {
        put(bytes, std::int64_t{design.stored.rows()});
        put(bytes, std::int64_t{design.stored.cols()});
        put(bytes, std::int64_t{design.cosines.columns});
        put(bytes, std::span<const double>(design.cosines.wave));
        for (const std::string& name : design.names) put(bytes, std::string_view(name));
        bytes.reserve(bytes.size() + sizeof(double) * static_cast<std::size_t>(design.stored.size()));
        for (const double entry : design.stored.reshaped()) put(bytes, entry);
    }
    return bytes;
}

FitInputs unpack(const Bytes& bytes)
{
    BytesReader reader(bytes);
    FitInputs inputs;
    inputs.volumes = reader.get<Index>();
    inputs.b_table.values = reader.get_vector<double>();
    inputs.b_table.vectors.resize(reader.get<std::uint64_t>());
    for (Eigen::Vector3d& vector : inputs.b_table.vectors)
        for (double& coordinate : vector) coordinate = reader.get<double>();
    for (double& entry : inputs.linear.reshaped()) entry = reader.get<double>();
    while (!reader.at_end()) {
        Design& design = inputs.designs.emplace_back();
        const auto rows = reader.get<std::int64_t>();
        design.stored.resize(rows, reader.get<std::int64_t>());
        design.cosines.columns = reader.get<std::int64_t>();
        design.cosines.wave = reader.get_vector<double>();
        for (Eigen::Index i = 0; i < design.columns(); ++i) design.names.push_back(reader.get_string());
        for (double& entry : design.stored.reshaped()) entry = reader.get<double>();
    }
    return inputs;
}

} // namespace

FitInputs read_inputs(const Communicator& comm, const FitArguments& arguments)
{
    Bytes bytes;
    share(comm, [&] { bytes = pack(read(arguments)); });
    return unpack(comm.broadcast(std::move(bytes)));
}

} // namespace swather
