// How the nodes see one another without a channel of their own: each redvip has a connection to
// every Redis anyway, and says in its name (CLIENT SETNAME) what state it is in. The others find it
// with CLIENT LIST on their own Redis; a daemon that hangs is known by its `idle`. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/presence.hpp"

namespace redvip::redis {

// Whose it is, as a connection's name tells.
struct PeerName {
  std::string service;
  std::string node;
  Presence presence;

  bool operator==(const PeerName&) const = default;
};

// redvip:SERVICE:NODE:STATE:PRIORITY:PAUSED:REASON. CLIENT SETNAME takes no blanks and nothing that
// is not ASCII: in the reason these are percent-encoded (RFC 3986), and of a long one the end is
// missing.
[[nodiscard]] std::string to_client_name(const PeerName& name);
// nullopt: not a name of that form, so not ours, or of another version.
[[nodiscard]] std::optional<PeerName> from_client_name(std::string_view text);

struct ListedPeer {
  std::int64_t id = 0;  // CLIENT ID: for CLIENT LIST ID
  Seconds idle{0};      // since it last said something
  PeerName name;
};

// The lines of a CLIENT LIST reply that are redvip's, of this service.
[[nodiscard]] std::vector<ListedPeer> peers_in(std::string_view client_list,
                                               std::string_view service);

}  // namespace redvip::redis
