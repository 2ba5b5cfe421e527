// A metrics server on a loop that has other work, and clients of all kinds.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <string>

#include "catch.hpp"
#include "daemon/metrics_server.hpp"
#include "shell/netlink/tcp.hpp"

namespace redvip::test::metrics {

using daemon::Log;
using daemon::MetricsLimits;
using daemon::MetricsServer;

inline const Endpoint local{IpAddress::parse("127.0.0.1").value(), 0};

inline std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

// Never waits, so that one thread is client and server.
class HttpClient {
 public:
  explicit HttpClient(Endpoint to, int receive_buffer = 0)
      : socket_{::socket(to.address.is_v4() ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0)} {
    if (receive_buffer > 0) {
      ::setsockopt(socket_.fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    const SocketAddress address{to};
    const int connected = ::connect(socket_.fd, address.get(), address.size);
    REQUIRE((connected == 0 || errno == EINPROGRESS || errno == ECONNREFUSED));
    refused_ = connected != 0 && errno == ECONNREFUSED;
  }

  // Waits for the kernel, which answers for a loopback address at once.
  bool refused() {
    pollfd wait{socket_.fd, POLLOUT, 0};
    REQUIRE(::poll(&wait, 1, patience_ms) == 1);
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket_.fd, SOL_SOCKET, SO_ERROR, &error, &size);
    return refused_ || error == ECONNREFUSED;
  }

  // How much of it the kernel took.
  std::size_t send(const std::string& text) {
    const auto sent = ::send(socket_.fd, text.data(), text.size(), MSG_NOSIGNAL);
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
  }
  // Reads what is there. True: the server has closed.
  bool closed() {
    std::array<char, 65536> buffer{};
    for (;;) {
      const auto got = ::recv(socket_.fd, buffer.data(), buffer.size(), 0);
      if (got < 0) return errno != EAGAIN && errno != EINPROGRESS && errno != ENOTCONN;
      if (got == 0) return true;
      received.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }

  std::string received;

 private:
  Socket socket_;
  bool refused_ = false;
};

// A server on a loop on which something else has to be done all the time.
struct Bench {
  explicit Bench(const MetricsLimits& given = {}) : limits{given} { tick(); }

  Endpoint listen(const Endpoint& at = local) {
    server.listen(at);
    REQUIRE(server.address());
    return *server.address();
  }
  // A condition may be asked again after it held.
  bool eventually(const std::function<bool()>& holds) { return test::eventually(io, holds); }
  void send(HttpClient& client, const std::string& what) {
    std::size_t sent = 0;
    REQUIRE(eventually([&] {
      if (sent < what.size()) sent += client.send(what.substr(sent));
      return sent == what.size();
    }));
  }
  std::string answer(Endpoint to, const std::string& request) {
    HttpClient client{to};
    send(client, request);
    REQUIRE(eventually([&] { return client.closed(); }));
    return client.received;
  }
  void require_honest_client_is_served(Endpoint at) {
    CHECK(answer(at, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").ends_with("\r\n\r\n" + text));
  }

  void tick() {
    timer.expires_after(Millis{5});
    timer.async_wait([this](boost::system::error_code cancelled) {
      if (cancelled) return;
      ++ticks;
      if (on_tick) on_tick();
      tick();
    });
  }

  MetricsLimits limits;
  boost::asio::io_context io;
  Log log{DaemonConfig{}};
  std::string text = "redvip_up 1\n";
  int built = 0;
  MetricsServer server{io, log,
                       [this] {
                         ++built;
                         return text;
                       },
                       limits};
  boost::asio::steady_timer timer{io};
  int ticks = 0;
  std::function<void()> on_tick;
};

}  // namespace redvip::test::metrics
