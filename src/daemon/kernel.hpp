// What all services of the process share of the kernel.
#pragma once

#include "netlink/interface_settings.hpp"
#include "netlink/manager.hpp"
#include "netlink/neighbour_hub.hpp"
#include "netlink/neighbour_table.hpp"
#include "netlink/nft_table.hpp"
#include "netlink/route_manager.hpp"
#include "netlink/socket_diag.hpp"
#include "vrrp/receivers.hpp"

namespace redvip::daemon {

struct Kernel {
  netlink::AddressManager addresses;
  netlink::SocketDiag sockets;
  netlink::InterfaceSettings settings;
  netlink::NeighbourTable neighbours;
  netlink::RouteManager routes;
  netlink::Nft nft;
  netlink::NeighbourHub neighbour_hub;
  vrrp::Receivers receivers;

  [[nodiscard]] static Result<Kernel> open(boost::asio::io_context& io);
};

}  // namespace redvip::daemon
