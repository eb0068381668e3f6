// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "kernels/design.hpp"
#include "sources/events.hpp"
#include "sources/small_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace swather;

namespace {

using Derivatives = HemodynamicResponse::Derivatives;
using Drift = DesignOptions::Drift;
using Model = HemodynamicResponse::Model;
using Strings = std::vector<std::string>;

const std::string data = SWATHER_TEST_DATA "/imaging/nitime_fmri1_";

/// Of two columns, the largest difference.
double difference(const Eigen::VectorXd& a, const std::vector<double>& b)
{
    return (a - Eigen::Map<const Eigen::VectorXd>(b.data(), std::ssize(b))).cwiseAbs().maxCoeff();
}

DesignOptions with_drift(Drift drift, int order = 1)
{
    DesignOptions options;
    options.drift = drift;
    options.drift_order = order;
    return options;
}

/// The exit code and the first line.
std::string error_of(const DesignOptions& options, const Design& confounds = {}, Eigen::Index volumes = 20,
                     double tr = 2)
{
    try {
        make_design(options, std::vector<Event>{{.onset = 1}}, confounds, volumes, tr);
        return "no error";
    } catch (const Error& error) {
        return std::to_string(static_cast<int>(error.code())) + ": " + error.finding();
    }
}

/// What make_design gives with one option set to a value.
template <class T>
std::string error_with(T DesignOptions::*option, T value)
{
    DesignOptions options = with_drift(Drift::polynomial);
    options.*option = value;
    return error_of(options);
}

} // namespace

TEST(Design, ThoseThatNilearnHasMade)
{
    const SmallTable of_glover = SmallTable::read(data + "glover_design.tsv");
    const SmallTable of_spm = SmallTable::read(data + "spm_design.tsv");
    for (const auto& [model, expected] :
         {std::pair(Model::glover, &of_glover), std::pair(Model::spm, &of_spm)}) {
        DesignOptions options;
        options.response.model = model;
        const Design design = make_design(options, read_events(data + "events.tsv"), {}, 40, 1.35);
        ASSERT_EQ(design.names, expected->names());
        ASSERT_EQ(design.volumes(), 40);
        for (Eigen::Index i = 0; i < design.columns(); ++i)
            EXPECT_LT(difference(design.matrix().col(i),
                                 expected->numbers(design.names[static_cast<std::size_t>(i)])),
                      1e-14);
    }
}

TEST(Response, SamplesOfGammaDensities)
{
    for (const Model model : {Model::glover, Model::spm}) {
        const auto samples = HemodynamicResponse{model, Derivatives::time_and_dispersion, {}}.samples(0.04);
        ASSERT_EQ(samples.size(), 3U);
        for (const Eigen::VectorXd& one : samples) {
            EXPECT_EQ(one.size(), 800); // 32 s / 0.04 s
            EXPECT_EQ(one[0], 0);
        }
        // A response sums to 1, and so the difference of two to 0.
        EXPECT_NEAR(samples[0].sum(), 1, 1e-14);
        EXPECT_NEAR(samples[1].sum(), 0, 1e-12);
        EXPECT_NEAR(samples[2].sum(), 0, 1e-11);
    }
    // Without an undershoot, spm's is one gamma density of shape 6 and scale 1: t⁵e⁻ᵗ/5!, whose mode is at 5
    // s.
    Eigen::Index peak = 0;
    const auto alone = HemodynamicResponse{Model::spm, Derivatives::none, 0.0}.samples(0.04).front();
    const double highest = alone.maxCoeff(&peak);
    EXPECT_NEAR(static_cast<double>(peak) * 32 / 799, 5 + 0.04, 0.04);
    EXPECT_NEAR(highest, 0.04 * std::pow(5, 5) * std::exp(-5) / 120, 2e-5);
}

TEST(Design, PolynomialDriftOfThreeVolumes)
{
    // t/2 is 0, ½, 1. Less its mean: -½, 0, ½. Of its square, 0, ¼, 1, the mean 5/12 and 1 · (-½, 0, ½) are
    // taken: 1/12, -1/6, 1/12.
    const Design design = make_design(with_drift(Drift::polynomial, 2), {}, {}, 3, 1);
    EXPECT_EQ(design.names, (Strings{"drift_1", "drift_2", "constant"}));
    EXPECT_LT(difference(design.matrix().col(0), {-1. / 2, 0, 1. / 2}), 1e-15);
    EXPECT_LT(difference(design.matrix().col(1), {1. / 12, -1. / 6, 1. / 12}), 1e-15);
    EXPECT_EQ(difference(design.matrix().col(2), {1, 1, 1}), 0);
}

TEST(Design, CosineDriftOfFourVolumes)
{
    // 2 · 4 · 0.13 · 1 = 1.04, so one: √½ cos(π/4 (t + ½)), where cos(π/8) = 0.9238795…, sin(π/8) =
    // 0.3826834…
    DesignOptions options;
    options.high_pass = 0.13;
    const Design design = make_design(options, {}, {}, 4, 1);
    EXPECT_EQ(design.names, (Strings{"drift_1", "constant"}));
    const double high = std::sqrt(0.5) * 0.92387953251128674, low = std::sqrt(0.5) * 0.38268343236508977;
    EXPECT_LT(difference(design.matrix().col(0), {high, low, -low, -high}), 1e-15);

    // As many as there are volumes at most, the constant among them; those are orthogonal, and of length 1.
    options.high_pass = 9;
    const Design whole = make_design(options, {}, {}, 4, 1);
    const Eigen::MatrixXd all = whole.matrix();
    ASSERT_EQ(all.cols(), 4);
    EXPECT_EQ(whole.rows({1, 3}), all.middleRows(1, 2));
    const Eigen::MatrixXd product = all.transpose() * all;
    EXPECT_LT((product - Eigen::Vector4d(1, 1, 1, 4).asDiagonal().toDenseMatrix()).cwiseAbs().maxCoeff(),
              1e-14);
}

