// What the tests of DrainGuard and ClientGate have in common: TCP connections, and other daemons.
#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <functional>
#include <utility>

#include "namespace.hpp"

namespace redvip::test {

inline constexpr int patience_ms = 20'000;  // bounds a failure only

struct Socket {
  explicit Socket(int descriptor) : fd{descriptor} { REQUIRE(fd >= 0); }
  Socket(Socket&& other) noexcept : fd{std::exchange(other.fd, -1)} {}
  Socket& operator=(Socket&&) = delete;
  ~Socket() {
    if (fd >= 0) close(fd);
  }
  int fd;
};

inline sockaddr_in ipv4(Endpoint endpoint) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(endpoint.port);
  result.sin_addr.s_addr = htonl(endpoint.address.value());
  return result;
}

inline Socket listener_on(Endpoint endpoint) {
  const auto where = ipv4(endpoint);
  Socket listener{socket(AF_INET, SOCK_STREAM, 0)};
  REQUIRE(bind(listener.fd, reinterpret_cast<const sockaddr*>(&where), sizeof(where)) == 0);
  REQUIRE(listen(listener.fd, 16) == 0);
  return listener;
}

// May still be waiting for an answer to its SYN.
inline Socket connecting_to(Endpoint endpoint) {
  const auto where = ipv4(endpoint);
  Socket client{socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)};
  const int buffer = 200'000;
  REQUIRE(setsockopt(client.fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer)) == 0);
  const int code = connect(client.fd, reinterpret_cast<const sockaddr*>(&where), sizeof(where));
  REQUIRE((code == 0 || errno == EINPROGRESS));
  return client;
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

inline std::string tables() {
  const auto pipe = popen("nft list tables", "r");
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
