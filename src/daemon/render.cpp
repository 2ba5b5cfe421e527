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

std::string bytes_text(std::int64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + " B";
  if (bytes < 1024 * 1024) return decimal(static_cast<double>(bytes) / 1024, " KiB");
  return decimal(static_cast<double>(bytes) / (1024 * 1024), " MiB");
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

std::vector<std::string> node_row(const ServiceStatus& service, const NodeStatus& node) {
  std::vector<std::string> row{' ' + node.name + (node.self ? " *" : ""), node.state,
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

std::string node_table(const ServiceStatus& service) {
  std::vector<std::vector<std::string>> rows{
      {" node", "state", "VIP", "redis", "link", "offset", "lag", "prio", "seen"}};
  for (const auto& node : service.nodes) {
    rows.push_back(node_row(service, node));
    for (auto& cell : rows.back()) cell = printable(std::move(cell));
  }
  return render_table(rows, {false, false, false, false, false, true, true, true, true});
}

std::string render_service(const ServiceStatus& service, Colour colour) {
  std::string text = printable(headline(service)) + painted_health(health(service), colour) + '\n';
  text += node_table(service);
  for (const auto& node : service.nodes) {
    if (!node.problem.empty()) text += printable(' ' + node.name + ": " + node.problem) + '\n';
  }
  const std::string possible = service.failover_possible ? "yes, " : "no, ";
  text += " failover now: " + printable(possible + or_dash(service.failover)) + '\n';
  text += std::string{" paused: "} +
          (service.paused ? painted("yes, nothing changes by itself", 33, colour) : "no") + '\n';
  return text + printable(' ' + service.state + " since " + service.since + ": " + service.reason) +
         '\n';
}

}  // namespace

std::string render_status(const DaemonStatus& status, WallTime now, Colour colour) {
  const auto overall = health(status, now);
  std::string text = "redvip " + printable(status.version) + " on " + printable(status.node) +
                     ", pid " + std::to_string(status.pid) + ", " + printable(status.written_at) +
                     "  " + painted_health(overall, colour) + '\n';
  if (overall == Health::not_running) text += "This is old: the daemon no longer refreshes it.\n";
  for (const auto& service : status.services) {
    text += '\n' + render_service(service, colour);
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
