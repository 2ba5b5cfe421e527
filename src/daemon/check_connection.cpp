#include "daemon/check_connection.hpp"

#include <hiredis/hiredis.h>

#include <cerrno>
#include <csignal>

namespace redvip::daemon {

namespace {

constexpr timeval patience{1, 0};

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};

}  // namespace

void CheckConnection::Free::operator()(redisContext* context) const {
  redisFree(context);
}

// hiredis writes with write(2): a Redis that says a last word and closes would end us.
CheckConnection::CheckConnection(Endpoint at, redis::Tls* tls) {
  std::signal(SIGPIPE, SIG_IGN);
  errno = 0;
  context_.reset(redisConnectWithTimeout(at.address.text().c_str(), at.port, patience));
  refused_ = failed() && errno == ECONNREFUSED;
  if (failed()) return;
  redisSetTimeout(context_.get(), patience);
  if (tls != nullptr) secure(*tls, at.address);
}

// Where it fails nothing is left that could send a password in clear.
void CheckConnection::secure(redis::Tls& tls, IpAddress server) {
  auto connection = tls.connect(server);
  if (!connection) {
    problem_ = redis::TlsProblem{connection.error().text(), "correct the file"};
  } else {
    const auto* raw = connection->get();
    if (redis::start_tls(*context_, *connection)) {
      tls_ = raw;
      return;
    }
    problem_ = redis::tls_problem(*raw);
    if (!problem_) problem_ = redis::tls_silence();
  }
  context_.reset();
}

void CheckConnection::look_at_tls() {
  if (context_->err == 0) return;
  problem_ = tls_ != nullptr ? redis::tls_problem(*tls_) : redis::plain_problem(context_->errstr);
}

bool CheckConnection::failed() const {
  return !context_ || context_->err != 0;
}

std::string CheckConnection::why_failed() const {
  if (problem_) return problem_->text();
  return context_ ? context_->errstr : "no memory";
}

Result<std::string> CheckConnection::login(const std::string& username,
                                           const std::string& password) {
  if (password.empty()) return std::string{};
  std::vector<std::string> words{"AUTH", username, password};
  if (username.empty()) words.erase(words.begin() + 1);
  auto answer = ask(words);
  // A server that does not know AUTH quotes its arguments.
  const bool quoted = !answer && answer.error().message.find(password) != std::string::npos;
  return quoted ? failure("AUTH was refused") : answer;
}

Result<std::string> CheckConnection::ask(const std::vector<std::string>& words) {
  if (failed()) return failure(why_failed());
  std::vector<const char*> pointers;
  std::vector<std::size_t> lengths;
  for (const auto& word : words) {
    pointers.push_back(word.data());
    lengths.push_back(word.size());
  }
  errno = 0;
  const std::unique_ptr<redisReply, FreeReply> reply{static_cast<redisReply*>(redisCommandArgv(
      context_.get(), static_cast<int>(words.size()), pointers.data(), lengths.data()))};
  if (!reply) {
    timed_out_ = errno == EAGAIN || errno == ETIMEDOUT;  // of Linux, of hiredis 1.0
    look_at_tls();
    return failure(why_failed());
  }
  if (reply->type == REDIS_REPLY_ERROR) return failure(std::string{reply->str, reply->len});
  if (reply->type == REDIS_REPLY_ARRAY && reply->elements == 0) return std::string{};
  const auto& text =
      reply->type == REDIS_REPLY_ARRAY ? *reply->element[reply->elements - 1] : *reply;
  if (text.str == nullptr) return failure("answered with something unexpected");
  return std::string{text.str, text.len};
}

}  // namespace redvip::daemon
