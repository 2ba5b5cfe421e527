#include "daemon/cli_release.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdlib>
#include <iostream>
#include <list>
#include <string_view>
#include <vector>

#include "daemon/cli_commands.hpp"
#include "daemon/cli_daemon.hpp"
#include "daemon/kernel.hpp"
#include "daemon/restart_mark.hpp"
#include "netlink/macvlan.hpp"
#include "netlink/monitor.hpp"
#include "netlink/neighbour_socket.hpp"

namespace redvip::daemon {
namespace {

constexpr Millis longest_wait{5000};  // systemd has little more patience
constexpr Millis margin{300};         // an owner refreshes its addresses every 250 ms

int refuse(const Error& error, int code) {
  std::cerr << error.text() << '\n';
  return code;
}

class Release {
 public:
  Release(const Config& config, boost::asio::io_context& io, Kernel kernel)
      : config_{config}, io_{io}, kernel_{std::move(kernel)} {}

  Result<void> run(bool at_once) {
    auto monitor = netlink::Monitor::open(
        io_, [](const netlink::Snapshot&) {}, [](const Error&) {});
    if (!monitor) return tl::unexpected(monitor.error());
    if (auto found = find(monitor->snapshot()); !found) return found;
    for (auto& address : left_) {
      if (at_once) remove(address, "");
      if (address.there) await_successor(address);
    }
    while (std::ranges::any_of(left_, &Left::there)) io_.run_one();
    remove_macvlans(monitor->snapshot());
    const auto routes = kernel_.routes.remove_leftovers();
    if (!routes) return tl::unexpected(routes.error());
    if (*routes > 0) std::cout << "removed " << *routes << " routes\n";
    return failed_ ? tl::unexpected(*failed_) : Result<void>{};
  }

 private:
  struct Left {
    const ServiceConfig& service;
    netlink::Interface interface;
    IpPrefix address;
    boost::asio::steady_timer timer;
    std::unique_ptr<netlink::NeighbourHub::Ear> neighbours{};
    bool there = true;
  };

  Result<void> find(const netlink::Snapshot& snapshot) {
    for (const auto& interface : snapshot.interfaces) {
      const auto ours = kernel_.addresses.ours(interface.index);
      if (!ours) return tl::unexpected(ours.error());
      for (const auto& service : config_.services) {
        for (const auto& vip : service.virtual_ips) {
          if (std::ranges::find(*ours, vip) == ours->end()) continue;
          left_.push_back({service, interface, vip, boost::asio::steady_timer{io_}});
        }
      }
    }
    return {};
  }

  void await_successor(Left& left) {
    auto heard = kernel_.neighbour_hub.listen(
        left.interface, {left.address.address},
        [this, &left](const netlink::Claim& claim) {
          if (left.there) remove(left, ": " + netlink::text(claim.mac) + " has it now");
        },
        [](const Error&) {});
    if (!heard) return remove(left, "");  // without ears there is nothing to wait for
    left.neighbours = std::move(*heard);
    const Millis lifetime = netlink::vip_lifetime(left.service.advert_interval);
    left.timer.expires_after(std::min(longest_wait, lifetime - margin));
    left.timer.async_wait([this, &left](const boost::system::error_code& cancelled) {
      if (!cancelled && left.there) remove(left, ": no other node has come for it");
    });
  }

  // Reset, then remove: once the address is gone the kernel can no longer tell the clients.
  void remove(Left& left, const std::string& why) {
    left.there = false;
    left.timer.cancel();
    const auto reset = kernel_.sockets.destroy({left.address.address, left.service.redis.port});
    const auto removed = kernel_.addresses.remove(left.interface.index, left.address);
    if (!reset) failed_ = reset.error();
    if (!removed) failed_ = removed.error();
    if (!removed) return;
    std::cout << left.service.name << ": removed " << left.address.text()
              << ", left by a redvip that was killed" << why << std::endl;
  }

  // One that is created takes the place of a predecessor's, and takes it along when it goes.
  void remove_macvlans(const netlink::Snapshot& snapshot) {
    for (const auto& service : config_.services) {
      const auto* parent = service.vmac ? parent_of(service, snapshot) : nullptr;
      if (parent != nullptr) {
        (void)netlink::Macvlan::create(kernel_.nft, *parent, service.vrid, service.family());
      }
    }
  }

  const netlink::Interface* parent_of(const ServiceConfig& service,
                                      const netlink::Snapshot& snapshot) const {
    if (!service.interface.empty()) return snapshot.by_name(service.interface);
    for (const auto& node : config_.nodes) {
      if (const auto* carrier = snapshot.by_address(node.address)) return carrier;
    }
    return nullptr;
  }

  const Config& config_;
  boost::asio::io_context& io_;
  Kernel kernel_;
  std::list<Left> left_;
  std::optional<Error> failed_;
};

}  // namespace

int release(const Invocation& asked) {
  const char* ended = std::getenv("SERVICE_RESULT");  // systemd.exec(5)
  if (ended != nullptr && std::string_view{ended} == "success") return 0;
  const auto config = inspect_config(asked);
  if (!config) return exit_usage;
  if (DaemonProcess::find(config->daemon)) {
    return refuse(
        {"redvip runs here and has its addresses: `systemctl stop redvip` removes them", ""}, 1);
  }
  boost::asio::io_context io;
  auto kernel = Kernel::open(io);
  if (!kernel) return refuse(kernel.error(), 1);
  const auto done = Release{*config, io, std::move(*kernel)}.run(asked.now);
  return done ? 0 : refuse(done.error(), 1);
}

int prepare_restart(const Invocation& asked) {
  const auto config = inspect_config(asked);
  if (!config) return exit_usage;
  const auto process = DaemonProcess::find(config->daemon);
  if (!process) return refuse(process.error(), static_cast<int>(Health::not_running));
  const auto left = leave_restart_mark(config->daemon.runtime_dir);
  return left ? 0 : refuse(left.error(), 1);
}

}  // namespace redvip::daemon
