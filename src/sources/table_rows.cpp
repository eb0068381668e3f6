// SPDX-License-Identifier: MIT
#include "sources/table_rows.hpp"

#include "base/stopwatch.hpp"
#include "base/units.hpp"
#include "sources/input_paths.hpp"

#include <algorithm>

namespace swather {

namespace {

/// What speaks against a state at the begin of some bytes: closing quotes that close nothing, and quotes
/// amidst unquoted text.
std::size_t oddities(CsvState state, std::span<const char> bytes, char delimiter)
{
    std::size_t odd = 0;
    for (const char byte : bytes) {
        const CsvState next = next_state(state, byte, delimiter);
        odd += state == CsvState::quote_in_quoted && next == CsvState::unquoted;
        odd += state == CsvState::unquoted && byte == '"';
        state = next;
    }
    return odd;
}

/// The state behind some bytes in the middle of a file, by what is less odd.
CsvState guess(std::span<const char> before, char delimiter)
{
    if (before.empty()) return CsvState::field_start;
    const CsvStateMap map = state_map(before, delimiter);
    const bool any_quote = std::find(before.begin(), before.end(), '"') != before.end();
    const bool quoted = any_quote && oddities(CsvState::quoted, before, delimiter) <
                                         oddities(CsvState::unquoted, before, delimiter);
    return map(quoted ? CsvState::quoted : CsvState::unquoted);
}

} // namespace

std::vector<Identity> TableRows::identity() const
{
    std::vector<Identity> identities;
    for (const InputName& input : inputs_of(options_.inputs))
        identities.push_back(identify(input.path, options_.hash_whole));
    return identities;
}

TableRows::View TableRows::read(const Descriptor& descriptor)
{
    place_ = TablePlace::unpack(descriptor.where);
    next_piece_ = 0;
    in_piece_ = false;
    links_.clear();
    audits_.clear();
    return {[this] {
                const Stopwatch stopwatch(seconds_reading_);
                return next_batch();
            },
            [this](std::size_t row) {
                return place_.pieces[next_piece_ - 1].numbers.lines_before + reader_->line_of(row);
            },
            [this] { return audits_; }};
}

RowBatch TableRows::next_batch()
{
    for (;;) {
        if (!in_piece_) {
            if (next_piece_ == place_.pieces.size()) return {};
            start_piece();
        }
        RowBatch batch = reader_->next_batch();
        batch.file = place_.pieces[next_piece_ - 1].numbers.file;
        if (batch.rows > 0) return batch;
        end_piece();
    }
}

void TableRows::start_piece()
{
    const TablePiece& piece = place_.pieces[next_piece_++];
    const TablePiece::Numbers& numbers = piece.numbers;
    if (!text_ || text_path_ != piece.path) {
        text_.emplace(piece.path, numbers.packing);
        text_path_ = piece.path;
    }
    text_->seek(numbers.address);
    std::vector<char> before(static_cast<std::size_t>(numbers.look_back));
    if (text_->read(before) != before.size())
        throw Error(Exit::bad_data, "'{}' became shorter while it was read", piece.path);

    if (!reader_ || delimiter_ != numbers.delimiter)
        reader_.emplace(CsvReader::Options{.delimiter = numbers.delimiter, .max_row = options_.max_row});
    delimiter_ = numbers.delimiter;
    assumed_ = numbers.begins_file ? CsvState::field_start
               : numbers.state     ? *numbers.state
                                   : guess(before, numbers.delimiter);
    reader_->start({.columns = piece.columns,
                    .column_count = numbers.column_count,
                    .size = numbers.size,
                    .state = assumed_,
                    .before = before.empty() ? '\n' : before.back()},
                   [this](std::span<char> bytes) { return text_->read(bytes); });
    in_piece_ = true;
}

void TableRows::end_piece()
{
    in_piece_ = false;
    const TablePiece::Numbers& numbers = place_.pieces[next_piece_ - 1].numbers;
    RowAudit audit;
    audit.lines = numbers.lines_before;
    audit.merge(reader_->audit());
    links_.push_back(
        {.file = numbers.file,
         .begins_file = numbers.begins_file,
         .ends_file = numbers.ends_file,
         .assumed = assumed_,
         .map = reader_->map(),
         .size = numbers.size,
         .lines = audit.lines,
         .overlong_line = reader_->overlong() ? numbers.lines_before + reader_->overlong_line() : -1});
    audits_.push_back({numbers.file, audit});
}

Bytes TableRows::link() const
{
    Bytes bytes;
    put(bytes, std::span<const TableLink>(links_));
    return bytes;
}

/// Where root is, as it goes through the links from the first to the last.
class TableRows::Position {
public:
    explicit Position(const TableRows& table)
        : table_(table)
    {
    }

    [[nodiscard]] CsvState state() const { return state_; }

    void pass(const TableLink& piece, bool read_rightly)
    {
        if (piece.begins_file) {
            state_ = CsvState::field_start;
            outside_ = {.file = piece.file};
            offset_ = line_ = 0;
        }
        if (state_ != CsvState::quoted)
            outside_ = {.file = piece.file,
                        .offset = offset_,
                        .line = piece.begins_file ? table_.catalog_->header_lines(piece.file) : line_,
                        .state = state_};
        if (read_rightly && piece.overlong_line >= 0)
            throw error(piece.file, line_ + piece.overlong_line,
                        fmt::format("a row longer than {}",
                                    human_bytes(static_cast<double>(table_.options_.max_row))))
                .remedy("if it is meant so, allow it by --max-row; else look for a quote that is not closed");
        state_ = piece.map(state_);
        offset_ += piece.size;
        line_ += piece.lines;
        if (piece.ends_file && state_ == CsvState::quoted)
            throw error(piece.file, table_.catalog_->line_of_open_quote(outside_),
                        "the quote that opens here is never closed");
    }

private:
    [[nodiscard]] Error error(Index file, Index line, const std::string& finding) const
    {
        return {Exit::bad_data, "'{}', line {}: {}", table_.domain().segments()[file].contig, line + 1,
                finding};
    }

    const TableRows& table_;
    CsvState state_ = CsvState::field_start;
    Index offset_ = 0; ///< in the data of the file
    Index line_ = 0;
    TableCatalog::Outside outside_;
};

std::vector<char> TableRows::settle(const std::vector<BlockLink>& links)
{
    std::vector<char> right;
    std::vector<CsvState> before_blocks;
    Position position{*this};
    for (std::size_t i = 0; i < links.size();) {
        const Index block = links[i].block;
        before_blocks.push_back(position.state());
        // One block may have been read on more than one guess. What it hands on is always the same; whether a
        // row is too long is known where the guess is right.
        std::vector<TableLink> pieces;
        bool read_rightly = false;
        for (; i < links.size() && links[i].block == block; ++i) {
            auto of_this = BytesReader(links[i].link).get_vector<TableLink>();
            right.push_back(of_this.front().begins_file || of_this.front().assumed == position.state());
            read_rightly = read_rightly || right.back();
            if (pieces.empty() || right.back()) pieces = std::move(of_this);
        }
        for (const TableLink& piece : pieces) position.pass(piece, read_rightly || piece.begins_file);
    }
    catalog_->settle(std::move(before_blocks));
    return right;
}

} // namespace swather
