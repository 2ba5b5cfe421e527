#include "broken_master.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

#include "catch.hpp"

namespace redvip::history {
namespace {

// PING, REPLCONF, and then PSYNC: an ID and an offset of its own, and a file that is no RDB file.
std::string answer(const std::string& asked) {
  if (asked.find("PSYNC") == std::string::npos) return "+OK\r\n";
  return "+FULLRESYNC " + std::string(40, 'b') + " 5000\r\n$20\r\nthis is no RDB file.";
}

}  // namespace

BrokenMaster::BrokenMaster(std::uint16_t port)
    : listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  const int yes = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(listener_, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
  REQUIRE(::listen(listener_, 1) == 0);
  thread_ = std::thread{[this] { serve_once(); }};
}

BrokenMaster::~BrokenMaster() {
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

// A handshake's commands come one at a time, or some at once: each of them gets its own answer.
void BrokenMaster::serve_once() {
  const int replica = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (replica < 0) return;
  std::array<char, 4096> buffer{};
  for (;;) {
    const auto size = ::read(replica, buffer.data(), buffer.size());
    if (size <= 0) break;
    const std::string asked{buffer.data(), static_cast<std::size_t>(size)};
    std::string answers;
    for (auto at = asked.find('*'); at != std::string::npos;) {
      const auto next = asked.find("\n*", at);
      answers += answer(asked.substr(at, next - at));
      at = next == std::string::npos ? next : next + 1;
    }
    if (::write(replica, answers.data(), answers.size()) < 0) break;
  }
  ::close(replica);
}

}  // namespace redvip::history
