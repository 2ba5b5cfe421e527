#include "daemon/import/nodes.hpp"

#include <algorithm>
#include <functional>
#include <set>

#include "core/accepted.hpp"

namespace redvip::keepalived {
namespace {

using Addresses = std::vector<Said<IpAddress>>;

class NodePlanner {
 public:
  NodePlanner(const std::vector<Host>& hosts, const std::vector<Pair>& pairs,
              const Request& request, Diagnosis& diagnosis)
      : hosts_{hosts}, pairs_{pairs}, request_{request}, diagnosis_{diagnosis} {}

  std::vector<NodePlan> plan() {
    nodes_.resize(std::max(hosts_.size(), request_.nodes.size()));
    for (std::size_t i = 0; i < request_.nodes.size(); ++i) {
      const auto& given = request_.nodes[i];
      nodes_[i] = {given.name, given.address, given.link_local};
    }
    for (std::size_t host = 0; host < hosts_.size(); ++host) find_address(host);
    add_peers();
    name_nodes();
    for (std::size_t host = 0; host < hosts_.size(); ++host) require_address(host);
    require_peer();
    return std::move(nodes_);
  }

 private:
  // Calls look(view) for each instance of a host, in the order of the file.
  void each_view(std::size_t host, const std::function<void(const View&)>& look) const {
    for (const auto& pair : pairs_) {
      for (const auto& view : pair) {
        if (view.host == host) look(view);
      }
    }
  }

  static bool contains(const Addresses& list, IpAddress address) {
    return std::ranges::find(list, address, &Said<IpAddress>::value) != list.end();
  }

  static void add_once(Addresses& list, IpAddress address, const Place& at) {
    if (!contains(list, address)) list.push_back({address, at});
  }

  [[nodiscard]] bool is_virtual(IpAddress address) const {
    for (const auto& pair : pairs_) {
      for (const auto& view : pair) {
        const auto& addresses = view.instance->addresses;
        if (std::ranges::any_of(
                addresses, [address](const Address& each) { return each.ip.address == address; })) {
          return true;
        }
      }
    }
    return false;
  }

  // What a host says of itself.
  [[nodiscard]] Addresses own_addresses(std::size_t host) const {
    Addresses found;
    each_view(host, [&](const View& view) {
      const auto& instance = *view.instance;
      for (const auto& source : {instance.unicast_source, instance.multicast_source}) {
        if (source && !source->value.link_local()) add_once(found, source->value, source->at);
      }
    });
    return found;
  }

  [[nodiscard]] Addresses peers_of(std::size_t host) const {
    Addresses found;
    each_view(host, [&](const View& view) {
      for (const auto& peer : view.instance->peers) add_once(found, peer.value, peer.at);
    });
    return found;
  }

  // Whom a host's scripts make their Redis follow.
  [[nodiscard]] Addresses masters_of(std::size_t host) const {
    Addresses found;
    each_view(host, [&](const View& view) {
      for (const auto* script : view.scripts()) {
        for (const auto& master : script->facts.masters) {
          const auto address = IpAddress::parse(master.value);
          if (!address || is_virtual(*address) || is_loopback(*address) || !is_host(*address)) {
            continue;
          }
          add_once(found, *address, master.at);
        }
      }
    });
    return found;
  }

  void find_address(std::size_t host) {
    if (nodes_[host].address) return;
    const auto own = own_addresses(host);
    if (!own.empty()) {
      take(host, own.front());
      for (std::size_t i = 1; i < own.size(); ++i) {
        diagnosis_.dropped(own[i].at,
                           own[i].value.text() + ": a node has one address, and it has " +
                               own.front().value.text(),
                           "where this one is better, give it with --node");
      }
      tell_contradiction(host, own.front());
    } else if (const auto told = told_by_other(host)) {
      take(host, *told);
    }
  }

  // With two files each one's peer is the other. A script that is the same on both names only one.
  [[nodiscard]] Maybe<IpAddress> told_by_other(std::size_t host) const {
    if (hosts_.size() != 2) return std::nullopt;
    const auto other = 1 - host;
    const auto is_other = [&](IpAddress address) {
      return contains(own_addresses(other), address) || nodes_[other].address == address;
    };
    const auto peers = peers_of(other);
    if (peers.size() == 1 && !is_other(peers[0].value)) return peers[0];
    const auto masters = masters_of(other);
    const auto mine = masters_of(host);
    const bool same = mine.size() == 1 && masters.size() == 1 && mine[0].value == masters[0].value;
    if (masters.size() != 1 || same || is_other(masters[0].value)) return std::nullopt;
    return masters[0];
  }

  void take(std::size_t host, const Said<IpAddress>& address) {
    nodes_[host].address = address.value;
    taken_.push_back({host, address});
  }

