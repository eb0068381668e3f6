// SPDX-License-Identifier: MIT
#include "kernels/transform.hpp"

#include <algorithm>

namespace swather {

namespace {

/// Makes the new columns of rows, batch by batch.
class Maker {
public:
    Maker(const std::optional<Expression>& where, const std::vector<Expression>& assignments,
          std::size_t fields)
        : where_(where)
        , assignments_(assignments)
        , fields_(fields)
    {
    }

    /// Makes them of those rows of a batch for which the condition holds.
    void start(const RowBatch& batch)
    {
        rows_ = {batch.fields, batch.rows, fields_};
        evaluator_.start(rows_);
        notes_.assign(batch.rows, 0);
        if (where_) {
            const std::span<const std::uint8_t> marks = evaluator_(*where_);
            for (std::size_t row = 0; row < batch.rows; ++row) notes_[row] = marks[row] & mark::notes;
            keep(marks);
        }
        made_.clear();
        for (const Expression& assignment : assignments_) {
            made_.push_back(&evaluator_.make(assignment));
            if ((made_.back()->any & mark::notes) == 0) continue;
            for (std::size_t row = 0; row < rows_.rows; ++row) note(row, made_.back()->marks[row]);
        }
    }

    [[nodiscard]] const FieldTable& rows() const { return rows_; }
    /// Of these rows.
    [[nodiscard]] Evaluator& evaluator() { return evaluator_; }
    [[nodiscard]] const std::vector<const Values*>& made() const { return made_; }

    /// Of each row of the batch: what its condition and its values have to tell.
    [[nodiscard]] const std::vector<std::uint8_t>& notes() const { return notes_; }
    /// More to tell of one of the rows that are kept.
    void note(std::size_t row, std::uint8_t marks)
    {
        notes_[where_ ? kept_[row] : row] |= marks & mark::notes;
    }

private:
    void keep(std::span<const std::uint8_t> marks)
    {
        kept_.clear();
        for (std::size_t row = 0; row < marks.size(); ++row)
            if ((marks[row] & mark::truth) != 0) kept_.push_back(row);
        if (kept_.size() == rows_.rows) return;
        kept_fields_.clear();
        for (const std::size_t row : kept_) {
            const auto of_row = rows_.fields.subspan(row * fields_, fields_);
            kept_fields_.insert(kept_fields_.end(), of_row.begin(), of_row.end());
        }
        rows_ = {kept_fields_, kept_.size(), fields_};
        evaluator_.start(rows_);
    }

    const std::optional<Expression>& where_;
    const std::vector<Expression>& assignments_;
    std::size_t fields_; // of a row
    Evaluator evaluator_;
    FieldTable rows_;
    std::vector<std::size_t> kept_; // their numbers in the batch
    std::vector<std::string_view> kept_fields_;
    std::vector<const Values*> made_;
    std::vector<std::uint8_t> notes_;
};

} // namespace

Transform::Transform(Options options, const std::vector<std::string>& of_table)
    : options_(std::move(options))
{
    if (options_.where) where_ = Expression::condition(*options_.where, fields_);
    Expression::Names made;
    for (const std::string& text : options_.set) {
        assignments_.push_back(Expression::assignment(text, fields_, made));
        made.push_back(assignments_.back().name());
    }
    choose_columns(of_table, made);
    least_of_a_row_ = 1 + std::max({fields_.size(), of_table.size(), std::size_t{1}});
}

void Transform::choose_columns(const std::vector<std::string>& of_table, const Expression::Names& made)
{
    Expression::Names names = options_.keep;
    if (names.empty()) {
        names = of_table;
        for (const std::string& one : made)
            if (std::find(names.begin(), names.end(), one) == names.end()) names.push_back(one);
    }
    std::vector<TransformColumn> columns;
    for (const std::string& column : names) {
        const auto last = std::find(made.rbegin(), made.rend(), column);
        if (last != made.rend()) {
            const auto number = static_cast<std::size_t>(made.rend() - last) - 1;
            columns.push_back({column, assignments_[number].text(), true, number});
            continue;
        }
        const auto known = std::find(fields_.begin(), fields_.end(), column);
        const auto number = static_cast<std::size_t>(known - fields_.begin());
        if (known == fields_.end()) fields_.push_back(column);
        columns.push_back({column, column, false, number});
    }
    columns_ = std::make_shared<std::vector<TransformColumn>>(std::move(columns));
}

double Transform::working_bytes(Index table_bytes) const
{
    // The texts with their sizes, and 8 bytes of each value; packed, collected and journalled.
    const double values = 9 * static_cast<double>(columns_->size());
    return 3 * (1 + values / static_cast<double>(least_of_a_row_)) * static_cast<double>(table_bytes);
}

Transform::Outputs Transform::outputs() const
{
    RowsOutput rows{.group = "/transform",
                    .dimension = "row",
                    .columns =
                        [columns = columns_](const std::vector<Bytes>& traits) {
                            return TransformRows::columns(*columns, traits);
                        },
                    .unpack =
                        [columns = columns_](std::string_view packed, std::vector<Cells>& cells) {
                            TransformRows::unpack(packed, *columns, cells);
                        },
                    .bytes_per_element = 2}; // the table, its numbers, and what is made
    using S = TransformAudit;
    auto columns = audit_columns<S>();
    columns.push_back(scalar_column<S>("dropped_rows", "rows for which --where does not hold",
                                       [](const S& audit) { return audit.dropped; }));
    ScalarOutput<S> audit{.group = "/summary",
                          .columns = std::move(columns),
                          .totals = audit_totals<S>,
                          .items = Items::files,
                          .check = options_.strict ? throw_if_odd : warn_if_odd};
    return {std::move(rows), std::move(audit)};
}

Transform::Results Transform::operator()(TableView view) const
{
    Maker maker(where_, assignments_, fields_.size());
    TransformRows rows(*columns_);
    std::vector<Scalar<TransformAudit>::Entry> files;
    for (RowBatch batch = view.next_batch(); batch.rows > 0; batch = view.next_batch()) {
        maker.start(batch);
        rows.append(maker.rows(), maker.evaluator(), maker.made(),
                    [&](std::size_t row, std::uint8_t marks) { maker.note(row, marks); });
        if (files.empty() || files.back().item != batch.file) files.push_back({batch.file, {}});
        TransformAudit& audit = files.back().value;
        audit.dropped += static_cast<Index>(batch.rows - maker.rows().rows);
        for (std::size_t row = 0; row < batch.rows; ++row)
            if (maker.notes()[row] != 0) audit.note(maker.notes()[row], view.line_of(row));
    }
    return {std::move(rows).result(), audits_of<TransformAudit>(view, std::move(files))};
}

} // namespace swather
