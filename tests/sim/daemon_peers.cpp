#include "sim/world.hpp"

namespace redvip::sim {

// As daemon::PeerWatch: by the connections that the local Redis has from the others' redvips.
void Daemon::watch_peers() {
  later(Seconds{1}, [this] { watch_peers(); });
  const auto& redis = world_.hosts[self_]->redis;
  if (!redis.alive() || redis.frozen() || redis.locked()) return;
  for (NodeIndex peer = 0; peer < world_.hosts.size(); ++peer) {
    if (peer == self_) continue;
    const auto& other = world_.hosts[peer]->daemon;
    if (other.running() && world_.lan.passes(peer, self_)) {
      const auto& service = other.node()->service();
      deliver(event::PeerSeen{
          peer, {service.state(), service.priority(), service.paused(), service.reason()}});
    } else {
      deliver(event::PeerMissing{peer});
    }
  }
}

}  // namespace redvip::sim
