// One TCP connection to a Redis, from connect to loss: one hiredis context, driven by Asio.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>

#include "core/observation.hpp"
#include "core/result.hpp"
#include "core/types.hpp"
#include "redis/command.hpp"
#include "redis/tls.hpp"

struct redisAsyncContext;
struct redisReply;

namespace redvip::redis {

class Session {
 public:
  struct Failure {
    Loss loss;
    std::string text;
    // It is there and cannot be judged: TLS did not come about, and the text says what to do.
    std::optional<Refusal> refusal{};
  };
  struct Events {
    std::function<void()> established;  // may submit; must not destroy the Session
    std::function<void(Failure)> lost;  // nothing comes after it; may destroy the Session
  };
  // nullptr: there will be no answer, the connection is gone; then nothing may be done here.
  // Otherwise valid during the call, which may destroy the Session.
  using Answered = std::function<void(const redisReply*)>;

  // Begins to connect to an IP literal, with `tls` if there is any. `unacknowledged` is how long
  // the host may owe us an acknowledgement before the kernel gives the connection up
  // (TCP_USER_TIMEOUT, tcp(7)).
  [[nodiscard]] static tl::expected<std::unique_ptr<Session>, Failure> open(
      boost::asio::io_context& io, Endpoint at, std::optional<IpAddress> source,
      Micros unacknowledged, const std::shared_ptr<Tls>& tls, Events events);
  // Closes at once; what is unanswered is answered with nullptr.
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Answers come in the order of the commands.
  void submit(const Words& words, Answered answered);
  [[nodiscard]] bool established() const;  // of TCP
  // Without TLS it is over.
  [[nodiscard]] bool handshake_over() const;
  [[nodiscard]] std::uint16_t local_port() const;  // 0 when there is none

 private:
  Session(redisAsyncContext* context, const ssl_st* tls, Events events);
  static void on_connect(const redisAsyncContext* context, int status);
  static void on_disconnect(const redisAsyncContext* context, int status);
  static void on_reply(redisAsyncContext* context, void* reply, void*);
  void end(Failure failure);
  void abandon_unanswered();

  redisAsyncContext* context_;
  const ssl_st* tls_;  // the context's; nullptr: none
  Events events_;
  std::list<Answered> unanswered_;  // a deque has half a kilobyte while it is empty
};

}  // namespace redvip::redis
