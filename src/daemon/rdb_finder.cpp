#include "daemon/rdb_finder.hpp"

#include <hiredis/hiredis.h>

#include <memory>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "redis/session.hpp"

namespace redvip::daemon {
namespace {

using redis::Session;
using redis::Words;

constexpr Micros limit = Seconds{2};

Result<std::string> setting(const redisReply& reply) {
  if (reply.type == REDIS_REPLY_ERROR) return failure(std::string{reply.str, reply.len});
  if (reply.type != REDIS_REPLY_ARRAY || reply.elements != 2) return failure("no such setting");
  const auto& value = *reply.element[1];
  return std::string{value.str == nullptr ? "" : value.str, value.len};
}

// Kept alive by the handler of its timer.
class Finder : public std::enable_shared_from_this<Finder> {
 public:
  using Found = std::function<void(Result<std::string>)>;

  Finder(boost::asio::io_context& io, Endpoint at, Found found)
      : io_{io}, timer_{io}, at_{at}, found_{std::move(found)} {}

  void start(const std::string& username, const std::string& password,
             const std::shared_ptr<redis::Tls>& tls) {
    timer_.expires_after(limit);
    timer_.async_wait(
        [self = shared_from_this()](auto) { self->finish(failure("no answer", "CONFIG GET")); });
    Words auth{"AUTH", username, password};
    if (username.empty()) auth.erase(auth.begin() + 1);
    if (password.empty()) auth.clear();
    auto opened =
        Session::open(io_, at_, {}, limit, tls,
                      {[this, auth] { ask(auth); },
                       [this](const auto& lost) { finish(failure(lost.text, at_.text())); }});
    if (!opened) return finish(failure(opened.error().text, at_.text()));
    session_ = std::move(*opened);
  }

 private:
  void ask(const Words& auth) {
    // When it is refused, so is the next command.
    if (!auth.empty()) session_->submit(auth, [](const redisReply*) {});
    session_->submit({"CONFIG", "GET", "dir"}, [this](const redisReply* reply) {
      if (reply != nullptr) folder_ = setting(*reply);
    });
    session_->submit({"CONFIG", "GET", "dbfilename"}, [this](const redisReply* reply) {
      if (reply == nullptr) return;
      const auto file = setting(*reply);
      if (!folder_) return finish(failure(folder_.error().message, "CONFIG GET dir"));
      if (!file) return finish(failure(file.error().message, "CONFIG GET dbfilename"));
      finish(*folder_ + '/' + *file);
    });
  }

  void finish(Result<std::string> result) {
    if (!found_) return;
    boost::asio::post(io_, [found = std::exchange(found_, {}), result] { found(result); });
    timer_.cancel();
    session_.reset();
  }

  boost::asio::io_context& io_;
  boost::asio::steady_timer timer_;
  Endpoint at_;
  Found found_;
  std::unique_ptr<Session> session_;
  Result<std::string> folder_;
};

}  // namespace

void find_rdb(boost::asio::io_context& io, Endpoint redis, const std::string& username,
              const std::string& password, const std::shared_ptr<redis::Tls>& tls,
              std::function<void(Result<std::string>)> found) {
  std::make_shared<Finder>(io, redis, std::move(found))->start(username, password, tls);
}

}  // namespace redvip::daemon
