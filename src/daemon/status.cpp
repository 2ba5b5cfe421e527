#include "daemon/status.hpp"

#include "daemon/status_json.hpp"

namespace redvip::daemon {

namespace json = boost::json;

Result<json::object> parse_object(const std::string& text) {
  json::parse_options options;
  options.allow_invalid_utf8 = true;
  json::error_code error;
  const auto value = json::parse(text, error, {}, options);
  if (error) return failure("not JSON: " + error.message());
  if (!value.is_object()) return failure("not a JSON object");
  return value.get_object();
}

namespace {

// What is absent has no member, so that a reader cannot take a null for a value.
template <class T>
void put(json::object& object, json::string_view name, const std::optional<T>& value) {
  if (value) object[name] = json::value_from(*value);
}

json::object redis_object(const RedisStatus& redis) {
  json::object object{{"role", redis.role},
                      {"version", redis.version},
                      {"link", redis.link},
                      {"offset", redis.offset},
                      {"keys", redis.keys}};
  put(object, "lag_bytes", redis.lag_bytes);
  return object;
}

json::object node_object(const NodeStatus& node) {
  json::object object{{"name", node.name},
                      {"address", node.address},
                      {"self", node.self},
                      {"state", node.state},
                      {"problem", node.problem}};
  put(object, "priority", node.priority);
  put(object, "paused", node.paused);
  if (!node.reason.empty()) object["reason"] = node.reason;
  put(object, "objection", node.objection);
  if (node.redis) object["redis"] = redis_object(*node.redis);
  if (node.last_seen) object["last_seen_ms"] = node.last_seen->count();
  return object;
}

json::object track_object(const TrackStatus& track) {
  return {{"name", track.name}, {"up", track.up}, {"weight", track.weight}, {"why", track.why}};
}

json::object service_object(const ServiceStatus& service) {
  json::object object{{"name", service.name},
                      {"vrid", service.vrid},
                      {"virtual_ips", json::value_from(service.virtual_ips)},
                      {"interface", service.interface},
                      {"state", service.state},
                      {"reason", service.reason},
                      {"since", service.since},
                      {"paused", service.paused},
                      {"holds_vip", service.holds_vip},
                      {"two_owners", service.two_owners},
                      {"failover_possible", service.failover_possible},
                      {"failover", service.failover}};
  put(object, "owner", service.owner);
  if (!service.paused_since.empty()) object["paused_since"] = service.paused_since;
  if (!service.paused_until.empty()) object["paused_until"] = service.paused_until;
  if (service.estimate) object["estimate_ms"] = service.estimate->count();
  object["silence_limit_ms"] = service.silence_limit.count();
  json::array tracks;
  for (const auto& track : service.tracks) tracks.push_back(track_object(track));
  object["tracks"] = std::move(tracks);
  object["adverts"] = json::value_from(service.adverts);
  json::array nodes;
  for (const auto& node : service.nodes) nodes.push_back(node_object(node));
  object["nodes"] = std::move(nodes);
  return object;
}

RedisStatus redis_from(const json::object& object) {
  RedisStatus redis;
  take(object, "role", redis.role);
  take(object, "version", redis.version);
  take(object, "link", redis.link);
  take(object, "offset", redis.offset);
  take(object, "lag_bytes", redis.lag_bytes);
  take(object, "keys", redis.keys);
  return redis;
}

std::optional<Millis> millis_from(const json::object& object, json::string_view name) {
  std::optional<std::int64_t> count;
  take(object, name, count);
  if (!count) return std::nullopt;
  return Millis{*count};
}

TrackStatus track_from(const json::object& object) {
  TrackStatus track;
  take(object, "name", track.name);
  take(object, "up", track.up);
  take(object, "weight", track.weight);
  take(object, "why", track.why);
  return track;
}

NodeStatus node_from(const json::object& object) {
  NodeStatus node;
  take(object, "name", node.name);
  take(object, "address", node.address);
  take(object, "self", node.self);
  take(object, "state", node.state);
  take(object, "priority", node.priority);
  take(object, "paused", node.paused);
  take(object, "reason", node.reason);
  take(object, "objection", node.objection);
  take(object, "problem", node.problem);
  std::optional<json::object> redis;
  take(object, "redis", redis);
  if (redis) node.redis = redis_from(*redis);
  node.last_seen = millis_from(object, "last_seen_ms");
  return node;
}

ServiceStatus service_from(const json::object& object) {
  ServiceStatus service;
  take(object, "name", service.name);
  take(object, "vrid", service.vrid);
  take(object, "virtual_ips", service.virtual_ips);
  take(object, "interface", service.interface);
  take(object, "state", service.state);
  take(object, "reason", service.reason);
  take(object, "since", service.since);
  take(object, "paused", service.paused);
  take(object, "holds_vip", service.holds_vip);
  take(object, "owner", service.owner);
  take(object, "two_owners", service.two_owners);
  take(object, "failover_possible", service.failover_possible);
  take(object, "failover", service.failover);
  take(object, "paused_since", service.paused_since);
  take(object, "paused_until", service.paused_until);
  service.estimate = millis_from(object, "estimate_ms");
  service.silence_limit = millis_from(object, "silence_limit_ms").value_or(Millis{0});
  std::vector<json::object> tracks;
  take(object, "tracks", tracks);
  for (const auto& track : tracks) service.tracks.push_back(track_from(track));
  take(object, "adverts", service.adverts);
  std::vector<json::object> nodes;
  take(object, "nodes", nodes);
  for (const auto& node : nodes) service.nodes.push_back(node_from(node));
  return service;
}

}  // namespace

void write_json(const DaemonStatus& status, const std::function<void(const std::string&)>& out) {
  std::string head = json::serialize(json::object{{"version", status.version},
                                                  {"pid", status.pid},
                                                  {"node", status.node},
                                                  {"written_at", status.written_at}});
  head.back() = ',';
  out(head + "\"services\":[");
  const char* before = "";
  for (const auto& service : status.services) {
    out(before + json::serialize(service_object(service)));
    before = ",";
  }
  out("]}");
}

std::string to_json(const DaemonStatus& status) {
  std::string text;
  write_json(status, [&](const std::string& part) { text += part; });
  return text;
}

Result<DaemonStatus> status_from_json(const std::string& text) {
  const auto object = parse_object(text);
  if (!object) return tl::unexpected(object.error());
  try {
    DaemonStatus status;
    take(*object, "version", status.version);
    take(*object, "pid", status.pid);
    take(*object, "node", status.node);
    take(*object, "written_at", status.written_at);
    std::vector<json::object> services;
    take(*object, "services", services);
    for (const auto& service : services) status.services.push_back(service_from(service));
    return status;
  } catch (const std::invalid_argument& error) {
    return failure(error.what());
  }
}

}  // namespace redvip::daemon
