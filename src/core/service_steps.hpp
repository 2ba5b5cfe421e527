// What the service machine keeps in mind of a role change, or a rescue, that is under way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/action.hpp"

namespace redvip {

// Of the writes of a Redis that gives the service away: long enough for all that follows, short
// enough to end by itself if everybody dies (redis.md 3.2).
constexpr Millis pause_length{2000};
// For an answer that is on its way.
constexpr Millis patience_with_looks{50};

struct TakeOver {
  enum class Step : std::uint8_t {
    freezing,
    catching_up,
    parking,
    draining,
    promoting,
    addressing
  };
  Step step = Step::draining;
  Motive motive = Motive::start;
  bool confirmed = false;  // the command of this step was carried out; the next look counts
  bool requested = false;  // by an operator or preemption, while the owner still leads
  bool planned = false;    // the old owner's daemon lives and gives way by itself
  bool asked_for = false;  // by an operator, here or of the owner that hands over
  bool forced = false;     // by an operator who knows what is lost: no gate holds
  bool guarded = false;    // its kernel is kept from throwing away what it still has to send
  bool paused_other = false;
  bool caught_up = false;  // with its frozen offset: nothing is lost
  std::optional<NodeIndex> from;
  std::int64_t frozen_offset = 0;
  Instant began;
  Instant step_since;
  int looks = 0;                        // at our Redis, since the stream is being drained
  std::optional<Instant> drained_at{};  // others are looked at from then on
  int at_rest = 0;  // consecutive looks at which the replication link had nothing left
  std::int64_t read_offset = -1;
  std::int64_t applied_offset = -1;
  std::optional<std::uint32_t> unread;
  bool measured = false;
};

struct HandOver {
  enum class Step : std::uint8_t { pausing, draining, releasing, reclaiming };
  Step step = Step::pausing;
  Motive motive = Motive::switchover;
  bool confirmed = false;
  NodeIndex successor = 0;
  std::int64_t frozen_offset = 0;
  Instant step_since;
  std::optional<Instant> successor_heard;
  std::optional<Instant> parked_at{};  // it was told to, while we lead again
  std::string failure;
};
// What only the local Redis has, on its way into a file.
struct Keeping {
  enum class Step : std::uint8_t { idle, reading, asked, saving, copying, kept };
  Step step = Step::idle;
  Instant since;
  std::string why;
  std::optional<std::int64_t> bytes;
  std::string tail;        // a sentence about the writes that only it has
  bool tail_read = false;  // or tried to
};

}  // namespace redvip
