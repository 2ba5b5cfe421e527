#include "vrrp/receiver.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

namespace redvip::vrrp {
namespace {

// What 10,000 packets a second fill while the loop is busy elsewhere for 50 ms.
constexpr int receive_buffer = 1 << 20;  // octets

IpAddress to_address(const in6_addr& address) {
  IpAddress::V6 octets{};
  std::copy_n(address.s6_addr, octets.size(), octets.begin());
  return IpAddress{octets};
}

template <class Value>
bool read_control(msghdr& message, int type, Value& value) {
  for (auto* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != IPPROTO_IPV6 || header->cmsg_type != type) continue;
    std::memcpy(&value, CMSG_DATA(header), sizeof value);
    return true;
  }
  return false;
}

// nullopt: the kernel left something out, so that it could not be checked.
std::optional<Datagram::Ipv6Header> read_ipv6_header(msghdr& message, const sockaddr_in6& from) {
  in6_pktinfo arrival{};
  int hop_limit = 0;
  if (!read_control(message, IPV6_PKTINFO, arrival) ||
      !read_control(message, IPV6_HOPLIMIT, hop_limit)) {
    return std::nullopt;
  }
  return Datagram::Ipv6Header{to_address(from.sin6_addr), to_address(arrival.ipi6_addr),
                              static_cast<std::uint8_t>(hop_limit)};
}

}  // namespace

Receiver::Receiver(boost::asio::io_context& io, ReceiverConfig config, RawSocket socket,
                   PacketHandler handler)
    : config_{std::move(config)},
      socket_{std::move(socket)},
      handler_{std::move(handler)},
      descriptor_{io} {}

Receiver::~Receiver() {
  if (descriptor_.is_open()) descriptor_.release();
}

Result<std::unique_ptr<Receiver>> Receiver::open(boost::asio::io_context& io,
                                                 const ReceiverConfig& config,
                                                 PacketHandler handler) {
  auto socket = RawSocket::open(config.bound_to.family(), config.protocol, config.interface);
  if (!socket) return tl::unexpected(socket.error());
  std::unique_ptr<Receiver> receiver{
      new Receiver{io, config, std::move(*socket), std::move(handler)}};
  const auto ready = receiver->configure().and_then([&] { return receiver->watch(); });
  if (!ready) return tl::unexpected(ready.error());
  receiver->discard_backlog();
  receiver->wait();
  return receiver;
}

Result<void> Receiver::configure() {
  return socket_.bind_to_device(config_.interface)
      .and_then(
          [&] { return socket_.set(SOL_SOCKET, SO_RCVBUFFORCE, receive_buffer, "SO_RCVBUFFORCE"); })
      .and_then([&] { return config_.bound_to.is_v4() ? configure_v4() : configure_v6(); })
      .and_then([&] { return socket_.bind(config_.bound_to, config_.ifindex); })
      .and_then([&] { return config_.bound_to.multicast() ? join() : Result<void>{}; });
}

// MULTICAST_ALL 0: otherwise a group that any other process joined would be delivered here.
Result<void> Receiver::configure_v4() {
  return socket_.set(IPPROTO_IP, IP_MULTICAST_ALL, 0, "IP_MULTICAST_ALL");
}

// IPV6_CHECKSUM stays unset: with it the kernel would drop silently what receive() counts.
Result<void> Receiver::configure_v6() {
  return socket_.set(IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0, "IPV6_MULTICAST_ALL")
      .and_then([&] { return socket_.set(IPPROTO_IPV6, IPV6_RECVPKTINFO, 1, "IPV6_RECVPKTINFO"); })
      .and_then(
          [&] { return socket_.set(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1, "IPV6_RECVHOPLIMIT"); });
}

Result<void> Receiver::change_membership(int v4_option, int v6_option, const char* name) {
  if (config_.bound_to.is_v4()) {
    const ip_mreqn group{{htonl(config_.bound_to.v4())}, {}, config_.ifindex};
    return socket_.set(IPPROTO_IP, v4_option, group, name);
  }
  ipv6_mreq group{};
  std::ranges::copy(config_.bound_to.v6(), group.ipv6mr_multiaddr.s6_addr);
  group.ipv6mr_interface = static_cast<unsigned>(config_.ifindex);
  return socket_.set(IPPROTO_IPV6, v6_option, group, name);
}

Result<void> Receiver::join() {
  return change_membership(IP_ADD_MEMBERSHIP, IPV6_JOIN_GROUP, "joining the group");
}

Result<void> Receiver::rejoin() {
  if (!config_.bound_to.multicast()) return {};
  // Fails where the kernel has already dropped the membership, which is as good.
  (void)change_membership(IP_DROP_MEMBERSHIP, IPV6_LEAVE_GROUP, "leaving the group");
  return join();
}

Result<void> Receiver::watch() {
  boost::system::error_code error;
  descriptor_.assign(socket_.get(), error);
  if (error) return failure(error.message(), "epoll_ctl on " + config_.interface);
  return {};
}

// Until it is bound, a new raw socket receives from every interface.
void Receiver::discard_backlog() {
  while (::recv(socket_.get(), buffer_.data(), buffer_.size(), 0) >= 0) {
  }
}

void Receiver::wait() {
  descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                         [this, alive = std::weak_ptr{alive_}](const auto& error) {
                           if (!error && !alive.expired()) read();
                         });
}

// Bounded, so that a flood on the link cannot starve the timers: they come after each wake-up.
void Receiver::read() {
  constexpr int packets_per_wakeup = 64;
  for (int i = 0; i < packets_per_wakeup && read_one(); ++i) {
  }
  wait();
}

// False: nothing to read. An error such as ENETDOWN is told by the interface monitor; here it means
// no more than that.
bool Receiver::read_one() {
  sockaddr_in6 from{};
  iovec payload{buffer_.data(), buffer_.size()};
  alignas(cmsghdr) std::array<char, 128> control{};
  msghdr message{};
  message.msg_name = &from;
  message.msg_namelen = sizeof from;
  message.msg_iov = &payload;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const auto length = ::recvmsg(socket_.get(), &message, 0);
  if (length < 0) return false;

  Datagram datagram{OctetView{buffer_.data(), static_cast<std::size_t>(length)}, std::nullopt};
  if (!config_.bound_to.is_v4()) {
    datagram.ipv6 = read_ipv6_header(message, from);
    if (!datagram.ipv6) return true;
  }
  handler_(datagram);
  return true;
}

}  // namespace redvip::vrrp
