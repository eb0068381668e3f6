// SPDX-License-Identifier: MIT
#include "kernels/design.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/number.hpp"
#include "base/units.hpp"

#include <Eigen/QR>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>
#include <tuple>

namespace swather {

namespace {

constexpr double oversampling = 50; // of the time between two volumes

/// numpy.linspace, bit for bit: where an onset falls on a point of time, the last bit decides between steps.
std::vector<double> linspace(double first, double last, Eigen::Index size)
{
    std::vector<double> points(static_cast<std::size_t>(size));
    const double step = (last - first) / static_cast<double>(size - 1);
    for (std::size_t i = 0; i < points.size(); ++i) points[i] = static_cast<double>(i) * step;
    for (double& point : points) point += first; // in a loop of its own, so that it is rounded twice
    points.back() = last;
    return points;
}

/// The points in time of a run.
struct Times {
    std::vector<double> volumes;
    std::vector<double> fine; ///< from min_onset to a volume behind the last, oversampled

    Times(const DesignOptions& options, Eigen::Index size, double tr)
    {
        const auto n = static_cast<double>(size);
        const double first = options.slice_time_ref * tr;
        const double last = (n - 1 + options.slice_time_ref) * tr;
        volumes = linspace(first, last, size);
        const double end = last * (1 + 1 / (n - 1));
        const double points =
            (n - 1) / (last - first) * ((end - first - options.min_onset) * oversampling) + 1;
        fine = linspace(first + options.min_onset, end, std::lrint(points));
    }

