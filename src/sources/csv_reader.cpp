// SPDX-License-Identifier: MIT
#include "sources/csv_reader.hpp"

#include "sources/csv_index.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory_resource>

namespace swather {

namespace {

// Read beyond the piece, at first: its last row ends there as a rule.
constexpr Index tail_bytes = 4 << 10;
constexpr Index largest_max_row = 1 << 30; // positions have 32 bits

/// The text of a field in quotes: what is between them where that is all, else undone into `arena`.
std::string_view unquoted(std::string_view field, std::pmr::memory_resource& arena)
{
    field.remove_prefix(1);
    std::size_t quote = field.find('"');
    if (quote == field.npos) return field; // the file ends in the field
    if (quote + 1 == field.size()) return field.substr(0, quote);

    char* const text = static_cast<char*>(arena.allocate(field.size(), 1));
    char* end = text;
    const auto append = [&](std::string_view part) { end = std::copy(part.begin(), part.end(), end); };
    while (quote != field.npos && quote + 1 < field.size() && field[quote + 1] == '"') {
        append(field.substr(0, quote + 1));
        field.remove_prefix(quote + 2);
        quote = field.find('"');
    }
    append(field.substr(0, quote));
    if (quote != field.npos)
        append(field.substr(quote + 1)); // what follows the closing quote is as it stands
    return {text, static_cast<std::size_t>(end - text)};
}

} // namespace

struct CsvReader::State {
    Options options;
    Piece piece;
    Supply supply;

    // The window. Its first byte is the last one before what is still needed.
    std::vector<char> window;
    std::size_t room = 0; // bytes that may be filled; one more is there for a NUL behind them
    std::uint32_t filled = 0;
    std::uint32_t indexed = 0; // bytes that the index knows
    Index piece_begin = 0;     // where in the window the piece begins, or would begin
    bool end_of_file = false;

    CsvIndex index;
    CsvState state = CsvState::field_start; // behind the indexed bytes
    bool skipping = false; // a row that is not to be read: it began before the piece, or is too long
    bool piece_indexed = false;
    bool done = false;

    struct Row {
        const std::uint32_t* ends; // of the row before it, and then of each of its fields
        std::uint32_t begin;
        std::uint32_t fields;
    };
    std::size_t first_row = 0; // of the index, that may be in the batch
    std::vector<Row> chosen;   // for the batch
    std::size_t row_count = 0; // of these
    std::vector<std::string_view> fields;
    std::array<char, 32 << 10> arena_begin;
    std::pmr::monotonic_buffer_resource arena{arena_begin.data(), arena_begin.size()};

    std::uint32_t counted = 0; // bytes whose lines are counted
    bool quotes_before = true; // whether there may be any between them and what was indexed last
    Index lines = 0;           // that end in those of the piece
    RowAudit audit;
    CsvStateMap map;
    bool overlong = false;
    Index overlong_line = 0;

    void start(Piece next_piece, Supply next_supply);

    [[nodiscard]] Index offset(std::uint32_t position) const { return position - piece_begin; }
    [[nodiscard]] std::uint32_t row_begin(std::size_t row) const;
    [[nodiscard]] Index lines_until(std::uint32_t position) const;

    void forget_batch();
    void slide();
    void fill();
    void index_bytes(std::uint32_t count);
    void end_piece();
    void index_more();

