#include "netlink/neighbour_hub.hpp"

#include <map>
#include <optional>

namespace redvip::netlink {

struct NeighbourHub::Ear::Listener {
  std::vector<IpAddress> about;
  NeighbourSocket::Heard heard;
  NeighbourSocket::Failed failed;
};

class NeighbourHub::Link {
 public:
  using Listener = Ear::Listener;

  Result<void> open(boost::asio::io_context& io, const Interface& interface) {
    auto socket = NeighbourSocket::open(
        io, interface, [this](const Claim& claim) { heard(claim); },
        [this](const Error& error) { failed(error); });
    if (!socket) return tl::unexpected(socket.error());
    socket_.emplace(std::move(*socket));
    return {};
  }

  NeighbourSocket& socket() { return *socket_; }

  void add(const std::shared_ptr<const Listener>& listener) {
    for (const auto& address : listener->about) listeners_.emplace(address, listener);
  }

  void remove(const std::shared_ptr<const Listener>& listener) {
    for (const auto& address : listener->about) {
      auto [each, end] = listeners_.equal_range(address);
      while (each != end) each = each->second.lock() == listener ? listeners_.erase(each) : ++each;
    }
  }

 private:
  using Listeners = std::multimap<IpAddress, std::weak_ptr<const Listener>>;

  // Of copies, because a listener may end itself and others.
  void heard(const Claim& claim) {
    const auto [first, end] = listeners_.equal_range(claim.address);
    const Listeners concerned{first, end};
    for (const auto& [address, each] : concerned) {
      if (const auto listener = each.lock()) listener->heard(claim);
    }
  }

  void failed(const Error& error) {
    const Listeners all{listeners_};
    for (const auto& [address, each] : all) {
      const auto listener = each.lock();
      if (listener && address == listener->about.front()) listener->failed(error);
    }
  }

  Listeners listeners_;  // by each address that they asked about
  std::optional<NeighbourSocket> socket_;
};

NeighbourHub::Ear::Ear(std::shared_ptr<Link> link, std::vector<IpAddress> about,
                       NeighbourSocket::Heard heard, NeighbourSocket::Failed failed)
    : link_{std::move(link)},
      listener_{std::make_shared<Listener>(
          Listener{std::move(about), std::move(heard), std::move(failed)})} {
  link_->add(listener_);
}

NeighbourHub::Ear::~Ear() {
  link_->remove(listener_);
}

Result<void> NeighbourHub::Ear::announce(Mac mac, IpAddress vip, bool router) {
  return link_->socket().announce(mac, vip, router);
}

Result<void> NeighbourHub::Ear::probe(IpAddress wanted) {
  return link_->socket().probe(wanted);
}

Result<std::unique_ptr<NeighbourHub::Ear>> NeighbourHub::listen(const Interface& interface,
                                                                std::vector<IpAddress> about,
                                                                NeighbourSocket::Heard heard,
                                                                NeighbourSocket::Failed failed) {
  const std::pair key{interface.index, interface.mac};
  auto link = links_.get(key, [&](Link& fresh) { return fresh.open(*io_, interface); });
  if (!link) return tl::unexpected(link.error());
  return std::make_unique<Ear>(std::move(*link), std::move(about), std::move(heard),
                               std::move(failed));
}

}  // namespace redvip::netlink
