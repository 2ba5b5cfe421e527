// The descriptor of a raw socket (raw(7), ipv6(7)) and the options that VRRP needs of it.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <string>
#include <utility>

#include "core/result.hpp"
#include "core/types.hpp"

namespace redvip::vrrp {

// An address as the kernel takes it; `ifindex` is the zone of a link-local IPv6 address.
struct KernelAddress {
  KernelAddress(IpAddress address, int ifindex);
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }

  sockaddr_storage storage{};
  socklen_t length = 0;
};

class RawSocket {
 public:
  // Non-blocking. `interface` is only for errors, which name it with the call that failed.
  [[nodiscard]] static Result<RawSocket> open(Family family, int protocol, std::string interface);
  ~RawSocket();
  RawSocket(RawSocket&& other) noexcept;
  RawSocket& operator=(RawSocket&&) = delete;
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;

  template <class Value>
  [[nodiscard]] Result<void> set(int level, int option, const Value& value, const char* name) {
    if (::setsockopt(fd_, level, option, &value, sizeof value) != 0) return failed(name);
    return {};
  }
  [[nodiscard]] Result<void> bind_to_device(const std::string& device);
  [[nodiscard]] Result<void> bind(IpAddress address, int ifindex);

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] tl::unexpected<Error> failed(const char* call) const;  // says errno

 private:
  RawSocket(int fd, std::string interface) : fd_{fd}, interface_{std::move(interface)} {}

  int fd_;
  std::string interface_;
};

}  // namespace redvip::vrrp