    bool accept_odd(std::size_t row);
    void stop_at(std::uint32_t begin);
    void choose_rows();
    void take_fields();
};

void CsvReader::State::start(Piece next_piece, Supply next_supply)
{
    piece = std::move(next_piece);
    supply = std::move(next_supply);
    room = std::max<std::size_t>(options.window, 1);
    if (window.size() <= room) window.resize(room + 1);
    window[0] = piece.before;
    filled = indexed = counted = 1;
    piece_begin = 1;
    end_of_file = piece_indexed = done = overlong = false;
    quotes_before = true;

    state = piece.state;
    skipping = state != CsvState::field_start || (piece.before != '\n' && piece.before != '\r');
    index.start(0, static_cast<std::size_t>(piece.column_count));
    first_row = 0;
    lines = 0;
    audit = {};
    map = {};
}

/// Where a row begins; LF behind a CR that ended the row before belongs to that end.
std::uint32_t CsvReader::State::row_begin(std::size_t row) const
{
    const std::uint32_t before = *index.row(row);
    const bool within_cr_lf = index.has_cr() && window[before] == '\r' && window[before + 1] == '\n';
    return before + 1 + within_cr_lf;
}

/// The lines of the piece that end before a position. Where the byte before the piece is a CR, its LF ends a
/// line of the piece.
Index CsvReader::State::lines_until(std::uint32_t position) const
{
    const bool after_cr = offset(counted) > 0 && window[counted - 1] == '\r';
    return lines + count_lines({window.data() + counted, position - counted}, after_cr);
}

void CsvReader::State::forget_batch()
{
    const auto rows = static_cast<Index>(index.rows());
    index.drop_rows();
    first_row = 0;
    arena.release();
    const std::uint32_t needed = index.row(0)[0] + 1;
    // Without CR and quotes each line ends a row.
    const bool lines_are_rows = !skipping && !index.has_cr() && !index.has_quotes() && !quotes_before;
    lines = lines_are_rows ? lines + rows : lines_until(needed);
    quotes_before = index.has_quotes() || (rows == 0 && quotes_before);
    counted = needed;
}

/// Makes room at the end of the window, by what is not needed any more or, for a long row, by more memory.
void CsvReader::State::slide()
{
    const std::uint32_t gone = index.row(0)[0];
    std::memmove(window.data(), window.data() + gone, filled - gone);
    filled -= gone;
    indexed -= gone;
    counted -= gone;
    piece_begin -= gone;
    index.shift(gone);
    room = std::max<std::size_t>(options.window, 2 * std::size_t{filled});
    if (window.size() <= room) window.resize(room + 1);
}

void CsvReader::State::fill()
{
    if (filled == room) slide();
    std::size_t wanted = room - filled;
    const Index rest = piece.size + tail_bytes - offset(filled);
    if (rest > 0) wanted = std::min(wanted, static_cast<std::size_t>(rest));
    const std::size_t got = supply({window.data() + filled, wanted});
    end_of_file = got == 0;
    filled += static_cast<std::uint32_t>(got);
    window[filled] = '\0';
}

void CsvReader::State::index_bytes(std::uint32_t count)
{
    const std::span bytes(window.data() + indexed, count);
    state = index.add(window.data(), indexed, indexed + count, options.delimiter, state);
    indexed += count;
    if (!piece_indexed && !map.forgets()) {
        // Without quotes the last byte alone tells what all of them do.
        const std::span telling = index.has_quotes() ? bytes : bytes.last(1);
        map = map.then(state_map(telling, options.delimiter));
    }
    if (!skipping) return;
    if (index.rows() > 0 && !overlong) {
        skipping = false;
        first_row = 1;
    } else {
        index.start(indexed - 1, static_cast<std::size_t>(piece.column_count));
    }
}

void CsvReader::State::end_piece()
{
    piece_indexed = true;
    const bool within_cr_lf = offset(indexed) > 0 && window[indexed - 1] == '\r' && window[indexed] == '\n';
    audit.lines = lines_until(indexed) - within_cr_lf;
    if (map.forgets()) map.to.fill(state);
}

/// The next bytes into the index: of the piece, or of its last row behind it.
void CsvReader::State::index_more()
{
    forget_batch();
    if (indexed == filled && !end_of_file) fill();
    const bool at_end = indexed == filled; // of the file
    if (!piece_indexed && (at_end || offset(indexed) == piece.size)) end_piece();

    const std::uint32_t begin = row_begin(0);
    if (piece_indexed && (skipping || offset(begin) >= piece.size)) {
        done = true;
    } else if (at_end) {
        if (begin < indexed) index.add_end(indexed);
        done = true;
    } else {
        if (!skipping && Index{indexed} - begin > options.max_row) stop_at(begin);
        const Index most = piece_indexed ? tail_bytes : piece.size - offset(indexed);
        index_bytes(static_cast<std::uint32_t>(
            std::min({most, Index{CsvIndex::most_bytes}, Index{filled - indexed}})));
    }
}

/// Counts a row that is not as it should be; whether it is delivered nevertheless.
bool CsvReader::State::accept_odd(std::size_t row)
{
    const std::uint32_t begin = row_begin(row);
    const std::size_t count = index.fields(row);
    const std::uint32_t size = index.row(row)[count] - begin;
    if (size > options.max_row) {
        stop_at(begin);
        return false;
    }
    OddRows& rows = size == 0                                              ? audit.blank
                    : count < static_cast<std::size_t>(piece.column_count) ? audit.short_rows
                                                                           : audit.long_rows;
    const bool with_line = rows.count < static_cast<Index>(OddRows::most_lines);
    rows.add(with_line ? lines_until(begin) : 0);
    return size > 0;
}

/// Reads no more rows: the one that begins here is too long.
void CsvReader::State::stop_at(std::uint32_t begin)
{
    skipping = overlong = true;
    overlong_line = lines_until(begin);
}

/// Finds the rows of the index that are delivered.
void CsvReader::State::choose_rows()
{
    // Behind the piece only the row that began in it is read.
    const std::size_t end = piece_indexed ? std::min<std::size_t>(index.rows(), 1) : index.rows();
    if (chosen.size() < end) chosen.resize(end);
    const auto column_count = static_cast<std::uint32_t>(piece.column_count);
    const bool with_cr = index.has_cr();
    const std::uint32_t* next = index.row(first_row);
    row_count = 0;
    for (std::size_t row = first_row; row < end; ++row) {
        const std::uint32_t begin = with_cr ? row_begin(row) : *next + 1;
        const Row found{next, begin, index.fields(row)};
        next += found.fields;
        const std::uint32_t size = *next - begin;
        const bool odd = found.fields != column_count || size == 0 || size > options.max_row;
        if (odd && !accept_odd(row)) {
            if (overlong) break;
            continue;
        }
        chosen[row_count++] = found;
    }
    audit.rows += static_cast<Index>(row_count);
}

/// Column by column, the fields of the rows that are delivered.
void CsvReader::State::take_fields()
{
    const std::size_t columns = piece.columns.size();
    if (fields.size() < row_count * columns) fields.resize(row_count * columns);
    const char* const bytes = window.data();
    for (std::size_t i = 0; i < columns; ++i) {
        const auto column = static_cast<std::size_t>(piece.columns[i]);
        std::string_view* next_field = fields.data() + i;
        for (const Row& row : std::span(chosen).first(row_count)) {
            std::string_view field;
            if (column < row.fields) {
                const std::uint32_t begin = column == 0 ? row.begin : row.ends[column] + 1;
                field = {bytes + begin, row.ends[column + 1] - begin};
                // An empty field is followed by what is no quote.
                if (bytes[begin] == '"') field = unquoted(field, arena);
            }
            *next_field = field;
            next_field += columns;
        }
    }
}

CsvReader::CsvReader(Options options)
    : state_(std::make_unique<State>())
{
    options.max_row = std::min(options.max_row, largest_max_row);
    state_->options = options;
}

CsvReader::~CsvReader() = default;

void CsvReader::start(Piece piece, Supply supply) { state_->start(std::move(piece), std::move(supply)); }

RowBatch CsvReader::next_batch()
{
    State& s = *state_;
    while (!s.done) {
        s.index_more();
        s.choose_rows();
        if (s.row_count == 0) continue;
        s.take_fields();
        return {s.row_count, std::span(s.fields).first(s.row_count * s.piece.columns.size())};
    }
    return {};
}

Index CsvReader::line_of(std::size_t row) const { return state_->lines_until(state_->chosen[row].begin); }

const RowAudit& CsvReader::audit() const { return state_->audit; }
const CsvStateMap& CsvReader::map() const { return state_->map; }
bool CsvReader::overlong() const { return state_->overlong; }
Index CsvReader::overlong_line() const { return state_->overlong_line; }

} // namespace swather