    /// The least time between two volumes, each of which is rounded.
    [[nodiscard]] double repetition() const
    {
        double least = volumes[1] - volumes[0];
        for (std::size_t i = 2; i < volumes.size(); ++i) least = std::min(least, volumes[i] - volumes[i - 1]);
        return least;
    }
};

void check(const DesignOptions& options, const Design& confounds, Eigen::Index volumes, double tr)
{
    const auto in_range = [](const char* what, double value, double least, double most) {
        if (!(value >= least && value <= most))
            throw Error(Exit::usage, "{} is {}, and must be from {} to {}", what, value, least, most);
    };
    if (volumes < 2) throw Error(Exit::usage, "a design needs two volumes or more, there is {}", volumes);
    if (tr > 100)
        throw Error(Exit::usage, "the repetition time is {} s", tr).remedy("is it in milliseconds?");
    in_range("the repetition time", tr, 0.001, 100);
    in_range("the slice time reference", options.slice_time_ref, 0, 1);
    in_range("the least onset", options.min_onset, -3600, 0);
    in_range("the high-pass frequency", options.high_pass, 0, 1000);
    in_range("the order of the drift", options.drift_order, 0, 100);
    in_range("the undershoot", options.response.undershoot.value_or(0), 0, 0.99);
    if (confounds.columns() > 0 && confounds.volumes() != volumes)
        throw Error(Exit::bad_data, "the confounds have {} rows, but there are {} volumes",
                    confounds.volumes(), volumes)
            .remedy("one row for each volume was expected");
}

/// The columns that a cosine drift has.
double cosine_order(double high_pass, double volumes, double tr)
{
    return std::min(volumes - 1, std::floor(2 * volumes * high_pass * tr));
}

/// Refuses a design that is out of all proportion before its memory is asked for.
void check_size(const DesignOptions& options, std::size_t conditions, const Design& confounds,
                Eigen::Index volumes, double tr)
{
    constexpr double most = 1 << 30;
    const auto n = static_cast<double>(volumes);
    double columns =
        static_cast<double>(conditions) * (1 + static_cast<double>(options.response.derivatives)) +
        static_cast<double>(confounds.columns()) + 1;
    if (options.drift == DesignOptions::Drift::cosine) columns += cosine_order(options.high_pass, n, tr);
    if (options.drift == DesignOptions::Drift::polynomial) columns += options.drift_order;
    const double points = n + (-options.min_onset) / tr; // in time, from the least onset on
    const double bytes = sizeof(double) * (n * columns + 2 * oversampling * points);
    if (bytes > most)
        throw Error(Exit::usage, "a design of {} volumes and {} columns takes {}, and 1 GiB is the most",
                    with_commas(volumes), with_commas(std::llround(columns)), human_bytes(bytes))
            .remedy("are the number of volumes and the repetition time right?");
}

/// The different trial types: as numbers where all are, else by their bytes.
std::vector<std::string> conditions_of(std::span<const Event> events)
{
    std::set<std::string> names;
    for (const Event& event : events) names.insert(event.trial_type);
    std::vector<std::string> conditions(names.begin(), names.end());
    const auto is_number = [](const std::string& name) {
        return parse_number(name).kind != Number::Kind::none;
    };
    if (std::all_of(conditions.begin(), conditions.end(), is_number))
        std::stable_sort(conditions.begin(), conditions.end(),
                         [](const auto& a, const auto& b) { return parse_number(a) < parse_number(b); });
    return conditions;
}

void warn_of_odd(std::span<const Event> events, const Times& times, double min_onset)
{
    std::size_t early = 0, late = 0, twice = 0;
    std::set<std::tuple<std::string, double, double>> seen;
    for (const Event& event : events) {
        early += event.onset < times.volumes.front() + min_onset ? 1 : 0;
        late += event.onset >= times.fine.back() ? 1 : 0;
        twice += seen.emplace(event.trial_type, event.onset, event.duration).second ? 0 : 1;
    }
    if (early > 0)
        spdlog::warn("{} of {} events begin before {:g} s: they count from there on", early, events.size(),
                     times.volumes.front() + min_onset);
    if (late > 0)
        spdlog::warn("{} of {} events begin behind the run, which ends at {:g} s: they have no effect", late,
                     events.size(), times.fine.back());
    if (twice > 0) spdlog::warn("{} of {} events are there twice: they are summed", twice, events.size());
}

/// The heights of all events of a condition that last at each of the fine points. An event lasts for one of
/// them at least.
Eigen::VectorXd stimulus(std::span<const Event> events, const std::string& condition, const Times& times)
{
    const auto place = [&](double time) {
        const auto found = std::lower_bound(times.fine.begin(), times.fine.end(), time);
        return std::min<Eigen::Index>(found - times.fine.begin(), std::ssize(times.fine) - 1);
    };
    Eigen::VectorXd heights = Eigen::VectorXd::Zero(std::ssize(times.fine));
    for (const Event& event : events) {
        if (event.trial_type != condition) continue;
        const Eigen::Index begin = place(event.onset);
        const Eigen::Index end = place(event.onset + event.duration);
        heights[begin] += event.modulation;
        heights[std::min(begin == end ? end + 1 : end, heights.size() - 1)] -= event.modulation;
    }
    for (Eigen::Index i = 1; i < heights.size(); ++i) heights[i] += heights[i - 1];
    return heights;
}

/// The convolution of a stimulus with a response at each volume, by linear interpolation between the fine
/// points beside it: nowhere else is it computed.
Eigen::VectorXd convolved(const Eigen::VectorXd& stimulus, const Eigen::VectorXd& response,
                          const Times& times)
{
    const auto at = [&](Eigen::Index i) {
        const Eigen::Index size = std::min(i + 1, response.size());
        return stimulus.segment(i + 1 - size, size).reverse().dot(response.head(size));
    };
    Eigen::VectorXd values(std::ssize(times.volumes));
    for (Eigen::Index volume = 0; volume < values.size(); ++volume) {
        const double time = times.volumes[static_cast<std::size_t>(volume)];
        const auto found = std::lower_bound(times.fine.begin() + 1, times.fine.end() - 1, time);
        const Eigen::Index high = found - times.fine.begin();
        const double before = at(high - 1);
        values[volume] = (at(high) - before) / (*found - found[-1]) * (time - found[-1]) + before;
    }
    return values;
}

/// Takes from each column what those before it explain.
void orthogonalise(Eigen::MatrixXd& columns)
{
    for (Eigen::Index i = 1; i < columns.cols(); ++i) {
        const auto before = columns.leftCols(i);
        const Eigen::VectorXd weights = before.completeOrthogonalDecomposition().solve(columns.col(i));
        columns.col(i) -= before * weights;
    }
}

Cosines cosine_drift(double high_pass, const std::vector<double>& times)
{
    const auto n = static_cast<double>(times.size());
    const double tr = (times.back() - times.front()) / (n - 1);
    if (high_pass * tr >= 0.5)
        spdlog::warn("a high-pass frequency of {} Hz leaves nothing of a signal of one volume in {} s",
                     high_pass, tr);
    return Cosines::of(std::ssize(times), std::lrint(cosine_order(high_pass, n, tr)));
}

Eigen::MatrixXd polynomial_drift(int order, const std::vector<double>& times)
{
    Eigen::MatrixXd powers(std::ssize(times), order + 1);
    for (Eigen::Index t = 0; t < powers.rows(); ++t)
        for (Eigen::Index k = 0; k <= order; ++k)
            powers(t, k) = std::pow(times[static_cast<std::size_t>(t)] / times.back(), k);
    orthogonalise(powers);
    return powers.rightCols(order);
}

void append(Design& design, const std::vector<std::string>& names, const Eigen::MatrixXd& columns)
{
    design.names.insert(design.names.end(), names.begin(), names.end());
    design.stored.conservativeResize(columns.rows(), design.stored.cols() + columns.cols());
    design.stored.rightCols(columns.cols()) = columns;
}

void append_conditions(Design& design, const DesignOptions& options, std::span<const Event> events,
                       const Times& times)
{
    static constexpr std::array<const char*, 3> endings{"", "_derivative", "_dispersion"};
    const std::vector<Eigen::VectorXd> responses =
        options.response.samples(times.repetition() / oversampling);
    for (const std::string& condition : conditions_of(events)) {
        const Eigen::VectorXd of_condition = stimulus(events, condition, times);
        Eigen::MatrixXd columns(std::ssize(times.volumes), std::ssize(responses));
        std::vector<std::string> names;
        for (std::size_t i = 0; i < responses.size(); ++i) {
            columns.col(static_cast<Eigen::Index>(i)) = convolved(of_condition, responses[i], times);
            names.push_back(condition + endings[i]);
        }
        if (columns.col(0).isZero(0))
            spdlog::warn("the condition '{}' has no effect within the run: its column is 0", condition);
        orthogonalise(columns);
        append(design, names, columns);
    }
}

void append_drift(Design& design, const DesignOptions& options, const std::vector<double>& times)
{
    Eigen::MatrixXd powers(std::ssize(times), 0);
    if (options.drift == DesignOptions::Drift::cosine)
        design.cosines = cosine_drift(options.high_pass, times);
    if (options.drift == DesignOptions::Drift::polynomial)
        powers = polynomial_drift(options.drift_order, times);
    std::vector<std::string> names;
    for (Eigen::Index k = 1; k <= design.cosines.columns + powers.cols(); ++k)
        names.push_back(fmt::format("drift_{}", k));
    append(design, names, powers);
    append(design, {"constant"}, Eigen::VectorXd::Ones(std::ssize(times)));
}

void check_names(const std::vector<std::string>& names)
{
    std::set<std::string> seen;
    for (const std::string& name : names)
        if (!seen.insert(name).second)
            throw Error(Exit::bad_data, "two columns of the design are named '{}'", name)
                .remedy("rename the condition or the confound");
}

} // namespace

Eigen::MatrixXd Design::rows(const Box& of_volumes) const
{
    const auto rows_stored = stored.middleRows(of_volumes.begin, of_volumes.size());
    Eigen::MatrixXd rows(of_volumes.size(), columns());
    if (cosines.columns == 0) return rows = rows_stored;
    const Eigen::Index before = stored.cols() - 1;
    rows.leftCols(before) = rows_stored.leftCols(before);
    cosines.copy(of_volumes, rows.middleCols(before, cosines.columns));
    rows.rightCols(1) = rows_stored.rightCols(1);
    return rows;
}

Design make_design(const DesignOptions& options, std::span<const Event> events, const Design& confounds,
                   Eigen::Index volumes, double tr)
{
    check(options, confounds, volumes, tr);
    check_size(options, conditions_of(events).size(), confounds, volumes, tr);
    const Times times(options, volumes, tr);
    warn_of_odd(events, times, options.min_onset);

    Design design;
    append_conditions(design, options, events, times);
    if (confounds.columns() > 0) append(design, confounds.names, confounds.stored);
    append_drift(design, options, times.volumes);
    check_names(design.names);
    if (design.columns() >= volumes)
        spdlog::warn("the design has {} columns for {} volumes: nothing is left for an error",
                     design.columns(), volumes);
    return design;
}

} // namespace swather
