// What happened, as lines for a person and as one number for a test of determinism. Lines are built
// only when somebody reads them: a failed seed is simply run again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/action.hpp"

namespace redvip::sim {

class Trace {
 public:
  explicit Trace(bool wanted) : wanted_{wanted} {}

  // `line()` is the text; `mark` is what enters the hash even when no text is built.
  template <class Line>
  void add(Instant now, std::uint64_t mark, const Line& line) {
    mix(static_cast<std::uint64_t>(now.time_since_epoch().count()));
    mix(mark);
    if (!wanted_) return;
    const std::string text = line();
    if (!text.empty()) lines_.push_back(stamp(now) + text);
  }
  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }

 private:
  void mix(std::uint64_t value) { hash_ = (hash_ ^ value) * 1099511628211U; }
  [[nodiscard]] static std::string stamp(Instant now);

  bool wanted_;
  std::uint64_t hash_ = 14695981039346656037U;
  std::vector<std::string> lines_;
};

// Empty for what happens all the time and tells nothing (probes, refreshes).
[[nodiscard]] std::string describe(const Event& event);
[[nodiscard]] std::string describe(const Action& action);

}  // namespace redvip::sim
