// SPDX-License-Identifier: MIT
#include "h5/hdf5.hpp"
#include "output/placement.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace swather;

namespace {

/// The path of a file that is gone with this.
struct Scratch {
    std::string path = testing::TempDir() + "swather_placed_" + std::to_string(::getpid()) + ".h5";

    Scratch() = default;
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() { std::filesystem::remove(path); }
};

/// Turns one bit of a file over.
void flip(const std::string& path, std::uint64_t place)
{
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(place));
    const char there = static_cast<char>(file.get());
    file.seekp(static_cast<std::streamoff>(place));
    file.put(static_cast<char>(there ^ 0x04));
}

} // namespace

TEST(PlacedFile, SeesAnyByteThatIsNotAsItWasWritten)
{
    prepare_hdf5();
    const Scratch scratch;
    const std::string& path = scratch.path;
    PlacedFile placed(path);
    for (int i = 0; i < 200; ++i) h5::make_group(placed.id(), "/groups/" + std::to_string(i));
    h5::write_attribute(placed.id(), "title", std::string(3000, 'x'));
    placed.close();
    placed.verify();
    placed.reopen(); // what is added lies on the same pages, and on more
    h5::write_attribute(placed.id(), "more", std::string(3000, 'y'));
    placed.close();
    placed.verify();

    const auto size = std::filesystem::file_size(path);
    ASSERT_GT(size, 10'000u);
    for (std::uint64_t place = 0; place < size; place += 97) {
        flip(path, place);
        EXPECT_THROW(placed.verify(), Error) << "byte " << place;
        flip(path, place);
    }
    placed.verify();
}

TEST(PlacedFile, DoesNotWriteOnWhatIsNoLongerAsItWasWritten)
{
    prepare_hdf5();
    const Scratch scratch;
    const std::string& path = scratch.path;
    PlacedFile placed(path);
    h5::write_attribute(placed.id(), "title", std::string("nothing"));
    h5::check(H5Fflush(placed.id(), H5F_SCOPE_LOCAL), "flush");
    flip(path, 3); // of the signature, which the library does not read again
    h5::write_attribute(placed.id(), "more", Index{1});
    try {
        placed.close();
        FAIL() << "it was written";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "cannot write the metadata of the output: Input/output error");
    }
}
