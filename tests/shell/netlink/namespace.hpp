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

inline Ipv4Prefix prefix(const std::string& text) {
  return Ipv4Prefix::parse(text).value();
}
inline Ipv4 address(const std::string& text) {
  return Ipv4::parse(text).value();
}

inline netlink::AddressManager open_manager() {
  auto manager = netlink::AddressManager::open();
  REQUIRE(manager);
  return std::move(*manager);
}

}  // namespace redvip::test
