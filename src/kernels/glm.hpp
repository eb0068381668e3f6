// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/design.hpp"
#include "kernels/fit_maps.hpp"
#include "kernels/linear_model.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace swather {

/// A contrast or an F test, as it is asked of each run.
struct GlmQuestion {
    std::string name;
    bool is_f = false;
    std::vector<Eigen::MatrixXd> rows; ///< of each run: rows × columns of its design; zeros ask nothing
};

/// What a general linear model is asked.
struct GlmOptions {
    Noise noise = Noise::ar1;
    Scaling scaling = Scaling::percent;
    std::vector<Design> designs; ///< of each run
    std::vector<GlmQuestion> questions;
    std::vector<std::string> maps; ///< those that are wanted: of `glm_maps`
};

/// The maps that a general linear model can make: of each question the first five (an F test has no effect
/// and no variance), of each run the others.
inline constexpr std::array glm_maps{"effect", "variance", "stat", "z", "p", "beta", "sigma2", "rho", "r2"};

/// The general linear model of functional imaging, of each voxel: contrasts of the effects of its regressors,
/// and their statistics, as the first-level model of nilearn 0.10.4 has them. Several runs are joined by
/// fixed effects: the means of their effects. `T`: of the maps.
template <class T>
class Glm {
public:
    static constexpr std::string_view name = "fit";
    static constexpr std::string_view title = "general linear model of each voxel";
    using View = SlabView;

    /// Local.
    explicit Glm(GlmOptions options);

    /// Local. Says of which questions the designs do not tell the answer.
    void warn_of_unknowns() const;

    [[nodiscard]] Index halo() const { return 0; }
    [[nodiscard]] FitOutputs<T> outputs() const { return fit_outputs<T>(maps_); }
    [[nodiscard]] double held_bytes() const;
    [[nodiscard]] double working_bytes(Index elements) const { return working_set().bytes(elements); }
    /// Local. Designs, contrasts and degrees of freedom, as they stand in the file.
    [[nodiscard]] Supplement supplement(const std::string& group) const;
    /// Local. The maps of a slab. A value that is not finite counts as 0, and its voxel is flagged.
    FitResults<T> operator()(SlabView slab) const;

private:
    class Filler;

    /// Where the maps of a question, or of a run, stand among all; none of those that are not wanted.
    using Place = std::optional<std::size_t>;
    struct QuestionMaps {
        Place effect, variance, stat, z, p;
    };
    struct RunMaps {
        Place beta, sigma2, rho, r2;
    };

    Place add_map(std::string_view kind, const std::string& path, const std::string& long_name,
                  std::vector<Axis> inner = {});
    [[nodiscard]] double dof() const;
    [[nodiscard]] WorkingSet working_set() const;
    [[nodiscard]] std::string group_of_run(std::size_t run) const;

    GlmOptions options_;
    std::vector<LinearModel> models_; ///< of each run
    bool has_dispersion_;             ///< all of them
    std::vector<DenseOutput<T>> maps_;
    std::vector<QuestionMaps> of_questions_;
    std::vector<RunMaps> of_runs_;
};

} // namespace swather
