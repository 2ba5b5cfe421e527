#include "lab/network.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <sched.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <memory>

namespace redvip::lab {
namespace {

int open_current_namespace() {
  const int fd = ::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  if (fd < 0) throw system_error("open /proc/thread-self/ns/net");
  return fd;
}

void enter(int fd) {
  if (::setns(fd, CLONE_NEWNET) != 0) throw system_error("setns");
}

// `octets`: 4 or 16, by the family.
bool is(const sockaddr* at, int family, const unsigned char* octets) {
  if (at == nullptr || at->sa_family != family) return false;
  if (family == AF_INET) {
    return std::memcmp(&reinterpret_cast<const sockaddr_in*>(at)->sin_addr, octets, 4) == 0;
  }
  return std::memcmp(&reinterpret_cast<const sockaddr_in6*>(at)->sin6_addr, octets, 16) == 0;
}

}  // namespace

NetworkNamespace::NetworkNamespace() {
  const int back = open_current_namespace();
  if (::unshare(CLONE_NEWNET) != 0) {
    ::close(back);
    throw system_error("unshare (the lab needs root)");
  }
  fd_ = open_current_namespace();
  must("ip link set lo up");
  enter(back);
  ::close(back);
}

NetworkNamespace::~NetworkNamespace() {
  ::close(fd_);
}

std::string NetworkNamespace::path() const {
  return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(fd_);
}

Inside::Inside(const NetworkNamespace& there) : back_{open_current_namespace()} {
  enter(there.fd());
}

Inside::~Inside() {
  // Staying in the wrong namespace would turn every later finding into nonsense: throw = terminate.
  enter(back_);
  ::close(back_);
}

bool Host::has_address(const std::string& ip) const {
  const bool v6 = ip.find(':') != std::string::npos;
  std::array<unsigned char, sizeof(in6_addr)> wanted{};
  if (::inet_pton(v6 ? AF_INET6 : AF_INET, ip.c_str(), wanted.data()) != 1) {
    throw LabError{"no address: " + ip};
  }
  const Inside here{net};
  ifaddrs* raw = nullptr;
  if (::getifaddrs(&raw) != 0) throw system_error("getifaddrs");
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> all{raw, &::freeifaddrs};
  for (const ifaddrs* entry = raw; entry != nullptr; entry = entry->ifa_next) {
    if (is(entry->ifa_addr, v6 ? AF_INET6 : AF_INET, wanted.data())) return true;
  }
  return false;
}

Network::Network(bool own_cores) {
  if (own_cores) give_own_cores();
  const Inside here{switch_};
  must("ip link add br0 type bridge mcast_snooping 0 && ip link set br0 up");
  must(
      "nft 'add table bridge lab; add set bridge lab cut { type ifname; }; "
      "add chain bridge lab forward { type filter hook forward priority 0; }; "
      "add rule bridge lab forward iifname @cut drop; "
      "add rule bridge lab forward oifname @cut drop'");
  connect(a);
  connect(b);
  connect(client);
}

void Network::connect(const Host& host) {
  const Inside here{switch_};
  must("ip link add " + host.name + " type veth peer name eth0 netns " + host.net.path());
  must("ip link set " + host.name + " master br0 up");
  const Inside there{host.net};
  must("ip address add " + host.address + "/24 dev eth0 && ip link set eth0 up");
}

void Network::cut(const Host& host) {
  const Inside here{switch_};
  must("nft add element bridge lab cut '{ " + host.name + " }'");
}

void Network::heal(const Host& host) {
  const Inside here{switch_};
  must("nft delete element bridge lab cut '{ " + host.name + " }'");
}

void Network::carrier(const Host& host, bool up) {
  const Inside here{switch_};
  must("ip link set " + host.name + (up ? " up" : " down"));
}

void Network::give_own_cores() {
  cpu_set_t all;
  if (::sched_getaffinity(0, sizeof all, &all) != 0) throw system_error("sched_getaffinity");
  const int count = CPU_COUNT(&all);
  if (count < 2) return;
  std::array<cpu_set_t, 2> halves{};
  int seen = 0;
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (CPU_ISSET(core, &all)) CPU_SET(core, &halves[seen++ < count / 2 ? 0 : 1]);
  }
  a.net.cores = halves[0];
  b.net.cores = client.net.cores = halves[1];
}

}  // namespace redvip::lab
