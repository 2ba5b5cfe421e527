#include "daemon/metrics_server.hpp"

#include <algorithm>
#include <boost/asio/ip/v6_only.hpp>
#include <list>

#include "daemon/clock.hpp"
#include "daemon/complaints.hpp"

namespace redvip::daemon {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

tcp::endpoint to_asio(const Endpoint& at) {
  const auto octets = at.address.octets();
  if (at.address.is_v4()) return {asio::ip::address_v4{at.address.v4()}, at.port};
  asio::ip::address_v6::bytes_type bytes{};
  std::ranges::copy(octets, bytes.begin());
  return {asio::ip::address_v6{bytes}, at.port};
}

std::string cure(const boost::system::error_code& error) {
  if (error == asio::error::address_in_use) {
    return "end what listens there (`ss -ltnp` names it), or put another port into daemon.metrics";
  }
  if (error == boost::system::errc::address_not_available) {
    return "no interface of this host has that address: put one into daemon.metrics that it has, "
           "such as 127.0.0.1";
  }
  if (error == asio::error::access_denied) {
    return "it takes a right that redvip does not have: put a port above 1023 into daemon.metrics";
  }
  return "see daemon.metrics";
}

// A text is built anew when it is asked for and older than that.
std::function<MetricsConnection::Body()> cached(MetricsServer::Text text, Millis fresh) {
  struct Cache {
    MetricsConnection::Body body;
    Instant built{};
  };
  return [text = std::move(text), fresh, cache = std::make_shared<Cache>()] {
    if (!cache->body || now() - cache->built >= fresh) {
      cache->body = std::make_shared<const std::string>(text());
      cache->built = now();
    }
    return cache->body;
  };
}

}  // namespace

class MetricsServer::Listener : public std::enable_shared_from_this<Listener> {
 public:
  Listener(asio::io_context& io, const Log& log, const Endpoint& at, const MetricsLimits& limits,
           std::function<MetricsConnection::Body()> body)
      : at_{at},
        limits_{limits},
        body_{std::move(body)},
        log_{log},
        complaints_{log, "metrics"},
        acceptor_{io},
        timer_{io} {}

  void start() {
    if (const auto error = open()) {
      complaints_.say({at_.text() + " cannot be listened on (" + error.message() +
                           "), so nobody can read the metrics: " + cure(error) +
                           ". The services go on; it is tried again every " +
                           std::to_string(std::chrono::floor<Seconds>(limits_.retry).count()) +
                           " s",
                       {}});
      return after(limits_.retry, [this] { start(); });
    }
    log_.info("metrics: at http://" + at_.text() + "/metrics");
    accept();
  }

  void stop() {
    stopped_ = true;
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    timer_.cancel();
    for (const auto& connection : std::exchange(connections_, {})) connection->close();
  }

  [[nodiscard]] std::optional<Endpoint> address() const {
    boost::system::error_code error;
    const auto local = acceptor_.local_endpoint(error);
    if (error) return std::nullopt;
    return Endpoint{at_.address, local.port()};
  }
  [[nodiscard]] std::size_t connections() const { return connections_.size(); }

 private:
  boost::system::error_code open() {
    const auto at = to_asio(at_);
    boost::system::error_code error;
    acceptor_.close(error);
    acceptor_.open(at.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address{true}, error);
    // "[::]" is IPv6 only: nothing is listened on that was not asked for.
    if (!error && !at_.address.is_v4()) acceptor_.set_option(asio::ip::v6_only{true}, error);
    if (!error) acceptor_.bind(at, error);
    if (!error) acceptor_.listen(static_cast<int>(limits_.connections), error);
    return error;
  }

  // What comes back after stop() finds that it is over.
  template <class Then>
  void after(Millis time, Then then) {
    timer_.expires_after(time);
    timer_.async_wait([self = shared_from_this(), then](boost::system::error_code cancelled) {
      if (!cancelled && !self->stopped_) then();
    });
  }

  void accept() {
    acceptor_.async_accept(
        [self = shared_from_this()](boost::system::error_code error, tcp::socket socket) {
          if (self->stopped_) return;
          if (error) {
            // No file descriptor left, say; at once it would fail again.
            self->complaints_.say({"no connection can be accepted: " + error.message(), {}});
            return self->after(self->limits_.retry, [self = self.get()] { self->accept(); });
          }
          self->admit(std::move(socket));
          self->after(self->limits_.between_accepts, [self = self.get()] { self->accept(); });
        });
  }

  // The newest is the likeliest to be an honest client's, which is served in a moment.
  void admit(tcp::socket socket) {
    while (connections_.size() >= limits_.connections) {
      connections_.front()->close();
      connections_.pop_front();
    }
    const auto place = connections_.emplace(connections_.end());
    *place = std::make_shared<MetricsConnection>(std::move(socket), limits_, body_,
                                                 [weak = weak_from_this(), place] {
                                                   if (const auto self = weak.lock())
                                                     self->connections_.erase(place);
                                                 });
    (*place)->start();
  }

  const Endpoint at_;
  const MetricsLimits limits_;
  std::function<MetricsConnection::Body()> body_;
  const Log& log_;
  Complaints complaints_;
  tcp::acceptor acceptor_;
  asio::steady_timer timer_;
  std::list<std::shared_ptr<MetricsConnection>> connections_;  // the oldest first
  bool stopped_ = false;
};

MetricsServer::MetricsServer(asio::io_context& io, const Log& log, Text text,
                             const MetricsLimits& limits)
    : io_{io}, log_{log}, limits_{limits}, body_{cached(std::move(text), limits.fresh)} {}

MetricsServer::~MetricsServer() {
  if (listener_) listener_->stop();
}

void MetricsServer::listen(const std::optional<Endpoint>& at) {
  if (at == wanted_) return;
  wanted_ = at;
  if (listener_) listener_->stop();
  listener_.reset();
  if (!at) return log_.info("metrics: off");
  listener_ = std::make_shared<Listener>(io_, log_, *at, limits_, body_);
  listener_->start();
}

std::optional<Endpoint> MetricsServer::address() const {
  return listener_ ? listener_->address() : std::nullopt;
}

std::size_t MetricsServer::connections() const {
  return listener_ ? listener_->connections() : 0;
}

}  // namespace redvip::daemon
