// A fresh network namespace for one test: nothing leaves it, and it ends with its last socket.
#pragma once

#include <sched.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <string>

#include "catch.hpp"
#include "netlink/address.hpp"
#include "netlink/manager.hpp"

namespace redvip::test {

inline void run(const std::string& command) {
  INFO(command);
  REQUIRE(std::system(command.c_str()) == 0);
}

// The kernel adds an IPv6 address at once, and delivers to it a moment later.
inline void await_ipv6_delivery() {
  run("for i in $(seq 2000); do missing=; "
      "for a in $(ip -6 -o addr show scope global | awk '{sub(\"/.*\", \"\", $4); print $4}'); do "
      "ip -6 route show table local | grep -q \"^local $a dev\" || missing=1; done; "
      "[ -z \"$missing\" ] && exit 0; sleep 0.01; done; exit 1");
}

struct Namespace {
  Namespace() {
    INFO("network namespaces need root");
    REQUIRE(geteuid() == 0);
    REQUIRE(unshare(CLONE_NEWNET) == 0);
    run("ip link set lo up");
  }
};

// Runs what is ready and what becomes ready, until the condition holds. The deadline only bounds a
// failure: no test depends on how long anything takes.
inline bool eventually(boost::asio::io_context& io, const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!holds() && std::chrono::steady_clock::now() < deadline) {
    io.restart();
    io.run_one_for(std::chrono::milliseconds{100});
  }
  return holds();
}

inline IpPrefix prefix(const std::string& text) {
  return IpPrefix::parse(text).value();
}
inline IpAddress address(const std::string& text) {
  return IpAddress::parse(text).value();
}

// Of the two ends of a cable.
inline const netlink::Mac our_mac{2, 0, 0, 0, 0, 0x0a};
inline const netlink::Mac peer_mac{2, 0, 0, 0, 0, 0x0b};

inline Family either_family() {
  return GENERATE(Family::ipv4, Family::ipv6);
}

inline netlink::AddressManager open_manager() {
  auto manager = netlink::AddressManager::open();
  REQUIRE(manager);
  return std::move(*manager);
}

}  // namespace redvip::test
