#include "daemon/config_keys.hpp"

#include "daemon/config_values.hpp"

namespace redvip::daemon {

namespace {

constexpr std::string_view required{};

Keys<DaemonConfig> daemon_keys() {
  using D = DaemonConfig;
  return {
      {"log_level", R"("info")",
       choice(&D::log_level, {{"debug", LogLevel::debug},
                              {"info", LogLevel::info},
                              {"warning", LogLevel::warning},
                              {"error", LogLevel::error}}),
       "The least important messages that are still logged."},
      {"log_format", R"("text")",
       choice(&D::log_format, {{"text", LogFormat::text}, {"json", LogFormat::json}}),
       "One line of text or one JSON object per message."},
      {"state_dir", R"("/var/lib/redvip")", path(&D::state_dir),
       "Durable: the journal of replication histories, history.jsonl, saved datasets."},
      {"runtime_dir", R"("/run/redvip")", path(&D::runtime_dir), "redvip.pid and status.json."},
      {"realtime", "true", boolean(&D::realtime),
       "SCHED_FIFO and locked memory where allowed; a warning where not."},
      {"metrics", "\"\"", listen_address(&D::metrics),
       "Where Prometheus reads the metrics, without a password; \"\": nowhere."},
  };
}

Keys<NodeDraft> node_keys() {
  return {
      {"name", required, name(&NodeConfig::name), "Unique among the nodes."},
      {"address", required, host_address(&NodeConfig::address),
       "Where peers reach this node's Redis and daemon; a host finds itself by it."},
      {"link_local", "\"\"", link_local(&NodeConfig::link_local),
       "Its IPv6 link-local address on the service's interface, from which VRRP over IPv6 comes."},
  };
}

Keys<RedisDraft> redis_keys() {
  using R = RedisConfig;
  return {
      {"port", "6379", integer(&R::port, 1, 65535), "The same on every node."},
      {"address", "\"\"", optional_address(&R::address),
       "Where each daemon reaches its own Redis; empty: the node's address, as the peers use."},
      {"username", "\"\"", any_string(&R::username), "An ACL user; empty: the default user."},
      {"password", "\"\"", secret(&R::password),
       "Never logged. password_file is the better place."},
      {"password_file", "\"\"", secret_file(&RedisDraft::password_file),
       "Its first line is the password; \"credential:NAME\": one of the unit's; empty: none."},
      {"tls", "false", within(&R::tls, boolean(&TlsConfig::on)),
       "Whether redis.port speaks TLS (Redis's tls-port); needs hiredis 1.0, as in Debian 13."},
      {"tls_ca_file", "\"\"", within(&R::tls, optional_path(&TlsConfig::ca_file)),
       "The CAs that may have signed Redis's certificate; empty: those that the system trusts."},
      {"tls_cert_file", "\"\"", within(&R::tls, optional_path(&TlsConfig::cert_file)),
       "redvip's own certificate, for a Redis with tls-auth-clients yes, its default."},
      {"tls_key_file", "\"\"", within(&R::tls, secret_file(&TlsConfig::key_file)),
       "Its key, without a passphrase; or \"credential:NAME\", as for password_file."},
      {"tls_server_name", "\"\"", within(&R::tls, any_string(&TlsConfig::server_name)),
       "The name that Redis's certificate must have, on every node; empty: the node's address."},
      {"tls_verify", R"("full")",
       within(&R::tls, choice(&TlsConfig::verify, {{"full", TlsVerify::full},
                                                   {"ca", TlsVerify::ca},
                                                   {"none", TlsVerify::none}})),
       "What is checked of it: the CA and the name; the CA, as replicas do; nothing."},
      {"probe_interval", R"("100ms")",
       duration(&RedisDraft::interval, {Millis{10}, Seconds{60}, Millis{1}}),
       "How often Redis is asked; a closed socket is seen without asking. More than 50 services: "
       "100ms for each 50 begun, but no more than half of down_after."},
      {"down_after", R"("1s")", duration(&R::down_after, {Millis{50}, Seconds{600}, Millis{1}}),
       "No answer for this long means that Redis hangs; longer than probe_interval."},
      {"weight", "0", integer(&R::weight, -253, 253),
       "While Redis is down: 0 is a fault, -n lowers the priority; +n raises it while it is up."},
      {"max_lag", R"("10s")", duration(&R::max_lag, {Seconds{0}, Seconds{86400}, Millis{1}}),
       "A replica whose link broke longer ago is not promoted without an operator."},
      {"on_divergence", R"("save")",
       choice(&R::on_divergence, {{"save", OnDivergence::save},
                                  {"hold", OnDivergence::hold},
                                  {"discard", OnDivergence::discard}}),
       "Writes that only this node has: save a copy and follow, wait for an operator, or drop."},
      {"saves", "10", integer(&R::saves, 1, 1000),
       "How many saved datasets are kept in state_dir/diverged; the oldest go first."},
      {"saves_mb", "10240", integer(&R::saves_mb, 1, 1'000'000),
       "And how much of them, in MiB; the newest is kept in any case."},
      {"min_replicas", R"("untouched")",
       choice(&R::min_replicas,
              {{"untouched", MinReplicas::untouched}, {"managed", MinReplicas::managed}}),
       "Who sets min-replicas-to-write: you, or redvip: 1 while a replica could be there, else 0."},
  };
}

Keys<GarpConfig> garp_keys() {
  using G = GarpConfig;
  return {
      {"repeat", "5", integer(&G::repeat, 1, 100), "Gratuitous ARPs per burst."},
      {"delay", R"("1s")", duration(&G::delay, {Seconds{0}, Seconds{60}, Millis{1}}),
       "The second burst comes this long after the first; \"0s\": none."},
      {"refresh", R"("60s")", duration(&G::refresh, {Seconds{0}, Seconds{3600}, Millis{1}}),
       "Then one burst every so often; \"0s\": never."},
  };
}

Keys<AuthenticationDraft> auth_keys() {
  using Type = Authentication::Type;
  return {
      {"type", R"("none")",
       choice(&Authentication::type,
              {{"none", Type::none}, {"pass", Type::pass}, {"ah", Type::ah}, {"hmac", Type::hmac}}),
       "As keepalived: auth_type PASS (against mistakes only) and AH of version 2; auth_hmac (since "
       "2.4.2) of version 3."},
      {"password", "\"\"", secret(&Authentication::password),
       "1 to 8 characters; hmac: 32 to 64, its key 1. Never logged."},
      {"password_file", "\"\"", secret_file(&AuthenticationDraft::password_file),
       "Its first line is the password; \"credential:NAME\": one of the unit's; empty: none."},
  };
}

Keys<TrackDraft> track_keys() {
  using T = TrackDraft;
  constexpr DurationRange often{Millis{100}, Seconds{3600}, Millis{1}};
  return {
      {"interface", "\"\"", optional_interface(&T::interface), "One of: up means up and running."},
      {"script", "[]", command_line(&T::script),
       "One of: a program and its arguments, without a shell; fine when it exits with 0."},
      {"file", "\"\"", optional_path(&T::file),
       "One of: fine when it is there and empty, or holds 0."},
      {"ping", "\"\"", optional_address(&T::ping), "One of: fine when it answers an echo request."},
      {"name", "\"\"", any_string(&Track::name), "For messages; empty: what is tracked."},
      {"weight", "0", integer(&Track::weight, -253, 253),
       "0: its loss is a fault; -n: lowers the priority while it is down; +n: raises it while up."},
      {"rise", "1", integer(&Track::rise, 1, 100), "Successes in a row that make it up again."},
      {"fall", "1", integer(&Track::fall, 1, 100), "Failures in a row that make it down."},
      {"interval", "\"\"", optional_duration(&T::interval, often),
       "From one check to the next; by default \"1s\", of a ping \"500ms\"."},
      {"timeout", "\"\"", optional_duration(&T::timeout, often),
       "Of a script, which is killed then (\"1s\"), and of a ping (\"400ms\")."},
      {"user", "\"\"", optional_name(&T::user),
       "Whom a script runs as; empty: nobody, or redvip's own user where that is not root."},
  };
}

Kind<ServiceConfig> notified(std::vector<std::string> NotifyConfig::*program) {
  return within(&ServiceConfig::notify, optional_command_line(program));
}

Keys<ServiceDraft> service_keys() {
  using S = ServiceDraft;
  constexpr DurationRange advert_range{Millis{10}, Millis{40'950}, Millis{10}};
  return {
      {"name", required, name(&ServiceConfig::name), "Unique among the services."},
      {"nodes", "[]", node_names(&S::node_names),
       "The nodes that may own it, in order of preference; empty: all nodes, as they are listed."},
      {"interface", "\"\"", optional_interface(&ServiceConfig::interface),
       "For adverts and virtual IPs; empty: the one that carries this node's address."},
      {"vrid", required, integer(&ServiceConfig::vrid, 1, 255),
       "VRRP virtual router identifier; unique on the network segment."},
      {"virtual_ips", required, virtual_ips(&S::located_ips),
       "Addresses with their prefix length."},
      {"priorities", "{}", priorities(&S::named_priorities),
       "{ redis-a = 200, ... } for every node of the service; empty: 250, 245, 240 ..."},
      {"version", "3", version(&ServiceConfig::version),
       "Of VRRP: 3 (RFC 9568), or 2 (RFC 3768), which is IPv4 only and counts in seconds."},
      {"advert_interval", R"("100ms")", duration(&S::interval, advert_range),
       "How often the owner advertises; the same on every node. Version 2: \"1s\", whole seconds."},
      {"preempt", "false", boolean(&ServiceConfig::preempt),
       "Whether a node with a higher priority takes the service back from a healthy owner."},
      {"preempt_delay", R"("0s")",
       duration(&ServiceConfig::preempt_delay, {Seconds{0}, Seconds{3600}, Millis{1}}),
       "How long it must have been fit before it does."},
      {"max_moves", "10", integer(&ServiceConfig::max_moves, 0, 1000),
       "A node that took over so often within move_window, unasked, holds still; 0: no limit."},
      {"move_window", R"("10m")",
       duration(&ServiceConfig::move_window, {Seconds{1}, Seconds{86400}, Millis{1}}),
       "The time in which max_moves are counted."},
      {"unicast", "false", boolean(&ServiceConfig::unicast),
       "Adverts to the other nodes' addresses instead of the multicast group 224.0.0.18."},
      {"auth", "{}", table(&S::auth_draft, auth_keys()),
       "How adverts are authenticated; the same on every node."},
      {"checksum", R"("rfc5798")",
       choice(&ServiceConfig::checksum,
              {{"rfc5798", Checksum::rfc5798}, {"rfc9568", Checksum::rfc9568}}),
       "Of version 3 over IPv4, as it is sent: with the pseudo-header, as keepalived and FRR do, "
       "or without, as Cisco and Juniper do. Both are accepted."},
      {"strict", "false", boolean(&ServiceConfig::strict),
       "Accept only the checksum of `checksum`, and over IPv6 only a link-local first address; "
       "wait for Skew_Time even where this node is first in line."},
      {"any_source", "false", boolean(&ServiceConfig::any_source),
       "Whether routers that are no [[node]] take part in the election."},
      {"vmac", "false", boolean(&ServiceConfig::vmac),
       "Whether the virtual IPs have the virtual router's own MAC address, on a macvlan."},
      {"accept", "true", boolean(&ServiceConfig::accept),
       "Whether what is sent to a virtual IP is for this host; false: only ARP and ND are."},
      {"on_conflict", R"("refuse")",
       choice(&ServiceConfig::on_conflict,
              {{"refuse", OnConflict::refuse}, {"warn", OnConflict::warn}}),
       "When a stranger answers for a virtual IP: do not take it, or say so and take it."},
      {"routes", "[]", routes(&ServiceConfig::routes),
       "Come and go with the virtual IPs, in the words of ip-route(8)."},
      {"group", "\"\"", optional_name(&ServiceConfig::group),
       "Services of one group move together; empty: alone."},
      {"redis", "{}", table(&S::redis_draft, redis_keys()),
       "The service's Redis, the same on every node."},
      {"garp", "{}", table(&ServiceConfig::garp, garp_keys()),
       "Gratuitous ARP, and over IPv6 unsolicited neighbour advertisements: how the neighbours "
       "learn who has the address."},
      {"track", "[]", tables(&S::track_drafts, "service.track", 0, track_keys()),
       "What else this node needs, each one of interface, script, file or ping. The service's own "
       "interface always counts."},
      {"notify", "\"\"", notified(&NotifyConfig::all),
       "Program run on each change, with INSTANCE name STATE priority after its arguments."},
      {"notify_master", "\"\"", notified(&NotifyConfig::master), "Run when this node serves."},
      {"notify_backup", "\"\"", notified(&NotifyConfig::backup),
       "Run when it does not, and is well."},
      {"notify_fault", "\"\"", notified(&NotifyConfig::fault), "Run when it cannot serve."},
      {"notify_stop", "\"\"", notified(&NotifyConfig::stop),
       "Run when redvip stops; it waits for the end."},
      {"notify_timeout", R"("30s")",
       within(&ServiceConfig::notify,
              duration(&NotifyConfig::timeout, {Millis{100}, Seconds{600}, Millis{1}})),
       "Each of these programs is killed after that, with all that it has started."},
  };
}

}  // namespace

Keys<Draft> root_keys() {
  return {
      {"daemon", "{}", table(&Draft::daemon, daemon_keys()),
       "The daemon itself, not its services."},
      {"node", required, tables(&Draft::nodes, "node", 1, node_keys()), "One for each host."},
      {"service", required, tables(&Draft::services, "service", 1, service_keys()),
       "One for each Redis that is to be reachable at addresses of its own."},
  };
}

std::vector<SectionHelp> config_sections() {
  std::vector<SectionHelp> all;
  describe_keys(root_keys(), {}, all);
  for (auto& section : all) {
    std::erase_if(section.keys, [](const KeyHelp& key) { return key.help.empty(); });
  }
  std::erase_if(all, [](const SectionHelp& section) { return section.keys.empty(); });
  return all;
}

std::vector<KeyHelp> config_reference() {
  std::vector<KeyHelp> all;
  for (const auto& section : config_sections()) {
    all.insert(all.end(), section.keys.begin(), section.keys.end());
  }
  return all;
}

}  // namespace redvip::daemon
