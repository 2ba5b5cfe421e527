#include <algorithm>

#include "core/site.hpp"
#include "daemon/check_report.hpp"

namespace redvip::daemon {

namespace {

// "CAP_A is" or "CAP_A and CAP_B are" of those that are not there; empty when all are.
std::string missing(const std::vector<std::pair<bool, std::string>>& capabilities) {
  std::vector<std::string> names;
  for (const auto& [there, name] : capabilities) {
    if (!there) names.push_back(name);
  }
  if (names.empty()) return {};
  return joined(names, "", " and ") + (names.size() == 1 ? " is" : " are") + " missing";
}

std::string unit_line(const std::string& capabilities) {
  return "run as root, or with AmbientCapabilities=" + capabilities + " in the unit";
}

}  // namespace

Findings judge_capabilities(const HostFacts& host) {
  Report report{"host"};
  const auto lacking = missing({{host.net_admin, "CAP_NET_ADMIN"}, {host.net_raw, "CAP_NET_RAW"}});
  if (lacking.empty()) {
    report.ok("CAP_NET_ADMIN and CAP_NET_RAW are here");
  } else {
    report.stop(lacking, unit_line("CAP_NET_ADMIN CAP_NET_RAW"));
  }
  return std::move(report).findings();
}

Findings judge_realtime(const Config& config, const HostFacts& host) {
  Report report{"host"};
  const auto lacking = missing({{host.sys_nice, "CAP_SYS_NICE"}, {host.ipc_lock, "CAP_IPC_LOCK"}});
  if (config.daemon.realtime && !lacking.empty()) {
    report.warning(lacking +
                       ": on a busy host adverts may be late, and the address moves for "
                       "nothing",
                   unit_line("CAP_SYS_NICE CAP_IPC_LOCK") + ", or set daemon.realtime = false");
  }
  return std::move(report).findings();
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

bool carries(const InterfaceFacts& interface, IpAddress address) {
  return std::ranges::find(interface.addresses, address, &IpPrefix::address) !=
         interface.addresses.end();
}

std::string list_names(const std::vector<InterfaceFacts>& interfaces) {
  std::vector<std::string> names;
  for (const auto& interface : interfaces) {
    if (interface.name != "lo") names.push_back(interface.name);
  }
  return names.empty() ? "this host has none but lo" : "this host has " + joined(names, "", ", ");
}

// Adverts come from the node's own address on the interface (Site::vrrp_address); without it the
// daemon is in fault until it comes.
void judge_source(const Config& config, const ServiceConfig& service, const HostFacts& host,
                  const InterfaceFacts& interface, Report& report) {
  const auto source = Site::of(config, service).vrrp_address(config.self);
  if (carries(interface, source)) {
    report.ok("uses " + interface.name + ", which has " + source.text());
    return;
  }
  const auto other = std::ranges::find_if(
      host.interfaces, [&](const InterfaceFacts& each) { return carries(each, source); });
  if (other != host.interfaces.end()) {
    report.problem(interface.name + " does not have " + source.text() + ", which is on " +
                       other->name + ": the service stays in fault",
                   "set service.interface = \"" + other->name + "\", or leave it out");
  } else {
    report.problem(interface.name + " does not have " + source.text() +
                       ", from which this node advertises: the service stays in fault",
                   "ip address add it there, or correct this node's address");
  }
}

void judge_multicast(const ServiceConfig& service, const InterfaceFacts& interface,
                     Report& report) {
  if (service.unicast || interface.multicast) return;
  report.problem(interface.name + " cannot multicast, so that the nodes do not hear one another",
                 "use the interface of the network, or set service.unicast = true");
}

// Measured with Linux 6.18: of its values only 8 silences the kernel about an address on the
// interface asked. (rp_filter, of which redvip sets the macvlan's own, makes no difference.)
void judge_arp(const ServiceConfig& service, const InterfaceFacts& interface, Report& report) {
  constexpr int never = 8;
  const auto is_v4 = [](const IpPrefix& ip) { return ip.address.is_v4(); };
  if (interface.arp_ignore != never || std::ranges::none_of(service.virtual_ips, is_v4)) return;
  const auto key = "net.ipv4.conf." + interface.name + ".arp_ignore";
  report.problem(
      key + " is 8: the kernel answers no ARP request, so that nobody finds the address",
      "sysctl -w " + key + "=0 net.ipv4.conf.all.arp_ignore=0, and the same in " + "/etc/sysctl.d");
}

void judge_ipv6(const Config& config, const ServiceConfig& service, const HostFacts& host,
                const InterfaceFacts& interface, Report& report) {
  const auto is_v6 = [](const IpPrefix& ip) { return !ip.address.is_v4(); };
  const bool addresses = std::ranges::any_of(service.virtual_ips, is_v6);
  const bool wanted = addresses || !config.nodes[config.self].address.is_v4();
  if (!wanted) return;
  const auto is_off = [&](const std::string& name) {
    const auto key = "net.ipv6.conf." + name + ".disable_ipv6";
    report.problem("IPv6 is off on " + (name == "default" ? "new interfaces" : name) + " (" + key +
                       "), and the service has IPv6 addresses",
                   "sysctl -w " + key +
                       "=0, and the same in /etc/sysctl.d; or boot without "
                       "ipv6.disable=1");
  };
  if (!interface.has_ipv6) return is_off(interface.name);
  if (service.vmac && addresses && !host.ipv6_by_default) is_off("default");
}

void judge_reach(const ServiceConfig& service, const InterfaceFacts& interface, Report& report) {
  for (const auto& ip : service.virtual_ips) {
    const auto reaches = [&](const IpPrefix& own) {
      return own.address != ip.address && own.contains(ip.address);
    };
    if (std::ranges::any_of(interface.addresses, reaches)) continue;
    report.warning(ip.text() + " is in no subnet of " + interface.name,
                   "clients there need a route to it; check the address and its mask");
  }
}

// One that somebody else put there stays when this node lets go, and then two nodes have it.
void judge_leftovers(const ServiceConfig& service, const HostFacts& host, Report& report) {
  if (host.redvip) return;  // it may be the owner; it adopts what it finds
  const auto vrid = service.vrid.value();
  const auto is_its = [&](const KeepalivedFacts& keepalived) {
    return keepalived.vrids && std::ranges::count(*keepalived.vrids, vrid) > 0;
  };
  if (std::ranges::any_of(host.keepalived, is_its)) return;  // told already
  for (const auto& ip : service.virtual_ips) {
    if (std::ranges::find(host.marked, ip.address, &IpPrefix::address) != host.marked.end()) {
      continue;
    }
    for (const auto& interface : host.interfaces) {
      const auto there = std::ranges::find(interface.addresses, ip.address, &IpPrefix::address);
      if (there == interface.addresses.end()) continue;
      report.problem("this host has " + there->text() + " on " + interface.name +
                         " already, and not from redvip: it would stay when another node serves",
                     "stop what manages it (keepalived, or take it out of the network's "
                     "configuration), then ip address del " +
                         there->text() + " dev " + interface.name);
    }
  }
}

void judge_interface(const Config& config, const ServiceConfig& service, const HostFacts& host,
                     Report& report) {
  const auto* interface = interface_of(config, service, host.interfaces);
  const auto address = config.nodes[config.self].address.text();
  if (interface == nullptr && service.interface.empty()) {
    return report.stop("no interface carries " + address,
                       "add the address, or correct this node's address");
  }
  if (interface == nullptr) {
    return report.stop("there is no interface " + service.interface,
                       "correct service.interface; " + list_names(host.interfaces));
  }
  if (!interface->running) {
    report.warning(interface->name + " is down", "bring it up; until then the service is in fault");
  } else {
    judge_source(config, service, host, *interface, report);
  }
  judge_multicast(service, *interface, report);
  judge_reach(service, *interface, report);
  judge_arp(service, *interface, report);
  judge_ipv6(config, service, host, *interface, report);
  judge_leftovers(service, host, report);
}

void judge_programs(const ServiceConfig& service, const HostFacts& host, Report& report) {
  for (const auto& [name, what, trouble, is_track] : host.broken_programs) {
    if (name != service.name) continue;
    if (is_track) {
      report.problem("its " + what + ' ' + trouble + ", which counts as a failure",
                     "correct [[service.track]], or make it a program that its user may run");
    } else {
      report.warning("its " + what + ' ' + trouble,
                     "correct service.notify, or make it a program that can be run");
    }
  }
}

void judge_nftables(const HostFacts& host, Report& report) {
  const std::string cure = "provide nf_tables of Linux 5.12 or later, and CAP_NET_ADMIN";
  if (!host.no_drain_guard.empty()) {
    report.warning(
        "a dead master's last bytes are read unguarded, so a replica more than a "
        "second behind may lose some: " +
            host.no_drain_guard,
        cure);
  }
  if (!host.no_client_gate.empty()) {
    report.warning(
        "clients of a Redis that restarts while its address moves are not refused, "
        "so what they write then may be lost: " +
            host.no_client_gate,
        cure);
  }
}

}  // namespace

Findings judge_host(const Config& config, const HostFacts& host) {
  Report report{"host"};
  report.add(judge_capabilities(host));
  if (host.redvip) report.ok("redvip runs here, pid " + std::to_string(*host.redvip));
  for (const auto& service : config.services) {
    if (std::ranges::find(service.nodes, config.self) == service.nodes.end()) continue;
    Report of_service{service.name};
    judge_interface(config, service, host, of_service);
    judge_programs(service, host, of_service);
    report.add(std::move(of_service).findings());
    report.add(judge_rivals(config, service, host));
  }
  judge_nftables(host, report);
  if (!host.deaf.empty()) {
    report.warning("could not listen for other VRRP speakers: " + host.deaf,
                   "make sure that no other router uses our VRIDs");
  }
  return std::move(report).findings();
}

}  // namespace redvip::daemon
