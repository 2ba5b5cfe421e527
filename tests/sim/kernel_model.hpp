// What the kernel of a node knows of the virtual IP: whether it is there and until when, and who is
// connected through it.
#pragma once

#include <set>

#include "core/types.hpp"

namespace redvip::sim {

class Kernel {
 public:
  using Socket = std::uint64_t;

  // false: refused, as when somebody else's tool makes the add fail.
  bool put_vip(Instant now, Micros lifetime) {
    if (failing_adds > 0 && failing_adds-- > 0) return false;
    expires_ = now + lifetime;
    return true;
  }
  void remove_vip() { expires_ = {}; }
  [[nodiscard]] bool has_vip(Instant now) const { return now < expires_; }
  [[nodiscard]] Instant expires() const { return expires_; }

  int failing_adds = 0;
  bool refusing = false;     // connections to the VIP are answered with a reset
  std::set<Socket> clients;  // established to the VIP and accepted by the present Redis process

 private:
  Instant expires_{};
};

}  // namespace redvip::sim