TEST(Design, OrderAndNamesOfColumns)
{
    const std::vector<Event> events{{.onset = 1, .trial_type = "b"},
                                    {.onset = 2, .trial_type = "B"},
                                    {.onset = 3, .trial_type = "a"},
                                    {.onset = 9, .trial_type = "b"}};
    const Design confounds{.names = {"x", "a_x"}, .stored = Eigen::MatrixXd::Random(20, 2)};
    DesignOptions options = with_drift(Drift::polynomial, 2);
    options.response.derivatives = Derivatives::time_and_dispersion;
    const Design design = make_design(options, events, confounds, 20, 2);
    EXPECT_EQ(design.names,
              (Strings{"B", "B_derivative", "B_dispersion", "a", "a_derivative", "a_dispersion", "b",
                       "b_derivative", "b_dispersion", "x", "a_x", "drift_1", "drift_2", "constant"}));
    EXPECT_EQ(design.columns(), 14);
    EXPECT_EQ(design.matrix().middleCols(9, 2), confounds.stored);
    // The derivatives say what the response does not.
    const Eigen::MatrixXd b = design.matrix().middleCols(6, 3);
    const Eigen::MatrixXd products = b.transpose() * b;
    for (const double product : {products(0, 1), products(0, 2), products(1, 2)})
        EXPECT_NEAR(product, 0, 1e-13);
}

TEST(Design, ConditionsThatAreNumbersStandInTheirOrder)
{
    std::vector<Event> events;
    for (const char* name : {"10", "9", "-1", "2.5"}) events.push_back({.onset = 1, .trial_type = name});
    EXPECT_EQ(make_design(with_drift(Drift::none), events, {}, 20, 2).names,
              (Strings{"-1", "2.5", "9", "10", "constant"}));
    events.push_back({.onset = 1, .trial_type = "rest"});
    EXPECT_EQ(make_design(with_drift(Drift::none), events, {}, 20, 2).names,
              (Strings{"-1", "10", "2.5", "9", "rest", "constant"}));
}

TEST(Design, EventsAddUp)
{
    const auto column = [](const std::vector<Event>& events) -> Eigen::VectorXd {
        return make_design(with_drift(Drift::none), events, {}, 30, 2).matrix().col(0);
    };
    const Event block{.onset = 4, .duration = 6};
    Event higher = block, first = block, second = block, impulse = block;
    higher.modulation = 2;
    first.duration = 2;
    second.onset = 6;
    second.duration = 4;
    impulse.duration = 0;
    const Eigen::VectorXd one = column({block});
    EXPECT_NEAR(column({{.onset = 4, .duration = 50}})[20], 1,
                1e-14); // 36 s after its begin: all of the response, its sum
    EXPECT_LT((column({higher}) - 2 * one).cwiseAbs().maxCoeff(), 1e-15);
    EXPECT_LT((column({block, block}) - 2 * one).cwiseAbs().maxCoeff(), 1e-15); // twice the same
    EXPECT_LT((column({first, second}) - one).cwiseAbs().maxCoeff(), 1e-15);    // one behind the other
    EXPECT_GT(column({impulse}).maxCoeff(), 0);

    // Behind the run, of 60 s, nothing is seen of an event; what begins before -24 s begins then.
    EXPECT_EQ(column({{.onset = 60.5, .duration = 10}}), Eigen::VectorXd::Zero(30));
    EXPECT_EQ(column({{.onset = -100, .duration = 110}}), column({{.onset = -24, .duration = 34}}));
}

TEST(Design, Errors)
{
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const Design confounds{.names = {"dummy"}, .stored = Eigen::VectorXd::Ones(20)};
    const Design constant{.names = {"constant"}, .stored = Eigen::VectorXd::Ones(20)};
    EXPECT_EQ(error_of({}), "no error");
    EXPECT_EQ(error_of({}, confounds), "65: two columns of the design are named 'dummy'");
    EXPECT_EQ(error_of({}, constant), "65: two columns of the design are named 'constant'");
    EXPECT_EQ(error_of({}, confounds, 21), "65: the confounds have 20 rows, but there are 21 volumes");
    EXPECT_EQ(error_of({}, {}, 1), "2: a design needs two volumes or more, there is 1");
    EXPECT_EQ(error_of({}, {}, 20, 2000), "2: the repetition time is 2000 s");
    EXPECT_EQ(error_of({}, {}, 20, 0), "2: the repetition time is 0, and must be from 0.001 to 100");
    EXPECT_EQ(error_of({}, {}, 20, nan), "2: the repetition time is nan, and must be from 0.001 to 100");
    EXPECT_EQ(error_with(&DesignOptions::min_onset, 1.0),
              "2: the least onset is 1, and must be from -3600 to 0");
    EXPECT_EQ(error_with(&DesignOptions::high_pass, -1.0),
              "2: the high-pass frequency is -1, and must be from 0 to 1000");
    EXPECT_EQ(error_with(&DesignOptions::slice_time_ref, 1.5),
              "2: the slice time reference is 1.5, and must be from 0 to 1");
    EXPECT_EQ(error_with(&DesignOptions::drift_order, -1),
              "2: the order of the drift is -1, and must be from 0 to 100");
    DesignOptions all_undershoot;
    all_undershoot.response.undershoot = 1;
    EXPECT_EQ(error_of(all_undershoot), "2: the undershoot is 1, and must be from 0 to 0.99");
}
