#include "redis/reply_text.hpp"

#include <hiredis/hiredis.h>

namespace redvip::redis {

std::string text_of(const redisReply& reply) {
  return reply.str == nullptr ? std::string{} : std::string{reply.str, reply.len};
}

std::optional<std::string> error_in(const redisReply& reply) {
  if (reply.type == REDIS_REPLY_ERROR) return text_of(reply);
  if (reply.type != REDIS_REPLY_ARRAY) return std::nullopt;
  for (std::size_t i = 0; i < reply.elements; ++i) {
    if (auto error = error_in(*reply.element[i])) return error;
  }
  return std::nullopt;
}

Result<std::string> text_or_error(const redisReply& reply, const std::string& where) {
  if (const auto error = error_in(reply)) return failure(*error, where);
  if (reply.type != REDIS_REPLY_STRING) return failure("the answer is no text", where);
  return text_of(reply);
}

}  // namespace redvip::redis
