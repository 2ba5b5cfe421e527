#include "redis/stream_tail.hpp"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "redis/info.hpp"
#include "redis/psync.hpp"
#include "redis/replication_stream.hpp"
#include "redis/session.hpp"
#include "redis/tail_file.hpp"

namespace redvip::redis {
namespace {

constexpr Micros longest_limit = Seconds{3};
constexpr Micros park_limit = Seconds{1};
constexpr auto pause = "5000";  // ms; longer than both together
constexpr std::int64_t look_back = 1 << 20;

// The answer's text; an error reply, also one inside EXEC's array, is an error.
Result<std::string> answer_of(const redisReply& reply) {
  const std::string text{reply.str == nullptr ? "" : reply.str, reply.len};
  if (reply.type == REDIS_REPLY_ERROR) return failure(text);
  if (reply.type != REDIS_REPLY_ARRAY) return text;
  Result<std::string> last{};
  for (std::size_t i = 0; i < reply.elements && last; ++i) last = answer_of(*reply.element[i]);
  return last;
}

}  // namespace

// Two phases: capturing, until there is a result; then parking, if Redis may have been un-parked.
// Kept alive by the handler of the timer, which is armed from start() to report().
class Capture : public std::enable_shared_from_this<Capture> {
 public:
  using Done = std::function<void(Result<TailReport>)>;

  Capture(boost::asio::io_context& io, TailRequest request, Done done)
      : io_{io},
        timer_{io},
        request_{std::move(request)},
        done_{std::move(done)},
        file_{request_.path} {}

  void start();

 private:
  void connect(void (Capture::*then)());
  void let_in();
  void lost(const std::string& why);

  void look();
  void looked(const std::string& info);
  void unpark();
  void unparked(const std::string& info);
  void receive();
  void received(std::string_view bytes);
  Result<void> begin();
  Result<void> keep(std::string_view bytes);
  void finish(Result<TailReport> result);
  void give_up(Error why) { finish(tl::unexpected<Error>(std::move(why))); }

  void park();
  void report();
  void arm(Micros after, std::function<void()> then);
  [[nodiscard]] bool capturing() const { return !result_; }
  [[nodiscard]] Words auth() const;

