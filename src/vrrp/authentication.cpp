#include "vrrp/authentication.hpp"

#include <algorithm>

namespace redvip::vrrp {
namespace {

constexpr std::uint64_t last_of_ah = 0xFFFFFFFF;

std::uint32_t seconds_of(WallTime now) {
  return static_cast<std::uint32_t>(std::chrono::floor<Seconds>(now.time_since_epoch()).count());
}

std::uint64_t clock_sequence(WallTime now) {
  const auto since_epoch = now.time_since_epoch();
  const auto fraction = (since_epoch - std::chrono::floor<Seconds>(since_epoch)).count();
  return std::uint64_t{seconds_of(now)} << 32 |
         static_cast<std::uint64_t>(fraction) * 65536 / 1'000'000 << 16;
}

// Serial number arithmetic (RFC 1982): it survives the year 2106.
bool after(std::uint64_t left, std::uint64_t right) {
  return static_cast<std::int64_t>(left - right) > 0;
}

std::uint64_t next_of_ah(std::uint64_t last, WallTime now) {
  return std::min(std::max<std::uint64_t>(seconds_of(now), last + 1), last_of_ah);
}

// A clock that was set back strands us in the future, where no receiver with a window believes us:
// then we start from the clock again.
std::uint64_t next_of_hmac(const HmacAuthentication& hmac, std::uint64_t last, WallTime now) {
  const auto clock = clock_sequence(now);
  const bool stranded = hmac.window && !within_window(last, *hmac.window, now);
  return stranded || after(clock, last) ? clock : last + 1;
}

}  // namespace

std::optional<Password> make_password(std::string_view text) {
  Password password{};
  if (text.empty() || text.size() > password.size()) return std::nullopt;
  std::ranges::copy(text, password.begin());
  return password;
}

const HmacKey* HmacAuthentication::key(std::uint8_t id) const {
  const auto found = std::ranges::find(keys, id, &HmacKey::id);
  return found == keys.end() ? nullptr : &*found;
}

bool within_window(std::uint64_t sequence, Seconds window, WallTime now) {
  const auto seconds = static_cast<std::uint32_t>(sequence >> 32);
  const auto ahead = static_cast<std::int32_t>(seconds - seconds_of(now));
  return ahead <= window.count() && ahead >= -window.count();
}

std::uint64_t SequenceNumbers::next(const Authentication& authentication, WallTime now) {
  if (std::holds_alternative<AhAuthentication>(authentication)) {
    last_ = next_of_ah(last_, now);
  } else if (const auto* hmac = std::get_if<HmacAuthentication>(&authentication)) {
    last_ = next_of_hmac(*hmac, last_, now);
  } else {
    last_ = 0;
  }
  return last_;
}

bool SequenceNumbers::accept(const Authentication& authentication, IpAddress source,
                             std::uint64_t sequence, WallTime now) {
  const auto [entry, is_new] = heard_.try_emplace(source, sequence);
  auto& mark = entry->second;
  const auto* hmac = std::get_if<HmacAuthentication>(&authentication);
  // Its clock was set back: all that the mark still orders is outside the window anyway.
  const bool expired = hmac && hmac->window && !within_window(mark, *hmac->window, now);
  const bool fresh = is_new || expired || (hmac ? after(sequence, mark) : sequence > mark);
  if (!fresh) return false;
  mark = sequence;
  if (!hmac) last_ = std::max(last_, sequence);
  return true;
}

}  // namespace redvip::vrrp
