#include "daemon/cli_manual.hpp"

#include <algorithm>

namespace redvip::daemon {

namespace {

constexpr const char* daemon_group = "Prepare and run";
constexpr const char* looking = "Look";
constexpr const char* acting = "Act";

}  // namespace

std::span<const ManualEntry> manual_entries() {
  static const std::vector<ManualEntry> all{
      {"run",
       daemon_group,
       "What the systemd unit starts. Where the file or this host is such that running would do "
       "harm it says so and ends with 6, having touched nothing. SIGTERM hands the service over "
       "first.",
       {{"redvip run", "Watch it in a terminal; Ctrl-C hands over and ends it."}}},
      {"check",
       daemon_group,
       "Tells before going live what would fail at the first failover: a line for each finding, "
       "OK, WARNING or PROBLEM, with its cure. A PROBLEM makes the exit code 1.",
       {{"sudo redvip check", "This host, with the file that the daemon uses."},
        {"sudo redvip check --config new.toml", "Another file, before it is put in place."}}},
      {"import",
       daemon_group,
       "Reads the keepalived.conf of one host or both, and the Redis scripts that they name, and "
       "writes one redvip.toml to standard output. What became of each line is on standard error: "
       "mapped, done by redvip, dropped, mistake (of the old file) or error, with what to do. It "
       "changes nothing, and never guesses silently; with an error nothing is written, and the "
       "exit "
       "code is 6.",
       {{"redvip import keepalived.conf b/keepalived.conf > redvip.toml",
         "Both hosts' files, the second fetched from the other host."},
        {"redvip import --node redis-a=10.77.0.1 --node redis-b=10.77.0.2 a.conf b.conf",
         "Where the files do not tell the hosts' addresses."}}},
      {"status",
       looking,
       "What this host's daemon knows: every node's state, its Redis, and whether it could take "
       "over. "
       "The star is this host. What cannot be seen is unknown, never the last value. The exit "
       "code is made for monitoring.",
       {{"redvip status --watch", "Watch a switchover, or a repair, as it goes."},
        {"redvip status --json | jq -r '.services[].owner'", "Who owns each service."}}},
      {"explain",
       looking,
       "What decided that this node owns the service or does not, with what it knew then; what "
       "each "
       "state waits for; and what every other node lacks.",
       {{"redvip explain cache", "Why the service cache is where it is."}}},
      {"switchover",
       acting,
       "On the owner it hands over to the best standby; on a standby it takes over. Writes wait "
       "for milliseconds and none is lost. It shows the checks, waits for the outcome and says it; "
       "what would not be safe is refused, with the reason.",
       {{"redvip switchover --dry-run", "Whether it could move now, and what would be done."},
        {"redvip switchover --reason \"kernel update\" cache",
         "Move the service cache to the other node, and keep in the history why."},
        {"redvip switchover --force --reason \"redis-b is gone\" cache",
         "Lead with the data that is here, whatever the checks say."}}},
      {"pause",
       acting,
       "This node then watches and changes nothing: no failover, no repair, no switchover. An "
       "owner stays the owner. It holds until resume, or until the daemon is started again; "
       "pause the other nodes as well before you work on them.",
       {{"redvip pause --for 2h", "Every service of this node, for two hours at most."},
        {"redvip pause cache", "One service."}}},
      {"resume",
       acting,
       "Ends a pause. What has changed meanwhile is put right at once.",
       {{"redvip resume", "Every service of this node."}}},
      {"history",
       looking,
       "One line for each change of state on this node, with its cause and how long each step "
       "took; also what was asked for and refused. Each node has its own half of the story.",
       {{"redvip history --since 2d cache", "Of one service, the last two days."},
        {"redvip history --json | jq -r 'select(.saved_in).saved_in'",
         "Where diverged writes were saved."}}},
  };
  return all;
}

const ManualEntry* find_manual_entry(std::string_view command) {
  const auto all = manual_entries();
  const auto found = std::ranges::find(all, command, &ManualEntry::name);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace redvip::daemon
