// Faults of the LAN, of interfaces and of the address.
#include "sim/chaos.hpp"

namespace redvip::sim {

Micros Chaos::cut_host(NodeIndex node) {
  const auto lasts = while_(Millis{100}, Seconds{6});
  world_.say("host " + world_.site.name(node) + " is cut off");
  world_.lan.cut(node, true);
  later(lasts, [this, node] {
    world_.say("host " + world_.site.name(node) + " is reachable again");
    world_.lan.cut(node, false);
  });
  return lasts;
}

Micros Chaos::block_one_way(NodeIndex node) {
  const auto lasts = while_(Millis{100}, Seconds{5});
  const auto other = (node + 1) % world_.hosts.size();
  world_.say("nothing from " + world_.site.name(node) + " reaches " + world_.site.name(other));
  world_.lan.block(node, other, true);
  later(lasts, [this, node, other] {
    world_.say(world_.site.name(node) + " reaches " + world_.site.name(other) + " again");
    world_.lan.block(node, other, false);
  });
  return lasts;
}

Micros Chaos::drop_carrier(NodeIndex node) {
  const auto lasts = while_(Millis{100}, Seconds{4});
  const auto set = [this, node](bool up) {
    world_.lan.set_carrier(node, up);
    world_.hosts[node]->daemon.deliver(event::InterfaceChanged{world_.site.service.interface, up});
  };
  set(false);
  later(lasts, [set] { set(true); });
  return lasts;
}

Micros Chaos::lossy_lan(NodeIndex) {
  const auto lasts = while_(Millis{200}, Seconds{4});
  const auto loss = static_cast<unsigned>(1 + world_.chance.below(30));
  world_.say("the LAN loses " + std::to_string(loss) + " % of the packets");
  world_.lan.set_quality({world_.options.slowest_packet, loss, temper_.duplication});
  later(lasts, [this] {
    world_.say("the LAN loses nothing");
    world_.lan.set_quality({world_.options.slowest_packet, 0, 0});
  });
  return lasts;
}

// Everybody is cut off, one after the other, and comes back in another order.
Micros Chaos::swizzle_clog(NodeIndex) {
  Micros longest{0};
  for (NodeIndex node = 0; node < world_.hosts.size(); ++node) {
    const auto begin = while_(Millis{0}, Seconds{2});
    const auto end = begin + while_(Millis{100}, Seconds{3});
    longest = std::max(longest, end);
    later(begin, [this, node] { world_.lan.cut(node, true); });
    later(end, [this, node] { world_.lan.cut(node, false); });
  }
  world_.say("hosts are cut off and come back one by one");
  return longest;
}

// The nodes lose sight of each other, the clients of neither.
Micros Chaos::split_pair(NodeIndex node) {
  const auto lasts = while_(Millis{100}, Seconds{6});
  const auto other = (node + 1) % world_.hosts.size();
  const auto set = [this, node, other](bool blocked) {
    world_.lan.block(node, other, blocked);
    world_.lan.block(other, node, blocked);
  };
  world_.say(world_.site.name(node) + " and " + world_.site.name(other) + " are split");
  set(true);
  later(lasts, [set] { set(false); });
  return lasts;
}

Micros Chaos::cut_clients(NodeIndex node) {
  const auto lasts = while_(Millis{100}, Seconds{4});
  const auto set = [this, node](bool blocked) {
    world_.lan.block(world_.client_host(), node, blocked);
    world_.lan.block(node, world_.client_host(), blocked);
  };
  world_.say("the client does not reach " + world_.site.name(node));
  set(true);
  later(lasts, [set] { set(false); });
  return lasts;
}

Micros Chaos::delete_vip(NodeIndex) {
  for (NodeIndex node = 0; node < world_.hosts.size(); ++node) {
    auto& host = *world_.hosts[node];
    if (!host.kernel.has_vip(world_.now())) continue;
    world_.say("an outsider deletes the address on " + world_.site.name(node));
    host.kernel.remove_vip();
    host.daemon.deliver(event::VipsMissing{});
  }
  return Micros{0};
}

Micros Chaos::refuse_vip(NodeIndex node) {
  world_.hosts[node]->kernel.failing_adds = 1 + static_cast<int>(world_.chance.below(3));
  return Micros{0};
}

Micros Chaos::drop_tracked(NodeIndex node) {
  const auto lasts = while_(Millis{100}, Seconds{4});
  const auto& interface = world_.options.service.tracks.front().name;
  world_.hosts[node]->daemon.deliver(event::InterfaceChanged{interface, false});
  later(lasts, [this, node, interface] {
    world_.hosts[node]->daemon.deliver(event::InterfaceChanged{interface, true});
  });
  return lasts;
}

}  // namespace redvip::sim
