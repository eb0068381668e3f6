// SPDX-License-Identifier: MIT
#pragma once

#include "simulate/random.hpp"
#include "simulate/sorted_bam.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <initializer_list>
#include <string_view>

namespace simulate {

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

    std::string random_qualities(int cycles, bool reverse)
    {
        std::string qualities = options.binned_qualities ? binned_qualities(cycles) : fine_qualities(cycles);
        if (reverse) std::ranges::reverse(qualities);
        return qualities;
    }

    /// Like those of a HiSeq, by cycle: most are the best possible, low ones come at the end of some reads.
    std::string fine_qualities(int cycles)
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
            qualities[static_cast<size_t>(cycle)] = static_cast<char>(std::max(2, best - loss));
        }
        return qualities;
    }

    /// Like those of a NovaSeq, by cycle: four values, the best nine times in ten, more so at first.
    std::string binned_qualities(int cycles)
    {
        constexpr std::array<char, 3> low{25, 11, 2};
        std::string qualities(static_cast<size_t>(cycles), 37);
        uint64_t bits = 0;
        for (int cycle = 0; cycle < cycles; ++cycle, bits >>= 16) {
            if (cycle % 4 == 0) bits = random.bits();
            const auto chance = static_cast<int>(bits & 0xfff); // of 4,096
            const auto place = static_cast<size_t>(cycle);
            const bool is_after_low = cycle > 0 && qualities[place - 1] != 37;
            if (chance < (is_after_low ? 1'200 : 100 + cycle))
                qualities[place] = low[std::min<size_t>(bits >> 12 & 3, 2)];
        }
        return qualities;
    }
};

} // namespace simulate
