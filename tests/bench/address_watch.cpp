#include "bench/address_watch.hpp"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace redvip::bench {
namespace {

int open_socket(const lab::Host& host) {
  const lab::Inside here{host.net};
  const int fd = ::socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
  sockaddr_nl groups{};
  groups.nl_family = AF_NETLINK;
  groups.nl_groups = RTMGRP_IPV4_IFADDR;
  if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&groups), sizeof groups) != 0) {
    throw lab::system_error("netlink socket");
  }
  return fd;
}

// Whether a notification says that this address is there.
bool tells_of(const char* data, std::size_t size, in_addr wanted) {
  int left = static_cast<int>(size);
  for (auto* header = reinterpret_cast<const nlmsghdr*>(data); NLMSG_OK(header, left);
       header = NLMSG_NEXT(header, left)) {
    if (header->nlmsg_type != RTM_NEWADDR) continue;
    const auto* body = static_cast<const ifaddrmsg*>(NLMSG_DATA(header));
    int length = static_cast<int>(IFA_PAYLOAD(header));
    for (auto* each = IFA_RTA(body); RTA_OK(each, length); each = RTA_NEXT(each, length)) {
      const bool local = each->rta_type == IFA_LOCAL;
      if (local && static_cast<const in_addr*>(RTA_DATA(each))->s_addr == wanted.s_addr)
        return true;
    }
  }
  return false;
}

}  // namespace

AddressWatch::AddressWatch(const lab::Host& host, std::string address)
    : socket_{open_socket(host)}, address_{std::move(address)}, thread_{[this] { listen(); }} {}

AddressWatch::~AddressWatch() {
  stopping_ = true;
  thread_.join();
  ::close(socket_);
}

void AddressWatch::listen() {
  in_addr wanted{};
  ::inet_pton(AF_INET, address_.c_str(), &wanted);
  alignas(nlmsghdr) std::array<char, 8192> data{};
  while (!stopping_) {
    pollfd ready{socket_, POLLIN, 0};
    if (::poll(&ready, 1, 50) <= 0) continue;
    const auto at = std::chrono::system_clock::now();
    const ssize_t size = ::recv(socket_, data.data(), data.size(), 0);
    if (size <= 0 || !tells_of(data.data(), static_cast<std::size_t>(size), wanted)) continue;
    const std::lock_guard lock{mutex_};
    if (!came_) came_ = at;
  }
}

std::optional<WireTime> AddressWatch::came() const {
  const std::lock_guard lock{mutex_};
  return came_;
}

}  // namespace redvip::bench
