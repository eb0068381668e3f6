// SPDX-License-Identifier: MIT
#include "kernels/glm.hpp"

#include "base/log.hpp"
#include "kernels/contrast.hpp"
#include "kernels/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace swather {

namespace {

// A variance below this is taken for it, as nilearn has it.
constexpr double least_variance = 1e-50;

std::vector<LinearModel> models_of(const GlmOptions& options)
{
    std::vector<LinearModel> models;
    for (std::size_t run = 0; run < options.designs.size(); ++run) {
        std::vector<Eigen::MatrixXd> rows_of;
        for (const GlmQuestion& question : options.questions) rows_of.push_back(question.rows[run]);
        models.emplace_back(options.designs[run], rows_of, options.noise);
    }
    return models;
}

/// The name of a question as a component of a path.
std::string group_of(const GlmQuestion& question)
{
    std::string name = question.name;
    for (auto slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash))
        name.replace(slash, 1, "%2F");
    return (question.is_f ? "/fit/ftests/" : "/fit/contrasts/") + name;
}

std::vector<double> values_of(const Eigen::RowVectorXd& row) { return {row.begin(), row.end()}; }

/// The sums over the runs of what one question asks.
class Part {
public:
    Part(const GlmQuestion& question, Index voxels)
        : question_(question)
        , runs_(static_cast<double>(std::count_if(question.rows.begin(), question.rows.end(),
                                                  [](const auto& rows) { return !rows.isZero(0); })))
        , effects_(Eigen::MatrixXd::Zero(question.rows.front().rows(), voxels))
        , variances_(Eigen::VectorXd::Zero(voxels))
    {
    }

    [[nodiscard]] bool asks(std::size_t run) const { return !question_.rows[run].isZero(0); }
    void add(Index voxel, const Eigen::VectorXd& effect, const SeriesFitter::Spread& spread,
             double dispersion)
    {
        if (question_.is_f) {
            effects_.col(voxel).noalias() += spread.whitener * effect;
            variances_[voxel] += dispersion;
        } else {
            effects_.col(voxel) += effect;
            variances_[voxel] += spread.variance(0, 0) * dispersion;
        }
    }

    [[nodiscard]] double effect(Index voxel) const { return effects_(0, voxel) / runs_; }
    [[nodiscard]] double variance(Index voxel) const { return variances_[voxel] / (runs_ * runs_); }
    /// t, or F.
    [[nodiscard]] double stat(Index voxel) const
    {
        const double variance = std::max(this->variance(voxel), least_variance);
        if (!question_.is_f) return effect(voxel) / std::sqrt(variance);
        const double squares = effects_.col(voxel).squaredNorm() / (runs_ * runs_);
        return squares / static_cast<double>(effects_.rows()) / variance;
    }
    [[nodiscard]] Tails tails(double stat, double dof) const
    {
        return question_.is_f ? tails_of_f(stat, static_cast<double>(effects_.rows()), dof)
                              : tails_of_t(stat, dof);
    }

private:
    const GlmQuestion& question_;
    double runs_; ///< that are asked
    Eigen::MatrixXd effects_;
    Eigen::VectorXd variances_;
};

} // namespace

/// The maps of a slab, filled some voxels at a time.
template <class T>
class Glm<T>::Filler {
public:
    Filler(const Glm& glm, const SlabView& slab)
        : glm_(glm)
        , maps_(glm.maps_, slab)
    {
    }

    /// The voxels at hand: run by run, and what the runs come to.
    void fill(SlabView& slab, Box voxels)
    {
        voxels_ = voxels;
        parts_.clear();
        too_large_.clear();
        for (const GlmQuestion& question : glm_.options_.questions)
            parts_.emplace_back(question, voxels.size());
        std::optional<SeriesSums> sums;
        Index run = -1;
        for (SeriesTile tile = slab.next_tile(); !tile.volumes.empty(); tile = slab.next_tile()) {
            if (tile.run != run) {
                if (sums) add_run(static_cast<std::size_t>(run), *sums);
                run = tile.run;
                sums.emplace(voxels.size(), glm_.models_[static_cast<std::size_t>(run)].regressors());
            }
            sums->add(tile);
        }
        if (sums) add_run(static_cast<std::size_t>(run), *sums);

        const double dof = glm_.dof();
        for (std::size_t i = 0; i < parts_.size(); ++i)
            for (Index voxel = 0; voxel < voxels.size(); ++voxel)
                if (!too_large_.contains(voxel)) answer(parts_[i], glm_.of_questions_[i], voxel, dof);
        for (const Index voxel : too_large_) maps_.refuse(voxels.begin + voxel, fit_flag::not_finite);
    }

