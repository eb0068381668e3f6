// SPDX-License-Identifier: MIT
#include "output/journal.hpp"

#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/stop.hpp"
#include "base/stopwatch.hpp"
#include "mpi/agree.hpp"
#include "output/kept_passes.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numeric>
#include <set>
#include <sstream>

namespace fs = std::filesystem;

namespace swather {

namespace {

constexpr double seconds_between_syncs = 30;
constexpr auto aside = std::numeric_limits<std::size_t>::max();   // the file of what was put aside
constexpr std::uint64_t record_magic = 0x31'30'6c'6e'72'6a'77'73; // "swjrnl01" in the file

struct RecordHeader {
    std::uint64_t magic = record_magic;
    Index block = 0;
    std::uint64_t head_size = 0;
    std::uint64_t body_size = 0;
    std::uint64_t head_hash = 0;
    std::uint64_t body_hash = 0;
    std::uint64_t header_hash = 0; ///< of all before it

    [[nodiscard]] std::uint64_t hash() const
    {
        return hash_of(std::as_bytes(std::span(this, 1)).first(offsetof(RecordHeader, header_hash)));
    }
};

/// Whether a stretch of a file, one block of results, still has its hash.
bool body_is_whole(const File& file, std::uint64_t begin, std::uint64_t size, std::uint64_t hash)
{
    Bytes bytes(size);
    file.read(begin, bytes);
    return hash_of(bytes) == hash;
}

/// "blocks.3.17", the blocks of rank 17 in the third run, gives 3; another name 0.
int run_number(const std::string& name)
{
    int run = 0;
    int rank = 0;
    int length = 0;
    const bool ours = std::sscanf(name.c_str(), "blocks.%d.%d%n", &run, &rank, &length) == 2 &&
                      static_cast<std::size_t>(length) == name.size();
    return ours ? run : 0;
}

/// The block files of a journal. Whatever else is in its folder is not ours: it is neither read nor removed.
std::vector<fs::path> block_files(const std::string& folder)
{
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.is_regular_file() && run_number(entry.path().filename()) > 0) files.push_back(entry.path());
    return files;
}

/// What else lies in the folder of a journal: inputs that had to be inflated, and what a killed run had just
/// put aside.
std::vector<fs::path> helper_files(const std::string& folder)
{
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder)) {
        const std::string name = entry.path().filename();
        if (name.starts_with("staged.") || name.starts_with("aside.")) files.push_back(entry.path());
    }
    return files;
}

std::string hex_hash_of(std::string_view text)
{
    Hasher hasher;
    hasher.add(std::as_bytes(std::span(text)));
    return hasher.hex();
}

/// The text of a fingerprint's file: JSON, and on a line of its own its XXH3. Without that a damaged one
/// would be taken for that of another run.
std::string text_of(const Fingerprint& fingerprint)
{
    const std::string json = fingerprint.to_json() + "\n";
    return json + hex_hash_of(json);
}

/// Of entries of one block that took the same for granted, the first: they are of runs that ended at
/// different times.
std::vector<char> one_of_each(const std::vector<BlockLink>& links)
{
    std::vector<char> keep;
    std::set<Bytes> seen;
    for (std::size_t i = 0; i < links.size(); ++i) {
        if (i == 0 || links[i].block != links[i - 1].block) seen.clear();
        keep.push_back(seen.insert(links[i].link).second);
    }
    return keep;
}

std::string fingerprint_path(const std::string& folder) { return folder + "/fingerprint"; }

void write_fingerprint(const std::string& path, const Fingerprint& fingerprint)
{
    const std::string text = text_of(fingerprint);
    const std::string unfinished = path + ".part";
    fs::remove(unfinished);
    const File file = File::open(unfinished, File::Mode::append);
    file.append(std::as_bytes(std::span(text)));
    file.sync();
    fs::rename(unfinished, path);
}

} // namespace

Journal::Journal(const Communicator& comm, std::string folder, const Fingerprint& fingerprint, bool resume,
                 Index blocks)
    : folder_(std::move(folder))
    , blocks_(blocks)
    , last_sync_(wall_seconds())
{
    // Root makes the folder and lists what is in it; all take their share of the files.
    int run = 0;
    Bytes listing;
    share(comm, [&] {
        open_folder(fingerprint, resume);
        for (const fs::path& file : block_files(folder_)) {
            const std::string name = file.filename();
            put(listing, std::string_view(name));
            run = std::max(run, run_number(name));
        }
    });
    run = comm.broadcast(run);
    listing = comm.broadcast(std::move(listing));
    own_path_ = fmt::format("{}/blocks.{}.{}", folder_, run + 1, comm.rank());

    BytesReader names(listing);
    for (int number = 0; !names.at_end(); ++number) {
        const std::string name = names.get_string();
        if (number % comm.size() == comm.rank()) paths_.push_back(folder_ + "/" + name);
    }
    agree(comm, [&] {
        for (std::size_t file = 0; file < paths_.size(); ++file) read_records(file, blocks);
    });
    keep(comm, one_of_each);
    if (const auto in_journal = blocks - static_cast<Index>(missing_.size());
        comm.is_root() && in_journal > 0)
        spdlog::info("{} of {} blocks are in the journal", in_journal, blocks);
}

