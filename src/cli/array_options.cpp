// SPDX-License-Identifier: MIT
#include "cli/array_options.hpp"

#include "base/error.hpp"
#include "base/number.hpp"
#include "mpi/agree.hpp"
#include "sources/random_spec.hpp"

#include <fmt/ranges.h>

#include <algorithm>

namespace swather {

std::shared_ptr<ArrayOptions> ArrayOptions::add_to(CLI::App& command)
{
    auto options = std::make_shared<ArrayOptions>();
    command
        .add_option("inputs", options->names_,
                    "Arrays, or globs: .npy, FILE.h5:/DATASET, NIfTI, text of numbers, plain bytes, or "
                    "random:SHAPE; several of one shape have a first axis, file")
        ->required()
        ->type_name("IN");
    auto* bytes = command.add_option_group("Plain bytes and text", "");
    auto* type =
        bytes
            ->add_option("--dtype", options->type_,
                         "Type of elements that lie end to end, in this machine's order of bytes; or without "
                         "--shape, as what numbers of text are read")
            ->check(CLI::IsMember(std::vector<std::string>(element_names.begin(), element_names.end())));
    bytes
        ->add_option("--shape", options->shape_,
                     "Of plain bytes: how many along each axis, the last the fastest")
        ->type_name("N[xN…]")
        ->needs(type);
    return options;
}

ArrayInputs ArrayOptions::inputs(Fingerprint& analysis) const
{
    ArrayInputs inputs{.names = names_};
    if (type_)
        inputs.type = static_cast<Element>(std::find(element_names.begin(), element_names.end(), *type_) -
                                           element_names.begin());
    if (shape_) inputs.shape = parse_shape("--shape", *shape_);
    analysis.add("input", fmt::format("{}", fmt::join(inputs.names, ",")));
    analysis.add("--dtype", type_.value_or(""));
    analysis.add("--shape", fmt::format("{}", fmt::join(inputs.shape, ",")));
    return inputs;
}

ArrayHeader share_header(const Communicator& comm, const ArrayInputs& inputs)
{
    Bytes packed;
    share(comm, [&] { packed = read_array_header(inputs).pack(); });
    return ArrayHeader::unpack(comm.broadcast(std::move(packed)));
}

std::size_t number_of_axis(const std::vector<Axis>& axes, const std::string& text)
{
    const auto named =
        std::find_if(axes.begin(), axes.end(), [&](const Axis& axis) { return axis.name == text; });
    if (named != axes.end()) return static_cast<std::size_t>(named - axes.begin());
    const Number number = parse_number(text);
    const Index count = std::ssize(axes);
    if (number.kind == Number::Kind::integer && number.integer >= -count && number.integer < count)
        return static_cast<std::size_t>(number.integer < 0 ? number.integer + count : number.integer);
    std::string all;
    for (const Axis& axis : axes)
        all += fmt::format("{}{} ({})", all.empty() ? "" : ", ", axis.name, axis.size);
    throw Error(Exit::usage, "--axis {}: the input has no such axis", text)
        .remedy("its axes are {}, or 0 to {}", all, count - 1);
}

void check_axes(const std::vector<Axis>& axes)
{
    constexpr std::ptrdiff_t most = 32;
    if (std::ssize(axes) > most)
        throw Error(Exit::usage, "results lie along {} axes, and datasets of HDF5 have {} at most",
                    axes.size(), most)
            .remedy("reduce more of them, or join some: a.reshape(…)");
}

void rename_axes(std::vector<Axis>& axes, const std::function<bool(const std::string& name)>& is_taken)
{
    for (std::size_t i = 0; i < axes.size(); ++i)
        if (is_taken(axes[i].name)) axes[i].name = free_name(axes, i);
}

} // namespace swather
