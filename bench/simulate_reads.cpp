// SPDX-License-Identifier: MIT
//
// Makes a random genome (FASTA) and a coordinate-sorted BAM of paired reads from it, for examples, tests and
// benchmarks. The reads have what a depth counter must get right: clips, gaps, splices, overlapping mates,
// every flag, stretches without reads and, where asked for, very deep ones. The same options give the same
// bytes.

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <htslib/faidx.h>
#include <htslib/sam.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <compare>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

/// Random numbers that are the same on every platform: the C++ standard defines the engine to the bit but
/// leaves the distributions to each library.
class Random {
public:
    explicit Random(uint64_t seed)
        : engine_(seed)
    {
    }
    uint64_t bits() { return engine_(); }
    char base() { return "ACGT"[bits() >> 62]; }
    /// 0 ≤ uniform() < 1
    double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
    bool chance(double probability) { return uniform() < probability; }
    /// low ≤ between(low, high) ≤ high
    int between(int low, int high) { return low + static_cast<int>(uniform() * (high - low + 1)); }
    /// Mean 0 and deviation 1, by the sum of twelve uniform numbers: logarithms too differ between platforms.
    double normal()
    {
        double sum = -6;
        for (int i = 0; i < 12; ++i) sum += uniform();
        return sum;
    }

private:
    std::mt19937_64 engine_;
};

// The next two structs must not begin with a string: CLI11 would make them of the text without operator>>.

struct Contig {
    hts_pos_t length;
    std::string name, bases;
};

/// So many pairs start in [start, end) that they alone give about this depth.
struct Hotspot {
    hts_pos_t start, end;
    double depth;
    std::string contig;
};

/// NAME:LENGTH
std::istream& operator>>(std::istream& in, Contig& contig)
{
    return std::getline(in, contig.name, ':') >> contig.length;
}

/// NAME:START-END:DEPTH
std::istream& operator>>(std::istream& in, Hotspot& hotspot)
{
    char dash = 0, colon = 0;
    std::getline(in, hotspot.contig, ':') >> hotspot.start >> dash >> hotspot.end >> colon >> hotspot.depth;
    if (dash != '-' || colon != ':') in.setstate(std::ios::failbit);
    return in;
}

struct Options {
    std::string prefix;
    std::vector<Contig> contigs;
    std::pair<int, hts_pos_t> many_contigs; ///< their number and their length
    std::vector<Hotspot> hotspots;
    double coverage = 30, insert_mean = 350, insert_sd = 80;
    int read_length = 150, level = 6, threads = 1;
    uint64_t seed = 1;
};

void require(bool ok, const std::string& complaint)
{
    if (!ok) throw std::runtime_error(complaint);
}

/// A place on the genome. The default is that of a read without one.
struct Locus {
    int32_t contig = -1;
    hts_pos_t pos = -1;
    auto operator<=>(const Locus&) const = default;
};

constexpr Locus genome_end{INT32_MAX, 0};

using Cigar = std::vector<uint32_t>;

/// A read as the BAM has it.
using Read = std::unique_ptr<bam1_t, decltype([](bam1_t* read) { bam_destroy1(read); })>;

/// Sets RNEXT, PNEXT, TLEN, MC and the flags that tell about the other read of the pair.
void set_mate(bam1_t& read, const bam1_t& mate)
{
    bam1_core_t& core = read.core;
    core.mtid = mate.core.tid;
    core.mpos = mate.core.pos;
    if (mate.core.flag & BAM_FREVERSE) core.flag |= BAM_FMREVERSE;
    if (mate.core.flag & BAM_FUNMAP) {
        core.flag |= BAM_FMUNMAP;
        return;
    }
    std::string cigar;
    for (uint32_t i = 0; i < mate.core.n_cigar; ++i) {
        const uint32_t element = bam_get_cigar(&mate)[i];
        cigar += std::to_string(bam_cigar_oplen(element)) + bam_cigar_opchr(element);
    }
    require(bam_aux_update_str(&read, "MC", -1, cigar.c_str()) == 0, "out of memory");
    if (core.flag & BAM_FUNMAP || core.tid != core.mtid) return;
    const hts_pos_t span = std::max(bam_endpos(&read), bam_endpos(&mate)) - std::min(core.pos, core.mpos);
    const bool is_left = core.pos < core.mpos || (core.pos == core.mpos && core.flag & BAM_FREAD1);
    core.isize = is_left ? span : -span;
}

