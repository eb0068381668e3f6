// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/evaluator.hpp"
#include "results/cells.hpp"
#include "results/shapes.hpp"

#include <functional>
#include <string>
#include <vector>

namespace swather {

/// A column of the result of a transformation.
struct TransformColumn {
    std::string name;
    std::string long_name;
    bool is_made = false;   ///< by an assignment; else it is one of the table
    std::size_t number = 0; ///< of the assignment, or among the fields
};

/// Packs rows, column by column. The type of a column of the table is known only when all rows are: of each
/// batch its fields are packed so that they can become numbers without being read again, and texts as they
/// stand. Of a column that is made there are the doubles.
class TransformRows {
public:
    /// `columns` must live as long.
    explicit TransformRows(const std::vector<TransformColumn>& columns);

    /// What is told of a row, by its marks.
    using Note = std::function<void(std::size_t row, std::uint8_t marks)>;

    /// Local. Rows behind those that are there; `evaluator` is at them, `made`: the values of each
    /// assignment. Calls `note` with those of which a number is beyond float64.
    void append(const FieldTable& rows, Evaluator& evaluator, const std::vector<const Values*>& made,
                const Note& note);
    [[nodiscard]] Rows result() &&;

    /// Local. The columns in the file: int64 where each field is an integer, float64 where each is a number
    /// or missing and none would lose a digit, else text.
    [[nodiscard]] static std::vector<CellColumn> columns(const std::vector<TransformColumn>& columns,
                                                         const std::vector<Bytes>& traits);
    /// Local. Appends the cells of the rows of a batch.
    static void unpack(std::string_view packed, const std::vector<TransformColumn>& columns,
                       std::vector<Cells>& cells);

private:
    /// What a batch has of a column.
    struct Part {
        std::string texts; ///< of fields, each behind its size; with room at the end
        std::size_t texts_size = 0;
        std::vector<std::int64_t> integers; ///< of fields, of which none is text
        std::vector<double> reals;          ///< the same, and what is made
        std::uint8_t kinds = 0;             ///< of its fields
    };

    void append_texts(Part& part, const FieldTable& rows, std::size_t number);
    static void append_numbers(Part& part, const FieldTable& rows, std::size_t number, const Values& values,
                               const Note& note);
    void end_batch();

    const std::vector<TransformColumn>& columns_;
    Rows rows_;
    Index batch_rows_ = 0;
    std::vector<Part> parts_;         ///< of each column
    std::vector<std::uint8_t> kinds_; ///< of each column, of the fields of all batches
};

} // namespace swather
