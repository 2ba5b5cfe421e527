#include <algorithm>
#include <sstream>

#include "daemon/check_judge.hpp"

namespace redvip::daemon {

std::string Finding::line() const {
  const char* words[] = {"OK       ", "WARNING  ", "PROBLEM  "};
  return words[static_cast<int>(level)] + text + (cure.empty() ? "" : " - " + cure);
}

Findings judge_capabilities(const HostFacts& host) {
  if (host.net_admin && host.net_raw) {
    return {{Level::ok, "CAP_NET_ADMIN and CAP_NET_RAW are here", "", false}};
  }
  const std::string missing = host.net_admin ? "CAP_NET_RAW is"
                              : host.net_raw ? "CAP_NET_ADMIN is"
                                             : "CAP_NET_ADMIN and CAP_NET_RAW are";
  return {{Level::problem, missing + " missing",
           "run as root, or with AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW in the unit", true}};
}

std::vector<int> virtual_router_ids(const std::string& keepalived_conf) {
  std::vector<int> vrids;
  std::istringstream lines{keepalived_conf};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words{line.substr(0, line.find_first_of("#!"))};
    for (std::string word; words >> word;) {
      int vrid = 0;
      if (word == "virtual_router_id" && words >> vrid) vrids.push_back(vrid);
    }
  }
  return vrids;
}

const InterfaceFacts* interface_of(const Config& config, const ServiceConfig& service,
                                   const std::vector<InterfaceFacts>& interfaces) {
  const auto address = config.nodes[config.self].address;
  const auto found = std::ranges::find_if(interfaces, [&](const InterfaceFacts& interface) {
    if (!service.interface.empty()) return interface.name == service.interface;
    return std::ranges::find(interface.addresses, address, &IpPrefix::address) !=
           interface.addresses.end();
  });
  return found == interfaces.end() ? nullptr : &*found;
}

namespace {

void judge_interface(const Config& config, const ServiceConfig& service, const HostFacts& host,
                     Findings& findings) {
  const auto* interface = interface_of(config, service, host.interfaces);
  const auto address = config.nodes[config.self].address.text();
  if (interface == nullptr && service.interface.empty()) {
    findings.push_back({Level::problem, service.name + ": no interface carries " + address,
                        "add the address, or correct this node's address", true});
    return;
  }
  if (interface == nullptr) {
    findings.push_back({Level::problem,
                        service.name + ": there is no interface " + service.interface,
                        "correct service.interface", true});
    return;
  }
  if (!interface->running) {
    findings.push_back({Level::warning, service.name + ": " + interface->name + " is down",
                        "bring it up; until then the service is in fault", false});
  } else {
    findings.push_back({Level::ok, service.name + ": uses " + interface->name, "", false});
  }
  for (const auto& ip : service.virtual_ips) {
    const auto reaches = [&](const IpPrefix& own) { return own.contains(ip.address); };
    if (std::ranges::any_of(interface->addresses, reaches)) continue;
    findings.push_back({Level::warning,
                        service.name + ": " + ip.text() + " is in no subnet of " + interface->name,
                        "clients there need a route to it; check the address and its mask", false});
  }
}

void judge_keepalived(const ServiceConfig& service, const HostFacts& host, Findings& findings) {
  const auto vrid = service.vrid.value();
  for (const auto& [pid, vrids] : host.keepalived) {
    const auto process = service.name + ": keepalived (pid " + std::to_string(pid) + ")";
    if (!vrids) {
      findings.push_back({Level::warning, process + " runs here; its configuration is not readable",
                          "make sure that it does not use VRID " + std::to_string(vrid), false});
    } else if (std::ranges::find(*vrids, vrid) != vrids->end()) {
      findings.push_back({Level::problem,
                          process + " manages VRID " + std::to_string(vrid) + " on this host",
                          "systemctl disable --now keepalived, or give redvip another vrid", true});
    }
  }
}

void judge_speakers(const Config& config, const ServiceConfig& service, const HostFacts& host,
                    Findings& findings) {
  const auto ours = static_cast<int>(service.version);
  for (const auto& [source, version, vrid] : host.heard) {
    // Of another family it is another virtual router (RFC 9568 section 1.3).
    if (vrid != service.vrid.value() || source.family() != service.family()) continue;
    const auto node = std::ranges::find(config.nodes, source, &NodeConfig::address);
    const bool is_node = node != config.nodes.end();
    if ((is_node || service.any_source) && version == ours) continue;
    // With an interface of its own, a service's adverts come from that interface's address, so a
    // strange source may be a peer of ours. One of another version never is.
    const bool surely_foreign = version != ours || service.interface.empty();
    findings.push_back(
        {Level::problem,
         service.name + ": " + source.text() + (is_node ? " (" + node->name + ")" : "") +
             " advertises VRID " + std::to_string(vrid) + " in VRRPv" + std::to_string(version) +
             (is_node ? ", this service in VRRPv" + std::to_string(ours)
                      : " and is no node of ours"),
         is_node ? "give service.version what the others speak, or stop keepalived there"
                 : "stop keepalived (or what else it is) there, choose another vrid, or let it "
                   "take part "
                   "with any_source = true",
         surely_foreign});
  }
}

void judge_nftables(const HostFacts& host, Findings& findings) {
  const std::string cure = "provide nf_tables of Linux 5.12 or later, and CAP_NET_ADMIN";
  if (!host.no_drain_guard.empty()) {
    findings.push_back({Level::warning,
                        "a dead master's last bytes are read unguarded, so a replica more than a "
                        "second behind may lose some: " +
                            host.no_drain_guard,
                        cure, false});
  }
  if (!host.no_client_gate.empty()) {
    findings.push_back({Level::warning,
                        "clients of a Redis that restarts while its address moves are not refused, "
                        "so what they write then may be lost: " +
                            host.no_client_gate,
                        cure, false});
  }
}

}  // namespace

Findings judge_host(const Config& config, const HostFacts& host) {
  Findings findings = judge_capabilities(host);
  for (const auto& service : config.services) {
    if (std::ranges::find(service.nodes, config.self) == service.nodes.end()) continue;
    judge_interface(config, service, host, findings);
    judge_keepalived(service, host, findings);
    judge_speakers(config, service, host, findings);
  }
  judge_nftables(host, findings);
  if (!host.deaf.empty()) {
    findings.push_back({Level::warning, "could not listen for other VRRP speakers: " + host.deaf,
                        "make sure that no other router uses our VRIDs", false});
  }
  return findings;
}

}  // namespace redvip::daemon