/// A BAM and its index. Reads come almost in order: each waits until no earlier one can follow.
class SortedBam {
public:
    explicit SortedBam(const Options& options)
        : path_(options.prefix + ".bam")
        , index_path_(path_ + ".bai")
    {
        std::string text = "@HD\tVN:1.6\tSO:coordinate\n";
        for (const Contig& c : options.contigs) text += fmt::format("@SQ\tSN:{}\tLN:{}\n", c.name, c.length);
        // No command line in @PG: equal data would differ by the name of the output.
        text += "@RG\tID:rg1\tSM:sample1\tLB:lib1\tPL:ILLUMINA\n@PG\tID:simulate_reads\tPN:simulate_reads\n";
        header_.reset(sam_hdr_parse(text.size(), text.c_str()));
        require(header_ != nullptr, "cannot make a BAM header: is a contig named twice?");
        file_.reset(hts_open(path_.c_str(), fmt::format("wb{}", options.level).c_str()));
        require(file_ != nullptr, fmt::format("cannot create '{}'", path_));
        if (options.threads > 1) check_write(hts_set_threads(file_.get(), options.threads));
        check_write(sam_hdr_write(file_.get(), header_.get()));
        check_write(sam_idx_init(file_.get(), header_.get(), 0, index_path_.c_str()));
    }

    void add(Read read, const bam1_t& mate)
    {
        set_mate(*read, mate);
        const Locus locus{read->core.tid, read->core.pos};
        waiting_.emplace(locus, std::move(read));
    }

    /// To be called when no read before `locus` is still to be added.
    void write_before(Locus locus)
    {
        for (auto first = waiting_.begin(); first != waiting_.end() && first->first < locus;) {
            check_write(sam_write1(file_.get(), header_.get(), first->second.get()));
            first = waiting_.erase(first);
        }
    }

    void close()
    {
        write_before(genome_end);
        check_write(sam_idx_save(file_.get()));
        check_write(hts_close(file_.release()));
        // Saved before the last bytes of the BAM, the index would look older than it.
        std::filesystem::last_write_time(index_path_, std::filesystem::file_time_type::clock::now());
    }

private:
    void check_write(int status) const { require(status >= 0, fmt::format("cannot write '{}'", path_)); }

    std::string path_, index_path_;
    std::unique_ptr<sam_hdr_t, decltype([](sam_hdr_t* header) { sam_hdr_destroy(header); })> header_;
    std::unique_ptr<htsFile, decltype([](htsFile* file) { hts_close(file); })> file_;
    std::multimap<Locus, Read> waiting_; ///< reads of one place stay in the order of their coming
};

/// Makes the reads, contig by contig.
struct Sequencer {
    const Options& options;
    Random& random;
    SortedBam& bam;
    const int length = options.read_length;
    uint64_t pairs = 0;
    std::string name = {}; ///< of the present pair

    const Contig& contig_at(Locus place) const { return options.contigs[static_cast<size_t>(place.contig)]; }
    hts_pos_t room_at(Locus place) const { return contig_at(place).length - place.pos; }

    void sequence_contig(int32_t contig)
    {
        Locus start{contig, 0};
        for (float rate : start_rates(contig_at(start))) {
            // Rounded up or down at random, so that the mean is the rate.
            int fragments = static_cast<int>(rate + random.uniform());
            if (fragments > 0) bam.write_before(start);
            for (; fragments > 0; --fragments) {
                const auto drawn = std::llround(options.insert_mean + options.insert_sd * random.normal());
                const auto insert = std::clamp<hts_pos_t>(drawn, length, room_at(start));
                const Locus mate_start{contig, start.pos + insert - length};
                const int flag = random.chance(0.01) ? BAM_FQCFAIL : 0;
                add_aligned_pair(start, mate_start, flag);
                while (random.chance(0.07)) add_aligned_pair(start, mate_start, flag | BAM_FDUP);
            }
            ++start.pos;
        }
    }

