#include "redis/connection.hpp"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <utility>
#include <variant>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "redis/command.hpp"
#include "redis/info.hpp"
#include "redis/reply.hpp"
#include "redis/reply_text.hpp"
#include "redis/session.hpp"

namespace redvip::redis {
class Connection::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(boost::asio::io_context& io, ConnectionConfig config, Handlers handlers)
      : io_{io}, timer_{io}, config_{std::move(config)}, handlers_{std::move(handlers)} {}

  void start();
  void observe();
  void send(const Command& command, Done done);
  void ask(const Words& words, Answer answer);
  void set_name(std::string name);
  void reconnect();
  void stop();
  [[nodiscard]] bool ready() const { return ready_; }
  [[nodiscard]] std::uint16_t local_port() const { return ready_ ? session_->local_port() : 0; }

 private:
  using Trouble = std::variant<Loss, Refusal>;

  void connect();
  void connect_timed_out();
  void settle() { retry_after_ = first_retry; }
  void lost(Session::Failure failure);
  void greet();
  void greeted(const redisReply& reply);
  void turn_away(std::string text);
  void drop();

  void look();
  void judge(const redisReply& info);

  void arm(Micros after, void (Impl::*then)());
  void disarm();
  void report(Trouble trouble, std::string text);
  template <class... Arguments>
  void report(std::function<void(Arguments...)> Handlers::*handler, Arguments... arguments);
  void later(std::function<void()> call);

  boost::asio::io_context& io_;
  boost::asio::steady_timer timer_;  // connect timeout, wait to retry, or settling
  std::uint64_t armed_ = 0;          // tells a fired timer from one that was re-armed meanwhile
  ConnectionConfig config_;
  Handlers handlers_;
  std::string name_ = "redvip";
  bool running_ = false;
  std::unique_ptr<Session> session_;
  bool ready_ = false;  // greeted
  static constexpr Micros first_retry{200};
  Micros retry_after_ = first_retry;  // doubles with each attempt that comes to nothing
  bool observing_ = false;
  bool observe_again_ = false;
  std::string version_;             // of the server, once seen
  std::optional<Trouble> trouble_;  // told last; none since ready
};

void Connection::Impl::start() {
  if (std::exchange(running_, true)) return;
  trouble_.reset();
  connect();
}

void Connection::Impl::stop() {
  running_ = false;
  drop();
}

void Connection::Impl::reconnect() {
  const bool connecting = session_ && !session_->established();
  if (!running_ || connecting) return;
  drop();
  connect();
}

void Connection::Impl::connect() {
  auto opened =
      Session::open(io_, config_.at, config_.bind_source, config_.connect_timeout, config_.tls,
                    {[this] { greet(); }, [this](auto failure) { lost(failure); }});
  if (!opened) return lost(std::move(opened.error()));
  session_ = std::move(*opened);
  arm(config_.connect_timeout, &Impl::connect_timed_out);
}

// In the handshake a Redis may hang, and one without TLS wait for the end of a command.
void Connection::Impl::connect_timed_out() {
  if (!session_->established()) return lost({Loss::unreachable, "Connection timed out"});
  if (!session_->handshake_over()) lost({Loss::unreachable, tls_silence().text()});
}

void Connection::Impl::lost(Session::Failure failure) {
  // A dying process can still accept a connection and then reset it, so the first attempts come in
  // quick succession, but none at once: the sockets of a process are closed one after the other. A
  // peer that always does so cannot make us spin.
  const auto wait = failure.refusal ? config_.reconnect_interval : retry_after_;
  if (!failure.refusal) {
    retry_after_ = std::min<Micros>(2 * retry_after_, config_.reconnect_interval);
  }
  drop();
  report(failure.refusal ? Trouble{*failure.refusal} : Trouble{failure.loss},
         std::move(failure.text));
  arm(wait, &Impl::connect);
}

void Connection::Impl::drop() {
  disarm();
  ready_ = observing_ = observe_again_ = false;
  version_.clear();
  session_.reset();
}

void Connection::Impl::greet() {
  disarm();
  if (config_.tls) arm(config_.connect_timeout, &Impl::connect_timed_out);
  if (!config_.password.empty()) {
    auto auth = Words{"AUTH", config_.username, config_.password};
    if (config_.username.empty()) auth.erase(auth.begin() + 1);
    session_->submit(auth, [this](const redisReply* reply) {
      if (reply != nullptr && reply->type == REDIS_REPLY_ERROR) turn_away(text_of(*reply));
    });
  }
  session_->submit({"CLIENT", "SETNAME", name_}, [this](const redisReply* reply) {
    if (reply != nullptr) greeted(*reply);
  });
}

// The name is a courtesy to whoever reads CLIENT LIST. Any answer shows that Redis is there, except
// those that it gives to a connection that it is about to close.
void Connection::Impl::greeted(const redisReply& reply) {
  const auto error = error_in(reply).value_or("");
  const auto refusal = classify(error);
  if (refusal == Refusal::max_clients || refusal == Refusal::protected_mode) {
    return turn_away(error);
  }
  ready_ = true;
  trouble_.reset();
  arm(config_.reconnect_interval, &Impl::settle);
  report(&Handlers::connected);
}

