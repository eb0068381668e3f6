// SPDX-License-Identifier: MIT
#include "output/output_file.hpp"

#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/stop.hpp"
#include "base/units.hpp"
#include "h5/h5.hpp"
#include "mpi/agree.hpp"
#include "output/placement.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

namespace fs = std::filesystem;

namespace swather {

namespace {

struct NumberAndSize {
    Index number;
    std::uint64_t size;
};

/// Sizes of all chunks of a dataset in order, from those of each rank.
std::vector<std::uint64_t> sizes_in_order(const std::vector<std::vector<NumberAndSize>>& of_ranks,
                                          const ChunkedDataset& dataset)
{
    std::vector<std::uint64_t> sizes(
        static_cast<std::size_t>((dataset.cells + dataset.chunk - 1) / dataset.chunk));
    for (const auto& of_rank : of_ranks)
        for (const auto& [number, size] : of_rank) sizes.at(static_cast<std::size_t>(number)) = size;
    if (std::find(sizes.begin(), sizes.end(), 0) != sizes.end())
        throw Error(Exit::internal, "a chunk of {} is on no rank", dataset.path);
    return sizes;
}

/// A full disk is found here, before the ranks write, where the file system can promise space at all.
void reserve(const std::string& path)
{
    const File file = File::open(path, File::Mode::update);
    const auto size = file.size();
    errno = 0;
    while (::fallocate(file.descriptor(), 0, 0, static_cast<off_t>(size)) != 0 && errno == EINTR)
        throw_if_stopped();
    if (errno == 0) return;
    if (errno != EOPNOTSUPP && errno != ENOSYS)
        throw system_error(Exit::io, errno,
                           fmt::format("reserve {} for", human_bytes(static_cast<double>(size))), path);
    spdlog::info("this file system cannot reserve space: a full disk will be found while writing");
}

} // namespace

OutputFile::OutputFile(const Communicator& comm, std::string path)
    : comm_(comm)
    , path_(std::move(path))
    , unfinished_path_(path_ + ".part")
{
    share(comm_, [&] { take(); });
}

void OutputFile::take()
{
    lock_.emplace(path_ + ".lock", "is writing this output");
    if (fs::exists(unfinished_path_))
        spdlog::info("'{}', which a run has left unfinished, is replaced", unfinished_path_);
}

OutputFile::~OutputFile()
{
    placed_.reset(); // before the file goes away
    std::error_code ignored;
    if (!lock_) return;
    if (!published_) fs::remove(unfinished_path_, ignored);
    fs::remove(path_ + ".lock", ignored);
}

void OutputFile::create(const FileHead& head)
{
    share(comm_, [&] {
        in_file([&] {
            placed_ = std::make_unique<PlacedFile>(unfinished_path_);
            begin_skeleton(*placed_, head);
        });
    });
}

void OutputFile::add(const Content& content)
{
    std::vector<std::vector<std::vector<NumberAndSize>>> of_ranks;
    for (const ChunkedDataset& dataset : content.datasets) {
        std::vector<NumberAndSize> mine;
        for (const OwnChunk& chunk : dataset.chunks) mine.push_back({chunk.number, chunk.size});
        of_ranks.push_back(comm_.gather(mine));
    }

    std::vector<std::vector<std::uint64_t>> places;
    share(comm_, [&] {
        throw_if_stopped();
        std::vector<std::vector<std::uint64_t>> sizes;
        for (std::size_t d = 0; d < content.datasets.size(); ++d)
            sizes.push_back(sizes_in_order(of_ranks[d], content.datasets[d]));
        places = in_file([&] { return write_skeleton(*placed_, content, sizes, written_); });
    });

    for (std::size_t d = 0; d < content.datasets.size(); ++d) {
        std::vector<std::vector<std::uint64_t>> wanted;
        for (const auto& of_rank : of_ranks[d]) {
            auto& of_this = wanted.emplace_back();
            for (const auto& chunk : of_rank)
                of_this.push_back(places[d][static_cast<std::size_t>(chunk.number)]);
        }
        const auto my_places = comm_.scatter(wanted);
        const auto& chunks = content.datasets[d].chunks;
        for (std::size_t i = 0; i < chunks.size(); ++i) {
            own_.push_back({my_places[i], chunks[i].size, chunks[i].hash});
            sources_.push_back({chunks[i].place, datasets_.size(), chunks[i].number});
        }
        datasets_.push_back(content.datasets[d].path);
    }
}

void OutputFile::write(Journal& journal)
{
    share(comm_, [&] {
        in_file([&] { placed_->close(); });
        reserve(unfinished_path_);
    });
    agree(comm_, [&] { copy_chunks(journal); });
}

void OutputFile::copy_chunks(Journal& journal)
{
    if (own_.empty()) return;
    const File file = File::open(unfinished_path_, File::Mode::update);
    Bytes bytes;
    for (std::size_t i = 0; i < own_.size(); ++i) {
        throw_if_stopped();
        if (comm_.alarm_raised()) return;
        const Source& source = sources_[i];
        bytes.resize(own_[i].size);
        journal.read(source.place, bytes);
        if (hash_of(bytes) != own_[i].hash)
            throw Journal::damaged(fmt::format("chunk {} of {}", source.number, datasets_[source.dataset]));
        file.write(own_[i].place, bytes);
    }
    file.sync();
    file.drop_cache(); // so that the read-back asks the device where it can
}

void OutputFile::add(const Cohort& cohort)
{
    share(comm_, [&] {
        in_file([&] {
            placed_->reopen();
            write_skeleton(*placed_, cohort_content(*placed_, cohort), {}, written_);
            placed_->close();
        });
    });
}

void OutputFile::verify()
{
    // Half of the ring away is, on more than one node, another node.
    Bytes packed;
    put(packed, std::span<const Placed>(own_));
    const Bytes theirs = comm_.shift(packed, std::max(1, comm_.size() / 2));
    agree(comm_, [&] {
        const auto chunks = BytesReader(theirs).get_vector<Placed>();
        if (chunks.empty()) return;
        const File file = File::open(unfinished_path_, File::Mode::read);
        Bytes bytes;
        for (const Placed& chunk : chunks) {
            throw_if_stopped();
            if (comm_.alarm_raised()) return;
            bytes.resize(chunk.size);
            file.read(chunk.place, bytes);
            if (hash_of(bytes) != chunk.hash)
                throw Error(Exit::io, "'{}' does not read back as it was written: {} bytes at {}",
                            unfinished_path_, chunk.size, chunk.place)
                    .remedy("the disk or its memory is not to be trusted");
        }
    });
}

void OutputFile::publish(const Provenance& provenance)
{
    share(comm_, [&] {
        throw_if_stopped();
        in_file([&] { seal(*placed_, provenance); });
        {
            const File file = File::open(unfinished_path_, File::Mode::update);
            file.sync();
            file.drop_cache();
        }
        in_file([&] {
            placed_->verify();
            read_back(unfinished_path_, written_);
        });
        give_name(unfinished_path_, path_);
        published_ = true;
    });
}

void check_output_place(const std::string& path, const std::vector<std::string>& inputs)
{
    const std::string folder = folder_of(path);
    if (!fs::is_directory(folder))
        throw Error(Exit::cannot_create, "the folder of the output '{}' is not there", path)
            .remedy("mkdir -p '{}'", folder);
    if (::access(folder.c_str(), W_OK) != 0)
        throw system_error(Exit::cannot_create, errno, "write into", folder);
    if (fs::is_directory(path))
        throw Error(Exit::cannot_create, "the output '{}' is a folder", path)
            .remedy("name a file: -o '{}/out.h5'", path);
    if (!fs::exists(path)) return;
    if (!fs::is_regular_file(path))
        throw Error(Exit::cannot_create, "the output '{}' exists, and is not a file", path)
            .remedy("give another -o");
    std::error_code none; // of an input that is not there
    for (const std::string& input : inputs)
        if (fs::equivalent(path, input, none))
            throw Error(Exit::cannot_create, "the output '{}' is an input of this run", path)
                .remedy("give another -o");
}

Existing look_at_output(const std::string& path, const Fingerprint& fingerprint, bool force)
{
    if (force || !fs::exists(path)) return Existing::nothing;

    std::string finding = "the output '" + path + "' exists, and is not a complete file of swather";
    try {
        const h5::Id file = h5::open_file(path);
        const h5::Id group(h5::check(H5Gopen2(file, "/provenance", H5P_DEFAULT), "open /provenance"),
                           H5Gclose);
        const auto there = Fingerprint::from_json(h5::read_text_attribute(group, "fingerprint"));
        const auto differences = fingerprint.differences(there);
        if (h5::read_number_attribute(file, "complete") == 1 && differences.empty())
            return Existing::up_to_date;
        if (!differences.empty())
            finding =
                fmt::format("the output '{}' exists, and was made otherwise: {}", path, differences.front());
    } catch (const Error&) {
        // Whatever it is, it is not ours to overwrite.
    }
    throw Error(Exit::cannot_create, "{}", finding).remedy("give another -o, or --force to replace it");
}

} // namespace swather