Journal::~Journal() = default;

std::optional<Fingerprint> Journal::fingerprint_in(const std::string& folder)
{
    const std::string path = fingerprint_path(folder);
    if (!fs::exists(path)) return std::nullopt;
    std::ifstream file(path);
    std::ostringstream all;
    all << file.rdbuf();
    const std::string text = all.str();
    const std::string json = text.substr(0, text.rfind('\n') + 1);
    if (!json.empty() && text == json + hex_hash_of(json)) return Fingerprint::from_json(json);
    return std::nullopt;
}

void Journal::open_folder(const Fingerprint& fingerprint, bool resume)
{
    std::error_code failure;
    fs::create_directories(folder_, failure);
    if (failure) throw system_error(Exit::cannot_create, failure.value(), "create", folder_);
    const auto blocks = block_files(folder_);
    lock_ = std::make_unique<FileLock>(folder_ + "/lock", "uses this journal");

    const auto there = fingerprint_in(folder_);
    if (there && resume) {
        const auto differences = fingerprint.differences(*there);
        if (differences.empty()) return;
        Error error(Exit::usage, "--resume: the journal '{}' is of another run", folder_);
        for (std::size_t i = 0; i < std::min<std::size_t>(differences.size(), 4); ++i)
            error.remedy("{}", differences[i]);
        throw error.remedy("give the same inputs and options, or start anew without --resume");
    }
    const bool has_work = remove_kept_passes(folder_) || !blocks.empty();
    if (has_work && resume)
        spdlog::warn("the journal '{}' has results, but its fingerprint is damaged or missing: nobody can "
                     "tell what they are of, "
                     "starting fresh",
                     folder_);
    else if (has_work)
        spdlog::info("the journal of an earlier run, '{}', is discarded; --resume would have used it",
                     folder_);
    else if (resume)
        spdlog::info("there is no journal to resume from: starting fresh");
    for (const fs::path& file : blocks) fs::remove(file);
    write_fingerprint(fingerprint_path(folder_), fingerprint);
}

void Journal::read_records(std::size_t number, Index blocks)
{
    const File file = open_file(paths_[number], File::Mode::read);
    const std::uint64_t size = file.size();
    std::uint64_t offset = 0;
    while (offset + sizeof(RecordHeader) <= size) {
        throw_if_stopped();
        RecordHeader header;
        file.read(offset, std::as_writable_bytes(std::span(&header, 1)));
        const std::uint64_t head_begin = offset + sizeof header;
        const bool whole = header.magic == record_magic && header.hash() == header.header_hash &&
                           header.block >= 0 && header.block < blocks &&
                           header.head_size <= size - head_begin &&
                           header.body_size <= size - head_begin - header.head_size;
        // What follows a damaged header cannot be found: those blocks are computed again.
        if (!whole) break;

        const std::uint64_t body_begin = head_begin + header.head_size;
        Bytes head(header.head_size);
        file.read(head_begin, head);
        offset = body_begin + header.body_size;
        if (hash_of(head) == header.head_hash &&
            body_is_whole(file, body_begin, header.body_size, header.body_hash))
            entries_.push_back(
                {header.block, {number, head_begin}, header.head_size, header.head_hash, link_of(head)});
        else
            spdlog::warn("block {} in '{}' is damaged and will be computed again", header.block, file.path());
    }
    if (offset < size)
        spdlog::warn("the last {} bytes of '{}' are torn; their blocks will be computed again", size - offset,
                     file.path());
}

void Journal::keep(const Communicator& comm, const Choose& choose)
{
    Bytes mine;
    for (const Entry& entry : entries_) {
        put(mine, entry.block);
        put(mine, std::span<const std::byte>(entry.link));
    }
    const auto of_ranks = comm.gather(mine);

    std::vector<std::vector<char>> keep(of_ranks.size());
    share(comm, [&] { choose_of(of_ranks, choose, keep); });
    const auto my_keep = comm.scatter(keep);
    std::size_t i = 0;
    std::erase_if(entries_, [&](const Entry&) { return !my_keep[i++]; });
}

