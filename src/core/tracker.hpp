// What the results of a check mean for its track. It fails closed: nothing but a success makes a
// track up, and whatever kept a check from giving one is a failure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace redvip {

enum class TrackState : std::uint8_t {
  unknown,  // no result yet: not up, but start-up waits for the first one instead of faulting
  up,
  down,
};

class Tracker {
 public:
  // Results in a row, 1..100, that change a state already known. The first result decides at once.
  Tracker(int rise, int fall) : rise_{rise}, fall_{fall} {}

  // One more result; true: the state changed by it.
  [[nodiscard]] bool take(const Result<void>& result);

  [[nodiscard]] TrackState state() const { return state_; }
  // While down, the message of the latest failure; else empty.
  [[nodiscard]] const std::string& why() const { return why_; }

 private:
  int rise_;
  int fall_;
  TrackState state_ = TrackState::unknown;
  int opposed_ = 0;  // results in a row that speak against state_
  std::string why_;
};

// A tracked file is read up to here; one that is not shorter is refused.
inline constexpr std::size_t track_file_limit = 64;  // octets

// What a tracked file says, blanks and line ends around it left out: nothing or the number 0 is
// fine, any other decimal number is a failure (as an exit status), and so is anything else. A file
// that is missing or cannot be read is a failure too, which its reader tells.
[[nodiscard]] Result<void> judge_track_file(std::string_view content);

}  // namespace redvip
