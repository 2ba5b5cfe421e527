// The commands that redvip cannot do without, and how Redis is asked whether it may have them
// (pure).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/config.hpp"
#include "daemon/check_judge.hpp"
#include "redis/command.hpp"

namespace redvip::daemon {

struct NeededCommand {
  std::string name;    // as an ACL rule names it: "client|kill"
  redis::Words words;  // a complete call of it that Redis would refuse to execute, or that does
                       // nothing
  bool needed = true;  // false: redvip works without it, see presence_commands()
};

// Inside MULTI Redis says at once whether it knows a command and allows it, and executes it only at
// EXEC, which is never sent: so nothing is done, nothing but MULTI has to be allowed, and 6.2 can
// do it as well (ACL DRYRUN came with 7.0 and is an administrator's). Those with an answer of their
// own are not in this list: MULTI, and EXEC, which outside of MULTI does nothing.
[[nodiscard]] std::vector<NeededCommand> queued_commands(const RedisConfig& redis);

// Those that it cannot do without, MULTI and EXEC too, by name. What redvip sends by its
// configuration, no more.
[[nodiscard]] std::vector<std::string> needed_commands(const RedisConfig& redis);
// Those by which the daemons find one another in a Redis, and a Sentinel. Without them redvip
// works, and knows less of the other nodes.
[[nodiscard]] std::vector<std::string> presence_commands();

// Whether the error reply to a command is about the command: NOPERM, or that it is not known.
[[nodiscard]] std::optional<RefusedCommand> refusal_of(const std::string& name,
                                                       const std::string& error);

}  // namespace redvip::daemon
