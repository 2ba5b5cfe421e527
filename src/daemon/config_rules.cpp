#include "daemon/config_rules.hpp"

#include <set>

#include "redis/tls.hpp"

namespace redvip::daemon {

Position where(const TomlValue* table, std::string_view key) {
  const auto* entry = find_entry(*table, key);
  return entry == nullptr ? table->at : entry->value.at;
}

namespace {

bool is_good(const TomlValue* table, std::string_view key, const Problems& problems) {
  const auto* entry = find_entry(*table, key);
  return entry != nullptr && !problems.refused(entry->value.at);
}

std::string on_line(Position at) {
  return " (line " + std::to_string(at.line) + ')';
}

// Says `key` of each draft must differ from the same key of those before it.
template <class Draft, class Value>
void check_unique(const std::vector<Draft>& drafts, const std::string& table, std::string_view key,
                  Value (*value_of)(const Draft&), Problems& problems) {
  for (auto later = drafts.begin(); later != drafts.end(); ++later) {
    if (!is_good(later->source, key, problems)) continue;
    for (auto earlier = drafts.begin(); earlier != later; ++earlier) {
      if (!is_good(earlier->source, key, problems)) continue;
      if (value_of(*earlier) != value_of(*later)) continue;
      problems.add(where(later->source, key), table + '.' + std::string{key},
                   "found " + describe(find_entry(*later->source, key)->value) + " a second time" +
                       on_line(where(earlier->source, key)) + "; it must be unique");
      break;
    }
  }
}

void check_nodes(const std::vector<NodeDraft>& nodes, Problems& problems) {
  check_unique<NodeDraft, std::string>(
      nodes, "node", "name", [](const NodeDraft& node) { return node.name; }, problems);
  check_unique<NodeDraft, IpAddress>(
      nodes, "node", "address", [](const NodeDraft& node) { return node.address; }, problems);
}

void check_node_names(const ServiceDraft& service, const std::vector<NodeDraft>& nodes,
                      Problems& problems) {
  std::vector<std::string_view> known;
  for (const auto& node : nodes) known.push_back(node.name);
  std::set<std::string> seen;
  for (const auto& [name, at] : service.node_names) {
    if (std::ranges::find(known, name) == known.end()) {
      problems.add(at, "service.nodes",
                   "found \"" + name + "\"; no [[node]] has this name" + did_you_mean(name, known));
    } else if (!seen.insert(name).second) {
      problems.add(at, "service.nodes", "found \"" + name + "\" a second time");
    }
  }
}

std::vector<std::string> names_of(const ServiceDraft& service,
                                  const std::vector<NodeDraft>& nodes) {
  std::vector<std::string> names;
  for (const auto& name : service.node_names) names.push_back(name.value);
  if (!names.empty()) return names;
  for (const auto& node : nodes) names.push_back(node.name);
  return names;
}

// With fifty nodes the last default priority is 5; one more would be 0, which means "I release".
constexpr std::size_t most_default_priorities = 50;

void check_priorities(const ServiceDraft& service, const std::vector<NodeDraft>& nodes,
                      Problems& problems) {
  const auto names = names_of(service, nodes);
  const auto& given = service.named_priorities;
  const auto at = where(service.source, "priorities");
  if (given.empty()) {
    if (names.size() > most_default_priorities) {
      problems.add(at, "service.priorities", "missing; needed for more than 50 nodes");
    }
    return;
  }
  std::set<int> seen;
  for (const auto& [entry, entry_at] : given) {
    const auto& [name, priority] = entry;
    const auto key = "service.priorities." + name;
    if (std::ranges::find(names, name) == names.end()) {
      problems.add(entry_at, key, "not one of the service's nodes");
    } else if (priority != 0 && !seen.insert(priority).second) {
      problems.add(entry_at, key,
                   "found " + std::to_string(priority) + " a second time; it must be unique");
    }
  }
  for (const auto& name : names) {
    const auto is_name = [&](const auto& entry) { return entry.value.first == name; };
    if (std::ranges::any_of(given, is_name)) continue;
    problems.add(at, "service.priorities",
                 "nothing for \"" + name + "\"; allowed: every node of the service, or none");
  }
}

void check_virtual_ips(const Draft& draft, Problems& problems) {
  std::vector<Located<IpAddress>> seen;
  for (const auto& service : draft.services) {
    for (const auto& [ip, at] : service.located_ips) {
      const auto found = "found \"" + ip.text() + "\"";
      const auto node = std::ranges::find(draft.nodes, ip.address, &NodeDraft::address);
      const auto earlier = std::ranges::find(seen, ip.address, &Located<IpAddress>::value);
      if (node != draft.nodes.end()) {
        problems.add(at, "service.virtual_ips",
                     found + ", which is the address of node " + node->name +
                         "; a virtual IP must be an address that no host has of its own");
      } else if (earlier != seen.end()) {
        problems.add(at, "service.virtual_ips",
                     found + " a second time" + on_line(earlier->at) + "; it must be unique");
      }
      seen.push_back({ip.address, at});
    }
  }
}

// Two services that managed one Redis would give it contradictory roles.
void check_one_redis_each(const Draft& draft, Problems& problems) {
  for (auto later = draft.services.begin(); later != draft.services.end(); ++later) {
    const auto later_names = names_of(*later, draft.nodes);
    for (auto earlier = draft.services.begin(); earlier != later; ++earlier) {
      if (earlier->redis_draft.port != later->redis_draft.port) continue;
      const auto names = names_of(*earlier, draft.nodes);
      const auto shared = std::ranges::find_first_of(names, later_names);
      if (shared == names.end()) continue;
      problems.add(where(later->source, "redis"), "service.redis.port",
                   "found " + std::to_string(later->redis_draft.port) + ", but the Redis of " +
                       *shared + " there belongs to service " + earlier->name +
                       on_line(earlier->source->at) +
                       "; give each service its own Redis, or one service both virtual IPs");
      break;
    }
  }
}

void check_tls(const TlsConfig& tls, const TomlValue* table, Problems& problems) {
  const auto add = [&](const char* key, const std::string& message) {
    problems.add(where(table, key), std::string{"service.redis."} + key, message);
  };
  if (tls.on && !redis::tls_supported()) return add("tls", redis::why_no_tls());
  const auto unused = [&](const char* key, bool set) {
    if (tls.on || !set) return;
    add(key, "found without service.redis.tls = true, so that all would go in clear");
  };
  unused("tls_ca_file", !tls.ca_file.empty());
  unused("tls_cert_file", !tls.cert_file.empty());
  unused("tls_key_file", !tls.key_file.empty());
  unused("tls_server_name", !tls.server_name.empty());
  unused("tls_verify", tls.verify != TlsVerify::full);
  if (tls.cert_file.empty() == tls.key_file.empty()) return;
  add(tls.cert_file.empty() ? "tls_key_file" : "tls_cert_file",
      "found alone; allowed: tls_cert_file and tls_key_file, or neither");
}

void check_redis(const ServiceDraft& service, Problems& problems) {
  const auto* entry = find_entry(*service.source, "redis");
  if (entry == nullptr) return;
  const auto& redis = service.redis_draft;
  check_tls(redis.tls, &entry->value, problems);
  if (!redis.password.empty() && !redis.password_file.empty()) {
    problems.add(where(&entry->value, "password_file"), "service.redis.password_file",
                 "found beside service.redis.password; allowed: one of the two");
  }
  if (redis.down_after <= redis.probe_interval) {
    problems.add(where(&entry->value, "down_after"), "service.redis.down_after",
                 "not longer than service.redis.probe_interval, so that one probe in flight would "
                 "count as hung");
  }
}

}  // namespace

void check_rules(const Draft& draft, Problems& problems) {
  check_nodes(draft.nodes, problems);
  check_unique<ServiceDraft, std::string>(
      draft.services, "service", "name", [](const ServiceDraft& service) { return service.name; },
      problems);
  check_unique<ServiceDraft, Vrid>(
      draft.services, "service", "vrid", [](const ServiceDraft& service) { return service.vrid; },
      problems);
  for (const auto& service : draft.services) {
    check_node_names(service, draft.nodes, problems);
    check_priorities(service, draft.nodes, problems);
    check_redis(service, problems);
    check_vrrp(service, draft.nodes, problems);
    for (const auto& track : service.track_drafts) check_track(track, problems);
  }
  check_virtual_ips(draft, problems);
  check_one_redis_each(draft, problems);
}

}  // namespace redvip::daemon