    /// Mean number of pairs that start at each base. It changes by window in a random walk that is drawn back
    /// to the wanted coverage, and is 0 for a few windows in a row now and then; hotspots come on top.
    std::vector<float> start_rates(const Contig& contig)
    {
        constexpr hts_pos_t window = 1000;
        const double rate_of_depth = 0.5 / length;
        std::vector<float> rates(static_cast<size_t>(std::max<hts_pos_t>(0, contig.length - length + 1)));
        double level = 1;
        int empty = 0;
        for (auto from = rates.begin(), to = from; from != rates.end(); from = to) {
            to += std::min(window, rates.end() - from);
            level = std::max(0.1, level + (random.uniform() - 0.5) / 4 + (1 - level) / 32);
            empty = random.chance(0.005) ? random.between(1, 10) : empty - 1;
            if (empty <= 0) std::fill(from, to, static_cast<float>(level * options.coverage * rate_of_depth));
        }
        for (const Hotspot& hotspot : options.hotspots) {
            if (hotspot.contig != contig.name) continue;
            for (hts_pos_t pos = hotspot.start; pos < std::min(hotspot.end, std::ssize(rates)); ++pos) {
                rates[static_cast<size_t>(pos)] += static_cast<float>(hotspot.depth * rate_of_depth);
            }
        }
        return rates;
    }

    /// A pair of which at least the left read is aligned.
    void add_aligned_pair(Locus start, Locus mate_start, int flag)
    {
        next_name();
        const double fate = random.uniform();
        const bool mate_aligns = fate >= 0.01;
        if (mate_aligns && fate < 0.02) mate_start = far_from(start);
        if (fate >= 0.03) flag |= BAM_FPROPER_PAIR;
        const bool left_is_first = random.chance(0.5);
        const int mate_flag = flag | (left_is_first ? BAM_FREAD2 : BAM_FREAD1);
        flag |= left_is_first ? BAM_FREAD1 : BAM_FREAD2;

        Read read = aligned_read(flag, start);
        Read mate = mate_aligns ? aligned_read(mate_flag | BAM_FREVERSE, mate_start)
                                : unaligned_read(mate_flag, Locus{read->core.tid, read->core.pos});
        if (random.chance(0.02)) bam.add(aligned_read(flag | BAM_FSECONDARY, far_from(start)), *mate);
        if (random.chance(0.01)) {
            const Cigar tail = make_cigar({{length / 2, BAM_CHARD_CLIP}, {length - length / 2, BAM_CMATCH}});
            bam.add(aligned_read(flag | BAM_FSUPPLEMENTARY, far_from(start), tail), *mate);
        }
        add_both(std::move(read), std::move(mate));
    }

    /// The last reads of a sorted BAM are pairs without any alignment.
    void add_unaligned_pairs()
    {
        bam.write_before(genome_end);
        for (uint64_t rest = pairs / 100; rest > 0; --rest) {
            next_name();
            Read read = unaligned_read(BAM_FREAD1, Locus{});
            add_both(std::move(read), unaligned_read(BAM_FREAD2, Locus{}));
        }
    }

    void add_both(Read read, Read mate)
    {
        const bam1_t& added = *read; // the BAM keeps it until it is written
        bam.add(std::move(read), *mate);
        bam.add(std::move(mate), added);
    }

