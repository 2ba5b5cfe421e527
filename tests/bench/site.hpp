// The hosts of one run: two with a Redis each, a third that only votes (Sentinel needs one), the
// clients' host, and one more client that stays with the old owner when the hosts are parted.
#pragma once

#include <string>
#include <vector>

#include "lab/lab.hpp"

namespace redvip::bench {

using lab::Host;
using lab::Node;

// mlockall does not go with AddressSanitizer.
#ifdef __SANITIZE_ADDRESS__
inline constexpr bool can_be_realtime = false;
#else
inline constexpr bool can_be_realtime = true;
#endif

struct Site {
  explicit Site(lab::Setup setup);

  // No frame passes between this node with the second client, and all others.
  void part(const Node& node);
  void mend();

  [[nodiscard]] std::vector<std::string> redis_folders() const;  // of a and b
  [[nodiscard]] std::vector<Node*> nodes() { return {&lab.a, &lab.b}; }

  Host witness{"witness", "10.77.0.3"};
  Host second_client{"client2", "10.77.0.8"};
  lab::Lab lab;
};

}  // namespace redvip::bench
