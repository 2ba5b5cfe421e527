#include "redis/reply.hpp"

#include <array>
#include <utility>

namespace redvip::redis {
namespace {

// By the first word, whole: -BUSYKEY and -BUSYGROUP are not -BUSY.
constexpr std::array<std::pair<std::string_view, Refusal>, 7> by_word{{
    {"LOADING", Refusal::loading},
    {"BUSY", Refusal::busy},
    {"MISCONF", Refusal::misconfigured},
    {"NOAUTH", Refusal::authentication},
    {"WRONGPASS", Refusal::authentication},
    {"NOPERM", Refusal::authentication},
    {"DENIED", Refusal::protected_mode},
}};

// Some refusals are a plain -ERR, told apart by their text: networking.c, and AUTH in acl.c when
// Redis has no password but is given one.
constexpr std::array<std::pair<std::string_view, Refusal>, 2> by_text{{
    {"ERR max number of clients", Refusal::max_clients},
    {"ERR AUTH <password> called", Refusal::authentication},
}};

}  // namespace

Refusal classify(std::string_view error_reply) {
  const auto word = error_reply.substr(0, error_reply.find(' '));
  for (const auto& [known, refusal] : by_word) {
    if (word == known) return refusal;
  }
  for (const auto& [start, refusal] : by_text) {
    if (error_reply.starts_with(start)) return refusal;
  }
  return Refusal::other;
}

}  // namespace redvip::redis

namespace redvip {

std::string_view name(Refusal refusal) {
  switch (refusal) {
    case Refusal::loading:
      return "loading";
    case Refusal::busy:
      return "busy";
    case Refusal::misconfigured:
      return "misconfigured";
    case Refusal::authentication:
      return "authentication";
    case Refusal::max_clients:
      return "max clients";
    case Refusal::protected_mode:
      return "protected mode";
    case Refusal::other:
      return "other";
  }
  return "";
}

std::string_view name(Loss loss) {
  switch (loss) {
    case Loss::closed:
      return "closed";
    case Loss::refused:
      return "refused";
    case Loss::unreachable:
      return "unreachable";
    case Loss::protocol:
      return "protocol error";
  }
  return "";
}

}  // namespace redvip