    FitResults<T> results() && { return std::move(maps_).results(); }

private:
    /// Adds a run, all of whose volumes are in the sums.
    void add_run(std::size_t run, const SeriesSums& sums)
    {
        const LinearModel& model = glm_.models_[run];
        SeriesFitter fitter(model, glm_.options_.scaling, sums);
        for (Index voxel = 0; voxel < voxels_.size(); ++voxel) {
            const SeriesFitter::Fit& fit = fitter.fit(voxel);
            for (std::size_t i = 0; i < parts_.size(); ++i)
                if (parts_[i].asks(run))
                    parts_[i].add(voxel, fitter.effect(i), (*fit.spreads)[i], fit.dispersion);
            set_maps_of_run(run, voxel, fitter, fit);
            if (!std::isfinite(sums.squares(voxel)) ||
                (model.has_dispersion() && !std::isfinite(fit.dispersion)))
                too_large_.insert(voxel);
            if (!sums.is_finite(voxel)) flag(voxel, fit_flag::not_finite);
            if (sums.is_constant(voxel)) flag(voxel, fit_flag::constant);
            if (model.rank() < model.columns() || !model.has_dispersion())
                flag(voxel, fit_flag::rank_deficient);
        }
    }

    void answer(const Part& part, const QuestionMaps& maps, Index voxel, double dof)
    {
        set(maps.effect, voxel, part.effect(voxel));
        if (!glm_.has_dispersion_) return;
        set(maps.variance, voxel, part.variance(voxel));
        const double stat = part.stat(voxel);
        if (!std::isfinite(stat)) return flag(voxel, fit_flag::rank_deficient);
        set(maps.stat, voxel, stat);
        if (!maps.p && !maps.z) return;
        const Tails tails = part.tails(stat, dof);
        set(maps.p, voxel, tails.upper);
        if (maps.z) set(maps.z, voxel, z_of(tails));
    }

    void set_maps_of_run(std::size_t run, Index voxel, const SeriesFitter& fitter,
                         const SeriesFitter::Fit& fit)
    {
        const RunMaps& maps = glm_.of_runs_[run];
        if (maps.beta) {
            const Eigen::VectorXd beta = fitter.beta();
            std::transform(beta.begin(), beta.end(), maps_.at(*maps.beta, voxels_.begin + voxel),
                           [](double value) { return static_cast<T>(value); });
        }
        if (glm_.models_[run].has_dispersion()) set(maps.sigma2, voxel, fit.dispersion);
        set(maps.rho, voxel, fit.rho);
        set(maps.r2, voxel, fit.r2);
    }

    void set(const Place& map, Index voxel, double value)
    {
        if (map) maps_.set(*map, voxels_.begin + voxel, value);
    }
    void flag(Index voxel, FitFlags flags) { maps_.flag(voxels_.begin + voxel, flags); }

    const Glm& glm_;
    FitMaps<T> maps_;
    Box voxels_; ///< at hand; where a voxel is a number, it is counted from the first of them
    std::vector<Part> parts_;
    std::set<Index> too_large_; ///< voxels of values whose squares are no numbers
};

template <class T>
Glm<T>::Glm(GlmOptions options)
    : options_(std::move(options))
    , models_(models_of(options_))
    , has_dispersion_(std::all_of(models_.begin(), models_.end(),
                                  [](const LinearModel& model) { return model.has_dispersion(); }))
{
    for (const GlmQuestion& question : options_.questions) {
        const std::string group = group_of(question) + "/";
        const std::string of = " of " + question.name;
        QuestionMaps maps;
        if (!question.is_f) {
            maps.effect = add_map("effect", group + "effect", "effect" + of);
            maps.variance = add_map("variance", group + "variance", "variance of the effect" + of);
        }
        maps.stat = add_map("stat", group + (question.is_f ? "F" : "t"), (question.is_f ? "F" : "t") + of);
        maps.z = add_map("z", group + "z", "normal deviate of the same p" + of);
        maps.p = add_map("p", group + "p", "one-sided p" + of);
        of_questions_.push_back(maps);
    }
    for (std::size_t run = 0; run < models_.size(); ++run) {
        const std::string group = group_of_run(run) + "/";
        const Axis regressors{.name = "regressor", .size = models_[run].columns()};
        RunMaps maps;
        maps.beta = add_map("beta", group + "beta", "weight of each regressor", {regressors});
        maps.sigma2 = add_map("sigma2", group + "sigma2", "variance of the residuals");
        maps.rho = add_map("rho", group + "rho", "correlation of the residuals of successive volumes");
        maps.r2 = add_map("r2", group + "r2", "part of the variance that the model explains");
        of_runs_.push_back(maps);
    }
}