  boost::asio::io_context& io_;
  boost::asio::steady_timer timer_;
  TailRequest request_;
  Done done_;
  std::unique_ptr<Session> session_;
  std::shared_ptr<Psync> psync_;
  TailFile file_;
  std::optional<int> only_database_;
  std::int64_t next_ = 0;  // offset of the byte that comes next
  std::string before_;     // what came before request_.part.from
  ReplicationStream stream_;
  TailReport report_;
  std::optional<Result<TailReport>> result_;
  bool touched_ = false;  // it may be a master now
  bool reconnected_ = false;
  std::string park_problem_;
};

void Capture::start() {
  arm(std::min(request_.limit, longest_limit), [this] {
    if (capturing())
      give_up({"the tail was not read within the time limit", request_.redis.text()});
  });
  connect(&Capture::look);
}

void Capture::connect(void (Capture::*then)()) {
  auto opened = Session::open(io_, request_.redis, {}, park_limit, request_.tls,
                              {[this, then] {
                                 let_in();
                                 (this->*then)();
                               },
                               [this](const auto& failure) { lost(failure.text); }});
  if (!opened) return lost(opened.error().text);
  session_ = std::move(*opened);
}

Words Capture::auth() const {
  if (request_.password.empty()) return {};
  if (request_.username.empty()) return {"AUTH", request_.password};
  return {"AUTH", request_.username, request_.password};
}

// The text of an error may quote the password.
void Capture::let_in() {
  if (auth().empty()) return;
  session_->submit(auth(), [this](const redisReply* reply) {
    if (reply == nullptr || reply->type != REDIS_REPLY_ERROR || !capturing()) return;
    give_up({"AUTH was refused", request_.redis.text()});
  });
}

// While it parks, one more connection is tried: an admin may have killed the first.
void Capture::lost(const std::string& why) {
  session_.reset();
  if (capturing()) return give_up({why, request_.redis.text()});
  if (!std::exchange(reconnected_, true)) return connect(&Capture::park);
  park_problem_ = why;
  report();
}

void Capture::look() {
  session_->submit({"INFO"}, [this](const redisReply* reply) {
    if (reply == nullptr || !capturing()) return;
    const auto info = answer_of(*reply);
    if (!info) return give_up(info.error());
    looked(*info);
  });
}

void Capture::looked(const std::string& info) {
  const auto seen = parse_info(info);
  if (!seen) return give_up(seen.error());
  if (const auto why = why_not_to_unpark(*seen, request_.part)) {
    return give_up({*why, request_.redis.text()});
  }
  only_database_ = only_database_with_keys(info);
  next_ = std::max(seen->backlog_first_byte_offset, request_.part.from - look_back);
  unpark();
}

void Capture::unpark() {
  touched_ = true;
  const auto ignored = [](const redisReply*) {};
  session_->submit({"MULTI"}, ignored);
  session_->submit({"CLIENT", "PAUSE", pause, "WRITE"}, ignored);
  session_->submit({"REPLICAOF", "NO", "ONE"}, ignored);
  session_->submit({"INFO"}, ignored);
  session_->submit({"EXEC"}, [this](const redisReply* reply) {
    if (reply == nullptr || !capturing()) return;
    const auto info = answer_of(*reply);
    if (!info) return give_up(info.error());
    unparked(*info);
  });
}

void Capture::unparked(const std::string& info) {
  const auto seen = parse_info(info);
  if (!seen) return give_up(seen.error());
  if (const auto why =
          why_not_to_psync(*seen, {request_.part.replid, next_, request_.part.until})) {
    return give_up({*why, request_.redis.text()});
  }
  receive();
}

void Capture::receive() {
  psync_ = Psync::open(io_, request_.redis, auth(), request_.part.replid, next_, request_.tls,
                       {[this](std::string_view bytes) { received(bytes); },
                        [this](Error why) { give_up(std::move(why)); }});
}

void Capture::received(std::string_view bytes) {
  const auto first =
      static_cast<std::size_t>(std::max<std::int64_t>(request_.part.from - next_, 0));
  const auto end = static_cast<std::size_t>(request_.part.until + 1 - next_);
  next_ += static_cast<std::int64_t>(bytes.size());
  before_ += bytes.substr(0, first);
  if (next_ <= request_.part.from) return;
  Result<void> kept;
  if (stream_.count().bytes == 0) kept = begin();
  if (kept && first < bytes.size()) kept = keep(bytes.substr(first, end - first));
  if (!kept) return give_up(kept.error());
  if (next_ <= request_.part.until) return;
  if (!stream_.between_commands()) return give_up({"the tail ends inside a command", {}});
  finish(report_);
}

Result<void> Capture::begin() {
  const auto database = database_after(before_);
  report_.database_known = database.has_value();
  report_.database = database.value_or(only_database_.value_or(0));
  const auto select = to_resp({"SELECT", std::to_string(report_.database)});
  report_.prefix_bytes = std::ssize(select);
  if (auto created = file_.create(); !created) return created;
  return file_.append(select);
}

Result<void> Capture::keep(std::string_view bytes) {
  if (auto read = stream_.read(bytes); !read) return read;
  const auto& count = stream_.count();
  report_.bytes = count.bytes;
  report_.commands = count.commands;
  report_.command_bytes = count.command_bytes;
  return file_.append(bytes);
}

void Capture::finish(Result<TailReport> result) {
  if (result && !stream_.began_in_a_database()) result->database_known = true;
  result_ = std::move(result);
  if (psync_) psync_->close();
  file_.close();
  if (!touched_) return report();
  arm(park_limit, [this] {
    park_problem_ = "no answer";
    report();
  });
  if (session_) return park();
  reconnected_ = true;
  connect(&Capture::park);
}

// On one connection Redis keeps the order: what it has not yet answered comes before this.
void Capture::park() {
  session_->submit({"REPLICAOF", "127.0.0.1", "0"}, [this](const redisReply* reply) {
    if (reply == nullptr) return;
    const auto parked = answer_of(*reply);
    park_problem_ = parked ? "" : parked.error().message;
  });
  session_->submit({"CLIENT", "KILL", "TYPE", "replica"}, [](const redisReply*) {});
  session_->submit({"CLIENT", "UNPAUSE"}, [this](const redisReply* reply) {
    if (reply != nullptr) report();
  });
}

void Capture::report() {
  if (!done_) return;
  auto result = std::move(*result_);
  if (!park_problem_.empty()) {
    const auto first = result ? std::string{} : result.error().text() + "; and ";
    result =
        failure(first + "Redis could not be parked again: " + park_problem_, request_.redis.text());
  }
  if (!result) file_.remove();
  boost::asio::post(io_, [done = std::exchange(done_, {}), result] { done(result); });
  timer_.cancel();
  session_.reset();
}

void Capture::arm(Micros after, std::function<void()> then) {
  timer_.expires_after(after);
  timer_.async_wait([self = shared_from_this(), then = std::move(then)](auto cancelled) {
    if (!cancelled && self->done_) then();
  });
}

void capture_tail(boost::asio::io_context& io, TailRequest request,
                  std::function<void(Result<TailReport>)> done) {
  std::make_shared<Capture>(io, std::move(request), std::move(done))->start();
}

}  // namespace redvip::redis
