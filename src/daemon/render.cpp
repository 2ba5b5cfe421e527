#include "daemon/render.hpp"

#include <algorithm>
#include <cstdio>

namespace redvip::daemon {

namespace {

// SGR codes of ECMA-48: 31 red, 32 green, 33 yellow.
std::string painted(const std::string& text, int sgr, Colour colour) {
  if (colour == Colour::never) return text;
  return "\x1b[" + std::to_string(sgr) + 'm' + text + "\x1b[0m";
}

std::string painted_health(Health value, Colour colour) {
  const int sgr = value == Health::fine ? 32 : value < Health::no_service ? 33 : 31;
  return painted(std::string{words(value)}, sgr, colour);
}

std::string decimal(double value, const char* unit) {
  char text[64];
  std::snprintf(text, sizeof text, "%.1f%s", value, unit);
  return text;
}

std::string seen_text(const NodeStatus& node) {
  if (node.self) return "local";
  if (!node.last_seen) return "never";
  return decimal(static_cast<double>(node.last_seen->count()) / 1000, "s");
}

// Only this node's own addresses are known; of others, only that they own the service.
std::string vip_text(const ServiceStatus& service, const NodeStatus& node) {
  if (node.self) return service.holds_vip ? "yes" : "no";
  return service.owner == node.name ? "yes" : "-";
}

std::string or_dash(const std::string& text) {
  return text.empty() ? "-" : text;
}

std::string node_state(const NodeStatus& node) {
  return node.state + (node.paused.value_or(false) ? ", paused" : "");
}

std::vector<std::string> node_row(const ServiceStatus& service, const NodeStatus& node) {
  std::vector<std::string> row{' ' + node.name + (node.self ? " *" : ""), node_state(node),
                               vip_text(service, node)};
  if (node.redis) {
    const auto& redis = *node.redis;
    row.push_back(redis.role + ' ' + redis.version);
    row.push_back(or_dash(redis.link));
    row.push_back(thousands(redis.offset));
    row.push_back(redis.lag_bytes ? bytes_text(*redis.lag_bytes) : "-");
  } else {
    row.insert(row.end(), {"?", "?", "?", "?"});
  }
  row.push_back(node.priority ? std::to_string(*node.priority) : "-");
  row.push_back(seen_text(node));
  return row;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string headline(const ServiceStatus& service) {
  return service.name + "  VRID " + std::to_string(service.vrid) + "  " +
         joined(service.virtual_ips) + " on " + service.interface + "  owner " +
         service.owner.value_or("unknown") + "  ";
}

std::string pause_text(const ServiceStatus& service, WallTime now, Colour colour) {
  // Nobody should forget it: after an hour it is an alarm.
  constexpr std::chrono::hours forgotten{1};
  if (!service.paused) return "no";
  const auto since = parse_time(service.paused_since);
  std::string text = "yes, nothing changes by itself on this node";
  if (since) text += "; for " + age_text(now - *since);
  if (!service.paused_until.empty()) text += ", until " + service.paused_until;
  return painted(printable(text), since && now - *since > forgotten ? 31 : 33, colour);
}

std::string node_table(const ServiceStatus& service) {
  std::vector<std::vector<std::string>> rows{
      {" node", "state", "VIP", "redis", "link", "offset", "lag", "prio", "seen"}};
  for (const auto& node : service.nodes) {
    rows.push_back(node_row(service, node));
    for (auto& cell : rows.back()) cell = printable(std::move(cell));
  }
  return render_table(rows, {false, false, false, false, false, true, true, true, true});
}

}  // namespace

std::string render_service(const ServiceStatus& service, WallTime now, Colour colour) {
  std::string text = printable(headline(service)) + painted_health(health(service), colour) + '\n';
  text += node_table(service);
  for (const auto& node : service.nodes) {
    if (!node.problem.empty()) text += printable(' ' + node.name + ": " + node.problem) + '\n';
  }
  for (const auto& track : service.tracks) {
    if (track.up) continue;
    text += printable(" track " + track.name + " fails: " + track.why) + '\n';
  }
  std::string failover = service.failover_possible ? "yes, " : "no, ";
  failover += or_dash(service.failover);
  if (service.estimate) failover += ", about " + std::to_string(service.estimate->count()) + " ms";
  text += " failover now: " + printable(failover) + '\n';
  text += " paused: " + pause_text(service, now, colour) + '\n';
  const auto age = age_since(service.since, now);
  return text +
         printable(' ' + service.state + " since " + service.since +
                   (age.empty() ? "" : " (" + age + ")") + ": " + service.reason) +
         '\n';
}

std::string render_status(const DaemonStatus& status, WallTime now, Colour colour) {
  const auto overall = health(status, now);
  std::string text = "redvip " + printable(status.version) + " on " + printable(status.node) +
                     ", pid " + std::to_string(status.pid) + ", " + printable(status.written_at) +
                     "  " + painted_health(overall, colour) + '\n';
  // What it knew is not what is: its last values are for redvip history.
  if (overall == Health::not_running) {
    const auto age = age_since(status.written_at, now);
    return text + "It wrote its status last " + (age.empty() ? "" : age + " ago, ") +
           "so nothing is known now.\n";
  }
  for (const auto& service : status.services) {
    text += '\n' + render_service(service, now, colour);
  }
  return text;
}

std::string render_history(const HistoryRecord& record) {
  std::string text = record.time + "  " + record.node + "  " + record.service + "  ";
  text += record.from == record.to ? record.from + ", unchanged" : record.from + " -> " + record.to;
  text += "  " + record.cause;
  std::string phases;
  for (const auto& [name, milliseconds] : record.phases_ms) {
    phases += (phases.empty() ? "  [" : ", ") + name + ' ' + decimal(milliseconds, " ms");
  }
  if (!phases.empty()) text += phases + ']';
  if (record.at_most_lost)
    text += *record.at_most_lost == 0 ? "  nothing lost"
                                      : "  lost at most " + bytes_text(*record.at_most_lost);
  if (record.diverged) text += "  diverged " + bytes_text(*record.diverged);
  if (!record.saved_in.empty()) text += "  saved in " + record.saved_in;
  if (!record.by.empty()) text += "  by " + record.by;
  return printable(text);
}

std::string render_table(const std::vector<std::vector<std::string>>& rows,
                         const std::vector<bool>& right) {
  std::vector<std::size_t> widths(right.size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const std::string blanks(widths[i] - row[i].size(), ' ');
      line += (i == 0 ? "" : "  ") + (right[i] ? blanks + row[i] : row[i] + blanks);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

std::string age_text(Millis age) {
  const auto seconds = std::max<std::int64_t>(0, std::chrono::floor<Seconds>(age).count());
  const auto in = [](std::int64_t count, const char* unit) {
    return std::to_string(count) + ' ' + unit;
  };
  const auto minutes = seconds / 60;
  const auto hours = minutes / 60;
  if (hours >= 24) return in(hours / 24, "d") + ' ' + in(hours % 24, "h");
  if (hours > 0) return in(hours, "h") + ' ' + in(minutes % 60, "min");
  if (minutes > 0) return in(minutes, "min") + ' ' + in(seconds % 60, "s");
  return in(seconds, "s");
}

std::string age_since(const std::string& iso_8601, WallTime now) {
  const auto time = parse_time(iso_8601);
  return time ? age_text(now - *time) : std::string{};
}

std::string bytes_text(std::int64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + " B";
  if (bytes < 1024 * 1024) return decimal(static_cast<double>(bytes) / 1024, " KiB");
  return decimal(static_cast<double>(bytes) / (1024 * 1024), " MiB");
}

std::string thousands(std::int64_t number) {
  std::string text = std::to_string(number);
  const int first_digit = number < 0 ? 1 : 0;
  for (auto place = static_cast<int>(text.size()) - 3; place > first_digit; place -= 3) {
    text.insert(static_cast<std::size_t>(place), 1, ',');
  }
  return text;
}

std::string printable(std::string text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; };
  std::ranges::replace_if(text, is_control, '?');
  return text;
}

}  // namespace redvip::daemon
