// Who else moves the address: keepalived on this host, other routers on the wire.
#include <algorithm>
#include <cctype>
#include <sstream>

#include "core/site.hpp"
#include "daemon/check_report.hpp"

namespace redvip::daemon {

namespace {

// The words of a keepalived.conf without comments and quotes.
std::vector<std::string> words_of(const std::string& keepalived_conf) {
  std::vector<std::string> all;
  std::istringstream lines{keepalived_conf};
  for (std::string line; std::getline(lines, line);) {
    std::erase(line, '"');
    std::istringstream words{line.substr(0, line.find_first_of("#!"))};
    for (std::string word; words >> word;) all.push_back(word);
  }
  return all;
}

// What stands after each such keyword.
std::vector<std::string> values_of(const std::string& keyword, const std::string& keepalived_conf) {
  const auto words = words_of(keepalived_conf);
  std::vector<std::string> values;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == keyword) values.push_back(words[i + 1]);
  }
  return values;
}

}  // namespace

std::vector<int> virtual_router_ids(const std::string& keepalived_conf) {
  std::vector<int> vrids;
  for (const auto& value : values_of("virtual_router_id", keepalived_conf)) {
    if (const auto vrid = parse_integer(value)) vrids.push_back(static_cast<int>(*vrid));
  }
  return vrids;
}

Seconds longest_advert_interval(const std::string& keepalived_conf) {
  Seconds longest{1};
  for (const auto& value : values_of("advert_int", keepalived_conf)) {
    const auto point = value.find('.');
    const auto whole = parse_integer(value.substr(0, point));
    if (!whole || *whole > 255) continue;
    longest = std::max(longest, Seconds{*whole + (point == std::string::npos ? 0 : 1)});
  }
  return longest;
}

std::vector<std::string> named_paths(const std::string& keepalived_conf) {
  std::vector<std::string> paths;
  for (const auto& word : words_of(keepalived_conf)) {
    const bool known = std::ranges::find(paths, word) != paths.end();
    if (word.starts_with('/') && !known) paths.push_back(word);
  }
  return paths;
}

bool moves_roles(const std::string& script) {
  std::string lower;
  for (const char letter : script) {
    lower += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  return lower.find("slaveof") != std::string::npos || lower.find("replicaof") != std::string::npos;
}

namespace {

void judge_keepalived(const ServiceConfig& service, const HostFacts& host, Report& report) {
  const auto vrid = service.vrid.value();
  for (const auto& [pid, vrids, scripts, interval] : host.keepalived) {
    const auto process = "keepalived (pid " + std::to_string(pid) + ")";
    const bool rival = vrids && std::ranges::find(*vrids, vrid) != vrids->end();
    if (rival) {
      report.stop(process + " manages VRID " + std::to_string(vrid) + " on this host",
                  "systemctl disable --now keepalived, or give redvip another vrid");
    } else if (!vrids) {
      report.warning(process + " runs here; its configuration is not readable",
                     "run as root, or make sure that it does not use VRID " + std::to_string(vrid));
    }
    if (rival || scripts.empty()) continue;
    report.warning(process + " runs " + joined(scripts, "", ", ") +
                       ", which moves the roles of a Redis (SLAVEOF): two managers of one Redis "
                       "undo each other's work",
                   "take it out of keepalived.conf if it is about this service's Redis");
  }
}

void judge_stranger(const SpeakerFacts& speaker, Report& report) {
  report.stop(speaker.source.text() + " advertises VRID " + std::to_string(speaker.vrid) +
                  " in VRRPv" + std::to_string(speaker.version) + " and is no node of ours",
              "stop keepalived (or what else it is) there, choose another vrid, or let it take "
              "part with any_source = true");
}

void judge_peer(const std::string& node, const ServiceConfig& service, const SpeakerFacts& speaker,
                Report& report) {
  const auto vrid = "VRID " + std::to_string(speaker.vrid);
  const auto who = speaker.source.text() + (node.empty() ? "" : " (" + node + ")");
  const auto ours = static_cast<int>(service.version);
  if (speaker.version != ours) {
    report.stop(who + " advertises " + vrid + " in VRRPv" + std::to_string(speaker.version) +
                    ", this service in VRRPv" + std::to_string(ours),
                "give service.version what the others speak, or stop keepalived there");
  } else if (!speaker.refused.empty()) {
    report.problem(who + " advertises " + vrid + ", but it would be dropped here (" +
                       speaker.refused + "), and both would be owners",
                   "put the same file on every node, and stop keepalived there if it runs");
  } else if (!speaker.differs.empty()) {
    report.warning(
        who + " advertises " + vrid + " otherwise than this file says: " + speaker.differs,
        "put the same file on every node; if it is keepalived, stop it once redvip "
        "runs here");
  } else {
    report.ok(who + " advertises " + vrid + " as this file says");
  }
}

void judge_speakers(const Config& config, const ServiceConfig& service, const HostFacts& host,
                    Report& report) {
  const auto site = Site::of(config, service);
  bool anybody = false;
  for (const auto& speaker : host.heard) {
    // Of another family it is another virtual router (RFC 9568 section 1.3).
    const bool ours =
        speaker.vrid == service.vrid.value() && speaker.source.family() == service.family();
    if (!ours) continue;
    anybody = true;
    const auto node = site.node_advertising_from(speaker.source);
    if (!node && !service.any_source) {
      judge_stranger(speaker, report);
    } else {
      judge_peer(node ? site.name(*node) : "", service, speaker, report);
    }
  }
  if (anybody || !host.deaf.empty() || !interface_of(config, service, host.interfaces)) return;
  const auto tenths = std::chrono::duration_cast<Millis>(host.listened).count() / 100;
  report.ok("nobody else advertises VRID " + std::to_string(service.vrid.value()) +
            " (listened for " + std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) +
            " s)");
}

}  // namespace

Findings judge_rivals(const Config& config, const ServiceConfig& service, const HostFacts& host) {
  Report report{service.name};
  judge_keepalived(service, host, report);
  judge_speakers(config, service, host, report);
  return std::move(report).findings();
}

Findings judge_advertisers(const Config& config, const ServiceConfig& service,
                           const std::vector<SpeakerFacts>& heard,
                           const std::vector<RedisFacts>& all) {
  Report report{service.name};
  const auto site = Site::of(config, service);
  std::vector<std::string> connected;
  bool known = false;
  for (const auto& redis : all) {
    known = known || (redis.info && redis.clients_error.empty());
    const auto here = redvips_in(redis.clients);
    connected.insert(connected.end(), here.begin(), here.end());
  }
  for (const auto& speaker : heard) {
    const auto node = site.node_advertising_from(speaker.source);
    const bool told = !speaker.refused.empty() || !speaker.differs.empty();
    if (!known || !node || told || speaker.vrid != service.vrid.value()) continue;
    const auto address = site.nodes[*node].address.text();
    if (std::ranges::find(connected, address) != connected.end()) continue;
    report.warning(site.name(*node) + " advertises VRID " + std::to_string(speaker.vrid) +
                       ", but no redvip is connected to Redis from there: it is keepalived, or "
                       "another router",
                   "stop it there once redvip runs here");
  }
  return std::move(report).findings();
}

}  // namespace redvip::daemon
