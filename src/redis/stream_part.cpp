#include "redis/stream_part.hpp"

#include "redis/info.hpp"
#include "redis/info_fields.hpp"

namespace redvip::redis {
namespace {

std::optional<std::string> why_not_in_backlog(const Observation& seen, const StreamPart& wanted) {
  if (!seen.backlog_active) return "Redis has no replication backlog";
  const auto first = seen.backlog_first_byte_offset;
  if (first <= wanted.from && wanted.until < first + seen.backlog_histlen) return std::nullopt;
  return "the replication backlog holds bytes " + std::to_string(first) + " to " +
         std::to_string(first + seen.backlog_histlen - 1) + ", not " + std::to_string(wanted.from) +
         " to " + std::to_string(wanted.until) + " (see repl-backlog-size)";
}

}  // namespace

std::optional<std::string> why_not_to_unpark(const Observation& parked, const StreamPart& wanted) {
  if (wanted.from < 1 || wanted.until < wanted.from) return "no bytes are asked for";
  if (parked.loading) return "Redis is loading its dataset";
  if (parked.is_master()) return "Redis is a master, not parked";
  if (!parked.is_parked()) {
    return "Redis follows " + parked.master_host + ':' + std::to_string(parked.master_port) +
           ", it is not parked";
  }
  if (!is_redis_since(6, 2, parked.version)) {
    return "Redis " + parked.version + " cannot pause writes alone; 6.2 or later can";
  }
  if (parked.replid != wanted.replid) {
    return "the replication ID of Redis is " + parked.replid + ", not " + wanted.replid;
  }
  return why_not_in_backlog(parked, wanted);
}

std::optional<std::string> why_not_to_psync(const Observation& unparked, const StreamPart& wanted) {
  if (!unparked.is_master()) return "Redis did not become a master";
  if (unparked.replid2 != wanted.replid || unparked.second_repl_offset <= wanted.until) {
    return "Redis left its line of history at " + std::to_string(unparked.second_repl_offset);
  }
  return why_not_in_backlog(unparked, wanted);
}

std::optional<int> only_database_with_keys(std::string_view info) {
  const auto databases = InfoFields{info}.numbered("db");
  if (databases.size() != 1) return std::nullopt;
  const auto number = parse_integer(databases.begin()->first.substr(2));
  if (!number) return std::nullopt;
  return static_cast<int>(*number);
}

}  // namespace redvip::redis
