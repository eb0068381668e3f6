// SPDX-License-Identifier: MIT
#include "output/read_regions.hpp"

#include "base/number.hpp"
#include "h5/columns.hpp"
#include "output/complete_file.hpp"

#include <algorithm>
#include <memory>

namespace swather {

namespace {

constexpr const char* regions_group = "coverage/regions";
// Only the regions of a BED have one: of windows it would be that of all positions.
constexpr const char* region_histogram = "coverage/region_histogram";
constexpr std::string_view at_least = "at_least_";
constexpr Index rows_at_once = 65'536;

bool exists(hid_t file, const std::string& path) { return H5Lexists(file, path.c_str(), H5P_DEFAULT) > 0; }

/// The N of the columns at_least_N, in order.
std::vector<Index> thresholds_of(hid_t group)
{
    std::vector<Index> thresholds;
    const auto look_at = [](hid_t, const char* name, const H5L_info_t*, void* found) -> herr_t {
        const std::string_view text(name);
        if (!text.starts_with(at_least)) return 0;
        const Number threshold = parse_number(text.substr(at_least.size()));
        if (threshold.kind == Number::Kind::integer)
            static_cast<std::vector<Index>*>(found)->push_back(threshold.integer);
        return 0;
    };
    h5::check(H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, look_at, &thresholds),
              "list the regions");
    std::sort(thresholds.begin(), thresholds.end());
    return thresholds;
}

/// The table of regions, stretch by stretch.
class RegionTable {
public:
    RegionTable(std::string path, const std::string& sample)
        : path_(std::move(path))
        , file_(h5::open_complete(path_))
        , sample_(h5::open_sample(file_, path_, sample))
    {
        if (!exists(sample_, "coverage") || !exists(sample_, regions_group)) return;
        group_ =
            h5::Id(h5::check(H5Gopen2(sample_, regions_group, H5P_DEFAULT), "open the regions"), H5Gclose);
        rows_ = h5::rows_of(group_, "contig");
        thresholds_ = thresholds_of(group_);
        has_names_ = exists(group_, "name") || exists(group_, "name_bytes");
    }

    [[nodiscard]] bool is_there() const { return group_ >= 0; }
    [[nodiscard]] const std::vector<Index>& thresholds() const { return thresholds_; }
    [[nodiscard]] bool are_windows() const { return !exists(sample_, region_histogram); }

    std::optional<DepthRegion> next()
    {
        if (row_ == stretch_.end) {
            if (row_ == rows_) return std::nullopt;
            h5::in_complete(path_, [&] { read_stretch(); });
        }
        const auto i = static_cast<std::size_t>(row_++ - stretch_.begin);
        DepthRegion region{.contig = std::string(contigs_[i]),
                           .start = starts_[i],
                           .end = ends_[i],
                           .name = has_names_ ? std::string(names_[i]) : "",
                           .at_least = {}};
        for (const auto& column : at_least_) region.at_least.push_back(column[i]);
        return region;
    }

private:
    void read_stretch()
    {
        stretch_ = {row_, std::min(row_ + rows_at_once, rows_)};
        contigs_ = h5::read_texts(group_, "contig", stretch_);
        starts_ = h5::read_integers(group_, "start", stretch_);
        ends_ = h5::read_integers(group_, "end", stretch_);
        if (has_names_) names_ = h5::read_texts(group_, "name", stretch_);
        at_least_.clear();
        for (const Index threshold : thresholds_)
            at_least_.push_back(
                h5::read_integers(group_, fmt::format("{}{}", at_least, threshold), stretch_));
    }

    std::string path_;
    h5::Id file_, sample_, group_;
    std::vector<Index> thresholds_;
    bool has_names_ = false;
    Index rows_ = 0;
    Index row_ = 0; ///< the next
    Box stretch_;
    Texts contigs_, names_;
    std::vector<Index> starts_, ends_;
    std::vector<std::vector<Index>> at_least_;
};

} // namespace

std::optional<DepthRegions> read_regions(const std::string& path, const std::string& sample)
{
    return h5::in_complete(path, [&]() -> std::optional<DepthRegions> {
        const auto table = std::make_shared<RegionTable>(path, sample);
        if (!table->is_there()) return std::nullopt;
        return DepthRegions{.thresholds = table->thresholds(),
                            .are_windows = table->are_windows(),
                            .next = [table] { return table->next(); }};
    });
}

} // namespace swather