template <class T>
std::string Glm<T>::group_of_run(std::size_t run) const
{
    return models_.size() == 1 ? "/fit" : "/fit/runs/" + std::to_string(run + 1);
}

template <class T>
typename Glm<T>::Place Glm<T>::add_map(std::string_view kind, const std::string& path,
                                       const std::string& long_name, std::vector<Axis> inner)
{
    if (std::find(options_.maps.begin(), options_.maps.end(), kind) == options_.maps.end()) return {};
    maps_.push_back(map_output<T>(path, long_name, "1", std::move(inner)));
    return maps_.size() - 1;
}

template <class T>
double Glm<T>::dof() const
{
    Eigen::Index dof = 0;
    for (const LinearModel& model : models_) dof += model.dof();
    return static_cast<double>(dof);
}

template <class T>
WorkingSet Glm<T>::working_set() const
{
    Index columns = 0;
    for (const LinearModel& model : models_) columns = std::max(columns, model.regressors().columns());
    double bytes = SeriesSums::bytes_per_voxel(columns);
    for (const GlmQuestion& question : options_.questions)
        bytes += static_cast<double>(sizeof(double)) * static_cast<double>(question.rows.front().rows() + 1);
    return {bytes};
}

template <class T>
double Glm<T>::held_bytes() const
{
    double bytes = 0;
    for (const LinearModel& model : models_) bytes += model.bytes();
    return bytes;
}

template <class T>
void Glm<T>::warn_of_unknowns() const
{
    for (const GlmQuestion& question : options_.questions)
        for (std::size_t run = 0; run < models_.size(); ++run)
            if (!is_estimable(models_[run].triangle(), question.rows[run]))
                spdlog::warn("'{}' is not told by the design of run {}: its columns depend on each other",
                             question.name, run + 1);
}

template <class T>
FitResults<T> Glm<T>::operator()(SlabView slab) const
{
    Filler filler(*this, slab);
    slab.work_through(working_set().voxels(), [&](Box voxels) { filler.fill(slab, voxels); });
    return std::move(filler).results();
}

template <class T>
Supplement Glm<T>::supplement(const std::string& /*group*/) const
{
    Supplement supplement;
    for (std::size_t run = 0; run < models_.size(); ++run) {
        const Design& design = options_.designs[run];
        const std::string group = group_of_run(run);
        supplement.matrices.push_back({.path = group + "/design",
                                       .row_dimension = "volume",
                                       .column_dimension = "regressor",
                                       .rows = design.volumes(),
                                       .columns = design.columns(),
                                       .row =
                                           [&design](Index volume) {
                                               return values_of(design.rows({volume, volume + 1}));
                                           },
                                       .long_name = "the regressors of the model"});
        Texts names;
        for (const std::string& regressor : design.names) names.push_back(regressor);
        Table table{.group = group, .dimension = "regressor", .rows = design.columns(), .columns = {}};
        table.columns.push_back({"regressor_name", std::move(names), "name of the regressor", ""});
        supplement.tables.push_back(std::move(table));
    }
    for (const GlmQuestion& question : options_.questions) {
        const std::string group = group_of(question);
        supplement.attributes.push_back({group, "long_name", question.name});
        supplement.attributes.push_back({group, "dof", dof()});
        for (std::size_t run = 0; run < models_.size(); ++run) {
            const Eigen::MatrixXd& rows = question.rows[run];
            const std::string number = models_.size() == 1 ? "" : "_" + std::to_string(run + 1);
            supplement.matrices.push_back({.path = group + "/weights" + number,
                                           .row_dimension = "row",
                                           .column_dimension = "regressor" + number,
                                           .rows = rows.rows(),
                                           .columns = rows.cols(),
                                           .row = [&rows](Index row) { return values_of(rows.row(row)); },
                                           .long_name = "what is asked of the regressors"});
        }
    }
    return supplement;
}

template class Glm<float>;
template class Glm<double>;

static_assert(Kernel<Glm<float>> && Kernel<Glm<double>>);

} // namespace swather
