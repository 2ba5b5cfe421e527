// The file as a whole, global_defs and what is tracked.
#include <algorithm>

#include "daemon/import/read.hpp"
#include "daemon/import/text.hpp"
#include "daemon/import/values.hpp"

namespace redvip::keepalived {
namespace {

// The name behind vrrp_instance and its like; an error where there is none.
std::string name_of(const Statement& statement, Diagnosis& diagnosis) {
  if (statement.words.size() > 1) return statement.words[1];
  diagnosis.error(statement.at, in_quotes(statement.keyword()) + " without a name", "give it one");
  return {};
}

template <class T>
void add_once(std::vector<T>& list, T entry, const Statement& statement, Diagnosis& diagnosis) {
  if (const auto* earlier = named(list, entry.name)) {
    diagnosis.mistake(statement.at,
                      in_quotes(statement.shown()) + " a second time, after line " +
                          std::to_string(earlier->at.line) + ": keepalived keeps the first",
                      "give it another name, or remove it");
    return;
  }
  list.push_back(std::move(entry));
}

bool has_misc_check(const std::vector<Statement>& block) {
  return std::ranges::any_of(block, [](const Statement& each) {
    return each.keyword() == "MISC_CHECK" || has_misc_check(each.block);
  });
}

void collect_commands(const std::vector<Statement>& block, std::vector<Command>& commands) {
  Diagnosis nobody;  // what is in a virtual_server is not judged
  for (const auto& each : block) {
    const auto& word = each.keyword();
    if (word == "misc_path" || word.starts_with("notify_") || word.starts_with("quorum_")) {
      if (auto command = read_command(each, true, nobody)) commands.push_back(*command);
    }
    collect_commands(each.block, commands);
  }
}

// virtual_server ADDRESS PORT; of this host with a MISC_CHECK it was a check of Redis.
void read_virtual_server(const Statement& statement, Host& host, Diagnosis& diagnosis) {
  const auto& words = statement.words;
  const bool local = words.size() > 1 && (words[1].starts_with("127.") || words[1] == "::1");
  const auto port = words.size() > 2 ? parse_number(words[2]) : std::nullopt;
  if (local && port && *port > 0 && *port <= 65535 && has_misc_check(statement.block)) {
    LocalServer server{*port, statement.at, {}};
    collect_commands(statement.block, server.commands);
    host.servers.push_back(std::move(server));
    return;
  }
  diagnosis.dropped(statement.at,
                    "virtual_server " + (words.size() > 1 ? words[1] : std::string{}) +
                        ": LVS is not what redvip does, and it is not converted yet",
                    "leave virtual servers with keepalived on hosts of their own");
}

void read_process(const Statement& statement, Host& host, Diagnosis& diagnosis) {
  TrackProcess process{name_of(statement, diagnosis), statement.at, {}};
  for (const auto& each : statement.block) {
    if (each.keyword() == "process" && each.words.size() > 1) process.process = each.words[1];
  }
  add_once(host.processes, std::move(process), statement, diagnosis);
}

void read_top(const Statement& statement, Host& host, Diagnosis& diagnosis) {
  const auto& word = statement.keyword();
  if (word == "global_defs") {
    read_globals(statement.block, host.globals, diagnosis);
  } else if (word == "vrrp_script") {
    add_once(host.checks, read_check(statement, diagnosis), statement, diagnosis);
  } else if (word == "track_file" || word == "vrrp_track_file") {
    add_once(host.files, read_track_file(statement, diagnosis), statement, diagnosis);
  } else if (word == "vrrp_track_process" || word == "track_process") {
    read_process(statement, host, diagnosis);
  } else if (word == "vrrp_sync_group") {
    add_once(host.groups, read_group(statement, diagnosis), statement, diagnosis);
  } else if (word == "virtual_server") {
    read_virtual_server(statement, host, diagnosis);
  } else if (word == "vrrp_instance") {
    auto instance = read_instance(statement, diagnosis);
    instance.name = name_of(statement, diagnosis);
    add_once(host.instances, std::move(instance), statement, diagnosis);
  }
}

void tell_strict(const Statement& statement, Diagnosis& diagnosis) {
  diagnosis.mistake(statement.at,
                    "`vrrp_strict` drops what clients send to the virtual IP, and ignores "
                    "authentication and unicast",
                    "nothing: redvip lets clients in, unless accept = false");
}

void tell_pacing(const Statement& statement, Diagnosis& diagnosis) {
  const auto word = read_word(statement, diagnosis);
  if (word && parse_decimal(word->value) == 0) {
    diagnosis.mistake(
        statement.at,
        in_quotes(statement.shown()) + ": keepalived refuses 0; the sample file has it",
        "nothing: redvip does not pace its announcements");
  } else {
    diagnosis.dropped(statement.at,
                      in_quotes(statement.shown()) + ": redvip does not pace its announcements",
                      "garp.repeat says how many there are");
  }
}

void tell_group(const Statement& statement, Diagnosis& diagnosis) {
  const auto word = read_word(statement, diagnosis);
  if (!word || word->value == "224.0.0.18" || word->value == "ff02::12") return;
  diagnosis.dropped(
      statement.at,
      in_quotes(statement.shown()) + ": redvip uses the group of the RFC, 224.0.0.18 or ff02::12",
      "let both through the firewall; beside keepalived it is not heard");
}

}  // namespace

void read_globals(const std::vector<Statement>& block, Globals& globals, Diagnosis& diagnosis) {
  const std::string by_default = "keepalived takes its default";
  for (const auto& each : block) {
    const auto& word = each.keyword();
    const auto number = [&](double lowest, double highest) {
      return read_int(each, {lowest, highest}, by_default, diagnosis);
    };
    if (word == "router_id") globals.router_id = read_word(each, diagnosis);
    if (word == "script_user" && each.words.size() > 1) {
      globals.script_user = Said<std::string>{each.words[1], each.at};
    }
    if (word == "vrrp_version") globals.version = number(2, 3);
    if (word == "v3_checksum_as_v2") globals.checksum_as_v2 = read_switch(each, diagnosis);
    if (word == "vrrp_garp_master_delay") globals.garp_delay = number(0, 86400);
    if (word == "vrrp_garp_master_repeat") globals.garp_repeat = number(0, 86400);
    if (word == "vrrp_garp_master_refresh") globals.garp_refresh = number(0, 86400);
    if (word == "vrrp_strict") tell_strict(each, diagnosis);
    if (word == "vrrp_garp_interval" || word == "vrrp_gna_interval") tell_pacing(each, diagnosis);
    if (word.starts_with("vrrp_mcast_group")) tell_group(each, diagnosis);
    if (word == "vrrp_min_garp") {
      globals.garp_repeat = Said<int>{1, each.at};
      globals.garp_delay = Said<int>{0, each.at};
    }
  }
}

Check read_check(const Statement& statement, Diagnosis& diagnosis) {
  Check check{name_of(statement, diagnosis), statement.at, {}, {}, {}, {}, {}, {}, false};
  std::string user;
  for (const auto& each : statement.block) {
    const auto& word = each.keyword();
    if (word == "script") check.command = read_command(each, false, diagnosis);
    if (word == "user" && each.words.size() > 1) user = each.words[1];
    if (word == "interval") check.interval = read_decimal(each, {0, 86400}, "1 s", diagnosis);
    if (word == "timeout") check.timeout = read_decimal(each, {0, 86400}, "as interval", diagnosis);
    if (word == "rise") check.rise = read_int(each, {1, 1e9}, "keepalived takes 1", diagnosis);
    if (word == "fall") check.fall = read_int(each, {1, 1e9}, "keepalived takes 1", diagnosis);
    if (word != "weight") continue;
    if (const auto weight = read_weight(each.words, 1, each.at, diagnosis)) {
      check.weight = Said<int>{weight->value, each.at};
      check.reverse = weight->reverse.value_or(false);
    }
  }
  if (check.command) check.command->user = user;
  if (!check.command) {
    diagnosis.mistake(statement.at,
                      in_quotes(statement.shown()) + " has no `script`: keepalived ignores it",
                      "remove it, or give it one");
  }
  return check;
}

TrackFile read_track_file(const Statement& statement, Diagnosis& diagnosis) {
  TrackFile file{name_of(statement, diagnosis), statement.at, {}, {}, false};
  for (const auto& each : statement.block) {
    if (each.keyword() == "file" && each.words.size() > 1) file.path = each.words[1];
    if (each.keyword() != "weight") continue;
    if (const auto weight = read_weight(each.words, 1, each.at, diagnosis)) {
      file.weight = Said<int>{weight->value, each.at};
      file.reverse = weight->reverse.value_or(false);
    }
  }
  return file;
}

Group read_group(const Statement& statement, Diagnosis& diagnosis) {
  Group group{name_of(statement, diagnosis), statement.at, {}, {}, {}};
  for (const auto& each : statement.block) {
    if (read_tracks(each, group.tracks, diagnosis)) continue;
    if (read_notify(each, group.notifies, diagnosis)) continue;
    if (each.keyword() != "group") continue;
    for (const auto& line : each.block) {
      for (const auto& member : line.words) group.members.push_back({member, line.at});
    }
  }
  return group;
}

Host read_host(const std::vector<Statement>& tree, const std::string& file,
               const std::string& config_id, Diagnosis& diagnosis) {
  Host host;
  host.file = file;
  host.config_id = config_id;
  for (const auto& statement : tree) read_top(statement, host, diagnosis);
  return host;
}

}  // namespace redvip::keepalived
