// SPDX-License-Identifier: MIT
#include "run/node_checks.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "mpi/agree.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace swather {

namespace {

/// A file of root's that is gone at the end of a scope.
class Token {
public:
    Token(const std::string& folder, const std::string& text)
        : file_(File::unique(folder))
    {
        file_.append(std::as_bytes(std::span(text)));
    }
    Token(const Token&) = delete;
    Token& operator=(const Token&) = delete;
    ~Token() { ::unlink(path().c_str()); }

    [[nodiscard]] const std::string& path() const { return file_.path(); }

private:
    File file_;
};

std::string content_of(const std::string& path)
{
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

void check_shared(const Communicator& comm, const Nodes& nodes, const std::string& folder)
{
    if (nodes.size() == 1) return;
    const std::string text = fmt::format("of rank 0 on {}, process {}\n", nodes.host(0), ::getpid());
    std::optional<Token> token;
    Bytes told;
    share(comm, [&] {
        token.emplace(folder, text);
        put(told, std::string_view(token->path()));
        put(told, std::string_view(text));
    });
    told = comm.broadcast(std::move(told));
    agree(comm, [&] {
        BytesReader reader(told);
        const std::string path = reader.get_string();
        if (!nodes.is_first_here() || content_of(path) == reader.get_string()) return;
        throw Error(Exit::cannot_create,
                    "the folder '{}' is not the same on all nodes: what rank 0 makes there on {} is not seen "
                    "on {}",
                    folder, nodes.host(0), nodes.host(comm.rank()))
            .remedy("name a folder on a file system that all nodes share: -o, or --scratch for the journal");
    });
}

void check_inputs_alike(const Communicator& comm, const Nodes& nodes, const std::vector<Identity>& inputs)
{
    if (nodes.size() == 1) return;
    Bytes told;
    for (const Identity& input : inputs) {
        put(told, std::string_view(input.path));
        put(told, input.size);
    }
    told = comm.broadcast(std::move(told));
    agree(comm, [&] {
        if (!nodes.is_first_here()) return;
        for (BytesReader reader(told); !reader.at_end();) {
            const std::string path = reader.get_string();
            const auto size = reader.get<std::int64_t>();
            const std::string& here = nodes.host(comm.rank());
            std::error_code failure;
            const auto size_here = static_cast<std::int64_t>(std::filesystem::file_size(path, failure));
            if (failure)
                throw Error(Exit::cannot_read,
                            "the input '{}', which is there on {}, cannot be read on {}: {}", path,
                            nodes.host(0), here, failure.message())
                    .remedy("put it on a file system that all nodes share");
            if (size_here != size)
                throw Error(Exit::bad_data, "the input '{}' has {} bytes on {}, and {} on {}", path, size,
                            nodes.host(0), size_here, here)
                    .remedy("put it on a file system that all nodes share");
        }
    });
}

} // namespace swather
