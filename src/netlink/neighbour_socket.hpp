// Announces VIPs on one interface, asks who has them, and hears who says so (packet(7)). Shell.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "netlink/neighbour.hpp"

namespace redvip::netlink {

class NeighbourSocket {
 public:
  // Every ARP packet and neighbour advertisement on the interface that claims an address for
  // another MAC than the interface's. May destroy the NeighbourSocket. Whether it is a conflict, or
  // the answer to a probe, is the listener's to decide.
  using Heard = std::function<void(const Claim&)>;
  // Nothing will be heard any more. An interface that goes down and comes back is no such failure;
  // one that is deleted never speaks again, and a new one of its name needs a new NeighbourSocket.
  using Failed = std::function<void(const Error&)>;

  // Needs CAP_NET_RAW. `interface` gives the index, the name for errors, and our own MAC.
  [[nodiscard]] static Result<NeighbourSocket> open(boost::asio::io_context& io,
                                                    const Interface& interface, Heard heard,
                                                    Failed failed);

  // Tells the link that `vip` is at `mac`: a gratuitous ARP or an unsolicited neighbour
  // advertisement. `router`: netlink/ndisc.hpp. An error when the interface is disabled. One that
  // is enabled but not yet Interface::up drops the frame without an error, so that an announcement
  // belongs after the Monitor's report, not after the carrier.
  [[nodiscard]] Result<void> announce(Mac mac, IpAddress vip, bool router = false);

  // Asks once who has `wanted` (RFC 5227 section 2.1.1, RFC 4862 section 5.4.2). Whoever has it
  // answers, and is heard; how long to wait for that, and how often to ask, is not known here. An
  // address of this host gets no answer from itself. Errors as above.
  [[nodiscard]] Result<void> probe(IpAddress wanted);

 private:
  struct State;  // pending waits refer to it weakly, so that a NeighbourSocket may go at any time
  explicit NeighbourSocket(std::shared_ptr<State> state) : state_{std::move(state)} {}
  std::shared_ptr<State> state_;
};

}  // namespace redvip::netlink