void Journal::choose_of(const std::vector<Bytes>& of_ranks, const Choose& choose,
                        std::vector<std::vector<char>>& keep)
{
    std::vector<BlockLink> links;
    std::vector<std::pair<std::size_t, std::size_t>> owners; // rank, and number among its entries
    for (std::size_t rank = 0; rank < of_ranks.size(); ++rank) {
        for (BytesReader reader(of_ranks[rank]); !reader.at_end(); keep[rank].push_back(0)) {
            const auto block = reader.get<Index>();
            links.push_back({block, reader.get_vector<std::byte>()});
            owners.emplace_back(rank, keep[rank].size());
        }
    }
    std::vector<std::size_t> order(links.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return links[a].block < links[b].block; });
    std::vector<BlockLink> in_order;
    for (const std::size_t claim : order) in_order.push_back(std::move(links[claim]));

    const std::vector<char> chosen = choose(in_order);
    std::vector<bool> found(static_cast<std::size_t>(blocks_));
    for (std::size_t i = 0; i < order.size(); ++i) {
        const auto [rank, number] = owners[order[i]];
        keep[rank][number] = chosen.at(i);
        if (chosen[i]) found[static_cast<std::size_t>(in_order[i].block)] = true;
    }
    missing_.clear();
    for (std::size_t block = 0; block < found.size(); ++block)
        if (!found[block]) missing_.push_back(static_cast<Index>(block));
}

std::span<const Journal::Entry> Journal::entries_of(const Box& ids)
{
    if (!in_order_)
        std::stable_sort(entries_.begin(), entries_.end(),
                         [](const Entry& a, const Entry& b) { return a.block < b.block; });
    in_order_ = true;
    const auto begin_of = [&](Index id) {
        return std::partition_point(entries_.begin(), entries_.end(),
                                    [&](const Entry& entry) { return entry.block < id; });
    };
    return {begin_of(ids.begin), begin_of(ids.end)};
}

void Journal::append(Index block, const Payload& payload)
{
    if (!own_) {
        own_ = open_file(own_path_, File::Mode::append);
        paths_.push_back(own_path_);
    }
    RecordHeader header{.block = block,
                        .head_size = payload.head.size(),
                        .body_size = payload.body.size(),
                        .head_hash = hash_of(payload.head),
                        .body_hash = hash_of(payload.body)};
    header.header_hash = header.hash();
    own_->append(std::as_bytes(std::span(&header, 1)));
    own_->append(payload.head);
    own_->append(payload.body);

    const std::uint64_t head_begin = own_size_ + sizeof header;
    entries_.push_back(
        {block, {paths_.size() - 1, head_begin}, header.head_size, header.head_hash, link_of(payload.head)});
    in_order_ = false;
    own_size_ = head_begin + header.head_size + header.body_size;
    if (wall_seconds() - last_sync_ > seconds_between_syncs) sync();
}

void Journal::sync()
{
    last_sync_ = wall_seconds();
    if (!own_) return;
    own_->sync();
    sync_folder(folder_);
}

Place Journal::put_aside(std::span<const std::byte> bytes)
{
    if (!aside_) aside_ = File::temporary(folder_);
    aside_->write(aside_size_, bytes);
    const Place place{aside, aside_size_};
    aside_size_ += bytes.size();
    return place;
}

void Journal::read(Place place, std::span<std::byte> bytes)
{
    if (place.file == aside) return aside_->read(place.offset, bytes);
    if (!open_ || open_number_ != place.file) {
        open_ = open_file(paths_[place.file], File::Mode::read);
        open_number_ = place.file;
    }
    open_->read(place.offset, bytes);
}

File Journal::open_file(const std::string& path, File::Mode mode) const
{
    try {
        return File::open(path, mode);
    } catch (Error& error) {
        if (!fs::is_directory(folder_)) // root has made it
            error.remedy("every rank must see the folder of the journal: give one that all nodes share, by "
                         "-o or --scratch");
        throw;
    }
}

Bytes Journal::read_head(const Entry& entry)
{
    Bytes head(entry.head_size);
    read(entry.head, head);
    if (hash_of(head) != entry.head_hash) throw damaged(fmt::format("the head of block {}", entry.block));
    return head;
}

Error Journal::damaged(const std::string& what)
{
    return {Exit::io, "the journal was damaged during the run: {}", what};
}

void Journal::remove() { remove_journal(folder_); }

void Journal::unlink(const Communicator& comm)
{
    agree(comm, [&] {
        if (!aside_) aside_ = File::temporary(folder_);
        if (!own_) return;
        open_ = open_file(own_path_, File::Mode::read);
        open_number_ = 0;
        fs::remove(own_path_); // by who has it open: over NFS, another could not read on
    });
    share(comm, [&] { remove(); });
}

PassingJournal::~PassingJournal()
{
    if (!folder.empty()) remove_journal(folder);
}

void remove_journal(const std::string& folder)
{
    std::error_code failure;
    if (!fs::exists(folder, failure)) return;
    try {
        for (const fs::path& file : block_files(folder)) fs::remove(file);
        for (const fs::path& file : helper_files(folder)) fs::remove(file);
        remove_kept_passes(folder);
        for (const char* name : {"fingerprint", "fingerprint.part", "lock"}) fs::remove(folder + "/" + name);
        if (fs::is_empty(folder)) fs::remove(folder);
    } catch (const std::exception& error) {
        spdlog::warn("cannot remove the journal '{}': {}", folder, error.what());
    }
}

} // namespace swather
