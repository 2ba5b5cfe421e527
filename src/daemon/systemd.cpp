#include "daemon/systemd.hpp"

#include <unistd.h>

#include <boost/asio/local/datagram_protocol.hpp>
#include <cstdlib>
#include <map>
#include <string_view>

#include "daemon/clock.hpp"

namespace redvip::daemon {
namespace {

constexpr std::size_t named_one_by_one = 4;
constexpr std::size_t longest_path = 107;  // sockaddr_un

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view{value};
}

// sd_watchdog_enabled(3): 0 where there is none, or where it is another process's.
std::int64_t watchdog_micros() {
  const auto whose = environment("WATCHDOG_PID");
  if (!whose.empty() && parse_integer(whose) != ::getpid()) return 0;
  return parse_integer(environment("WATCHDOG_USEC")).value_or(0);
}

}  // namespace

std::string systemd_line(const std::vector<ServiceStatus>& services) {
  std::string line;
  const auto add = [&line](const std::string& text) { line += (line.empty() ? "" : ", ") + text; };
  if (services.size() <= named_one_by_one) {
    for (const auto& service : services) {
      add(service.name + ": " + service.state + (service.paused ? " (paused)" : ""));
    }
    return line;
  }
  std::map<std::string, int> count;
  for (const auto& service : services) ++count[service.state];
  for (const auto& [state, times] : count) add(std::to_string(times) + ' ' + state);
  return std::to_string(services.size()) + " services: " + line;
}

Systemd::Systemd(boost::asio::io_context& io) : timer_{io} {
  const auto limit = watchdog_micros();
  if (limit <= 0) return;
  interval_ = Micros{limit / 3};
  feed();
}

// sd_notify(3) calls its protocol stable and shows it without libsystemd, which would bring six
// more libraries into a process with privileges. Whether anybody listens makes no difference here.
void Systemd::tell(const std::string& text) {
  using boost::asio::local::datagram_protocol;
  std::string path{environment("NOTIFY_SOCKET")};
  if (path.empty() || path.size() > longest_path) return;
  if (path.front() == '@') path.front() = '\0';  // an abstract name (unix(7))
  datagram_protocol::socket socket{timer_.get_executor()};
  boost::system::error_code ignored;
  socket.connect(datagram_protocol::endpoint{path}, ignored);
  socket.send(boost::asio::buffer(text), 0, ignored);
}

void Systemd::feed() {
  tell("WATCHDOG=1");
  timer_.expires_after(*interval_);
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) feed();
  });
}

void Systemd::ready() {
  tell("READY=1");
}

void Systemd::reloading() {
  const auto since = now().time_since_epoch().count();
  tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(since));
}

void Systemd::stopping() {
  tell("STOPPING=1");
}

void Systemd::show(const std::string& line) {
  if (line == shown_) return;
  shown_ = line;
  tell("STATUS=" + line);
}

}  // namespace redvip::daemon
