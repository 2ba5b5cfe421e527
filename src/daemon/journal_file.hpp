// <state_dir>/<service>.journal.json: the Journal of one service on one node, written whole,
// durable and with a checksum at every change.
#pragma once

#include <optional>
#include <string>

#include "core/journal.hpp"
#include "core/result.hpp"

namespace redvip::daemon {

// Whose journal it is. One that was copied with a disk image or restored for another host proves
// nothing about the data of this one.
struct JournalOwner {
  std::string service;
  std::string node;
  std::string address;
  std::string machine;  // /etc/machine-id, empty where there is none

  bool operator==(const JournalOwner&) const = default;
};
[[nodiscard]] JournalOwner journal_owner(const std::string& service, const std::string& node,
                                         const std::string& address);

// nullopt: there is none yet. An error says why the one that is there is not believed: torn,
// altered, of another format, or somebody else's.
[[nodiscard]] Result<std::optional<Journal>> load_journal(const std::string& path,
                                                          const JournalOwner& owner);
[[nodiscard]] Result<void> save_journal(const std::string& path, const JournalOwner& owner,
                                        const Journal& journal);

}  // namespace redvip::daemon
