// SPDX-License-Identifier: MIT
#include "cli/design_options.hpp"

#include "base/error.hpp"
#include "base/number.hpp"
#include "cli/option_rules.hpp"
#include "sources/events.hpp"
#include "sources/field_rows.hpp"

#include <algorithm>

namespace swather {

namespace {

/// The N of "polynomial:N"; of "polynomial" 1, as of nilearn.
int order_of(const std::string& drift)
{
    constexpr std::string_view polynomial = "polynomial";
    if (drift == polynomial) return 1;
    const bool has_order = drift.starts_with("polynomial:");
    const Number order = has_order ? parse_number(drift.substr(polynomial.size() + 1)) : Number{};
    if (order.kind != Number::Kind::integer || order.integer < 1 || order.integer > 100)
        throw Error(Exit::usage, "--drift '{}' is none", drift)
            .remedy("give cosine, none, or polynomial:N of an order from 1 to 100");
    return static_cast<int>(order.integer);
}

} // namespace

std::shared_ptr<DesignArguments> DesignArguments::add_to(CLI::App& command)
{
    auto given = std::make_shared<DesignArguments>();
    auto* group = command.add_option_group("Design", "");
    group->add_option("--hrf", given->hrf, "Hemodynamic response, as nilearn 0.10.4 has it")
        ->check(CLI::IsMember({"glover", "spm"}))
        ->capture_default_str();
    group
        ->add_option(
            "--undershoot", given->undershoot,
            "Part of the undershoot in it; without, 0.35 of glover (nilearn since 0.11: 0.48), 0.167 "
            "of spm")
        ->check(number_from(0, 0.99))
        ->type_name("RATIO");
    group->add_option("--derivatives", given->derivatives, "Columns for the response's derivatives too")
        ->check(CLI::IsMember({"none", "time", "dispersion"}))
        ->capture_default_str();
    group
        ->add_option("--drift", given->drift, "Columns for slow drift: cosine, polynomial:N of order N, none")
        ->type_name("MODEL")
        ->capture_default_str();
    group->add_option("--high-pass", given->high_pass, "The cosine drift has all slower frequencies")
        ->type_name("HZ")
        ->capture_default_str();
    group
        ->add_option("--min-onset", given->min_onset,
                     "Events before this time have begun at it; the run begins at 0")
        ->type_name("SECONDS")
        ->capture_default_str();
    group
        ->add_option("--slice-time-ref", given->slice_time_ref,
                     "When in its repetition time a volume was taken, from 0 to 1")
        ->type_name("PART")
        ->capture_default_str();
    group
        ->add_option("--confounds", given->confounds, "More columns, from a table with a row for each volume")
        ->type_name("F.tsv")
        ->allow_extra_args(false);
    group->add_option("--confound-columns", given->confound_columns, "Of the confounds; without it, all")
        ->type_name("COLUMN[,…]")
        ->delimiter(',')
        ->allow_extra_args(false);
    return given;
}

std::vector<std::string> DesignArguments::names()
{
    return {"--hrf",       "--undershoot", "--derivatives",    "--drift",           "--high-pass",
            "--min-onset", "--confounds",  "--slice-time-ref", "--confound-columns"};
}

std::vector<OptionRule> DesignArguments::rules()
{
    return {{"--drift", "cosine", {"--high-pass"}}, {"--confounds", "", {"--confound-columns"}}};
}

DesignOptions DesignArguments::options() const
{
    using Derivatives = HemodynamicResponse::Derivatives;
    using Drift = DesignOptions::Drift;
    DesignOptions options;
    if (hrf == "spm") options.response.model = HemodynamicResponse::Model::spm;
    options.response.undershoot = undershoot;
    if (derivatives == "time") options.response.derivatives = Derivatives::time;
    if (derivatives == "dispersion") options.response.derivatives = Derivatives::time_and_dispersion;
    options.high_pass = high_pass;
    options.min_onset = min_onset;
    options.slice_time_ref = slice_time_ref;
    if (drift == "none") {
        options.drift = Drift::none;
    } else if (drift != "cosine") {
        options.drift = Drift::polynomial;
        options.drift_order = order_of(drift);
    }
    return options;
}

Design DesignArguments::design(const std::string& events, std::size_t run, Eigen::Index volumes,
                               double tr) const
{
    const DesignOptions model = options();
    const std::vector<Event> of_run = read_events(events);
    const Design more = confounds.empty() ? Design{} : read_design(confounds.at(run), confound_columns);
    try {
        return make_design(model, of_run, more, volumes, tr);
    } catch (Error& error) {
        if (error.code() == Exit::usage) throw;
        throw error.within("'{}'{}", events,
                           confounds.empty() ? "" : fmt::format(" with '{}'", confounds.at(run)));
    }
}

Design read_design(const std::string& path, const std::vector<std::string>& columns)
{
    Eigen::Index rows = 0; // counted before they are read, so that no numbers move
    for (FieldRows table(path); table.next();) ++rows;
    FieldRows table(path);
    Design design{.names = columns.empty() ? table.names() : columns, .stored = {}};
    if (std::find(design.names.begin(), design.names.end(), "") != design.names.end())
        throw Error(Exit::bad_data, "'{}' has a column without a name", path)
            .remedy("pandas writes none for its index with to_csv(…, index=False)");
    if (rows == 0) throw Error(Exit::bad_data, "'{}' has no rows, only a header", path);
    std::vector<std::size_t> places;
    for (const std::string& name : design.names) places.push_back(find_column(name, table.names(), path));
    design.stored.resize(rows, std::ssize(places));
    for (auto row : design.stored.rowwise()) {
        if (!table.next()) throw Error(Exit::bad_data, "'{}' changed while it was read", path);
        std::transform(places.begin(), places.end(), row.begin(),
                       [&](std::size_t place) { return table.number(place); });
    }
    return design;
}

} // namespace swather
