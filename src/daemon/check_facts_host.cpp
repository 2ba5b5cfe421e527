#include <ifaddrs.h>
#include <linux/capability.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "daemon/check_facts.hpp"
#include "daemon/children.hpp"
#include "daemon/cli_daemon.hpp"
#include "netlink/client_gate.hpp"
#include "netlink/drain_guard.hpp"
#include "netlink/manager.hpp"

namespace redvip::daemon {

namespace fs = std::filesystem;

namespace {

std::string first_line(const fs::path& path) {
  std::ifstream file{path};
  std::string line;
  std::getline(file, line);
  return line;
}

std::optional<IpAddress> address_in(const sockaddr* address) {
  if (address == nullptr) return std::nullopt;
  if (address->sa_family == AF_INET) {
    return IpAddress{ntohl(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr)};
  }
  if (address->sa_family != AF_INET6) return std::nullopt;
  IpAddress::V6 octets{};
  std::ranges::copy(reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr.s6_addr,
                    octets.begin());
  return IpAddress{octets};
}

std::uint8_t length_of(const std::optional<IpAddress>& mask) {
  int bits = 0;
  if (!mask) return 0;
  for (const auto octet : mask->octets()) bits += std::popcount(octet);
  return static_cast<std::uint8_t>(bits);
}

// CapEff of proc_pid_status(5): 64 bits in hexadecimal.
std::uint64_t effective_capabilities() {
  std::ifstream status{"/proc/self/status"};
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("CapEff:")) return std::stoull(line.substr(7), nullptr, 16);
  }
  return 0;
}

int setting(const std::string& path) {
  return static_cast<int>(parse_integer(first_line("/proc/sys/net/" + path)).value_or(0));
}

void read_settings(InterfaceFacts& interface) {
  const auto ipv4 = [](const std::string& of) {
    return setting("ipv4/conf/" + of + "/arp_ignore");
  };
  interface.arp_ignore = std::max(ipv4("all"), ipv4(interface.name));
  const auto path = "ipv6/conf/" + interface.name + "/disable_ipv6";
  std::error_code unreadable;
  interface.has_ipv6 = fs::exists("/proc/sys/net/" + path, unreadable) && setting(path) == 0;
}

std::vector<IpPrefix> marked_addresses(const std::vector<InterfaceFacts>& interfaces) {
  std::vector<IpPrefix> all;
  auto manager = netlink::AddressManager::open();
  if (!manager) return all;
  for (const auto& interface : interfaces) {
    const auto ours = manager->ours(static_cast<int>(::if_nametoindex(interface.name.c_str())));
    if (ours) all.insert(all.end(), ours->begin(), ours->end());
  }
  return all;
}

// What execve(2) would say, but for what only shows in the child.
std::string trouble_with(const std::string& program) {
  struct stat file {};
  if (::stat(program.c_str(), &file) != 0) {
    return errno == ENOENT ? "does not exist"
                           : std::string{"cannot be seen: "} + std::strerror(errno);
  }
  if (!S_ISREG(file.st_mode)) return "is no file";
  return (file.st_mode & 0111) == 0 ? "is not executable" : "";
}

std::string trouble_with(const ScriptTrack& script) {
  const auto user = script.user.empty() ? ordinary_user() : find_user(script.user);
  return user ? trouble_with(script.argv.front()) : "has no user: " + user.error().message;
}

std::vector<std::pair<std::string, const std::vector<std::string>*>> programs_of(
    const NotifyConfig& notify) {
  return {{"notify", &notify.all},
          {"notify_master", &notify.master},
          {"notify_backup", &notify.backup},
          {"notify_fault", &notify.fault},
          {"notify_stop", &notify.stop}};
}

void find_broken_programs(const Config& config, HostFacts& host) {
  for (const auto& service : config.services) {
    const auto add = [&](const std::string& what, const std::string& trouble, bool is_track) {
      if (!trouble.empty()) host.broken_programs.push_back({service.name, what, trouble, is_track});
    };
    for (const auto& track : service.tracks) {
      const auto* script = std::get_if<ScriptTrack>(&track.what);
      if (script != nullptr) {
        add("track script " + script->argv.front(), trouble_with(*script), true);
      }
    }
    for (const auto& [key, program] : programs_of(service.notify)) {
      if (program->empty()) continue;
      add(key + ' ' + program->front(), trouble_with(program->front()), false);
    }
  }
}

std::optional<int> running_redvip(const DaemonConfig& daemon) {
  const auto pid = parse_integer(first_line(daemon.runtime_dir + "/redvip.pid"));
  if (!pid || *pid == ::getpid() || !DaemonProcess::find(daemon)) return std::nullopt;
  return static_cast<int>(*pid);
}

}  // namespace

std::vector<InterfaceFacts> interfaces_here() {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner{list, freeifaddrs};
  std::vector<InterfaceFacts> interfaces;
  for (const auto* entry = list; entry != nullptr; entry = entry->ifa_next) {
    auto found = std::ranges::find(interfaces, entry->ifa_name, &InterfaceFacts::name);
    if (found == interfaces.end()) {
      found = interfaces.insert(found, InterfaceFacts{entry->ifa_name, {}});
    }
    constexpr unsigned wanted = IFF_UP | IFF_RUNNING;
    found->running = (entry->ifa_flags & wanted) == wanted;
    found->multicast = (entry->ifa_flags & IFF_MULTICAST) != 0;
    if (const auto address = address_in(entry->ifa_addr)) {
      found->addresses.push_back({*address, length_of(address_in(entry->ifa_netmask))});
    }
  }
  return interfaces;
}

HostFacts host_facts(const Config& config) {
  HostFacts host;
  const auto capabilities = effective_capabilities();
  const auto has = [&](int capability) { return (capabilities >> capability & 1) != 0; };
  host.net_admin = has(CAP_NET_ADMIN);
  host.net_raw = has(CAP_NET_RAW);
  host.sys_nice = has(CAP_SYS_NICE);
  host.ipc_lock = has(CAP_IPC_LOCK);
  host.interfaces = interfaces_here();
  for (auto& interface : host.interfaces) read_settings(interface);
  host.marked = marked_addresses(host.interfaces);
  host.redvip = running_redvip(config.daemon);
  host.nonlocal_bind = setting("ipv4/ip_nonlocal_bind") != 0;
  host.ipv6_by_default = setting("ipv6/conf/default/disable_ipv6") == 0;
  host.keepalived = keepalived_here();
  find_broken_programs(config, host);
  return host;
}

void try_nftables(HostFacts& host) {
  if (!host.net_admin) return;
  const auto service = "check " + std::to_string(::getpid());
  const netlink::Nft nft;
  if (const auto guard = netlink::DrainGuard::open(nft, service); !guard) {
    host.no_drain_guard = guard.error().text();
  }
  if (const auto gate = netlink::ClientGate::open(nft, service); !gate) {
    host.no_client_gate = gate.error().text();
  }
}

}  // namespace redvip::daemon
