// One service as one node sees it: its configuration with the names and addresses that belong to
// it.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "core/config.hpp"

namespace redvip {

struct Site {
  ServiceConfig service;
  std::vector<NodeConfig> nodes;
  NodeIndex self = 0;

  [[nodiscard]] static Site of(const Config& config, const ServiceConfig& service) {
    return Site{service, config.nodes, config.self};
  }
  [[nodiscard]] const std::string& name(NodeIndex node) const { return nodes[node].name; }
  // Where every node reaches that node's Redis, and what a replica of it is pointed at.
  [[nodiscard]] Endpoint redis(NodeIndex node) const {
    return {nodes[node].address, service.redis.port};
  }
  // Where a node's advertisements come from.
  [[nodiscard]] IpAddress vrrp_address(NodeIndex node) const {
    const bool link_local = !service.unicast && service.family() == Family::ipv6;
    return link_local && nodes[node].link_local ? *nodes[node].link_local : nodes[node].address;
  }
  [[nodiscard]] std::optional<NodeIndex> node_advertising_from(IpAddress source) const {
    for (NodeIndex node = 0; node < nodes.size(); ++node) {
      if (vrrp_address(node) == source) return node;
    }
    return std::nullopt;
  }
  [[nodiscard]] std::optional<NodeIndex> node_at(IpAddress address) const {
    const auto found = std::find_if(nodes.begin(), nodes.end(), [&](const NodeConfig& node) {
      return node.address == address;
    });
    if (found == nodes.end()) return std::nullopt;
    return static_cast<NodeIndex>(found - nodes.begin());
  }
  // The priority this node was given; nullopt: it may not own the service.
  [[nodiscard]] std::optional<Priority> priority(NodeIndex node) const {
    const auto found = std::find(service.nodes.begin(), service.nodes.end(), node);
    if (found == service.nodes.end()) return std::nullopt;
    return service.priorities[static_cast<std::size_t>(found - service.nodes.begin())];
  }
  // The VIP and Redis port of every virtual address: what clients are connected to.
  [[nodiscard]] std::vector<Endpoint> client_endpoints() const {
    std::vector<Endpoint> result;
    for (const auto& vip : service.virtual_ips) result.push_back({vip.address, service.redis.port});
    return result;
  }
  [[nodiscard]] bool has_vip_of(Family family) const {
    return std::any_of(service.virtual_ips.begin(), service.virtual_ips.end(),
                       [&](const auto& vip) { return vip.address.family() == family; });
  }
};

}  // namespace redvip
