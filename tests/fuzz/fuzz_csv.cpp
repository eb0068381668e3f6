// SPDX-License-Identifier: MIT
// libFuzzer: any bytes, cut anywhere, are read as the reference of the tests reads them.
#include "support/csv_reference.hpp"

#include <cstdio>
#include <cstdlib>

using namespace swather;

namespace {

/// The settings are at the end of the input, so that the bytes of the file keep their places.
csv_reference::Task task_of(std::string_view input)
{
    const auto next = [&]() -> std::uint8_t {
        if (input.empty()) return 0;
        const auto byte = static_cast<std::uint8_t>(input.back());
        input.remove_suffix(1);
        return byte;
    };
    csv_reference::Task task;
    const auto delimiter = static_cast<char>(next());
    const bool possible = delimiter != '"' && delimiter != '\n' && delimiter != '\r';
    task.options.delimiter = possible && delimiter % 4 == 0 ? delimiter : ',';
    const std::uint8_t max_row = next();
    task.options.max_row = max_row < 64 ? max_row : 1 << 20;
    task.options.window = std::size_t{1} + next();
    task.column_count = 1 + next() % 5;
    for (int i = next() % 4; i > 0; --i) task.columns.push_back(next() % task.column_count);
    const std::uint8_t most_supplied = next();
    if (most_supplied < 80) task.most_supplied = std::size_t{1} + most_supplied;
    std::vector<std::size_t> cuts(next() % 6);
    for (std::size_t& cut : cuts) cut = next() * std::size_t{256} + next();

    // Special bytes are rare among all bytes: some others stand for them.
    for (const char byte : input)
        task.bytes += byte == 'q' ? '"' : byte == 'd' ? task.options.delimiter : byte;
    task.cuts = {0, static_cast<Index>(task.bytes.size())};
    for (const std::size_t cut : cuts) task.cuts.push_back(static_cast<Index>(cut % (task.bytes.size() + 1)));
    std::sort(task.cuts.begin(), task.cuts.end());
    return task;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string text = difference(task_of({reinterpret_cast<const char*>(data), size}));
    if (text.empty()) return 0;
    std::fputs(text.c_str(), stderr);
    std::abort();
}
