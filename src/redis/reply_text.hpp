// What a reply says, out of hiredis's own structure.
#pragma once

#include <optional>
#include <string>

#include "core/result.hpp"

struct redisReply;

namespace redvip::redis {

[[nodiscard]] std::string text_of(const redisReply& reply);  // empty where it has none

// Of a reply, or of the first failed command in the array that EXEC answers.
[[nodiscard]] std::optional<std::string> error_in(const redisReply& reply);

// The text of a reply that should be one; `where` is for the error.
[[nodiscard]] Result<std::string> text_or_error(const redisReply& reply, const std::string& where);

}  // namespace redvip::redis
