#include "daemon/config_file.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "daemon/config_keys.hpp"
#include "daemon/config_rules.hpp"
#include "daemon/config_values.hpp"
#include "daemon/credentials.hpp"
#include "daemon/files.hpp"
#include "redis/tls.hpp"

namespace redvip::daemon {

namespace {

constexpr std::size_t largest_file = std::size_t{1} << 20;
constexpr std::size_t longest_password = 4096;

Result<std::string> read_file(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return failure("is a directory", path);
  errno = 0;
  std::ifstream file{path, std::ios::binary};
  if (!file) return failure(cannot_be_read(errno), path);
  std::string text(largest_file + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return failure("cannot be read", path);
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > largest_file) return failure("larger than 1 MiB: not a configuration", path);
  return text;
}

// Only a regular file: a pipe or a device could keep us waiting for ever.
Result<std::string> read_password(const std::string& place) {
  const auto found = secret_path(place);
  if (!found) return found;
  const auto& path = *found;
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return failure(error ? error.message() : "not a regular file");
  }
  std::ifstream file{path};
  std::string password(longest_password + 1, '\0');
  if (!file.is_open()) return failure("permission denied; run as root");
  file.read(password.data(), static_cast<std::streamsize>(password.size()));
  password.resize(static_cast<std::size_t>(file.gcount()));
  password.resize(std::min(password.size(), password.find_first_of("\r\n")));
  if (password.empty()) return failure("its first line is empty");
  if (password.size() > longest_password)
    return failure("its first line is longer than 4096 bytes");
  return password;
}

template <class Draft>
void read_password_of(Draft& draft, const TomlValue& service, std::string_view key,
                      Problems& problems) {
  if (draft.password_file.empty()) return;
  auto password = read_password(draft.password_file);
  if (password) {
    draft.password = *std::move(password);
    return;
  }
  problems.add(find_entry(find_entry(service, key)->value, "password_file")->value.at,
               "service." + std::string{key} + ".password_file",
               "cannot read \"" + draft.password_file + "\": " + password.error().message);
}

void read_certificates_of(ServiceDraft& service, Problems& problems) {
  auto& tls = service.redis_draft.tls;
  const bool refused = !redis::tls_supported() || tls.cert_file.empty() != tls.key_file.empty();
  if (!tls.on || refused) return;
  const auto refuse = [&](const std::string& key, const std::string& message) {
    problems.add(where(&find_entry(*service.source, "redis")->value, key), "service.redis." + key,
                 message);
  };
  if (!tls.key_file.empty()) {
    const auto path = secret_path(tls.key_file);
    if (!path) return refuse("tls_key_file", path.error().text());
    tls.key_file = *path;
  }
  const auto read = redis::Tls{tls}.load();
  if (!read) refuse(read.error().where, read.error().message);
}

// What the file names and a node needs.
void read_secrets(Draft& draft, Problems& problems) {
  for (auto& service : draft.services) {
    read_certificates_of(service, problems);
    read_password_of(service.redis_draft, *service.source, "redis", problems);
    read_password_of(service.auth_draft, *service.source, "auth", problems);
  }
}

// A draft keeps 0 where the file says nothing.
Micros or_default(Micros given, Micros fallback) {
  return given == Micros{0} ? fallback : given;
}

// A look costs both ends some 0.2 ms. However many services there are, a daemon keeps its looks to
// a thousand a second: the Redis servers need the cores more.
Micros default_probe_interval(std::size_t services, Micros down_after) {
  constexpr std::size_t group = 50;
  const Micros each = RedisConfig{}.probe_interval;
  const auto groups = static_cast<Micros::rep>((services + group - 1) / group);
  return std::max(each, std::min(groups * each, down_after / 2));
}

void complete_intervals(Draft& draft) {
  for (auto& service : draft.services) {
    auto& redis = service.redis_draft;
    redis.probe_interval =
        or_default(redis.interval, default_probe_interval(draft.services.size(), redis.down_after));
  }
}

Track complete(const TrackDraft& draft) {
  Track track = draft;
  std::string what;
  if (!draft.interface.empty()) {
    track.what = InterfaceTrack{what = draft.interface};
  } else if (!draft.script.empty()) {
    what = draft.script.front();
    track.what = ScriptTrack{draft.script, or_default(draft.interval, ScriptTrack{}.interval),
                             or_default(draft.timeout, ScriptTrack{}.timeout), draft.user};
  } else if (!draft.file.empty()) {
    what = draft.file;
    track.what = FileTrack{draft.file, or_default(draft.interval, FileTrack{}.interval)};
  } else {
    what = "ping " + draft.ping->text();
    track.what = PingTrack{*draft.ping, or_default(draft.interval, PingTrack{}.interval),
                           or_default(draft.timeout, PingTrack{}.timeout)};
  }
  if (track.name.empty()) track.name = what;
  return track;
}

NodeIndex index_of(const std::vector<NodeConfig>& nodes, const std::string& name) {
  return static_cast<NodeIndex>(std::ranges::find(nodes, name, &NodeConfig::name) - nodes.begin());
}

Priority priority_of(const ServiceDraft& draft, const std::string& node, std::size_t rank) {
  for (const auto& entry : draft.named_priorities) {
    if (entry.value.first == node) return Priority::of(entry.value.second);
  }
  return Priority::of(250 - 5 * static_cast<int>(rank));
}

ServiceConfig complete(const ServiceDraft& draft, const std::vector<NodeConfig>& nodes) {
  ServiceConfig service = draft;
  service.redis = draft.redis_draft;
  service.auth = draft.auth_draft;
  const auto by_version = draft.version == VrrpVersion::v2 ? Micros{Seconds{1}} : Millis{100};
  const auto interval = or_default(draft.interval, by_version);
  service.advert_interval = std::chrono::duration_cast<Centiseconds>(interval);
  for (const auto& track : draft.track_drafts) service.tracks.push_back(complete(track));
  for (const auto& ip : draft.located_ips) service.virtual_ips.push_back(ip.value);
  for (const auto& name : draft.node_names) service.nodes.push_back(index_of(nodes, name.value));
  if (service.nodes.empty()) {
    for (NodeIndex node = 0; node < nodes.size(); ++node) service.nodes.push_back(node);
  }
  for (std::size_t rank = 0; rank < service.nodes.size(); ++rank) {
    service.priorities.push_back(priority_of(draft, nodes[service.nodes[rank]].name, rank));
  }
  return service;
}

Config complete(const Draft& draft) {
  Config config;
  config.daemon = draft.daemon;
  config.nodes.assign(draft.nodes.begin(), draft.nodes.end());
  for (const auto& service : draft.services) {
    config.services.push_back(complete(service, config.nodes));
  }
  return config;
}

std::string list_nodes(const std::vector<NodeConfig>& nodes) {
  std::string text;
  for (const auto& node : nodes) {
    text += (text.empty() ? "" : ", ") + node.name + ' ' + node.address.text();
  }
  return text;
}

std::string list_addresses(const std::vector<IpAddress>& addresses) {
  std::string text;
  for (const auto address : addresses) {
    if (is_loopback(address) || address.link_local()) continue;  // no node has such a one
    text += (text.empty() ? "" : ", ") + address.text();
  }
  return text.empty() ? "none" : text;
}

}  // namespace

