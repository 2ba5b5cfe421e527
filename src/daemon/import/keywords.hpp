// What keepalived.conf may say where, and what becomes of it. The table is keywords.cpp; what the
// words mean is read by the read_*.cpp files.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace redvip::keepalived {

enum class Block {
  none,
  root,
  globals,        // global_defs
  script,         // vrrp_script
  track_file,     // track_file
  track_process,  // vrrp_track_process
  instance,       // vrrp_instance
  group,          // vrrp_sync_group
  authentication,
  auth_hmac,
  // Of entries, not keywords:
  addresses,
  routes,
  peers,
  tracks,
  members,
  skipped,  // what is in it is not looked at
};

enum class Fate {
  handled,  // a reader looks at it
  ours,     // redvip does it by itself
  dropped,
};

struct Keyword {
  Block opens = Block::none;
  Fate fate = Fate::handled;
  std::string_view why;
  std::string_view cure;
};

[[nodiscard]] std::optional<Keyword> find_keyword(Block inside, std::string_view word);
[[nodiscard]] std::vector<std::string_view> keywords_of(Block block);
// Its lines begin with keywords.
[[nodiscard]] bool has_keywords(Block block);

}  // namespace redvip::keepalived