    /// Like a place on a flow cell: the tile and the first coordinate count the pairs, the second is random.
    void next_name()
    {
        constexpr uint64_t per_tile = 30'000;
        name = fmt::format("SIM:1:HXYZ2DSX:1:{}:{}:{}", 1101 + pairs / per_tile, 1000 + pairs % per_tile,
                           random.between(1000, 32'000));
        ++pairs;
    }

    /// A later place for a read: near enough, or early enough on the next contig, to keep few reads waiting.
    Locus far_from(Locus place)
    {
        const Locus next{place.contig + 1, 0};
        const bool fits = next.contig < std::ssize(options.contigs) && room_at(next) >= length;
        if (fits && random.chance(0.5)) place = next;
        const auto farthest = static_cast<int>(std::min<hts_pos_t>(100'000, room_at(place) - length));
        place.pos += random.between(0, farthest);
        return place;
    }

    Read unaligned_read(int flag, Locus place)
    {
        const std::string qualities = random_qualities(length, false);
        return make_read(flag | BAM_FUNMAP, place, {}, random_bases(length), qualities);
    }

    Read aligned_read(int flag, Locus place)
    {
        return aligned_read(flag, place, random_cigar(room_at(place)));
    }

    /// `place` is where the first base would align if it were not clipped.
    Read aligned_read(int flag, Locus place, const Cigar& cigar)
    {
        const auto n_bases = static_cast<int>(bam_cigar2qlen(static_cast<int>(cigar.size()), cigar.data()));
        const std::string qualities = random_qualities(n_bases, flag & BAM_FREVERSE);
        if (bam_cigar_op(cigar.front()) == BAM_CSOFT_CLIP) place.pos += bam_cigar_oplen(cigar.front());
        const char* reference = contig_at(place).bases.data() + place.pos;
        std::string bases;
        int64_t edits = 0;
        for (uint32_t element : cigar) {
            const uint32_t op = bam_cigar_op(element), count = bam_cigar_oplen(element);
            if (op == BAM_CINS || op == BAM_CDEL) edits += count;
            if (op == BAM_CINS || op == BAM_CSOFT_CLIP) bases += random_bases(count);
            if (op == BAM_CDEL || op == BAM_CREF_SKIP) reference += count;
            if (op != BAM_CMATCH) continue;
            bases.append(reference, count);
            reference += count;
            for (size_t i = bases.size() - count; i < bases.size(); ++i) {
                if (qualities[i] >= 12 || !random.chance(0.1)) continue;
                const char misread = random.base();
                edits += misread != std::exchange(bases[i], misread);
            }
        }
        Read read = make_read(flag, place, cigar, bases, qualities);
        const int64_t score = std::max<int64_t>(0, n_bases - 5 * edits); // bwa: 1 for a match, -4 for an edit
        require(bam_aux_update_int(read.get(), "NM", edits) == 0, "out of memory");
        require(bam_aux_update_int(read.get(), "AS", score) == 0, "out of memory");
        return read;
    }

    Read make_read(int flag, Locus place, const Cigar& cigar, std::string_view bases,
                   std::string_view qualities)
    {
        int mapq = random.chance(0.85) ? 60 : random.between(0, 59);
        if (flag & (BAM_FUNMAP | BAM_FSECONDARY)) mapq = 0;
        if (flag & BAM_FSECONDARY) bases = qualities = {}; // as aligners do: the primary alignment has them
        constexpr size_t room_for_tags = 64;
        Read read(bam_init1());
        const int size =
            bam_set1(read.get(), name.size(), name.c_str(), static_cast<uint16_t>(flag | BAM_FPAIRED),
                     place.contig, place.pos, static_cast<uint8_t>(mapq), cigar.size(), cigar.data(), -1, -1,
                     0, bases.size(), bases.data(), qualities.data(), room_for_tags);
        require(size >= 0 && bam_aux_update_str(read.get(), "RG", -1, "rg1") == 0, "out of memory");
        return read;
    }

    static Cigar make_cigar(std::initializer_list<std::pair<int, int>> elements)
    {
        Cigar cigar;
        for (auto [count, op] : elements) {
            if (count > 0) cigar.push_back(static_cast<uint32_t>(bam_cigar_gen(count, op)));
        }
        return cigar;
    }

    /// Mostly one match; some reads have clipped ends or, if there is room for it on the reference, a gap.
    Cigar random_cigar(hts_pos_t room)
    {
        constexpr std::array gap_ops{BAM_CINS, BAM_CDEL, BAM_CREF_SKIP};
        const int left_clip = random.chance(0.03) ? random.between(1, length / 5) : 0;
        const int right_clip = random.chance(0.03) ? random.between(1, length / 5) : 0;
        const int rest = length - left_clip - right_clip;
        const int op = gap_ops[static_cast<size_t>(random.between(0, 2))];
        int gap = op == BAM_CREF_SKIP ? random.between(50, 3000) : random.between(1, rest / 5);
        if (length + gap > room || !random.chance(0.03)) gap = 0;
        const int before = gap > 0 ? random.between(rest / 4, rest / 2) : 0;
        const int after = rest - before - (op == BAM_CINS ? gap : 0);
        return make_cigar({{left_clip, BAM_CSOFT_CLIP},
                           {before, BAM_CMATCH},
                           {gap, op},
                           {after, BAM_CMATCH},
                           {right_clip, BAM_CSOFT_CLIP}});
    }

    std::string random_bases(int64_t count)
    {
        std::string bases;
        for (; count > 0; --count) bases += random.base();
        return bases;
    }

    /// Like those of a HiSeq: most are the best possible, low ones come at the end of some reads.
    std::string random_qualities(int cycles, bool reverse)
    {
        const int good_cycles = random.chance(0.2) ? random.between(cycles / 2, cycles) : cycles;
        std::string qualities(static_cast<size_t>(cycles), 0);
        uint64_t bits = 0;
        for (int cycle = 0; cycle < cycles; ++cycle, bits >>= 8) {
            if (cycle % 8 == 0) bits = random.bits();
            const int best = (cycle < 5 ? 34 : 41) - std::max(0, cycle - good_cycles);
            // Costs grow with the number of zero bits before the first one: half of the bases lose nothing.
            const int zeros = std::countr_zero(bits | 0x80);
            const int loss = zeros == 0 ? 0 : 4 * zeros + static_cast<int>(bits >> 6 & 3);
            const int quality = std::max(2, best - loss);
            qualities[static_cast<size_t>(reverse ? cycles - 1 - cycle : cycle)] = static_cast<char>(quality);
        }
        return qualities;
    }
};

/// Writes the FASTA and its index.
void write_genome(const std::string& path, const std::vector<Contig>& contigs)
{
    constexpr size_t line_length = 60;
    std::ofstream fasta(path, std::ios::binary);
    for (const Contig& contig : contigs) {
        fasta << '>' << contig.name << '\n';
        const std::string_view bases = contig.bases;
        for (size_t i = 0; i < bases.size(); i += line_length) fasta << bases.substr(i, line_length) << '\n';
    }
    fasta.close();
    require(fasta.good() && fai_build(path.c_str()) == 0, fmt::format("cannot write '{}'", path));
}

void check(const Options& options)
{
    constexpr hts_pos_t longest = hts_pos_t{1} << 29; // that BAI can index
    require(!options.contigs.empty(), "no contigs: give --contigs or --many-contigs");
    for (const Contig& contig : options.contigs) {
        require(contig.length > 0 && contig.length <= longest,
                fmt::format("the length of contig '{}' is not within 1 and {}", contig.name, longest));
    }
    for (const Hotspot& hotspot : options.hotspots) {
        const auto contig = std::ranges::find(options.contigs, hotspot.contig, &Contig::name);
        require(contig != options.contigs.end() && 0 <= hotspot.start && hotspot.end <= contig->length,
                fmt::format("the hotspot on '{}' is not within a contig", hotspot.contig));
    }
}

void simulate(Options options)
{
    for (int i = 1; i <= options.many_contigs.first; ++i) {
        options.contigs.push_back({options.many_contigs.second, fmt::format("contig{}", i), {}});
    }
    check(options);
    Random random(options.seed);
    SortedBam bam(options);
    Sequencer sequencer{options, random, bam};
    for (Contig& contig : options.contigs) contig.bases = sequencer.random_bases(contig.length);
    write_genome(options.prefix + ".fa", options.contigs);
    for (int32_t contig = 0; contig < std::ssize(options.contigs); ++contig)
        sequencer.sequence_contig(contig);
    sequencer.add_unaligned_pairs();
    bam.close();
}

} // namespace

int main(int argc, char** argv)
{
    Options options;
    CLI::App app(
        "Simulates a genome and sorted paired reads: writes PREFIX.fa, PREFIX.bam and their indexes.");
    app.add_option("PREFIX", options.prefix, "path of the output, without extension")->required();
    app.add_option("--contigs", options.contigs)->delimiter(',')->type_name("NAME:LENGTH,...");
    app.add_option("--many-contigs", options.many_contigs, "so many more")
        ->delimiter(':')
        ->type_name("N:LENGTH");
    app.add_option("--hotspot", options.hotspots, "more depth there; repeatable")
        ->type_name("NAME:START-END:DEPTH");
    app.option_defaults()->always_capture_default();
    app.add_option("--coverage", options.coverage, "mean depth");
    app.add_option("--read-length", options.read_length)->check(CLI::Range(20, 10'000));
    app.add_option("--insert-mean", options.insert_mean);
    app.add_option("--insert-sd", options.insert_sd);
    app.add_option("--seed", options.seed, "other reads for other seeds");
    app.add_option("--level", options.level, "compression level")->check(CLI::Range(0, 9));
    app.add_option("--threads", options.threads, "compression threads")->check(CLI::PositiveNumber);
    hts_set_log_level(HTS_LOG_OFF); // errors are reported once, below
    try {
        app.parse(argc, argv);
        simulate(std::move(options));
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? 0 : 1;
    } catch (const std::exception& e) {
        fmt::print(stderr, "simulate_reads: {}\n", e.what());
        return 1;
    }
}
