#include "redis/psync.hpp"

#include <fcntl.h>

#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include "redis/replication_stream.hpp"

namespace redvip::redis {
namespace {

using boost::asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr std::size_t longest_answer = 512;

}  // namespace

std::shared_ptr<Psync> Psync::open(boost::asio::io_context& io, Endpoint at, const Words& greeting,
                                   const std::string& replid, std::int64_t offset,
                                   std::shared_ptr<Tls> tls, Events events) {
  const std::shared_ptr<Psync> psync{new Psync{io, at, std::move(tls), std::move(events)}};
  psync->greeted_ = greeting.empty();
  if (!psync->greeted_) psync->greeting_ = to_resp(greeting);
  psync->request_ = to_resp({"PSYNC", replid, std::to_string(offset)});
  psync->connect();
  return psync;
}

Psync::Psync(boost::asio::io_context& io, Endpoint at, std::shared_ptr<Tls> tls, Events events)
    : socket_{io}, tls_{std::move(tls)}, at_{at}, events_{std::move(events)} {}

void Psync::close() {
  open_ = false;
  ErrorCode ignored;
  socket_.close(ignored);
}

void Psync::connect() {
  const tcp::endpoint redis{boost::asio::ip::make_address(at_.address.text()), at_.port};
  socket_.async_connect(redis, [self = shared_from_this()](ErrorCode error) {
    if (error) return self->fail(error.message());
    ::fcntl(self->socket_.native_handle(), F_SETFD, FD_CLOEXEC);
    self->tls_ ? self->shake_hands() : self->begin();
  });
}

void Psync::shake_hands() {
  auto connection = tls_->connect(at_.address);
  if (!connection) return fail(connection.error().text());
  secured_.emplace(socket_, connection->release());
  secured_->async_handshake(boost::asio::ssl::stream_base::client,
                            [self = shared_from_this()](ErrorCode error) {
                              if (!error) return self->begin();
                              const auto why = tls_problem(*self->secured_->native_handle());
                              self->fail(why ? why->text() : error.message());
                            });
}

void Psync::begin() {
  send(greeted_ ? request_ : greeting_);
  receive();
}

// `text` is one of the two members.
void Psync::send(const std::string& text) {
  auto written = [self = shared_from_this()](ErrorCode error, std::size_t) {
    if (error) self->fail(error.message());
  };
  const auto buffer = boost::asio::buffer(text);
  if (secured_) {
    boost::asio::async_write(*secured_, buffer, std::move(written));
  } else {
    boost::asio::async_write(socket_, buffer, std::move(written));
  }
}

void Psync::receive() {
  if (!open_) return;
  auto read = [self = shared_from_this()](ErrorCode error, std::size_t size) {
    if (error) return self->fail(error.message());
    self->received({self->buffer_.data(), size});
    self->receive();
  };
  const auto buffer = boost::asio::buffer(buffer_);
  if (secured_) {
    secured_->async_read_some(buffer, std::move(read));
  } else {
    socket_.async_read_some(buffer, std::move(read));
  }
}

void Psync::received(std::string_view bytes) {
  while (open_ && !continued_ && !bytes.empty()) {
    if (answer_ended(bytes.front())) answered();
    bytes.remove_prefix(1);
  }
  if (open_ && !bytes.empty()) events_.bytes(bytes);
}

// Newlines before an answer are keepalives, to a replica that waits.
bool Psync::answer_ended(char next) {
  if (next == '\n') return !answer_.empty();
  if (next != '\r') answer_ += next;
  if (answer_.size() > longest_answer) fail("no Redis: it answers without an end");
  return false;
}

void Psync::answered() {
  const auto answer = std::exchange(answer_, {});
  if (!std::exchange(greeted_, true)) {
    // The text of an error may quote the password. Redis takes no PSYNC while it owes an answer.
    return answer == "+OK" ? send(request_) : fail("AUTH was refused");
  }
  if (answer == "+CONTINUE" || answer.starts_with("+CONTINUE ")) {
    continued_ = true;
  } else {
    fail("PSYNC was answered: " + answer);
  }
}

void Psync::fail(std::string message) {
  if (!open_) return;
  close();
  events_.failed({std::move(message), at_.text()});
}

}  // namespace redvip::redis
