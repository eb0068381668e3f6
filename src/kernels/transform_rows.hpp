// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/evaluator.hpp"
#include "results/cells.hpp"
#include "results/shapes.hpp"

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

/// Packs rows, column by column: of those of the table the fields as they stand, since their type is known
/// only when all rows are; of those that are made, the doubles.
class TransformRows {
public:
    /// `columns` must live as long.
    explicit TransformRows(const std::vector<TransformColumn>& columns);

    /// Local. Rows behind those that are there; `made`: the values of each assignment.
    void append(const FieldTable& rows, const std::vector<const Values*>& made);
    [[nodiscard]] Rows result() &&;

    /// Local. The columns in the file: int64 where each field is an integer, float64 where each is a number
    /// or missing and none would lose a digit, else text.
    [[nodiscard]] static std::vector<CellColumn> columns(const std::vector<TransformColumn>& columns,
                                                         const std::vector<Bytes>& traits);
    /// Local. Appends the cells of the rows of a batch.
    static void unpack(std::string_view packed, const std::vector<TransformColumn>& columns,
                       std::vector<Cells>& cells);

private:
    char* room_for(std::size_t column, std::size_t bytes);
    void append_fields(std::size_t column, const FieldTable& rows);
    void end_batch();

    const std::vector<TransformColumn>& columns_;
    Rows rows_;
    Index batch_rows_ = 0;
    std::vector<std::string> packed_;      ///< of each column, in this batch
    std::vector<std::size_t> packed_size_; ///< what is used of it
    std::vector<std::uint8_t> kinds_;      ///< of the fields of each column
};

} // namespace swather
