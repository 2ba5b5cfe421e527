#include "daemon/import/import.hpp"

#include <algorithm>

#include "core/accepted.hpp"
#include "daemon/import/nodes.hpp"
#include "daemon/import/plan.hpp"
#include "daemon/import/read.hpp"
#include "daemon/import/service.hpp"
#include "daemon/import/text.hpp"
#include "daemon/import/views.hpp"

namespace redvip::keepalived {
namespace {

std::vector<Host> read_hosts(const Request& request, const Files& files, Diagnosis& diagnosis) {
  std::vector<Host> hosts;
  for (const auto& source : request.sources) {
    const auto lines = read_lines(source.path, source.config_id, files, diagnosis);
    const auto tree = parse_tree(lines, diagnosis);
    hosts.push_back(read_host(tree, source.path, source.config_id, diagnosis));
  }
  return hosts;
}

bool has_instance(const std::vector<Host>& hosts, const std::string& name) {
  return std::ranges::any_of(
      hosts, [&](const Host& host) { return named(host.instances, name) != nullptr; });
}

void check_names(const Request& request, const std::vector<Host>& hosts, Diagnosis& diagnosis) {
  const auto refuse = [&](const std::string& option, const std::string& name) {
    std::vector<std::string> known;
    for (const auto& host : hosts) {
      for (const auto& instance : host.instances) known.push_back(instance.name);
    }
    diagnosis.error({hosts.front().file, 0},
                    option + ' ' + name + ": there is no such vrrp_instance",
                    "there are: " + (known.empty() ? "none" : listed(known)));
  };
  for (const auto& name : request.instances) {
    if (!has_instance(hosts, name)) refuse("--instance", name);
  }
  for (const auto& port : request.ports) {
    if (!port.instance.empty() && !has_instance(hosts, port.instance)) {
      refuse("--port", port.instance);
    }
  }
}

std::optional<IpAddress> node_address(const std::string& text) {
  const auto address = IpAddress::parse(text);
  return address && is_host(*address) && !is_loopback(*address) ? address : std::nullopt;
}

}  // namespace

Result<NodeOption> parse_node_option(const std::string& text) {
  const auto refuse = [&] {
    return failure("--node " + text +
                   ": not NAME=ADDRESS or NAME=ADDRESS,LINK-LOCAL, such as redis-a=10.77.0.1");
  };
  const auto equals = text.find('=');
  if (equals == text.npos) return refuse();
  const auto comma = std::min(text.find(','), text.size());
  const auto address = node_address(text.substr(equals + 1, comma - equals - 1));
  if (!is_name(text.substr(0, equals)) || !address || address->link_local()) return refuse();
  NodeOption option{text.substr(0, equals), *address, std::nullopt};
  if (comma == text.size()) return option;
  option.link_local = IpAddress::parse(text.substr(comma + 1));
  if (!option.link_local || option.link_local->is_v4() || !option.link_local->link_local()) {
    return refuse();
  }
  return option;
}

Result<PortOption> parse_port_option(const std::string& text) {
  const auto equals = text.rfind('=');
  const auto number = parse_number(equals == text.npos ? text : text.substr(equals + 1));
  if (!number || *number < 1 || *number > 65535) {
    return failure("--port " + text + ": not [INSTANCE=]PORT, such as VI_1=6380");
  }
  return PortOption{equals == text.npos ? "" : text.substr(0, equals), *number};
}

Outcome import_keepalived(const Request& request, const Files& files) {
  Outcome outcome;
  auto& diagnosis = outcome.diagnosis;
  const auto hosts = read_hosts(request, files, diagnosis);
  // What is missing because of a broken file would only be told as further mistakes.
  if (diagnosis.refused() || hosts.empty()) return outcome;
  check_names(request, hosts, diagnosis);
  auto pairs = pair_up(hosts, request, files, diagnosis);
  if (diagnosis.refused()) return outcome;
  const auto nodes = plan_nodes(hosts, pairs, request, diagnosis);
  Secrets secrets;
  const Context context{request, nodes, hosts.size(), diagnosis, secrets};
  const auto services = plan_services(std::move(pairs), context);
  if (diagnosis.refused()) return outcome;
  std::vector<std::string> sources;
  for (const auto& host : hosts) {
    if (std::ranges::find(sources, host.file) == sources.end()) sources.push_back(host.file);
  }
  outcome.toml = toml_text(nodes, services, sources);
  return outcome;
}

}  // namespace redvip::keepalived
