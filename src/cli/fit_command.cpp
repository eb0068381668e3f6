// SPDX-License-Identifier: MIT
#include "cli/fit_command.hpp"

#include "base/number.hpp"
#include "cli/fit_inputs.hpp"
#include "cli/options.hpp"
#include "kernels/contrast.hpp"
#include "kernels/fit_mean.hpp"
#include "kernels/fit_t2star.hpp"
#include "kernels/fit_tensor.hpp"
#include "kernels/glm.hpp"
#include "run/run.hpp"

namespace swather {

namespace {

/// The contrasts and F tests, of each run.
std::vector<GlmQuestion> questions_of(const FitArguments& given, const FitInputs& inputs)
{
    std::vector<GlmQuestion> questions;
    const auto ask = [&](const std::string& text, bool is_f) {
        GlmQuestion question{.name = {}, .is_f = is_f, .rows = {}};
        for (const Design& design : inputs.designs) {
            const Contrast contrast =
                is_f ? parse_f_test(text, design.names) : parse_contrast(text, design.names);
            question.name = contrast.name;
            question.rows.push_back(contrast.rows);
        }
        if (std::all_of(question.rows.begin(), question.rows.end(),
                        [](const auto& rows) { return rows.isZero(0); }))
            throw Error(Exit::usage, "'{}' asks nothing: all of its weights are 0", question.name);
        if (question.name == "." || question.name == "..")
            throw Error(Exit::usage, "a contrast cannot have the name '{}'", question.name)
                .remedy("give another: 'NAME: EXPRESSION'");
        const auto same_name = [&](const GlmQuestion& other) {
            return other.is_f == is_f && other.name == question.name;
        };
        if (std::any_of(questions.begin(), questions.end(), same_name))
            throw Error(Exit::usage, "two {} have the name '{}'", is_f ? "F tests" : "contrasts",
                        question.name)
                .remedy("give one another name: 'NAME: {}'", text);
        questions.push_back(std::move(question));
    };
    for (const std::string& text : given.contrasts) ask(text, false);
    for (const std::string& text : given.f_tests) ask(text, true);
    return questions;
}

/// The maps of a glm that are wanted: those that were named, or what it makes of itself.
std::vector<std::string> maps_of(const FitArguments& given)
{
    const bool has_rho = given.noise == "ar1";
    if (given.maps.empty()) {
        if (!given.contrasts.empty() || !given.f_tests.empty())
            return {"effect", "variance", "stat", "z", "p"};
        return has_rho ? std::vector<std::string>{"beta", "sigma2", "rho", "r2"}
                       : std::vector<std::string>{"beta", "sigma2", "r2"};
    }
    struct Need {
        bool is_met;
        std::vector<std::string_view> maps;
        const char* why;
        const char* remedy;
    };
    const std::array needs{
        Need{!given.contrasts.empty() || !given.f_tests.empty(),
             {"stat", "z", "p"},
             "it is that of a contrast or an F test, and there is none",
             "give a --contrast or --ftest, or leave the map out"},
        Need{!given.contrasts.empty(),
             {"effect", "variance"},
             "it is that of a contrast, and there is none",
             "give a --contrast, or leave the map out"},
        Need{has_rho, {"rho"}, "--noise ols takes it for 0", "give --noise ar1, or leave the map out"}};
    for (const std::string& map : given.maps)
        for (const Need& need : needs)
            if (!need.is_met && std::find(need.maps.begin(), need.maps.end(), map) != need.maps.end())
                throw Error(Exit::usage, "--maps {}: {}", map, need.why).remedy("{}", need.remedy);
    return given.maps;
}

template <class T>
Glm<T> glm_of(const Communicator& comm, const FitArguments& given, FitInputs inputs)
{
    GlmOptions options{.noise = given.noise == "ols" ? Noise::ols : Noise::ar1,
                       .scaling = given.scaling == "none" ? Scaling::none : Scaling::percent,
                       .designs = {},
                       .questions = {},
                       .maps = given.maps};
    agree(comm, [&] { options.questions = questions_of(given, inputs); });
    options.designs = std::move(inputs.designs);
    Glm<T> glm(std::move(options));
    share(comm, [&] { glm.warn_of_unknowns(); });
    return glm;
}

TensorModel tensor_of(const Communicator& comm, const FitArguments& given, const FitInputs& inputs)
{
    std::optional<TensorModel> model;
    agree(comm, [&] {
        using Weights = TensorModel::Weights;
        const Weights weights = given.weights == "none"   ? Weights::none
                                : given.weights == "dipy" ? Weights::dipy
                                                          : Weights::mrtrix;
        try {
            model.emplace(inputs.volumes, inputs.b_table, inputs.linear, TensorModel::Options{weights});
        } catch (Error& error) {
            throw error.within("'{}' and '{}'", given.bvals, given.bvecs);
        }
    });
    return *std::move(model);
}

T2StarModel t2star_of(const Communicator& comm, const FitArguments& given)
{
    std::optional<T2StarModel> model;
    agree(comm, [&] { model.emplace(given.echo_times, T2StarModel::Options{given.max_t2star}); });
    return *std::move(model);
}

template <class T>
void fit(const Communicator& comm, const FitArguments& given, const RunOptions& options, Status& status)
{
    FitInputs inputs = read_inputs(comm, given);
    Image source{given.image};
    if (given.model == "glm")
        return run(comm, source, glm_of<T>(comm, given, std::move(inputs)), options, status);
    if (given.model == "tensor")
        return run(comm, source, FitTensor<T>{tensor_of(comm, given, inputs), inputs.volumes}, options,
                   status);
    if (given.model == "t2star")
        return run(comm, source, FitT2Star<T>{t2star_of(comm, given), inputs.volumes}, options, status);
    run(comm, source, FitMean<T>{}, options, status);
}

void add_glm(CLI::App& command, FitArguments& given)
{
    auto* glm = command.add_option_group("Model glm", "");
    const auto add = [&](const char* name, std::vector<std::string>& values, const char* what) {
        return glm->add_option(name, values, what)->allow_extra_args(false);
    };
    auto* events = add("--events", given.events, "The events of a run, as BIDS has them; once for each run")
                       ->type_name("EVENTS.tsv");
    add("--design", given.designs, "A ready design instead: a column for each regressor")
        ->type_name("DESIGN.tsv")
        ->excludes(events);
    glm->add_option("--tr", given.image.tr, "Repetition time, where the header does not say it")
        ->type_name("SECONDS")
        ->check([](const std::string& text) -> std::string {
            const Number number = parse_number(text);
            const bool is_positive =
                number.kind != Number::Kind::none && number.real > 0 && std::isfinite(number.real);
            return is_positive ? "" : fmt::format("'{}' is not a positive number of seconds", text);
        });
    glm->add_option("--noise", given.noise, "White noise, or a first-order autoregression")
        ->check(CLI::IsMember({"ar1", "ols"}))
        ->capture_default_str();
    glm->add_option("--scale", given.scaling, "Series in percent of their mean, or as they are")
        ->check(CLI::IsMember({"percent", "none"}))
        ->capture_default_str();
    add("--contrast", given.contrasts, "A t contrast: 'A - B', 'both: A + B', '1 -1 0'; may be repeated")
        ->type_name("[NAME:]EXPRESSION");
    add("--ftest", given.f_tests, "An F test of several: 'any: A, B'; may be repeated")
        ->type_name("[NAME:]EXPRESSION,…");
    glm->add_option("--maps", given.maps, "Which maps: of contrasts all, or of none what the model has")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->check(CLI::IsMember(std::vector<std::string>(glm_maps.begin(), glm_maps.end())));
    given.design = DesignArguments::add_to(command);
}

void add_others(CLI::App& command, FitArguments& given)
{
    auto* tensor = command.add_option_group("Model tensor", "");
    tensor->add_option("--bvals", given.bvals, "b-values, s/mm²")->type_name("FILE.bval");
    tensor->add_option("--bvecs", given.bvecs, "Their directions, along the axes of the voxels")
        ->type_name("FILE.bvec");
    tensor->add_option("--weights", given.weights, "Weights of the fit: none, or as dipy or mrtrix3 has them")
        ->check(CLI::IsMember({"none", "dipy", "mrtrix"}))
        ->capture_default_str();
    auto* t2star = command.add_option_group("Model t2star", "");
    t2star->add_option("--te", given.echo_times, "Echo time of each volume, ms")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("MS,…");
    t2star->add_option("--max-t2star", given.max_t2star, "T2* is at most this, ms")->capture_default_str();
}

/// Which options go with which model, and with events.
std::vector<OptionRule> rules()
{
    std::vector<std::string> of_glm{"--events", "--design",   "--tr",    "--noise",
                                    "--scale",  "--contrast", "--ftest", "--maps"};
    const std::vector<std::string> of_events = DesignArguments::names();
    of_glm.insert(of_glm.end(), of_events.begin(), of_events.end());
    std::vector<OptionRule> rules{{"--model", "glm", of_glm},
                                  {"--model", "tensor", {"--bvals", "--bvecs", "--weights"}},
                                  {"--model", "t2star", {"--te", "--max-t2star"}},
                                  {"--events", "", of_events}};
    for (OptionRule& rule : DesignArguments::rules()) rules.push_back(std::move(rule));
    return rules;
}

/// The options that decide the data, and the files that do.
Fingerprint analysis_of(FitArguments& given)
{
    const auto list = [](const auto& values) { return fmt::format("{}", fmt::join(values, " | ")); };
    const DesignArguments& design = *given.design;
    Fingerprint analysis;
    analysis.add("command", "fit");
    analysis.add("--model", given.model);
    // The files themselves are told apart by their identities; here, what each is to the model.
    analysis.add("input", list(given.image.paths));
    analysis.add("--mask", given.image.mask.path);
    analysis.add("--events", list(given.events));
    analysis.add("--design", list(given.designs));
    analysis.add("--confounds", list(design.confounds));
    analysis.add("--bvals", given.bvals);
    analysis.add("--bvecs", given.bvecs);
    analysis.add("--threshold", given.image.mask.threshold.value_or(""));
    analysis.add("--double", given.as_double ? "yes" : "no");
    analysis.add("--tr", given.image.tr ? fmt::format("{}", *given.image.tr) : "");
    analysis.add("--noise", given.noise);
    analysis.add("--scale", given.scaling);
    analysis.add("--contrast", list(given.contrasts));
    analysis.add("--ftest", list(given.f_tests));
    analysis.add("--maps", list(given.maps));
    analysis.add("--hrf", design.hrf);
    analysis.add("--undershoot", design.undershoot ? fmt::format("{}", *design.undershoot) : "");
    analysis.add("--derivatives", design.derivatives);
    analysis.add("--drift", design.drift);
    analysis.add("--high-pass", fmt::format("{}", design.high_pass));
    analysis.add("--min-onset", fmt::format("{}", design.min_onset));
    analysis.add("--slice-time-ref", fmt::format("{}", design.slice_time_ref));
    analysis.add("--confound-columns", list(design.confound_columns));
    analysis.add("--weights", given.weights);
    analysis.add("--te", list(given.echo_times));
    analysis.add("--max-t2star", fmt::format("{}", given.max_t2star));
    for (const auto& files : {given.events, given.designs, design.confounds})
        for (const std::string& file : files) given.image.companions.push_back(file);
    for (const std::string* file : {&given.bvals, &given.bvecs})
        if (!file->empty()) given.image.companions.push_back(*file);
    return analysis;
}

} // namespace

Prepare fit_command(CLI::App& command)
{
    auto given = std::make_shared<FitArguments>();
    command
        .add_option("input", given->image.paths, "NIfTI images, or globs: 4D, or 3D volumes in their order")
        ->required()
        ->type_name("IN.nii");
    command.add_option("--model", given->model, "What is fitted to the series of each voxel")
        ->required()
        ->check(CLI::IsMember({"glm", "tensor", "t2star", "mean"}));
    auto* voxels = command.add_option_group("Voxels", "");
    auto* mask = voxels->add_option("--mask", given->image.mask.path, "Only voxels where this image is not 0")
                     ->type_name("MASK.nii");
    voxels
        ->add_option("--threshold", given->image.mask.threshold,
                     "Only voxels above this in the first volume; P%: of its 98th percentile")
        ->type_name("X|P%")
        ->excludes(mask);
    voxels->add_flag("--double", given->as_double, "Maps of float64, not of float32");
    add_glm(command, *given);
    add_others(command, *given);
    set_option_rules(command, rules());
    auto shared = SharedOptions::add_to(command);

    return [given, shared](const std::string& command_line) -> Action {
        if (given->model == "glm") given->maps = maps_of(*given);
        RunOptions options = shared->options(analysis_of(*given));
        options.command_line = command_line;
        given->image.hash_whole = options.hash_inputs;
        return [given, options](const Communicator& comm) {
            with_status(comm, options, [&](Status& status) {
                given->as_double ? fit<double>(comm, *given, options, status)
                                 : fit<float>(comm, *given, options, status);
            });
        };
    };
}

} // namespace swather
