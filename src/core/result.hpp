// Expected failures are values. A bug asserts; an outside happening is an event; this is the third
// kind: an input we refuse, or a call that failed, with its cause and its place.
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace redvip {

struct Error {
  std::string message;  // a sentence for an operator: what was found, and what would be right
  std::string where;    // file:line:column, a system call, a peer; empty when the message says it

  [[nodiscard]] std::string text() const {
    return where.empty() ? message : where + ": " + message;
  }
  bool operator==(const Error&) const = default;
};

template <class T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> failure(std::string message, std::string where = {}) {
  return tl::unexpected<Error>(Error{std::move(message), std::move(where)});
}

}  // namespace redvip