Result<NodeIndex> find_self(const Config& config, const LoadOptions& options) {
  const auto nodes = "; the nodes are " + list_nodes(config.nodes);
  if (options.node) {
    const auto self = index_of(config.nodes, *options.node);
    if (self < config.nodes.size()) return self;
    return failure("--node " + *options.node + ": there is no such node" + nodes);
  }
  std::vector<NodeIndex> matches;
  for (NodeIndex node = 0; node < config.nodes.size(); ++node) {
    const auto& addresses = options.host_addresses;
    const auto address = config.nodes[node].address;
    if (std::ranges::find(addresses, address) != addresses.end()) matches.push_back(node);
  }
  if (matches.size() == 1) return matches.front();
  return failure(std::string{"this host is "} + (matches.empty() ? "none" : "more than one") +
                 " of the nodes: its addresses are " + list_addresses(options.host_addresses) +
                 nodes + "; say which it is with --node NAME");
}

LoadResult load_config(const std::string& path, const LoadOptions& options) {
  const auto text = read_file(path);
  if (!text) return tl::unexpected(std::vector{text.error()});
  return parse_config(*text, path, options);
}

LoadResult parse_config(std::string_view text, const std::string& path,
                        const LoadOptions& options) {
  const auto root = parse_toml(text, path);
  if (!root) return tl::unexpected(std::vector{root.error()});
  Draft draft;
  Problems problems;
  read_table(root_keys(), {*root, ""}, draft, problems);
  complete_intervals(draft);
  check_rules(draft, problems);
  if (options.purpose != Purpose::inspect) read_secrets(draft, problems);
  for (const auto& service : draft.services) check_auth_password(service, problems);
  if (!problems.empty()) return tl::unexpected(problems.errors(path));
  Config config = complete(draft);
  if (options.purpose != Purpose::run) return config;
  const auto self = find_self(config, options);
  if (!self) return tl::unexpected(std::vector{Error{self.error().message, path}});
  config.self = *self;
  return config;
}

}  // namespace redvip::daemon
