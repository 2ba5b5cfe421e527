// One client of the metrics: one request, one answer, and it is closed. However slow or hostile, it
// costs the loop a few short turns in a few seconds.
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#include <functional>
#include <memory>
#include <string>

#include "core/types.hpp"

namespace redvip::daemon {

struct MetricsLimits {
  std::size_t connections = 16;  // one more, and the oldest is closed
  std::uint32_t header = 8192;   // bytes of a request
  Millis lifetime{5000};         // of a connection, from its acceptance to its end
  Millis between_accepts{10};    // a flood waits in the kernel's queue, and is dropped there
  Millis between_reads{5};       // of a request that comes in pieces
  Millis fresh{500};             // a text is so old at most
  Millis retry{10'000};          // where the address cannot be listened on
};

class MetricsConnection : public std::enable_shared_from_this<MetricsConnection> {
 public:
  using Body = std::shared_ptr<const std::string>;

  // `body` is asked for when the request is a good one. `closed` is called when it has come to its
  // end, unless close() was called.
  MetricsConnection(boost::asio::ip::tcp::socket socket, const MetricsLimits& limits,
                    std::function<Body()> body, std::function<void()> closed);
  MetricsConnection(const MetricsConnection&) = delete;
  MetricsConnection& operator=(const MetricsConnection&) = delete;

  void start();
  void close();

 private:
  void read();
  void got(std::size_t bytes);
  void answer();
  void answer(boost::beast::http::status status, const std::string& text);
  void write(boost::beast::http::status status, const std::string& fields, Body body,
             bool with_body);
  void linger();
  void finish();

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer deadline_;
  boost::asio::steady_timer pause_;
  const MetricsLimits limits_;
  std::function<Body()> body_;
  std::function<void()> closed_;
  boost::beast::flat_buffer input_;
  boost::beast::http::request_parser<boost::beast::http::empty_body> request_;
  std::string head_;
  Body sending_;
  std::array<char, 4096> discarded_;
  int lingering_reads_ = 0;
};

}  // namespace redvip::daemon
