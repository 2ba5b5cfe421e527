#include "daemon/metrics_connection.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>

#include "daemon/metrics_text.hpp"

namespace redvip::daemon {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

constexpr std::size_t read_at_most = 4096;
// What a client still sends while we want to close: else the kernel resets the connection, and the
// answer may be lost with it.
constexpr int most_lingering_reads = 16;

}  // namespace

MetricsConnection::MetricsConnection(asio::ip::tcp::socket socket, const MetricsLimits& limits,
                                     std::function<Body()> body, std::function<void()> closed)
    : socket_{std::move(socket)},
      deadline_{socket_.get_executor()},
      pause_{socket_.get_executor()},
      limits_{limits},
      body_{std::move(body)},
      closed_{std::move(closed)},
      input_{limits.header + read_at_most} {
  request_.header_limit(limits.header);
}

// One deadline for all that follows. Not beast::tcp_stream's: that is one of each read and write,
// and whoever sends a byte now and then always has one that is not over.
void MetricsConnection::start() {
  deadline_.expires_after(limits_.lifetime);
  deadline_.async_wait([weak = weak_from_this()](boost::system::error_code cancelled) {
    const auto self = weak.lock();
    if (self && !cancelled) self->finish();
  });
  read();
}

void MetricsConnection::close() {
  closed_ = nullptr;
  finish();
}

void MetricsConnection::read() {
  socket_.async_read_some(
      input_.prepare(read_at_most),
      [self = shared_from_this()](boost::system::error_code error, std::size_t bytes) {
        if (error) return self->finish();
        self->got(bytes);
      });
}

// A request comes in one piece. One that does not can wait, so that nobody keeps the loop busy by
// sending it byte by byte.
void MetricsConnection::got(std::size_t bytes) {
  input_.commit(bytes);
  boost::system::error_code error;
  input_.consume(request_.put(input_.data(), error));
  if (request_.is_header_done()) return answer();
  if (error == http::error::need_more && input_.size() < limits_.header) {
    pause_.expires_after(limits_.between_reads);
    pause_.async_wait([self = shared_from_this()](boost::system::error_code cancelled) {
      if (!cancelled) self->read();
    });
    return;
  }
  if (error == http::error::need_more || error == http::error::header_limit) {
    return answer(http::status::request_header_fields_too_large, "the request is too long\n");
  }
  answer(http::status::bad_request, "not an HTTP request\n");
}

void MetricsConnection::answer() {
  const auto& request = request_.get();
  const std::string_view target{request.target().data(), request.target().size()};
  if (target.substr(0, target.find('?')) != "/metrics") {
    return answer(http::status::not_found, "there is only /metrics\n");
  }
  const bool head = request.method() == http::verb::head;
  if (!head && request.method() != http::verb::get) {
    return answer(http::status::method_not_allowed, "only GET and HEAD\n");
  }
  write(http::status::ok, "Content-Type: " + std::string{metrics_content_type} + "\r\n", body_(),
        !head);
}

void MetricsConnection::answer(http::status status, const std::string& text) {
  const std::string allowed =
      status == http::status::method_not_allowed ? "Allow: GET, HEAD\r\n" : "";
  write(status, "Content-Type: text/plain; charset=utf-8\r\n" + allowed,
        std::make_shared<const std::string>(text), true);
}

void MetricsConnection::write(http::status status, const std::string& fields, Body body,
                              bool with_body) {
  const auto reason = http::obsolete_reason(status);
  head_ = "HTTP/1.1 " + std::to_string(static_cast<unsigned>(status)) + ' ' +
          std::string{reason.data(), reason.size()} + "\r\nConnection: close\r\n" + fields +
          "Content-Length: " + std::to_string(body->size()) + "\r\n\r\n";
  sending_ = std::move(body);
  const std::array<asio::const_buffer, 2> parts{
      asio::buffer(head_), with_body ? asio::buffer(*sending_) : asio::const_buffer{}};
  asio::async_write(socket_, parts,
                    [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                      if (error) return self->finish();
                      self->socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
                      self->linger();
                    });
}

// Until the client closes as well.
void MetricsConnection::linger() {
  if (++lingering_reads_ > most_lingering_reads) return finish();
  socket_.async_read_some(
      asio::buffer(discarded_),
      [self = shared_from_this()](boost::system::error_code error, std::size_t) {
        if (error) return self->finish();
        self->linger();
      });
}

void MetricsConnection::finish() {
  deadline_.cancel();
  pause_.cancel();
  boost::system::error_code ignored;
  socket_.close(ignored);
  if (const auto closed = std::exchange(closed_, nullptr)) closed();
}

}  // namespace redvip::daemon
