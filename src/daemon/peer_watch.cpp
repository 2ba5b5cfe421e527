#include "daemon/peer_watch.hpp"

#include <algorithm>

#include "daemon/clock.hpp"

namespace redvip::daemon {
namespace {

constexpr Seconds between_looks{1};
// A whole CLIENT LIST takes Redis about a millisecond per thousand clients, so it is asked for only
// while a peer is missed, and of a Redis with very many clients more rarely.
constexpr Seconds between_searches{3};
constexpr Seconds between_long_searches{60};
constexpr std::size_t long_list = 1 << 20;

}  // namespace

PeerWatch::PeerWatch(boost::asio::io_context& io, const Site& site, redis::Connection& local,
                     Deliver deliver)
    : timer_{io},
      site_{site},
      local_{local},
      deliver_{std::move(deliver)},
      ids_(site.nodes.size()) {
  look();
}

void PeerWatch::look() {
  timer_.expires_after(between_looks);
  timer_.async_wait(
      [this, weak = std::weak_ptr{alive_}](const boost::system::error_code& cancelled) {
        if (!cancelled && !weak.expired()) look();
      });
  std::vector<std::string> words{"CLIENT", "LIST", "ID"};
  bool all_known = true;
  for (NodeIndex node = 0; node < ids_.size(); ++node) {
    if (node == site_.self) continue;
    if (ids_[node]) {
      words.push_back(std::to_string(*ids_[node]));
    } else {
      all_known = false;
    }
  }
  const bool search = !all_known && now() >= next_search_;
  if (search) {
    words = {"CLIENT", "LIST", "TYPE", "normal"};
    next_search_ = now() + between_searches;
  } else if (words.size() == 3) {
    return;
  }
  local_.ask(words, [this, search, weak = std::weak_ptr{alive_}](Result<std::string> list) {
    if (!weak.expired() && list) answered(search, *list);
  });
}

void PeerWatch::answered(bool all, const std::string& client_list) {
  if (all && client_list.size() > long_list) next_search_ = now() + between_long_searches;
  const auto patience = std::max<Micros>(Seconds{2}, 2 * site_.service.redis.probe_interval);
  std::vector<const redis::ListedPeer*> found(ids_.size());
  const auto peers = redis::peers_in(client_list, site_.service.name);
  for (const auto& peer : peers) {
    if (peer.idle > patience) continue;
    for (NodeIndex node = 0; node < ids_.size(); ++node) {
      if (node != site_.self && site_.name(node) == peer.name.node) found[node] = &peer;
    }
  }
  for (NodeIndex node = 0; node < ids_.size(); ++node) {
    if (node == site_.self) continue;
    if (found[node] != nullptr) {
      ids_[node] = found[node]->id;
      deliver_(event::PeerSeen{node, found[node]->name.presence});
    } else if (all) {
      ids_[node].reset();
      deliver_(event::PeerMissing{node});
    } else if (ids_[node]) {
      // It may have connected anew: only a search tells that it is gone.
      ids_[node].reset();
      next_search_ = std::min(next_search_, now());
    }
  }
}

}  // namespace redvip::daemon
