// What the tests of DrainGuard, ClientGate and SocketDiag have in common: TCP connections,
// other hosts, and other daemons.
#pragma once

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <utility>

#include "namespace.hpp"

namespace redvip::test {

inline constexpr int patience_ms = 20'000;  // bounds a failure only

// The link of these tests has both families; `last` is the last part of the address.
inline IpAddress host(Family family, const std::string& last) {
  return address((family == Family::ipv4 ? "10.77.0." : "fd00:77::") + last);
}

inline void add(const std::string& last, const std::string& device) {
  run("ip addr add " + host(Family::ipv4, last).text() + "/24 dev " + device);
  run("ip addr add " + host(Family::ipv6, last).text() + "/64 nodad dev " + device);
}

struct Socket {
  explicit Socket(int descriptor) : fd{descriptor} { REQUIRE(fd >= 0); }
  Socket(Socket&& other) noexcept : fd{std::exchange(other.fd, -1)} {}
  Socket& operator=(Socket&&) = delete;
  ~Socket() { shut(); }
  void shut() {
    if (fd >= 0) close(std::exchange(fd, -1));
  }
  int fd;
};

struct SocketAddress {
  explicit SocketAddress(Endpoint endpoint) {
    const auto octets = endpoint.address.octets();
    if (endpoint.address.is_v4()) {
      auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
      v4.sin_family = AF_INET;
      v4.sin_port = htons(endpoint.port);
      std::memcpy(&v4.sin_addr, octets.data(), octets.size());
      size = sizeof(v4);
    } else {
      auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
      v6.sin6_family = AF_INET6;
      v6.sin6_port = htons(endpoint.port);
      std::memcpy(&v6.sin6_addr, octets.data(), octets.size());
      size = sizeof(v6);
    }
  }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr_storage storage{};
  socklen_t size = 0;
};

inline Socket listener_on(Endpoint endpoint) {
  const SocketAddress where{endpoint};
  Socket listener{socket(where.storage.ss_family, SOCK_STREAM, 0)};
  const int yes = 1;
  setsockopt(listener.fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  REQUIRE(bind(listener.fd, where.get(), where.size) == 0);
  REQUIRE(listen(listener.fd, 128) == 0);
  return listener;
}

// May still be waiting for an answer to its SYN.
inline Socket connecting_to(Endpoint endpoint) {
  const SocketAddress where{endpoint};
  Socket client{socket(where.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0)};
  const int buffer = 200'000;
  REQUIRE(setsockopt(client.fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer)) == 0);
  const int code = connect(client.fd, where.get(), where.size);
  REQUIRE((code == 0 || errno == EINPROGRESS));
  return client;
}

inline Socket this_namespace() {
  return Socket{open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)};
}

inline void enter(const Socket& network) {
  REQUIRE(setns(network.fd, CLONE_NEWNET) == 0);
}

inline std::string path_of(const Socket& network) {
  return "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(network.fd);
}

inline bool becomes(const Socket& socket, short event, int within_ms = patience_ms) {
  pollfd wanted{socket.fd, event, 0};
  return poll(&wanted, 1, within_ms) == 1;
}

inline void send_text(const Socket& socket, const std::string& text) {
  REQUIRE(send(socket.fd, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
}

// What has arrived by now.
inline std::string arrived(const Socket& socket) {
  std::string text(1 << 20, '\0');
  const auto size = recv(socket.fd, text.data(), text.size(), MSG_DONTWAIT);
  text.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
  return text;
}

inline std::string received(const Socket& socket) {
  return becomes(socket, POLLIN) ? arrived(socket) : "";
}

// Both ends of a connection to this host.
struct Link {
  explicit Link(Endpoint to, const std::function<Socket(Endpoint)>& dial = connecting_to)
      : listener{listener_on(to)}, client{dial(to)}, served{accept_one()} {}
  Socket accept_one() const {
    REQUIRE(becomes(listener, POLLIN));
    return Socket{accept(listener.fd, nullptr, nullptr)};
  }
  // What travels on one loopback device arrives in the order in which it was sent: once this has
  // come through, what was sent before it has arrived, too, or never will.
  bool passes(const std::string& text) const {
    send_text(client, text);
    return received(served) == text;
  }
  Socket listener;
  Socket client;
  Socket served;
};

// But the one that keeps the hooks in use.
inline std::string tables(const char* command = "nft list tables | sed /redvip_hooks/d") {
  const auto pipe = popen(command, "r");
  REQUIRE(pipe != nullptr);
  std::string text(4096, '\0');
  text.resize(fread(text.data(), 1, text.size(), pipe));
  REQUIRE(pclose(pipe) == 0);
  return text;
}

// Another process that keeps what `start` makes, a Result, until it is killed.
class OtherDaemon {
 public:
  template <class Start>
  explicit OtherDaemon(const Start& start) {
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    pid_ = fork();
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) live(start, ends[1]);
    close(ends[1]);
    const Socket ready{ends[0]};
    char byte = 0;
    REQUIRE(read(ready.fd, &byte, 1) == 1);
    REQUIRE(byte == 'y');
  }
  OtherDaemon(const OtherDaemon&) = delete;
  OtherDaemon& operator=(const OtherDaemon&) = delete;
  ~OtherDaemon() { end(); }
  void end() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(std::exchange(pid_, 0), nullptr, 0);
  }

 private:
  template <class Start>
  [[noreturn]] static void live(const Start& start, int report) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // never outlives a test that was itself killed
    const auto kept = start();
    if (write(report, kept ? "y" : "n", 1) != 1) _exit(1);
    for (;;) pause();
  }
  pid_t pid_ = -1;
};

}  // namespace redvip::test
