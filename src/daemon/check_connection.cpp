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
CheckConnection::CheckConnection(Endpoint at) {
  std::signal(SIGPIPE, SIG_IGN);
  errno = 0;
  context_.reset(redisConnectWithTimeout(at.address.text().c_str(), at.port, patience));
  refused_ = failed() && errno == ECONNREFUSED;
  if (!failed()) redisSetTimeout(context_.get(), patience);
}

bool CheckConnection::failed() const {
  return !context_ || context_->err != 0;
}

std::string CheckConnection::why_failed() const {
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
  std::vector<const char*> pointers;
  std::vector<std::size_t> lengths;
  for (const auto& word : words) {
    pointers.push_back(word.data());
    lengths.push_back(word.size());
  }
  const std::unique_ptr<redisReply, FreeReply> reply{static_cast<redisReply*>(redisCommandArgv(
      context_.get(), static_cast<int>(words.size()), pointers.data(), lengths.data()))};
  if (!reply) return failure(why_failed());
  if (reply->type == REDIS_REPLY_ERROR) return failure(std::string{reply->str, reply->len});
  if (reply->type == REDIS_REPLY_ARRAY && reply->elements == 0) return std::string{};
  const auto& text =
      reply->type == REDIS_REPLY_ARRAY ? *reply->element[reply->elements - 1] : *reply;
  if (text.str == nullptr) return failure("answered with something unexpected");
  return std::string{text.str, text.len};
}

}  // namespace redvip::daemon
