// One service's presence on its network: advertisements, virtual addresses, ARP, client
// connections. It does what it is told and reports what it hears, as events; it decides nothing.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "core/event.hpp"
#include "core/site.hpp"
#include "daemon/log.hpp"
#include "netlink/arp_socket.hpp"
#include "netlink/client_gate.hpp"
#include "netlink/drain_guard.hpp"
#include "netlink/manager.hpp"
#include "netlink/monitor.hpp"
#include "netlink/socket_diag.hpp"
#include "vrrp/receive.hpp"
#include "vrrp/socket.hpp"

namespace redvip::daemon {

// What all services of the process share of the kernel.
struct Kernel {
  netlink::AddressManager addresses;
  netlink::SocketDiag sockets;
};

class Lan {
 public:
  using Deliver = std::function<void(const Event&)>;

  // `site` must outlive it.
  Lan(boost::asio::io_context& io, Kernel& kernel, const Log& log, const Site& site,
      Deliver deliver);

  // The kernel's interfaces or addresses changed: InterfaceChanged, VipsMissing.
  void changed(const netlink::Snapshot& snapshot);
  // Removes what a killed predecessor left.
  void clean_leftovers();

  void send_advert(Priority priority);
  void put_vips(bool report);  // adds or refreshes; with `report`, answered by VipsAdded
  void remove_vips();
  void release_addresses();  // if any are held: the last thing before the process goes
  void announce();
  void reset_clients();
  void measure_link(Endpoint master);  // answered by LinkMeasured
  void guard_link(Endpoint master);    // netlink/drain_guard.hpp
  void unguard_link();
  void refuse_clients();  // netlink/client_gate.hpp
  void admit_clients();

  // Says an error once, until another comes or `forget_complaint` is called.
  void complain(const Error& error);
  void forget_complaint() { last_complaint_.clear(); }

 private:
  void reset_clients_of(Endpoint clients);
  void packet(std::span<const std::uint8_t> bytes);
  void open_sockets();
  [[nodiscard]] vrrp::Expectation expectation() const;
  [[nodiscard]] Ipv4 self() const { return site_.nodes[site_.self].address; }

  boost::asio::io_context& io_;
  Kernel& kernel_;
  const Log& log_;
  const Site& site_;
  Deliver deliver_;
  std::unique_ptr<vrrp::Socket> vrrp_;
  std::optional<netlink::ArpSocket> arp_;
  netlink::Interface interface_;  // as last seen; index 0: not there
  // None where the kernel or our rights do not allow it.
  std::optional<netlink::DrainGuard> guard_;
  std::optional<netlink::ClientGate> gate_;
  vrrp::Counters counters_;
  bool holding_vips_ = false;
  std::string last_complaint_;
};

}  // namespace redvip::daemon
