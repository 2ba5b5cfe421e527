// The advertisements of one service, sent and heard: from the configuration to vrrp/transmit.hpp
// and vrrp/receive.hpp, and to events. It decides nothing.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "core/event.hpp"
#include "core/site.hpp"
#include "daemon/complaints.hpp"
#include "daemon/metrics_tally.hpp"
#include "vrrp/receive.hpp"
#include "vrrp/socket.hpp"

namespace redvip::daemon {

// What is expected of the adverts that are heard; our own priority in it moves.
[[nodiscard]] vrrp::Expectation expectation(const Site& site);

class Adverts {
 public:
  using Deliver = std::function<void(const Event&)>;
  using OwnPriority = std::function<Priority()>;  // as it is now

  // All must outlive it.
  Adverts(vrrp::Receivers& receivers, const Site& site, Complaints& complaints, ServiceTally& tally,
          Deliver deliver, OwnPriority own_priority);

  // To be called when the service's configuration is another: what is expected follows from it, and
  // is not worked out anew for each packet of a flood.
  void reconfigured();
  void open(const vrrp::Device& interface, const std::optional<vrrp::Device>& vmac);
  void close() { socket_.reset(); }
  [[nodiscard]] bool is_open() const { return socket_ != nullptr; }
  void rejoin();
  void send(Priority priority);

 private:
  void packet(const vrrp::Datagram& datagram);
  void refused(const vrrp::Rejected& rejected);
  void compare(const vrrp::Received& received, const std::string& sender);

  vrrp::Receivers& receivers_;
  const Site& site_;
  Complaints& complaints_;
  ServiceTally& tally_;
  Deliver deliver_;
  OwnPriority own_priority_;
  std::unique_ptr<vrrp::Socket> socket_;
  vrrp::SequenceNumbers sequence_numbers_;
  vrrp::Expectation expected_;
};

}  // namespace redvip::daemon
