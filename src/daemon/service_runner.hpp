// One service in the real world: feeds its Node with what happens and does what the Node wants. It
// has no opinions; every `if` here is about sockets, not about VRRP or Redis.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "daemon/children.hpp"
#include "daemon/files.hpp"
#include "daemon/log.hpp"
#include "daemon/node.hpp"
#include "daemon/notifier.hpp"
#include "daemon/status.hpp"
#include "netlink/arp_socket.hpp"
#include "netlink/manager.hpp"
#include "netlink/monitor.hpp"
#include "netlink/socket_diag.hpp"
#include "redis/connection.hpp"
#include "vrrp/receive.hpp"
#include "vrrp/socket.hpp"

namespace redvip::daemon {

// What all services of the process share.
struct Machinery {
  boost::asio::io_context& io;
  const Log& log;
  netlink::AddressManager& addresses;
  netlink::SocketDiag& sockets;
  Children& children;
  // A disk can take seconds for an fsync: files are written by a thread that does nothing else.
  boost::asio::thread_pool& disk;
  std::string state_dir;
};

class ServiceRunner {
 public:
  struct Callbacks {
    std::function<void()> changed;   // the status is worth writing now
    std::function<void()> finished;  // it has released everything and may go
  };

  // `site.service.interface` has been resolved.
  ServiceRunner(const Machinery& machinery, Site site, Callbacks callbacks);

  void start(const netlink::Snapshot& snapshot);
  void deliver(const Event& event);
  void network_changed(const netlink::Snapshot& snapshot);
  [[nodiscard]] ServiceStatus status() const;
  [[nodiscard]] const Site& site() const { return node_.service().site(); }
  // Removes the addresses whatever the state: the last thing before the process goes.
  void release_addresses();

 private:
  void carry_out(const Action& action);
  void arm(const action::Arm& arm);
  void send_advert(Priority priority);
  void packet(std::span<const std::uint8_t> bytes);
  void put_vips(bool report);
  void remove_vips();
  void announce();
  void reset_clients();
  void send(const action::Send& send);
  void measure_link(Endpoint master);
  void keep_dataset();
  void record(const Transition& transition);
  void finish();
  void connect_redis();
  void open_sockets(const netlink::Interface& interface);
  void clean_leftovers();
  void complain(const Error& error);
  void write_file(std::function<Result<void>()> job);
  [[nodiscard]] vrrp::Expectation expectation() const;
  [[nodiscard]] std::string memory_path() const;

  Machinery machinery_;
  Callbacks callbacks_;
  Node node_;
  Notifier notifier_;
  std::vector<boost::asio::steady_timer> timers_;  // by Timer
  std::vector<std::unique_ptr<redis::Connection>> redis_;
  std::unique_ptr<vrrp::Socket> vrrp_;
  std::optional<netlink::ArpSocket> arp_;
  netlink::Interface interface_;  // as last seen; index 0: not there
  vrrp::Counters counters_;
  bool holding_vips_ = false;
  std::string since_;
  std::string last_complaint_;
  int commands_under_way_ = 0;
  bool exiting_ = false;
  std::deque<Event> events_;
  bool delivering_ = false;
};

}  // namespace redvip::daemon
