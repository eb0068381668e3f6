// SPDX-License-Identifier: MIT
#include "output/placement.hpp"

#include "base/bytes.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>

namespace swather {

namespace {

constexpr haddr_t page_size = 4096;
using Page = std::array<std::byte, page_size>;

} // namespace

/// What the driver is told, and what it tells.
struct PlacedFile::Driver {
    bool placing = false;         ///< raw data are chunks: give them pages of their own, and drop their bytes
    bool page_begun = false;      ///< the page at the end of the file belongs to a chunk
    std::uint64_t last_place = 0; ///< where the last chunk went
    bool dropped = false;
    std::map<haddr_t, std::uint64_t> pages; ///< XXH3 of each page that was written, by its address
};

/// The driver: a virtual file driver of HDF5 (H5FD_class_t) over pread and pwrite.
struct PlacementCallbacks {
    using Driver = PlacedFile::Driver;

    struct OpenFile : H5FD_t {
        int descriptor = -1;
        haddr_t end_of_allocation = 0;
        Driver* driver = nullptr;
    };

    static OpenFile& of(H5FD_t* file) { return *static_cast<OpenFile*>(file); }
    static const OpenFile& of(const H5FD_t* file) { return *static_cast<const OpenFile*>(file); }

    static herr_t failed(const char* what, int number)
    {
        H5Epush2(H5E_DEFAULT, __FILE__, __func__, __LINE__, H5E_ERR_CLS, H5E_VFL, H5E_CANTINIT,
                 "%s failed: errno = %d", what, number);
        return -1;
    }

    static H5FD_t* open(const char* name, unsigned flags, hid_t access, haddr_t)
    {
        const int mode = O_CLOEXEC | ((flags & H5F_ACC_RDWR) ? O_RDWR : O_RDONLY) |
                         ((flags & H5F_ACC_CREAT) ? O_CREAT : 0) | ((flags & H5F_ACC_TRUNC) ? O_TRUNC : 0);
        const int descriptor = ::open(name, mode, 0666);
        if (descriptor < 0) {
            failed("open", errno);
            return nullptr;
        }
        auto* file = new OpenFile{};
        file->descriptor = descriptor;
        std::memcpy(&file->driver, H5Pget_driver_info(access), sizeof file->driver);
        return file;
    }

    static herr_t close(H5FD_t* file)
    {
        const int result = ::close(of(file).descriptor);
        delete &of(file);
        return result == 0 ? 0 : failed("close", errno);
    }

    static herr_t query(const H5FD_t*, unsigned long* flags)
    {
        *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA;
        return 0;
    }

    static haddr_t allocate(H5FD_t* file, H5FD_mem_t type, hid_t, hsize_t size)
    {
        OpenFile& f = of(file);
        const bool is_chunk = f.driver->placing && type == H5FD_MEM_DRAW;
        if (is_chunk || f.driver->page_begun)
            f.end_of_allocation = (f.end_of_allocation + page_size - 1) / page_size * page_size;
        f.driver->page_begun = is_chunk;
        const haddr_t address = f.end_of_allocation;
        f.end_of_allocation += size;
        return address;
    }

    static haddr_t get_eoa(const H5FD_t* file, H5FD_mem_t) { return of(file).end_of_allocation; }

    static herr_t set_eoa(H5FD_t* file, H5FD_mem_t, haddr_t address)
    {
        of(file).end_of_allocation = address;
        return 0;
    }

    static haddr_t get_eof(const H5FD_t* file, H5FD_mem_t)
    {
        struct stat status {};
        return ::fstat(of(file).descriptor, &status) == 0 ? static_cast<haddr_t>(status.st_size)
                                                          : HADDR_UNDEF;
    }

    static herr_t read(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t address, size_t size, void* buffer)
    {
        auto* bytes = static_cast<char*>(buffer);
        while (size > 0) {
            const auto got = ::pread(of(file).descriptor, bytes, size, static_cast<off_t>(address));
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return failed("read", errno);
            if (got == 0) { // what was allocated but not yet written reads as zeros
                std::memset(bytes, 0, size);
                return 0;
            }
            bytes += got;
            address += static_cast<haddr_t>(got);
            size -= static_cast<size_t>(got);
        }
        return 0;
    }

    static herr_t write(H5FD_t* file, H5FD_mem_t type, hid_t, haddr_t address, size_t size,
                        const void* buffer)
    {
        OpenFile& f = of(file);
        if (f.driver->placing && type == H5FD_MEM_DRAW) {
            f.driver->last_place = address;
            f.driver->dropped = true;
            return 0;
        }
        const auto* bytes = static_cast<const std::byte*>(buffer);
        if (!remember(f, address, {bytes, size})) return failed("read back", EIO);
        while (size > 0) {
            const auto put = ::pwrite(f.descriptor, bytes, size, static_cast<off_t>(address));
            if (put < 0 && errno == EINTR) continue;
            if (put < 0) return failed("write", errno);
            bytes += put;
            address += static_cast<haddr_t>(put);
            size -= static_cast<size_t>(put);
        }
        return 0;
    }

