#include "daemon/track_ping.hpp"

#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/icmp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <random>
#include <span>

namespace redvip::daemon {
namespace {

namespace asio = boost::asio;
using asio::ip::icmp;
using boost::system::error_code;
using Clock = asio::steady_timer::clock_type;
using Octets = std::span<const std::uint8_t>;

// Octets 0..7 are the ICMP header: type, code, checksum, identifier, sequence number. What follows
// tells our replies from those of every other ping on this host, so that the identifier need not:
// the kernel overwrites that of a datagram socket.
using Request = std::array<std::uint8_t, 16>;

// RFC 1071. For IPv6 the kernel does it.
std::uint16_t internet_checksum(const Request& message) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < message.size(); i += 2)
    sum += static_cast<std::uint32_t>(message[i] << 8 | message[i + 1]);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

void put(Request& message, std::size_t at, std::uint16_t value) {
  message[at] = static_cast<std::uint8_t>(value >> 8);
  message[at + 1] = static_cast<std::uint8_t>(value);
}

Request new_request(bool v4) {
  Request request{};
  std::random_device random;
  std::generate(request.begin() + 4, request.end(),
                [&] { return static_cast<std::uint8_t>(random()); });
  request[0] = v4 ? ICMP_ECHO : ICMP6_ECHO_REQUEST;
  put(request, 2, internet_checksum(request));
  return request;
}

bool answers(Octets reply, const Request& request, bool v4) {
  const std::uint8_t type = v4 ? ICMP_ECHOREPLY : ICMP6_ECHO_REPLY;
  return reply.size() == request.size() && reply[0] == type && reply[1] == 0 &&
         std::equal(reply.begin() + 6, reply.end(), request.begin() + 6);
}

// A raw IPv4 socket gives the IP header along.
Octets without_ip_header(Octets packet) {
  const std::size_t length = packet.empty() ? 0 : (packet[0] & 0xfU) * 4U;
  return packet.subspan(std::min(length, packet.size()));
}

icmp::endpoint endpoint_of(const IpAddress& address) {
  if (address.is_v4()) return {asio::ip::make_address_v4(address.v4()), 0};
  return {asio::ip::make_address_v6(address.v6()), 0};
}

error_code last_error() {
  return {errno, boost::system::system_category()};
}

}  // namespace

// A socket for each request: it has the route and source address of the moment, and nothing in it
// is of an earlier one.
struct PingTracker::State : std::enable_shared_from_this<State> {
  icmp::endpoint target;
  bool v4;
  PingTrack track;
  Report report;
  icmp::socket socket;
  bool raw = false;
  Request request{};
  asio::steady_timer timer;
  Clock::time_point started;

  State(asio::io_context& io, PingTrack what, Report to)
      : target{endpoint_of(what.target)},
        v4{what.target.is_v4()},
        track{what},
        report{std::move(to)},
        socket{io},
        timer{io} {}

  void at(Clock::time_point when, void (State::*then)()) {
    timer.expires_at(when);
    timer.async_wait([weak = weak_from_this(), then](const error_code& cancelled) {
      const auto self = weak.lock();
      if (self && !cancelled) (self.get()->*then)();
    });
  }

  void start() {
    started = Clock::now();
    request = new_request(v4);
    error_code error = open();
    if (!error) socket.connect(target, error);  // from here on only the target is heard
    if (!error) socket.send(asio::buffer(request), 0, error);
    if (error) return finish(failure("cannot be asked: " + error.message(), target_text()));
    wait();
    at(started + track.timeout, &State::expired);
  }

  error_code open() {
    const int family = target.protocol().family();
    const int protocol = target.protocol().protocol();
    constexpr int flags = SOCK_CLOEXEC | SOCK_NONBLOCK;
    int fd = ::socket(family, SOCK_DGRAM | flags, protocol);
    raw = fd < 0;
    if (raw) fd = ::socket(family, SOCK_RAW | flags, protocol);
    if (fd < 0) return last_error();
    error_code error;
    if (socket.assign(target.protocol(), fd, error); error) ::close(fd);
    if (!error) socket.non_blocking(true, error);
    if (error) return error;
    // Also an "unreachable" that may yet pass, as the kernel sees it, is told.
    const int on = 1;
    const int done = v4 ? ::setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on)
                        : ::setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
    return done == 0 ? error : last_error();
  }

  void wait() {
    socket.async_wait(icmp::socket::wait_read,
                      [weak = weak_from_this(), asked = started](const error_code& cancelled) {
                        const auto self = weak.lock();
                        const bool stale = !self || cancelled || self->started != asked;
                        if (!stale && self->socket.is_open() && self->receive()) self->wait();
                      });
  }

  // False: that was the end of it. At most so many at a time, however many come.
  bool receive() {
    for (int i = 0; i < 16; ++i) {
      std::array<std::uint8_t, 256> buffer;
      icmp::endpoint from;
      error_code error;
      const auto size = socket.receive_from(asio::buffer(buffer), from, 0, error);
      if (error == asio::error::would_block) return true;
      if (error) {
        finish(failure("cannot be reached: " + error.message(), target_text()));
        return false;
      }
      const auto packet = Octets{buffer}.first(size);
      // A datagram socket takes a reply to its identifier from anybody, connected or not.
      if (from.address() == target.address() &&
          answers(v4 && raw ? without_ip_header(packet) : packet, request, v4)) {
        finish({});
        return false;
      }
    }
    return true;
  }

  // Where it is only we who are late, Asio has seen the answer before the timer.
  void expired() {
    const auto time = std::chrono::duration_cast<Millis>(track.timeout).count();
    finish(failure("no answer within " + std::to_string(time) + " ms", target_text()));
  }

  void finish(const Result<void>& result) {
    error_code ignored;
    socket.close(ignored);
    at(started + track.interval, &State::start);
    report(result);
  }

  [[nodiscard]] std::string target_text() const { return "ping " + track.target.text(); }
};

PingTracker::PingTracker(asio::io_context& io, PingTrack track, Report report)
    : state_{std::make_shared<State>(io, track, std::move(report))} {
  state_->at(Clock::now(), &State::start);
}

}  // namespace redvip::daemon
