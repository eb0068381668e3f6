// SPDX-License-Identifier: MIT
#include "run/node_checks.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "mpi/agree.hpp"

#include <unistd.h>

#include <fstream>
#include <iterator>

namespace swather {

namespace {

/// A file of root's that is gone at the end of a scope.
class Token {
public:
    Token(const std::string& folder, const std::string& text)
    {
        // Closed, not only written: NFS shows other nodes what was there when a file was closed.
        const File file = File::unique(folder);
        path_ = file.path();
        file.append(std::as_bytes(std::span(text)));
        file.sync();
    }
    Token(const Token&) = delete;
    Token& operator=(const Token&) = delete;
    ~Token() { ::unlink(path_.c_str()); }

    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
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

void check_inputs_alike(const Communicator& comm, const Nodes& nodes, const std::vector<Identity>& inputs,
                        const std::function<std::vector<Identity>()>& look)
{
    if (nodes.size() == 1) return;
    Bytes told;
    put(told, inputs.size());
    for (const Identity& input : inputs) {
        put(told, input.size);
        put(told, std::string_view(input.hash));
    }
    told = comm.broadcast(std::move(told));
    agree(comm, [&] {
        if (!nodes.is_first_here() || comm.is_root()) return;
        const std::string& there = nodes.host(0);
        const std::string& here = nodes.host(comm.rank());
        constexpr std::string_view remedy = "put the inputs on a file system that all nodes share";
        std::vector<Identity> own;
        try {
            own = look();
        } catch (const Error& error) {
            throw Error(error.code(), "an input that is there on {} cannot be read on {}: {}", there, here,
                        error.finding())
                .remedy("{}", remedy);
        }
        BytesReader reader(told);
        if (reader.get<std::size_t>() != own.size())
            throw Error(Exit::bad_data, "the inputs are other files on {} than on {}", here, there)
                .remedy("{}", remedy);
        for (const Identity& input : own) {
            const auto size = reader.get<std::int64_t>();
            const std::string hash = reader.get_string();
            if (size != input.size)
                throw Error(Exit::bad_data, "the input '{}' has {} bytes on {}, and {} on {}", input.path,
                            size, there, input.size, here)
                    .remedy("{}", remedy);
            if (hash != input.hash)
                throw Error(Exit::bad_data, "the input '{}' is not the same on {} and on {}", input.path,
                            there, here)
                    .remedy("{}", remedy);
        }
    });
}

} // namespace swather