    /// Remembers the pages that bytes are about to be written on. False: one that they fill in part is no
    /// longer as it was written.
    static bool remember(OpenFile& file, haddr_t address, std::span<const std::byte> bytes)
    {
        const haddr_t end = address + bytes.size();
        for (haddr_t begin = address / page_size * page_size; begin < end; begin += page_size) {
            Page page{};
            const haddr_t from = std::max(address, begin);
            const haddr_t to = std::min(end, begin + page_size);
            auto& hash = file.driver->pages[begin];
            if (to - from < page_size) {
                if (read(&file, H5FD_MEM_DEFAULT, H5P_DEFAULT, begin, page.size(), page.data()) < 0)
                    return false;
                if (hash != 0 && hash_of(page) != hash) return false;
            }
            std::copy_n(bytes.data() + (from - address), to - from, page.data() + (from - begin));
            hash = hash_of(page);
        }
        return true;
    }

    static herr_t truncate(H5FD_t* file, hid_t, hbool_t)
    {
        OpenFile& f = of(file);
        // Where the file gets shorter, pages end with it.
        auto& pages = f.driver->pages;
        const haddr_t end = f.end_of_allocation;
        pages.erase(pages.lower_bound(end), pages.end());
        const Page nothing{};
        if (pages.contains(end / page_size * page_size) &&
            !remember(f, end, std::span(nothing).subspan(end % page_size)))
            return failed("read back", EIO);
        return ::ftruncate(f.descriptor, static_cast<off_t>(f.end_of_allocation)) == 0
                   ? 0
                   : failed("resize", errno);
    }

    static H5FD_class_t description()
    {
        H5FD_class_t driver{};
#if H5_VERSION_GE(1, 13, 0)
        driver.version = H5FD_CLASS_VERSION;
        driver.value = static_cast<H5FD_class_value_t>(600); // of the range that is free for anyone's use
#endif
        driver.name = "swather_placement";
        driver.maxaddr = (haddr_t{1} << 63) - 1;
        driver.fc_degree = H5F_CLOSE_WEAK;
        driver.fapl_size = sizeof(Driver*);
        driver.open = open;
        driver.close = close;
        driver.query = query;
        driver.alloc = allocate;
        driver.get_eoa = get_eoa;
        driver.set_eoa = set_eoa;
        driver.get_eof = get_eof;
        driver.read = read;
        driver.write = write;
        driver.truncate = truncate;
        constexpr std::array<H5FD_mem_t, H5FD_MEM_NTYPES> free_lists = H5FD_FLMAP_DICHOTOMY;
        std::copy(free_lists.begin(), free_lists.end(), driver.fl_map);
        return driver;
    }
};

PlacedFile::PlacedFile(std::string path)
    : path_(std::move(path))
    , driver_(std::make_unique<Driver>())
{
    const H5FD_class_t description = PlacementCallbacks::description();
    driver_id_ = h5::Id(h5::check(H5FDregister(&description), "register the driver"), H5FDunregister);

    const h5::Id creation(h5::check(H5Pcreate(H5P_FILE_CREATE), "make properties"), H5Pclose);
    constexpr unsigned order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
    h5::check(H5Pset_link_creation_order(creation, order), "make properties");
    h5::check(H5Pset_attr_creation_order(creation, order), "make properties");
    h5::check(H5Pset_obj_track_times(creation, false), "make properties");
    file_ = h5::Id(h5::check(H5Fcreate(path_.c_str(), H5F_ACC_TRUNC, creation, access()),
                             "create '" + path_ + "'", Exit::cannot_create),
                   H5Fclose);
}

PlacedFile::~PlacedFile() = default;

h5::Id PlacedFile::access() const
{
    h5::Id access(h5::check(H5Pcreate(H5P_FILE_ACCESS), "make properties"), H5Pclose);
    Driver* driver = driver_.get();
    h5::check(H5Pset_driver(access, driver_id_, &driver), "choose the driver");
    return access;
}

std::vector<std::uint64_t> PlacedFile::place_chunks(hid_t dataset, Index chunk_cells,
                                                    const std::vector<std::uint64_t>& sizes)
{
    // Strings and small datasets are raw data too: what is pending of them must not be dropped.
    h5::check(H5Fflush(file_, H5F_SCOPE_LOCAL), "flush");
    driver_->placing = true;
    const Bytes unread(sizes.empty() ? 0 : *std::max_element(sizes.begin(), sizes.end()));
    std::vector<std::uint64_t> places;
    places.reserve(sizes.size());
    std::array<hsize_t, H5S_MAX_RANK> corner{};
    for (const std::uint64_t size : sizes) {
        corner[0] = places.size() * static_cast<hsize_t>(chunk_cells);
        driver_->dropped = false;
        h5::check(H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, corner.data(), size, unread.data()),
                  "place a chunk");
        if (!driver_->dropped) throw Error(Exit::internal, "HDF5 kept chunk {} for itself", places.size());
        places.push_back(driver_->last_place);
    }
    h5::check(H5Fflush(file_, H5F_SCOPE_LOCAL), "flush");
    driver_->placing = false;
    return places;
}

void PlacedFile::close() { file_.close("write the metadata of the output"); }

void PlacedFile::reopen()
{
    file_ =
        h5::Id(h5::check(H5Fopen(path_.c_str(), H5F_ACC_RDWR, access()), "open '" + path_ + "'"), H5Fclose);
}

void PlacedFile::verify() const
{
    const File file = File::open(path_, File::Mode::read);
    for (const auto& [address, hash] : driver_->pages) {
        Page page{};
        file.read_up_to(address, page);
        if (hash_of(page) != hash)
            throw Error(Exit::io, "'{}' does not read back as it was written: the page at {}", path_, address)
                .remedy("the disk or its memory is not to be trusted");
    }
}

} // namespace swather
