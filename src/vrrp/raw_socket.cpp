#include "vrrp/raw_socket.hpp"

#include <arpa/inet.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace redvip::vrrp {
namespace {

tl::unexpected<Error> failed_on(const std::string& interface, const char* call) {
  return failure(std::generic_category().message(errno),
                 std::string{call} + " for VRRP on " + interface);
}

}  // namespace

KernelAddress::KernelAddress(IpAddress address, int ifindex) {
  if (address.is_v4()) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_addr.s_addr = htonl(address.v4());
    std::memcpy(&storage, &v4, sizeof v4);
    length = sizeof v4;
    return;
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_scope_id = static_cast<std::uint32_t>(ifindex);
  std::ranges::copy(address.v6(), v6.sin6_addr.s6_addr);
  std::memcpy(&storage, &v6, sizeof v6);
  length = sizeof v6;
}

Result<RawSocket> RawSocket::open(Family family, int protocol, std::string interface) {
  const int domain = family == Family::ipv4 ? AF_INET : AF_INET6;
  const int fd = ::socket(domain, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
  if (fd < 0) return failed_on(interface, "socket");
  return RawSocket{fd, std::move(interface)};
}

RawSocket::~RawSocket() {
  if (fd_ >= 0) ::close(fd_);
}

RawSocket::RawSocket(RawSocket&& other) noexcept
    : fd_{std::exchange(other.fd_, -1)}, interface_{std::move(other.interface_)} {}

Result<void> RawSocket::bind_to_device(const std::string& device) {
  if (::setsockopt(fd_, SOL_SOCKET, SO_BINDTODEVICE, device.data(),
                   static_cast<socklen_t>(device.size())) != 0) {
    return failed("SO_BINDTODEVICE");
  }
  return {};
}

Result<void> RawSocket::bind(IpAddress address, int ifindex) {
  const KernelAddress local{address, ifindex};
  if (::bind(fd_, local.get(), local.length) != 0) return failed("bind");
  return {};
}

tl::unexpected<Error> RawSocket::failed(const char* call) const {
  return failed_on(interface_, call);
}

}  // namespace redvip::vrrp
