// Which commands its user may have, and who else is connected to it.
#include <algorithm>
#include <set>
#include <sstream>

#include "daemon/check_commands.hpp"
#include "daemon/check_report.hpp"

namespace redvip::daemon {

namespace {

// Of the connections whose name is wanted, where they come from; each address once.
template <class Wanted>
std::vector<std::string> clients_named(const std::string& client_list, Wanted wanted) {
  std::set<std::string> addresses;
  std::istringstream lines{client_list};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words{line};
    std::string address;
    bool found = false;
    for (std::string word; words >> word;) {
      if (word.starts_with("addr=")) address = word.substr(5, word.rfind(':') - 5);
      if (word.starts_with("name=")) found = wanted(word.substr(5));
    }
    if (address.starts_with('[')) address = address.substr(1, address.size() - 2);
    if (found) addresses.insert(address);
  }
  return {addresses.begin(), addresses.end()};
}

}  // namespace

std::vector<std::string> sentinels_in(const std::string& client_list) {
  return clients_named(client_list, [](const std::string& name) {
    return name.starts_with("sentinel-") && (name.ends_with("-cmd") || name.ends_with("-pubsub"));
  });
}

std::vector<std::string> redvips_in(const std::string& client_list) {
  return clients_named(client_list,
                       [](const std::string& name) { return name.starts_with("redvip"); });
}

namespace {

using Names = std::vector<std::string>;

// "client|kill" -> "CLIENT KILL"
std::string spoken(std::string name) {
  std::ranges::transform(name, name.begin(), [](char letter) {
    if (letter == '|') return ' ';
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  });
  return name;
}

std::string spoken_list(const Names& names) {
  Names words;
  std::ranges::transform(names, std::back_inserter(words), spoken);
  return joined(words, "", ", ");
}

bool has(const Names& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

std::string allowing(const ServiceConfig& service, const Names& names) {
  const auto& user = service.redis.username;
  std::string rules;
  for (const auto& name : names) rules += (name.starts_with('&') ? " " : " +") + name;
  return "ACL SETUSER " + (user.empty() ? "default" : user) + rules +
         ", and the same in redis.conf or the aclfile";
}

struct Refused {
  Names unknown;
  Names forbidden;
};

void judge_needed(const ServiceConfig& service, const Refused& refused, Report& report) {
  if (!refused.unknown.empty()) {
    report.problem("does not know " + spoken_list(refused.unknown),
                   "remove its rename-command from redis.conf and restart it");
  }
  if (refused.forbidden.empty()) return;
  // Without MULTI the others could not be tried.
  const bool untried = has(refused.forbidden, "multi");
  report.problem(
      "its user may not " + spoken_list(refused.forbidden) + (untried ? ", or more" : ""),
      allowing(service, untried ? needed_commands(service.redis) : refused.forbidden));
}

void judge_presence(const ServiceConfig& service, const Refused& refused, Report& report) {
  const std::string loss = ": redvip works without, but the nodes know less of one another";
  const std::string sentinel =
      has(refused.forbidden, "client|list") ? ", and a Sentinel is not seen" : "";
  if (!refused.forbidden.empty()) {
    report.warning("its user may not " + spoken_list(refused.forbidden) + loss + sentinel,
                   allowing(service, refused.forbidden));
  }
  if (!refused.unknown.empty()) {
    report.warning("does not know " + spoken_list(refused.unknown) + loss,
                   "remove its rename-command from redis.conf");
  }
}

void judge_clients(const RedisFacts& redis, bool told, Report& report) {
  if (!redis.clients_error.empty()) {
    if (!told) {
      report.warning("could not look for a Sentinel: " + redis.clients_error, "allow +client|list");
    }
    return;
  }
  const auto sentinels = sentinels_in(redis.clients);
  if (sentinels.empty()) return report.ok("no Sentinel watches it");
  report.problem(
      "a Sentinel watches it, from " + joined(sentinels, "", ", ") + ": two managers move its role",
      "SENTINEL REMOVE its master there, or stop the Sentinel");
}

}  // namespace

void judge_access(const ServiceConfig& service, const RedisFacts& redis, Report& report) {
  const auto presence = presence_commands();
  Refused needed;
  Refused wanted;
  for (const auto& command : redis.refused_commands) {
    auto& refused = has(presence, command.name) ? wanted : needed;
    (command.unknown ? refused.unknown : refused.forbidden).push_back(command.name);
  }
  if (redis.info && redis.refused_commands.empty()) {
    report.ok("allows every command that redvip sends");
  }
  judge_needed(service, needed, report);
  judge_presence(service, wanted, report);
  if (redis.info) judge_clients(redis, has(wanted.forbidden, "client|list"), report);
}

}  // namespace redvip::daemon
