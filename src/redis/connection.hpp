// One standing connection to one Redis: it asks, tells and reports, and decides nothing.
//
// Spoken to with hiredis's asynchronous API on the io_context, which must outlive the Connection
// and run on one thread. The process must ignore SIGPIPE, because hiredis uses plain write().
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "core/command.hpp"
#include "core/observation.hpp"
#include "core/result.hpp"
#include "core/types.hpp"
#include "redis/tls.hpp"

namespace redvip::redis {

struct ConnectionConfig {
  Endpoint at;
  std::optional<IpAddress>
      bind_source;             // must be an address of this host; default: the kernel chooses
  std::string username;        // empty: the default user. Only used with a password.
  std::string password;        // empty: no AUTH. Appears in no text that this class gives out.
  Micros connect_timeout;      // of a connect, and of the host's acknowledgement of what we send
  Micros reconnect_interval;   // between attempts
  std::shared_ptr<Tls> tls{};  // none: in clear
};

// What happens, as it happens. Empty ones are allowed.
struct Handlers {
  std::function<void(Observation)> observed;
  // An error instead of an INFO; INFO that makes no sense (Refusal::other); or not let in by AUTH,
  // maxclients, protected mode or TLS (then it is tried again, and told, every reconnect_interval).
  std::function<void(Refusal, std::string text)> refused;
  // Told when it happens, then again only when the kind changes. No answer at all is not a loss:
  // how long to wait for a Redis that hangs is the caller's decision, see reconnect().
  std::function<void(Loss, std::string text)> lost;
  // Redis has answered the greeting. From here on observe() and send() reach it.
  std::function<void()> connected;
};

// No callback is ever called from inside a call to this class; every one comes from the io_context,
// in the order in which things happened, and may do anything here, destroying the object included.
// After stop() or destruction nothing is called any more.
class Connection {
 public:
  using Done = std::function<void(Result<void>)>;

  Connection(boost::asio::io_context& io, ConnectionConfig config, Handlers handlers);
  ~Connection();  // as stop()
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Connects, and keeps reconnecting until stop(): at once when an established connection is
  // closed, so that a dead process is told from a lost connection; then after 1 ms, 2 ms, 4 ms ...
  // until every reconnect_interval. A connection that lasted that long begins this anew.
  void start();

  // INFO. While one is unanswered, any number of further calls ask once more when it is: the
  // caller always gets an answer that was asked for after its call, and nothing piles up. Not
  // connected: does nothing.
  void observe();

  // In order with what is already sent. `done` is called exactly once. Its error is the first error
  // reply of Redis, or "connection lost" when it is not known whether Redis has done it, or "not
  // connected" when it was never sent.
  void send(const Command& command, Done done);

  // A question whose answer is a text (CLIENT LIST). Not connected, or lost meanwhile: no answer.
  using Answer = std::function<void(Result<std::string>)>;
  void ask(const std::vector<std::string>& words, Answer answer);

  // CLIENT SETNAME, now and whenever it connects: printable ASCII without blanks. A courtesy, to
  // whoever reads CLIENT LIST (presence.hpp): whether Redis allows it makes no difference here.
  void set_name(std::string name);

  // Drops the connection and starts over: for a Redis that hangs. Unanswered commands fail; no
  // `lost` comes of it. Does nothing while a connect is under way.
  void reconnect();

  void stop();

  [[nodiscard]] bool connected() const;
  // Of our end of the connection, for telling it from a client's; 0 when not connected.
  [[nodiscard]] std::uint16_t local_port() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace redvip::redis
