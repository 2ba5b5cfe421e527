// Announces VIPs on one interface and hears who else does (packet(7)). Shell.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "netlink/arp.hpp"

namespace redvip::netlink {

class ArpSocket {
 public:
  // Every ARP request and reply on the interface whose sender has another MAC than we. May destroy
  // the ArpSocket. Whether it is a conflict (its sender_ip is our VIP) is the listener's to decide.
  using Heard = std::function<void(const ArpAnnouncement&)>;
  // Nothing will be heard any more. An interface that goes down and comes back is no such failure;
  // one that is deleted never speaks again, and a new one of its name needs a new ArpSocket.
  using Failed = std::function<void(const Error&)>;

  // Needs CAP_NET_RAW. `interface` gives the index, the name for errors, and our own MAC.
  [[nodiscard]] static Result<ArpSocket> open(boost::asio::io_context& io,
                                              const Interface& interface, Heard heard,
                                              Failed failed);

  // Broadcasts one gratuitous ARP for `vip` from `mac`. An error when the interface is disabled.
  // One that is enabled but not yet Interface::up drops the frame without an error, so that an
  // announcement belongs after the Monitor's report, not after the carrier.
  [[nodiscard]] Result<void> announce(Mac mac, Ipv4 vip);

 private:
  struct State;  // pending waits refer to it weakly, so that an ArpSocket may go at any time
  explicit ArpSocket(std::shared_ptr<State> state) : state_{std::move(state)} {}
  std::shared_ptr<State> state_;
};

}  // namespace redvip::netlink
