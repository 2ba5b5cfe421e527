#include "vrrp/socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <system_error>
#include <utility>

#include "vrrp/packet.hpp"

namespace redvip::vrrp {
namespace {

in_addr to_in_addr(Ipv4 address) {
  return in_addr{htonl(address.value())};
}

sockaddr_in to_sockaddr(Ipv4 address) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_addr = to_in_addr(address);
  return result;
}

}  // namespace

Socket::Socket(boost::asio::io_context& io, SocketConfig config, PacketHandler handler)
    : config_{std::move(config)}, handler_{std::move(handler)}, descriptor_{io} {}

Result<std::unique_ptr<Socket>> Socket::open(boost::asio::io_context& io,
                                             const SocketConfig& config, PacketHandler handler) {
  assert(!config.interface.empty());  // SO_BINDTODEVICE would take it for "any interface"
  std::unique_ptr<Socket> socket{new Socket{io, config, std::move(handler)}};
  const auto ready = socket->assign_new_socket().and_then([&] { return socket->configure(); });
  if (!ready) return tl::unexpected(ready.error());
  socket->discard_backlog();
  socket->wait();
  return socket;
}

Result<void> Socket::assign_new_socket() {
  const int fd = ::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol_number);
  if (fd < 0) return failed("socket");
  boost::system::error_code error;
  descriptor_.assign(fd, error);
  if (!error) return {};
  ::close(fd);
  return failure(error.message(), "epoll_ctl on " + config_.interface);
}

// SO_PRIORITY comes after IP_TOS, which sets it too. PMTUDISC_DONT leaves DF clear, as keepalived.
// MULTICAST_ALL 0: otherwise a group that any other process joined would be delivered here.
Result<void> Socket::configure() {
  const auto& name = config_.interface;
  if (::setsockopt(descriptor_.native_handle(), SOL_SOCKET, SO_BINDTODEVICE, name.data(),
                   static_cast<socklen_t>(name.size())) != 0) {
    return failed("SO_BINDTODEVICE");
  }
  return set(IPPROTO_IP, IP_TTL, time_to_live, "IP_TTL")
      .and_then([&] { return set(IPPROTO_IP, IP_MULTICAST_TTL, time_to_live, "IP_MULTICAST_TTL"); })
      .and_then([&] { return set(IPPROTO_IP, IP_MULTICAST_LOOP, 0, "IP_MULTICAST_LOOP"); })
      .and_then([&] { return set(IPPROTO_IP, IP_MULTICAST_ALL, 0, "IP_MULTICAST_ALL"); })
      .and_then([&] { return set(IPPROTO_IP, IP_TOS, IPTOS_CLASS_CS6, "IP_TOS"); })
      .and_then([&] { return set(SOL_SOCKET, SO_PRIORITY, 7, "SO_PRIORITY"); })
      .and_then(
          [&] { return set(IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT, "IP_MTU_DISCOVER"); })
      .and_then([&] { return bind_source(); })
      .and_then([&] { return config_.unicast ? Result<void>{} : join(); });
}

// The bound address filters what is received. Bound to a unicast address, the kernel also sends
// from it; bound to the group, it takes the address of IP_MULTICAST_IF as the source.
Result<void> Socket::bind_source() {
  const int fd = descriptor_.native_handle();
  if (!config_.unicast) {
    const ip_mreqn out{{}, to_in_addr(config_.source), config_.ifindex};
    if (::setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &out, sizeof out) != 0) {
      return failed("IP_MULTICAST_IF");
    }
  }
  const auto local = to_sockaddr(config_.unicast ? config_.source : multicast_group);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0) {
    return failed("bind");
  }
  return {};
}

Result<void> Socket::join() {
  const ip_mreqn group{to_in_addr(multicast_group), {}, config_.ifindex};
  if (::setsockopt(descriptor_.native_handle(), IPPROTO_IP, IP_ADD_MEMBERSHIP, &group,
                   sizeof group) != 0) {
    return failed("IP_ADD_MEMBERSHIP");
  }
  return {};
}

Result<void> Socket::rejoin() {
  if (config_.unicast) return {};
  const ip_mreqn group{to_in_addr(multicast_group), {}, config_.ifindex};
  // Fails where the kernel has already dropped the membership, which is as good.
  (void)::setsockopt(descriptor_.native_handle(), IPPROTO_IP, IP_DROP_MEMBERSHIP, &group,
                     sizeof group);
  return join();
}

Result<void> Socket::send(std::span<const std::uint8_t> payload, Ipv4 destination) {
  const auto to = to_sockaddr(destination);
  const auto sent = ::sendto(descriptor_.native_handle(), payload.data(), payload.size(), 0,
                             reinterpret_cast<const sockaddr*>(&to), sizeof to);
  if (sent < 0) return failed("sendto");
  return {};
}

Result<void> Socket::set(int level, int option, int value, const char* name) {
  if (::setsockopt(descriptor_.native_handle(), level, option, &value, sizeof value) != 0) {
    return failed(name);
  }
  return {};
}

tl::unexpected<Error> Socket::failed(const char* call) const {
  return failure(std::generic_category().message(errno),
                 std::string{call} + " for VRRP on " + config_.interface);
}

// Until it is bound, a new raw socket receives from every interface.
void Socket::discard_backlog() {
  while (::recv(descriptor_.native_handle(), buffer_.data(), buffer_.size(), 0) >= 0) {
  }
}

void Socket::wait() {
  descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                         [this, alive = std::weak_ptr{alive_}](const auto& error) {
                           if (!error && !alive.expired()) read();
                         });
}

// Bounded, so that a flood on the link cannot starve the timers. An error such as ENETDOWN is told
// by the interface monitor; here it only means that there is nothing to read now.
void Socket::read() {
  constexpr int packets_per_wakeup = 64;
  for (int i = 0; i < packets_per_wakeup; ++i) {
    const auto length = ::recv(descriptor_.native_handle(), buffer_.data(), buffer_.size(), 0);
    if (length < 0) break;
    handler_(std::span{buffer_.data(), static_cast<std::size_t>(length)});
  }
  wait();
}

}  // namespace redvip::vrrp
