// SPDX-License-Identifier: MIT
#include "run/broken_parts.hpp"

#include "base/log.hpp"
#include "sources/source.hpp"

namespace swather {

BrokenParts::BrokenParts(const Communicator& comm, bool goes_on, Name name_of,
                         const std::map<Index, Error>& before)
    : comm_(comm)
    , goes_on_(goes_on)
    , name_of_(std::move(name_of))
    , mailbox_(comm)
{
    if (comm.is_root())
        for (const auto& [part, error] : before) hear({part, before_blocks, error});
}

bool BrokenParts::is_needless(const Block& block) const
{
    const auto failed = first_failed_.find(block.part);
    return failed != first_failed_.end() && failed->second < block.id;
}

bool BrokenParts::keep(const Block& block, const Error& error)
{
    if (!goes_on_ || !is_of_input(error)) return false;
    const Found found{block.part, block.id, error};
    if (comm_.is_root()) {
        hear(found);
    } else {
        first_failed_.insert_or_assign(block.part, block.id);
        mailbox_.post(0, pack(found));
    }
    return true;
}

void BrokenParts::hear(const Found& found)
{
    const auto [place, is_new] = first_failed_.try_emplace(found.part, found.block);
    if (is_new)
        spdlog::warn("sample {} is broken, the run goes on without it: {}", name_of_(found.part),
                     found.error.finding());
    if (!is_new && place->second <= found.block) return;
    place->second = found.block;
    errors_.insert_or_assign(found.part, found.error);
}

void BrokenParts::listen()
{
    if (!comm_.is_root()) return;
    while (const auto message = mailbox_.poll()) hear(unpack(message->bytes));
}

void BrokenParts::settle()
{
    mailbox_.drain([&](const Mailbox::Message& message) { hear(unpack(message.bytes)); });
    Bytes all;
    for (const auto& [part, block] : first_failed_) {
        put(all, part);
        put(all, block);
    }
    all = comm_.broadcast(std::move(all));
    first_failed_.clear();
    for (BytesReader reader(all); !reader.at_end();) {
        const auto part = reader.get<Index>();
        first_failed_.emplace(part, reader.get<Index>());
    }
}

Bytes BrokenParts::pack(const Found& found)
{
    Bytes bytes;
    put(bytes, found.part);
    put(bytes, found.block);
    put(bytes, found.error.code());
    put(bytes, found.error.order());
    put(bytes, std::string_view(found.error.finding()));
    put(bytes, std::string_view(found.error.remedy()));
    return bytes;
}

BrokenParts::Found BrokenParts::unpack(const Bytes& bytes)
{
    BytesReader reader(bytes);
    const auto part = reader.get<Index>();
    const auto block = reader.get<Index>();
    const auto code = reader.get<Exit>();
    const auto order = reader.get<std::int64_t>();
    const std::string finding = reader.get_string();
    return {part, block, Error(code, order, finding, reader.get_string())};
}

} // namespace swather
