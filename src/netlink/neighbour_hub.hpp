// The NeighbourSockets of all who announce or listen: one for each interface, whatever their
// number, so that a frame is read once and goes to those who asked about its address.
#pragma once

#include <memory>
#include <vector>

#include "core/shared.hpp"
#include "netlink/neighbour_socket.hpp"

namespace redvip::netlink {

class NeighbourHub {
 public:
  class Link;

  // One listener's part in it. May be destroyed at any time, also by what it hears.
  class Ear {
   public:
    Ear(std::shared_ptr<Link> link, std::vector<IpAddress> about, NeighbourSocket::Heard heard,
        NeighbourSocket::Failed failed);
    ~Ear();
    Ear(const Ear&) = delete;
    Ear& operator=(const Ear&) = delete;

    // As those of NeighbourSocket.
    [[nodiscard]] Result<void> announce(Mac mac, IpAddress vip, bool router = false);
    [[nodiscard]] Result<void> probe(IpAddress wanted);

   private:
    struct Listener;
    friend Link;
    std::shared_ptr<Link> link_;
    std::shared_ptr<const Listener> listener_;
  };

  explicit NeighbourHub(boost::asio::io_context& io) : io_{&io} {}

  // `heard` gets what is claimed of the addresses `about`, `failed` what NeighbourSocket says of
  // the interface. Needs CAP_NET_RAW.
  [[nodiscard]] Result<std::unique_ptr<Ear>> listen(const Interface& interface,
                                                    std::vector<IpAddress> about,
                                                    NeighbourSocket::Heard heard,
                                                    NeighbourSocket::Failed failed);

 private:
  boost::asio::io_context* io_;
  Shared<std::pair<int, Mac>, Link> links_;  // by index; another MAC is heard otherwise
};

}  // namespace redvip::netlink
