// service.routes: routes that come and go with the virtual IPs, as values (ip-route(8)).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/types.hpp"

namespace redvip {

struct Route {
  IpPrefix destination;              // "default": 0.0.0.0/0 or ::/0
  std::optional<IpAddress> gateway;  // none: the destination is on the link
  std::optional<IpAddress> source;   // "src": what packets along it are sent from
  std::string interface;             // "dev"; empty: the service's
  std::uint32_t metric = 0;          // 0: the kernel's default
  std::uint32_t table = 0;           // 0: main

  [[nodiscard]] std::string text() const;
  bool operator==(const Route&) const = default;
};

// In the words of ip-route(8): "10.0.0.0/8 via 10.77.0.254 src 10.77.0.100 metric 50 dev eth1
// table 100", in any order and once each after the destination: "address/length", an address, or
// "default", which is IPv6 where an option's address is. nullopt: not a route, of mixed families,
// or with host bits in its destination.
[[nodiscard]] std::optional<Route> parse_route(std::string_view text);

}  // namespace redvip
