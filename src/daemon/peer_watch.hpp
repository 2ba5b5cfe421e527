// Looks on the local Redis for the connections of the other nodes' redvips (redis/presence.hpp) and
// reports them, as PeerSeen and PeerMissing.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "core/event.hpp"
#include "core/site.hpp"
#include "redis/connection.hpp"
#include "redis/presence.hpp"

namespace redvip::daemon {

class PeerWatch {
 public:
  using Deliver = std::function<void(const Event&)>;

  // Once a second, from now on. `site` and `local`, the connection to the local Redis, must outlive
  // it.
  PeerWatch(boost::asio::io_context& io, const Site& site, redis::Connection& local,
            Deliver deliver);

 private:
  void look();
  void answered(bool all, const std::string& client_list);

  boost::asio::steady_timer timer_;
  const Site& site_;
  redis::Connection& local_;
  Deliver deliver_;
  std::vector<std::optional<std::int64_t>> ids_;  // by node: CLIENT ID of its connection
  Instant next_search_{};
  std::shared_ptr<std::monostate> alive_ = std::make_shared<std::monostate>();  // for answers
};

}  // namespace redvip::daemon
