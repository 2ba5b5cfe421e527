#include "daemon/kernel.hpp"

namespace redvip::daemon {

Result<Kernel> Kernel::open(boost::asio::io_context& io) {
  auto addresses = netlink::AddressManager::open();
  if (!addresses) return tl::unexpected(addresses.error());
  auto sockets = netlink::SocketDiag::open();
  if (!sockets) return tl::unexpected(sockets.error());
  auto settings = netlink::InterfaceSettings::open();
  if (!settings) return tl::unexpected(settings.error());
  auto neighbours = netlink::NeighbourTable::open();
  if (!neighbours) return tl::unexpected(neighbours.error());
  auto routes = netlink::RouteManager::open();
  if (!routes) return tl::unexpected(routes.error());
  return Kernel{std::move(*addresses),     std::move(*sockets), std::move(*settings),
                std::move(*neighbours),    std::move(*routes),  {},
                netlink::NeighbourHub{io}, vrrp::Receivers{io}};
}

}  // namespace redvip::daemon
