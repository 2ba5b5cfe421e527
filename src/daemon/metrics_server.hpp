// The metrics over HTTP: GET /metrics and nothing else, on the daemon's own loop, at one address.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/types.hpp"
#include "daemon/log.hpp"
#include "daemon/metrics_connection.hpp"

namespace redvip::daemon {

class MetricsServer {
 public:
  using Text = std::function<std::string()>;

  // All must outlive it. `text` is what is answered, asked for at most once per `limits.fresh`.
  MetricsServer(boost::asio::io_context& io, const Log& log, Text text,
                const MetricsLimits& limits = {});
  ~MetricsServer();
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;

  // There from now on, or nowhere; where it was before, every connection is closed. Where it cannot
  // be listened on, that is a warning, once, and it is tried again every so often.
  void listen(const std::optional<Endpoint>& at);
  // Where it listens now; of port 0, the one that was found.
  [[nodiscard]] std::optional<Endpoint> address() const;
  [[nodiscard]] std::size_t connections() const;

 private:
  class Listener;  // what is pending refers to it, so that a server may go at any time
  boost::asio::io_context& io_;
  const Log& log_;
  const MetricsLimits limits_;
  std::function<MetricsConnection::Body()> body_;
  std::optional<Endpoint> wanted_;
  std::shared_ptr<Listener> listener_;
};

}  // namespace redvip::daemon
