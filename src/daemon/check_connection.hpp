// One blocking connection to a Redis, for `redvip check` (hiredis). Each step waits a second at
// most.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/types.hpp"

struct redisContext;

namespace redvip::daemon {

class CheckConnection {
 public:
  explicit CheckConnection(Endpoint at);  // connects; whether that worked is what failed() says

  [[nodiscard]] bool failed() const;
  [[nodiscard]] bool refused() const { return refused_; }  // ECONNREFUSED
  [[nodiscard]] std::string why_failed() const;

  // AUTH, or nothing without a password. Its errors do not contain the password.
  [[nodiscard]] Result<std::string> login(const std::string& username, const std::string& password);

  // The reply's text: of a bulk or status, or an array's last element (CONFIG GET's value). Empty
  // for an empty array.
  [[nodiscard]] Result<std::string> ask(const std::vector<std::string>& words);

 private:
  struct Free {
    void operator()(redisContext* context) const;
  };

  std::unique_ptr<redisContext, Free> context_;
  bool refused_ = false;
};

}  // namespace redvip::daemon
