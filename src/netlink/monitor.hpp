// Watches interfaces and addresses (rtnetlink(7): RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR,
// RTNLGRP_IPV6_IFADDR). Shell.
//
// A notification only says that something happened; the truth is always read as a whole. So an
// overrun (ENOBUFS: the kernel dropped notifications) is nothing special, and nothing is lost.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "netlink/address.hpp"

namespace redvip::netlink {

class Monitor {
 public:
  // Called from the io_context, once per batch and only when the snapshot differs from the last;
  // the refreshing of an address changes nothing. Reading and this take no more than a tenth of the
  // time: a change soon after another may come up to 200 ms later. May destroy the Monitor.
  using Changed = std::function<void(const Snapshot&)>;
  // The kernel could not be read: the snapshot is the last good one. Watching goes on.
  using Failed = std::function<void(const Error&)>;

  // Takes the first snapshot itself, without calling `changed`. `receive_buffer` in bytes; the
  // default holds about a thousand notifications.
  [[nodiscard]] static Result<Monitor> open(boost::asio::io_context& io, Changed changed,
                                            Failed failed, int receive_buffer = 1 << 20);

  // Reads everything now, and calls `changed` when it differs.
  [[nodiscard]] Result<void> refresh();
  [[nodiscard]] const Snapshot& snapshot() const;

 private:
  struct State;  // pending waits refer to it weakly, so that a Monitor may go at any time
  explicit Monitor(std::shared_ptr<State> state) : state_{std::move(state)} {}
  std::shared_ptr<State> state_;
};

}  // namespace redvip::netlink