  void tell_contradiction(std::size_t host, const Said<IpAddress>& own) {
    if (hosts_.size() != 2) return;
    const auto peers = peers_of(1 - host);
    if (peers.empty() || contains(peers, own.value)) return;
    diagnosis_.mistake(peers.front().at,
                       "unicast_peer " + peers.front().value.text() + ", but " + own.at.text() +
                           " says " + own.value.text() + ": this host's adverts do not arrive",
                       "the TOML has " + own.value.text());
  }

  // Hosts that only a unicast_peer, or the one master of a single file's scripts, tells of.
  void add_peers() {
    Addresses others;
    for (std::size_t host = 0; host < hosts_.size(); ++host) {
      for (const auto& peer : peers_of(host)) add_once(others, peer.value, peer.at);
    }
    if (others.empty() && hosts_.size() == 1) {
      const auto masters = masters_of(0);
      if (masters.size() == 1) others = masters;
    }
    const bool complete =
        std::ranges::all_of(nodes_, [](const NodePlan& node) { return node.address.has_value(); });
    if (!complete || !request_.nodes.empty()) return;
    for (const auto& other : others) {
      if (std::ranges::find(nodes_, other.value, &NodePlan::address) != nodes_.end()) continue;
      nodes_.push_back({{}, other.value, {}});
      taken_.push_back({nodes_.size() - 1, other});
    }
  }

  void name_nodes() {
    if (!request_.nodes.empty() && request_.nodes.size() < nodes_.size()) complete_names();
    if (request_.nodes.empty() && !take_names()) complete_names();
    for (const auto& [node, address] : taken_) {
      diagnosis_.mapped(address.at,
                        address.value.text() + " -> the address of node " + nodes_[node].name);
    }
  }

  // --config-id or router_id, where they are names and all different.
  bool take_names() {
    const auto usable = [&](const std::vector<std::string>& names) {
      return names.size() == nodes_.size() && std::ranges::all_of(names, redvip::is_name) &&
             std::set<std::string>(names.begin(), names.end()).size() == names.size();
    };
    std::vector<std::string> ids;
    std::vector<std::string> routers;
    for (const auto& host : hosts_) {
      ids.push_back(host.config_id);
      routers.push_back(host.globals.router_id ? host.globals.router_id->value : "");
    }
    const bool by_id = usable(ids);
    if (!by_id && !usable(routers)) return false;
    for (std::size_t host = 0; host < hosts_.size(); ++host) {
      nodes_[host].name = by_id ? ids[host] : routers[host];
      if (by_id) {
        diagnosis_.mapped({hosts_[host].file, 0},
                          "--config-id " + ids[host] + " -> the name of node " + ids[host]);
      } else {
        diagnosis_.mapped(hosts_[host].globals.router_id->at,
                          "router_id " + routers[host] + " -> the name of node " + routers[host]);
      }
    }
    return true;
  }

  void complete_names() {
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (!nodes_[i].name.empty()) continue;
      nodes_[i].name = std::string{"redis-"} + static_cast<char>('a' + i % 26);
      diagnosis_.mapped({hosts_[std::min(i, hosts_.size() - 1)].file, 0},
                        (i < hosts_.size() ? "this host" : "the other host") +
                            std::string{" is called "} + nodes_[i].name,
                        "for another name give --node NAME=ADDRESS for each host");
    }
  }

  [[nodiscard]] std::string options() const {
    std::string text;
    for (const auto& node : nodes_) {
      text += (text.empty() ? "" : " ") + std::string{"--node "} + node.name + '=' +
              (node.address ? node.address->text() : "ADDRESS");
    }
    if (nodes_.size() == 1) text += " --node redis-b=ADDRESS";
    return text;
  }

  void require_address(std::size_t host) {
    if (nodes_[host].address) return;
    diagnosis_.error({hosts_[host].file, 0},
                     "nothing tells this host's own address (no unicast_src_ip, no unicast_peer of "
                     "the other host, no script that names it)",
                     "add " + options() + ", in the order of the files");
  }

  void require_peer() {
    if (nodes_.size() > 1) return;
    diagnosis_.error({hosts_[0].file, 0}, "nothing tells the other host's address",
                     "give its keepalived.conf too, or add " + options());
  }

  struct Taken {
    std::size_t node;
    Said<IpAddress> address;
  };

  const std::vector<Host>& hosts_;
  const std::vector<Pair>& pairs_;
  const Request& request_;
  Diagnosis& diagnosis_;
  std::vector<NodePlan> nodes_;
  std::vector<Taken> taken_;
};

}  // namespace

std::vector<NodePlan> plan_nodes(const std::vector<Host>& hosts, const std::vector<Pair>& pairs,
                                 const Request& request, Diagnosis& diagnosis) {
  return NodePlanner{hosts, pairs, request, diagnosis}.plan();
}

}  // namespace redvip::keepalived
