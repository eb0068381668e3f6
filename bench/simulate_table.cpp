// SPDX-License-Identifier: MIT
//
// Makes a table for the comparisons of `swather counts` with other programs: the columns Date, as d/m/yyyy
// h:mm, and SampleID. The same options give the same bytes.

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace {

using Engine = std::mt19937_64;

/// 0 ≤ below(n, …) < n. The C++ standard defines the engine to the bit, but leaves its distributions to each
/// library.
uint64_t below(uint64_t n, Engine& engine)
{
    return static_cast<uint64_t>(static_cast<double>(engine() >> 11) * 0x1p-53 * static_cast<double>(n));
}

/// Draws ranks 0, 1, 2, … in proportion to 1, 1/2, 1/3, …
class Zipf {
public:
    explicit Zipf(uint64_t ranks)
    {
        double sum = 0;
        for (uint64_t rank = 1; rank <= ranks; ++rank)
            bounds_.push_back(sum += 1 / static_cast<double>(rank));
    }
    uint64_t operator()(Engine& engine) const
    {
        const double place = static_cast<double>(engine() >> 11) * 0x1p-53 * bounds_.back();
        return static_cast<uint64_t>(std::ranges::upper_bound(bounds_, place) - bounds_.begin());
    }

private:
    std::vector<double> bounds_;
};

/// A file that is written whole, or an exception is thrown.
class Output {
public:
    explicit Output(const std::string& path)
        : path_(path)
        , file_(std::fopen(path.c_str(), "wb"))
    {
        if (!file_) fail();
    }
    void write(std::string_view text)
    {
        if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size()) fail();
    }
    void close()
    {
        if (std::fclose(file_.release()) != 0) fail();
    }

private:
    [[noreturn]] void fail() const { throw std::system_error(errno, std::generic_category(), path_); }

    std::string path_;
    std::unique_ptr<std::FILE, decltype([](std::FILE* file) { std::fclose(file); })> file_;
};

/// Appends a number, with zeros before it where it has fewer digits than `width`.
void append(std::string& text, uint64_t number, std::ptrdiff_t width = 1)
{
    std::array<char, 20> digits;
    char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    const std::ptrdiff_t size = end - digits.data();
    if (size < width) text.append(static_cast<size_t>(width - size), '0');
    text.append(digits.data(), end);
}

/// A time of the years 2015 to 2024, as a spreadsheet shows it.
void append_date(std::string& text, Engine& engine)
{
    append(text, 1 + below(28, engine));
    text += '/';
    append(text, 1 + below(12, engine));
    text += '/';
    append(text, 2015 + below(10, engine));
    text += ' ';
    append(text, below(24, engine));
    text += ':';
    append(text, below(60, engine), 2);
}

/// Ten to the power of `digits` names "S…". That of rank 0 is not the first by bytes, nor that of rank 1 the
/// next.
struct Names {
    std::ptrdiff_t digits;
    uint64_t number;

    void append_name(std::string& text, uint64_t rank) const
    {
        constexpr uint64_t prime = 61'803'401; // divides no power of ten: another name for each rank
        text += 'S';
        append(text, (rank + 1) * prime % number, digits);
    }
};

struct Options {
    std::string path;
    uint64_t rows = 1'000'000, zipf = 2'000, uniform = 0, seed = 1;
};

void simulate(const Options& options)
{
    const uint64_t keys = options.uniform > 0 ? options.uniform : options.zipf;
    const Names names = keys <= 100'000 ? Names{5, 100'000} : Names{8, 100'000'000};
    if (keys > names.number) throw std::runtime_error(fmt::format("more than {} keys", names.number));

    Engine engine(options.seed);
    const Zipf zipf(options.zipf);
    Output output(options.path);
    std::string text = "Date,SampleID\n";
    for (uint64_t row = 0; row < options.rows; ++row) {
        append_date(text, engine);
        text += ',';
        names.append_name(text, options.uniform > 0 ? below(options.uniform, engine) : zipf(engine));
        text += '\n';
        if (text.size() >= 1 << 20) {
            output.write(text);
            text.clear();
        }
    }
    output.write(text);
    output.close();
}

} // namespace

int main(int argc, char** argv)
{
    Options options;
    CLI::App app("Simulates a table of the columns Date and SampleID: writes FILE, a CSV.");
    app.add_option("FILE", options.path)->required();
    app.option_defaults()->always_capture_default();
    app.add_option("--rows", options.rows);
    app.add_option("--zipf", options.zipf,
                   "so many keys: the second half as frequent as the first, and so on")
        ->check(CLI::PositiveNumber);
    app.add_option("--uniform", options.uniform, "instead, so many keys that are equally frequent");
    app.add_option("--seed", options.seed, "other rows for other seeds");
    try {
        app.parse(argc, argv);
        simulate(options);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? 0 : 1;
    } catch (const std::exception& e) {
        fmt::print(stderr, "simulate_table: {}\n", e.what());
        return 1;
    }
}
