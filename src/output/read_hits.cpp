// SPDX-License-Identifier: MIT
#include "output/read_hits.hpp"

#include "h5/columns.hpp"
#include "output/complete_file.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace swather {

namespace {

constexpr Index rows_at_once = 65'536;

bool exists(hid_t file, const std::string& path) { return H5Lexists(file, path.c_str(), H5P_DEFAULT) > 0; }

h5::Id open_group(hid_t file, const std::string& path)
{
    return {h5::check(H5Gopen2(file, path.c_str(), H5P_DEFAULT), "open " + path), H5Gclose};
}

/// Letters of each pattern, by its name.
std::map<std::string, Index, std::less<>> lengths_of_patterns(hid_t file)
{
    const h5::Id group = open_group(file, "/motif/patterns");
    const Box all{0, h5::rows_of(group, "name")};
    const Texts names = h5::read_texts(group, "name", all);
    const Texts letters = h5::read_texts(group, "letters", all);
    std::map<std::string, Index, std::less<>> lengths;
    for (std::size_t i = 0; i < names.size(); ++i) lengths.emplace(names[i], std::ssize(letters[i]));
    return lengths;
}

} // namespace

struct StoredHits::State {
    std::string path;
    h5::Id file, group;
    std::map<std::string, Index, std::less<>> lengths; ///< of the patterns
    Index rows = 0;
    Box stretch; ///< of rows that are in memory
    Index row = 0;
    Texts contigs, patterns;
    std::vector<Index> starts;
    std::string strands;

    void read_stretch()
    {
        stretch = {row, std::min(row + rows_at_once, rows)};
        contigs = h5::read_texts(group, "contig", stretch);
        starts = h5::read_integers(group, "start", stretch);
        strands = h5::read_characters(group, "strand", stretch);
        patterns = h5::read_texts(group, "pattern", stretch);
    }
};

StoredHits::StoredHits(const std::string& path)
    : state_(std::make_unique<State>())
{
    h5::in_complete(path, [&] {
        state_->path = path;
        state_->file = h5::open_complete(path);
        if (!exists(state_->file, "/motif"))
            throw Error(Exit::bad_data, "'{}' has no hits of patterns", path)
                .remedy("give an output file of swather motif");
        state_->group = open_group(state_->file, "/motif");
        state_->rows = h5::rows_of(state_->group, "start");
        state_->lengths = lengths_of_patterns(state_->file);
    });
}

StoredHits::~StoredHits() = default;

Index StoredHits::longest_contig() const
{
    return h5::in_complete(state_->path, [&] {
        const h5::Id group = open_group(state_->file, "/summary");
        Index longest = 0;
        const Index rows = h5::rows_of(group, "length");
        for (Index begin = 0; begin < rows; begin += rows_at_once)
            for (const Index length :
                 h5::read_integers(group, "length", {begin, std::min(begin + rows_at_once, rows)}))
                longest = std::max(longest, length);
        return longest;
    });
}

std::optional<StoredHit> StoredHits::next()
{
    if (state_->row == state_->rows) return std::nullopt;
    if (state_->row == state_->stretch.end) h5::in_complete(state_->path, [&] { state_->read_stretch(); });
    const auto i = static_cast<std::size_t>(state_->row++ - state_->stretch.begin);
    const std::string_view pattern = state_->patterns[i];
    const auto length = state_->lengths.find(pattern);
    if (length == state_->lengths.end())
        throw Error(Exit::bad_data, "'{}' is damaged: a hit of '{}', which is no pattern of its",
                    state_->path, pattern);
    return StoredHit{.contig = state_->contigs[i],
                     .start = state_->starts[i],
                     .end = state_->starts[i] + length->second,
                     .strand = state_->strands[i],
                     .pattern = pattern};
}

} // namespace swather