void Connection::Impl::turn_away(std::string text) {
  const auto refusal = classify(text);
  // A server that does not know AUTH quotes its arguments.
  if (!config_.password.empty() && text.find(config_.password) != std::string::npos) {
    text = "AUTH was refused";
  }
  lost({Loss::protocol, std::move(text), refusal});
}

void Connection::Impl::observe() {
  if (!ready_) return;
  if (!observing_) return look();
  observe_again_ = true;
}

void Connection::Impl::look() {
  observing_ = true;
  session_->submit(info_request(version_), [this](const redisReply* reply) {
    if (reply == nullptr) return;
    observing_ = false;
    judge(*reply);
    if (std::exchange(observe_again_, false)) look();
  });
}

void Connection::Impl::judge(const redisReply& info) {
  if (info.type == REDIS_REPLY_ERROR) {
    const auto text = text_of(info);
    return report(&Handlers::refused, classify(text), text);
  }
  if (info.type != REDIS_REPLY_STRING)
    return report(&Handlers::refused, Refusal::other, std::string{"the answer to INFO is no text"});
  auto seen = parse_info({info.str, info.len});
  if (!seen) return report(&Handlers::refused, Refusal::other, seen.error().text());
  version_ = seen->version;
  report(&Handlers::observed, std::move(*seen));
}

void Connection::Impl::send(const Command& command, Done done) {
  if (!ready_) {
    return later(
        [done = std::move(done), at = config_.at.text()] { done(failure("not connected", at)); });
  }
  struct Batch {
    std::size_t unanswered;
    Result<void> result;
    Done done;
  };
  const auto all = to_redis(command);
  const auto batch = std::make_shared<Batch>(Batch{all.size(), {}, std::move(done)});
  for (const auto& words : all) {
    session_->submit(words, [this, batch](const redisReply* reply) {
      const auto error = reply == nullptr ? std::string{"connection lost"} : error_in(*reply);
      if (error && batch->result) batch->result = failure(*error, config_.at.text());
      if (--batch->unanswered == 0) later([batch] { batch->done(batch->result); });
    });
  }
}

void Connection::Impl::ask(const Words& words, Answer answer) {
  if (!ready_) return;
  session_->submit(words, [this, answer = std::move(answer)](const redisReply* reply) {
    if (reply == nullptr) return;
    later([answer, text = text_or_error(*reply, config_.at.text())] { answer(text); });
  });
}

void Connection::Impl::set_name(std::string name) {
  if (name == name_) return;
  name_ = std::move(name);
  if (ready_) session_->submit({"CLIENT", "SETNAME", name_}, [](const redisReply*) {});
}

void Connection::Impl::arm(Micros after, void (Impl::*then)()) {
  timer_.expires_after(after);
  timer_.async_wait([self = shared_from_this(), then, armed = ++armed_](auto) {
    if (armed == self->armed_) ((*self).*then)();
  });
}

void Connection::Impl::disarm() {
  ++armed_;
  timer_.cancel();
}

// The same loss is told once, until something else happens. A refusal is a sign of life each time.
void Connection::Impl::report(Trouble trouble, std::string text) {
  const bool again = std::exchange(trouble_, trouble) == trouble;
  if (again && std::holds_alternative<Loss>(trouble)) return;
  if (const auto* loss = std::get_if<Loss>(&trouble)) {
    report(&Handlers::lost, *loss, std::move(text));
  } else {
    report(&Handlers::refused, std::get<Refusal>(trouble), std::move(text));
  }
}

template <class... Arguments>
void Connection::Impl::report(std::function<void(Arguments...)> Handlers::*handler,
                              Arguments... arguments) {
  later([this, handler, ... arguments = std::move(arguments)] {
    if (handlers_.*handler) (handlers_.*handler)(arguments...);
  });
}

void Connection::Impl::later(std::function<void()> call) {
  boost::asio::post(io_, [self = shared_from_this(), call = std::move(call)] {
    if (self->running_) call();
  });
}

Connection::Connection(boost::asio::io_context& io, ConnectionConfig config, Handlers handlers)
    : impl_{std::make_shared<Impl>(io, std::move(config), std::move(handlers))} {}

Connection::~Connection() {
  impl_->stop();
}
void Connection::start() {
  impl_->start();
}
void Connection::observe() {
  impl_->observe();
}
void Connection::send(const Command& command, Done done) {
  impl_->send(command, std::move(done));
}
void Connection::ask(const Words& words, Answer answer) {
  impl_->ask(words, std::move(answer));
}
void Connection::set_name(std::string name) {
  impl_->set_name(std::move(name));
}
void Connection::reconnect() {
  impl_->reconnect();
}
void Connection::stop() {
  impl_->stop();
}
bool Connection::connected() const {
  return impl_->ready();
}
std::uint16_t Connection::local_port() const {
  return impl_->local_port();
}

}  // namespace redvip::redis
