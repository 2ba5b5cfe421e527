#include <ifaddrs.h>
#include <linux/capability.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>

#include "daemon/check_facts.hpp"
#include "netlink/client_gate.hpp"
#include "netlink/drain_guard.hpp"

namespace redvip::daemon {

namespace fs = std::filesystem;

namespace {

// Empty where it cannot be read: a process can end at any moment, which an istreambuf_iterator
// would throw.
std::string read(const fs::path& path) {
  std::ifstream file{path};
  std::string text;
  std::getline(file, text, '\0');
  return text;
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

// The file named with -f or --use-file, else the default; as the process itself sees it.
fs::path keepalived_conf(const fs::path& process) {
  fs::path conf = "/etc/keepalived/keepalived.conf";
  std::ifstream words{process / "cmdline"};
  for (std::string word; std::getline(words, word, '\0');) {
    if (word == "-f" || word == "--use-file") {
      std::getline(words, word, '\0');
      conf = word;
    } else if (word.starts_with("--use-file=")) {
      conf = word.substr(11);
    }
  }
  const auto seen =
      conf.is_absolute() ? process / "root" / conf.relative_path() : process / "cwd" / conf;
  std::error_code forbidden;  // another user's root is not ours to look into
  const bool hidden = fs::status(seen, forbidden).type() == fs::file_type::none;
  return hidden && conf.is_absolute() ? conf : seen;
}

// Whether any process of this network namespace has a raw socket for VRRP (IP protocol 112), which
// everybody may know: the "port" of /proc/net/raw, in hexadecimal (proc(5)).
bool vrrp_spoken_here() {
  for (const auto* table : {"/proc/self/net/raw", "/proc/self/net/raw6"}) {
    std::ifstream lines{table};
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words{line};
      std::string slot;
      std::string local;
      if (words >> slot >> local && local.ends_with(":0070")) return true;
    }
  }
  return false;
}

// Of another user's process the namespace is not told; then its socket is.
bool shares_our_network(const fs::path& process) {
  std::error_code unreadable;
  const auto theirs = fs::read_symlink(process / "ns/net", unreadable);
  if (unreadable == std::errc::permission_denied) return vrrp_spoken_here();
  return theirs == fs::read_symlink("/proc/self/ns/net", unreadable);
}

std::optional<KeepalivedFacts> keepalived_at(const fs::path& process) {
  std::error_code gone;
  const auto pid = parse_integer(process.filename().string());
  if (!pid || read(process / "comm") != "keepalived\n") return std::nullopt;
  if (!shares_our_network(process)) return std::nullopt;
  KeepalivedFacts facts{static_cast<int>(*pid), {}};
  const auto conf = keepalived_conf(process);
  if (fs::is_regular_file(conf, gone)) facts.vrids = virtual_router_ids(read(conf));
  return facts;
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
      found = interfaces.insert(found, InterfaceFacts{entry->ifa_name, {}, false});
    }
    constexpr unsigned wanted = IFF_UP | IFF_RUNNING;
    found->running = (entry->ifa_flags & wanted) == wanted;
    if (const auto address = address_in(entry->ifa_addr)) {
      found->addresses.push_back({*address, length_of(address_in(entry->ifa_netmask))});
    }
  }
  return interfaces;
}

HostFacts host_facts() {
  HostFacts host;
  const auto capabilities = effective_capabilities();
  host.net_admin = (capabilities >> CAP_NET_ADMIN & 1) != 0;
  host.net_raw = (capabilities >> CAP_NET_RAW & 1) != 0;
  host.interfaces = interfaces_here();
  host.nonlocal_bind = read("/proc/sys/net/ipv4/ip_nonlocal_bind").starts_with('1');
  std::error_code unreadable;
  for (const auto& process : fs::directory_iterator{"/proc", unreadable}) {
    if (auto facts = keepalived_at(process.path())) host.keepalived.push_back(*std::move(facts));
  }
  // keepalived is a parent and its children, all of one configuration: one is enough.
  if (host.keepalived.size() > 1) {
    std::ranges::sort(host.keepalived, {}, &KeepalivedFacts::pid);
    const auto same = [](const auto& a, const auto& b) { return a.vrids == b.vrids; };
    host.keepalived.erase(std::unique(host.keepalived.begin(), host.keepalived.end(), same),
                          host.keepalived.end());
  }
  return host;
}

void try_nftables(HostFacts& host) {
  if (!host.net_admin) return;
  const auto service = "check " + std::to_string(::getpid());
  if (const auto guard = netlink::DrainGuard::open(service); !guard) {
    host.no_drain_guard = guard.error().text();
  }
  if (const auto gate = netlink::ClientGate::open(service); !gate) {
    host.no_client_gate = gate.error().text();
  }
}

}  // namespace redvip::daemon
