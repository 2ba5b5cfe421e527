// PSYNC on a socket of its own: a part of a replication stream, as raw bytes (redis.io,
// "Replication"; syncCommand in Redis's replication.c). hiredis cannot read what follows +CONTINUE.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "core/result.hpp"
#include "core/types.hpp"
#include "redis/command.hpp"
#include "redis/tls.hpp"

namespace redvip::redis {

class Psync : public std::enable_shared_from_this<Psync> {
 public:
  struct Events {
    std::function<void(std::string_view)> bytes;  // of the stream, from `offset` on
    // Nothing comes after it. An answer other than +CONTINUE is one: after +FULLRESYNC the
    // connection is closed at once, but Redis has begun a BGSAVE.
    std::function<void(Error)> failed;
  };

  // In clear, or with `tls`. `greeting` is sent first and must be answered +OK (AUTH); empty:
  // nothing is. `offset` is the first byte wanted. No event comes from inside the call. Goes on
  // until close().
  [[nodiscard]] static std::shared_ptr<Psync> open(boost::asio::io_context& io, Endpoint at,
                                                   const Words& greeting, const std::string& replid,
                                                   std::int64_t offset, std::shared_ptr<Tls> tls,
                                                   Events events);

  // Also from inside an event; nothing is told any more.
  void close();

 private:
  Psync(boost::asio::io_context& io, Endpoint at, std::shared_ptr<Tls> tls, Events events);
  void connect();
  void shake_hands();
  void begin();
  void send(const std::string& text);
  void receive();
  void received(std::string_view bytes);
  [[nodiscard]] bool answer_ended(char next);
  void answered();
  void fail(std::string message);

  boost::asio::ip::tcp::socket socket_;
  std::shared_ptr<Tls> tls_;
  std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> secured_;
  Endpoint at_;
  Events events_;
  std::string greeting_;
  std::string request_;
  bool open_ = true;
  bool greeted_ = false;
  bool continued_ = false;  // the stream has begun
  std::string answer_;
  std::array<char, 64 * 1024> buffer_{};
};

}  // namespace redvip::redis
