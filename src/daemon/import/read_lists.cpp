// The entries of list blocks: addresses, routes, what is tracked; and the notify programs.
#include <algorithm>
#include <array>

#include "core/accepted.hpp"
#include "core/route.hpp"
#include "daemon/import/read.hpp"
#include "daemon/import/text.hpp"
#include "daemon/import/values.hpp"

namespace redvip::keepalived {
namespace {

constexpr std::array<std::string_view, 7> address_values{
    "brd", "broadcast", "scope", "label", "peer", "preferred_lft", "track_group"};
constexpr std::array<std::string_view, 7> address_flags{
    "home", "-nodad", "mngtmpaddr", "noprefixroute", "autojoin", "no_track", "use_vmac"};

// "eth0:1" was an address label's name; the interface is eth0.
std::string interface_of(const std::string& word) {
  return word.substr(0, word.find(':'));
}

void read_address_option(const Statement& statement, std::size_t& at, Address& address,
                         Diagnosis& diagnosis) {
  const auto& word = statement.words[at];
  const bool has_value = at + 1 < statement.words.size();
  if (word == "dev" && has_value) {
    address.interface = interface_of(statement.words[++at]);
  } else if (one_of(address_values, word) && has_value) {
    diagnosis.dropped(statement.at, in_quotes(word + ' ' + statement.words[++at]) + " of " +
                                        address.ip.address.text() +
                                        ": redvip adds addresses as they are");
  } else if (one_of(address_flags, word)) {
    diagnosis.dropped(statement.at, in_quotes(word) + " of " + address.ip.address.text() +
                                        ": redvip adds addresses as they are");
  } else {
    diagnosis.mistake(statement.at,
                      "one address a line: keepalived ignores " + in_quotes(word) + " behind " +
                          address.ip.address.text(),
                      "add it to virtual_ips if it was meant");
    at = statement.words.size();
  }
}

}  // namespace

std::optional<Address> read_virtual_address(const Statement& statement, bool excluded,
                                            Diagnosis& diagnosis) {
  const auto& word = statement.words.front();
  Address address;
  address.excluded = excluded;
  address.at = statement.at;
  if (const auto prefix = IpPrefix::parse(word)) {
    address.ip = *prefix;
  } else if (const auto host = IpAddress::parse(word)) {
    address.ip = {*host, static_cast<std::uint8_t>(8 * host->octets().size())};
    address.bare = true;
  } else {
    diagnosis.error(statement.at, in_quotes(word) + " is not an IP address with its prefix length",
                    "write it as 10.0.0.100/24");
    return std::nullopt;
  }
  if (!is_host_of_subnet(address.ip)) {
    diagnosis.error(statement.at, in_quotes(word) + " is no address that a host can have",
                    "correct the address or its prefix length");
    return std::nullopt;
  }
  for (std::size_t at = 1; at < statement.words.size(); ++at) {
    read_address_option(statement, at, address, diagnosis);
  }
  return address;
}

// keepalived: [src ADDRESS] [to] DESTINATION via|gw ADDRESS dev|oif IF metric|priority|preference N
// table N, in any order.
Maybe<std::string> read_route(const Statement& statement, Diagnosis& diagnosis) {
  std::string destination;
  std::string options;
  const auto& words = statement.words;
  std::vector<std::string> unknown;
  for (std::size_t at = 0; at < words.size(); ++at) {
    auto word = words[at];
    if (word == "to" || word == "inet" || word == "inet6" || word == "no_track") continue;
    if (word == "gw") word = "via";
    if (word == "oif") word = "dev";
    if (word == "priority" || word == "preference") word = "metric";
    const bool option =
        word == "src" || word == "via" || word == "dev" || word == "metric" || word == "table";
    if (option && at + 1 < words.size()) {
      options += ' ' + word + ' ' + words[++at];
    } else if (destination.empty()) {
      destination = word == "0.0.0.0/0" || word == "::/0" ? "default" : word;
    } else {
      unknown.push_back(word);
    }
  }
  auto text = destination + options;
  if (unknown.empty() && parse_route(text)) return Said<std::string>{text, statement.at};
  diagnosis.dropped(statement.at,
                    "route " + in_quotes(statement.text) +
                        ": redvip's routes have only via, src, " + "dev, metric and table" +
                        (unknown.empty() ? "" : ", not " + listed(unknown)),
                    "write the route in service.routes without the rest, or in the host's network "
                    "configuration");
  return std::nullopt;
}

namespace {

std::optional<Tracked> read_tracked(const Statement& statement, Diagnosis& diagnosis) {
  Tracked tracked{statement.keyword(), std::nullopt, std::nullopt, statement.at};
  if (statement.words.size() == 1) return tracked;
  if (statement.words[1] != "weight") {
    diagnosis.mistake(statement.at,
                      "one name a line: because of " + in_quotes(statement.words[1]) +
                          " keepalived ignores " + in_quotes(tracked.name) + " too",
                      "a [[service.track]] for each, if they were meant");
    return std::nullopt;
  }
  if (const auto weight = read_weight(statement.words, 2, statement.at, diagnosis)) {
    tracked.weight = weight->value;
    tracked.reverse = weight->reverse;
  }
  return tracked;
}

std::vector<Tracked>* list_of(const std::string& keyword, Tracks& tracks) {
  if (keyword == "track_interface") return &tracks.interfaces;
  if (keyword == "track_script") return &tracks.scripts;
  if (keyword == "track_file") return &tracks.files;
  if (keyword == "track_process") return &tracks.processes;
  return nullptr;
}

}  // namespace

bool read_tracks(const Statement& statement, Tracks& tracks, Diagnosis& diagnosis) {
  auto* list = list_of(statement.keyword(), tracks);
  if (list == nullptr) return false;
  for (const auto& entry : statement.block) {
    if (auto tracked = read_tracked(entry, diagnosis)) list->push_back(*std::move(tracked));
  }
  return true;
}

bool read_notify(const Statement& statement, std::vector<Command>& notifies, Diagnosis& diagnosis) {
  if (!statement.keyword().starts_with("notify")) return false;
  auto command = read_command(statement, true, diagnosis);
  if (!command) return true;
  const auto earlier = std::ranges::find(notifies, command->keyword, &Command::keyword);
  if (earlier == notifies.end()) {
    notifies.push_back(*std::move(command));
  } else {
    diagnosis.mistake(statement.at,
                      in_quotes(statement.keyword()) + " a second time, after line " +
                          std::to_string(earlier->at.line) + ": keepalived keeps the first",
                      "remove the one that is wrong");
  }
  return true;
}

}  // namespace redvip::keepalived
