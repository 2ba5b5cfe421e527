// What Redis's error replies mean (redis.io, "RESP errors"; redis.md section 4.3, measured).
#pragma once

#include <string_view>

#include "core/observation.hpp"

namespace redvip::redis {

// `error_reply` is the text of a RESP error without its leading '-', such as "BUSY Redis is busy
// running a script". Anything unknown, and INFO text that makes no sense, is Refusal::other.
[[nodiscard]] Refusal classify(std::string_view error_reply);

}  // namespace redvip::redis

namespace redvip {

// For logs, status and history: short lower-case words.
[[nodiscard]] std::string_view name(Refusal refusal);
[[nodiscard]] std::string_view name(Loss loss);

}  // namespace redvip
