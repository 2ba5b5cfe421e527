#include "daemon/divergence_files.hpp"

#include <algorithm>

namespace redvip::daemon {
namespace {

// '0' stands for any digit.
constexpr std::string_view utc_pattern = "0000-00-00T00:00:00.000Z";

bool is_utc(std::string_view text) {
  return std::ranges::equal(text, utc_pattern, [](char found, char wanted) {
    return wanted == '0' ? found >= '0' && found <= '9' : found == wanted;
  });
}

std::string number(std::int64_t value) {
  return std::to_string(value);
}

std::string about_tail(const Readme& readme) {
  if (!readme.tail) return "There is no tail.resp: " + readme.tail_problem + ".\n";
  const auto& tail = *readme.tail;
  const auto& parted = readme.divergence;
  return "tail.resp    what it had and " + parted.owner + " had not: " + number(tail.commands) +
         " commands of clients, " + number(tail.command_bytes) +
         " bytes.\n"
         "             The replication stream of " +
         parted.replid + ",\n             offsets " + number(parted.fork + 1) + " to " +
         number(parted.until) + " (" + number(tail.bytes) +
         " bytes with the master's own PINGs and such), after a\n             SELECT " +
         number(tail.database) + " of " + number(tail.prefix_bytes) + " bytes.\n";
}

std::string how_to_look(const Readme& readme) {
  return "\nLook at it, on any host, without touching what runs:\n"
         "  mkdir /tmp/look && cp '" +
         readme.path +
         "/dataset.rdb' /tmp/look/\n"
         "  redis-server --port 7777 --bind 127.0.0.1 --save '' --appendonly no \\\n"
         "               --dir /tmp/look --dbfilename dataset.rdb --daemonize yes\n"
         "  redis-cli -p 7777 INFO keyspace\n"
         "  redis-cli -p 7777 -n 0 --scan\n"
         "  redis-cli -p 7777 SHUTDOWN NOSAVE\n";
}

std::string how_to_apply(const Readme& readme) {
  if (!readme.tail) {
    return "\nWithout a tail, compare by key: GET, or DUMP and RESTORE, from the spare server.\n";
  }
  const auto tail = '\'' + readme.path + "/tail.resp'";
  const auto cli = "redis-cli -h ADDRESS -p " + number(readme.redis.port);
  auto text = "\nRead the tail:\n  tr -d '\\r' < " + tail +
              " | less\n"
              "\nRe-apply it. It overwrites what clients wrote to the same keys since, and adds\n"
              "INCR and LPUSH once more each time it is run: read it first, and run it once.\n"
              "ADDRESS is the virtual IP; a password goes into REDISCLI_AUTH.\n  " +
              cli + " --pipe < " + tail + '\n';
  if (!readme.tail->database_known) {
    text += "Which database it begins in is not proven: " + number(readme.tail->database) +
            " is assumed. To begin in database N:\n  tail -c +" +
            number(readme.tail->prefix_bytes + 1) + ' ' + tail + " | " + cli + " -n N --pipe\n";
  }
  return text;
}

}  // namespace

std::string save_name(const std::string& service, const std::string& utc) {
  return service + '-' + utc;
}

bool is_save_of(const std::string& service, const std::string& name) {
  const auto prefix = service + '-';
  return name.starts_with(prefix) && is_utc(std::string_view{name}.substr(prefix.size()));
}

std::vector<std::string> saves_to_remove(std::vector<Save> saves, const StoreLimits& limits) {
  std::ranges::sort(saves, std::ranges::greater{}, &Save::name);
  std::vector<std::string> removed;
  std::uint64_t kept_bytes = 0;
  for (std::size_t i = 0; i < saves.size(); ++i) {
    kept_bytes += saves[i].bytes;
    const bool beyond = i >= limits.count || kept_bytes > limits.bytes;
    if (i > 0 && beyond) removed.push_back(saves[i].name);
  }
  return removed;
}

std::string text_of(const Readme& readme) {
  return "redvip kept this before the Redis " + readme.redis.text() + " of service \"" +
         readme.service + "\"\nwas told to follow " + readme.divergence.owner +
         " and to forget what only it had.\n\n"
         "When: " +
         readme.utc + "\nWhy:  " + readme.divergence.why +
         "\n\n"
         "dataset.rdb  all that it had: an RDB file of its own\n" +
         about_tail(readme) + how_to_look(readme) + how_to_apply(readme) +
         "\nredvip removes this directory when there are many newer ones (saves, saves_mb).\n";
}

}  // namespace redvip::daemon
