// How one virtual router authenticates its advertisements, and the sequence numbers that keep an
// old one from being believed again. RFC 3768 and RFC 9568 know no authentication; the first two
// are of RFC 2338, the third is keepalived's. All interoperate with keepalived.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "core/types.hpp"
#include "vrrp/octets.hpp"

namespace redvip::vrrp {

// Padded with NUL. It also is the key of AhAuthentication.
using Password = std::array<std::uint8_t, 8>;
// 1..8 octets, as they are; nullopt for another length. keepalived cuts a longer one.
[[nodiscard]] std::optional<Password> make_password(std::string_view text);

struct NoAuthentication {
  bool operator==(const NoAuthentication&) const = default;
};

// v2, type 1 (RFC 2338 5.3.10). In clear text: it guards against mistakes, not against anybody.
struct PasswordAuthentication {
  Password password;
  bool operator==(const PasswordAuthentication&) const = default;
};

// v2 over IPv4, type 2, in keepalived's reading of RFC 2402 (ah.hpp).
struct AhAuthentication {
  Password password;
  bool operator==(const AhAuthentication&) const = default;
};

struct HmacKey {
  std::uint8_t id;  // 1..255
  Octets octets;    // 32..64
  bool operator==(const HmacKey&) const = default;
};

// v3, or v2 without other authentication: keepalived's auth_hmac since 2.4.2,
// draft-cassen-vrrp-auth-hmac (hmac_trailer.hpp).
struct HmacAuthentication {
  enum class Mode : std::uint8_t {
    enforce,       // signs, believes only what is signed
    permissive,    // signs, believes what is not signed: while the nodes are converted
    receive_only,  // does not sign, believes both: a step earlier
  };

  std::vector<HmacKey> keys;  // one or more, of different ids; each verifies what names it
  std::uint8_t active_key;    // id of the one that signs, which is among `keys`
  Mode mode = Mode::enforce;
  // "anti_replay time": clocks of sender and receiver differ by no more, 1..300 s. nullopt:
  // "monotonic", where a sequence only has to grow.
  std::optional<Seconds> window = Seconds{5};

  // nullptr: no such key.
  [[nodiscard]] const HmacKey* key(std::uint8_t id) const;
  bool operator==(const HmacAuthentication&) const = default;
};

using Authentication =
    std::variant<NoAuthentication, PasswordAuthentication, AhAuthentication, HmacAuthentication>;

// UTC. Sequence numbers are taken from it, so that they still grow when the daemon restarts.
using WallTime = std::chrono::sys_time<Micros>;

// The sequence numbers of one virtual router, sent and heard; one object for its whole life, also
// across a reload. Without `ah` or `hmac` there are none: 0 is sent, and nothing is remembered.
//
// ah: 32 bits, the seconds of UTC. keepalived starts at 1 instead, has one counter for what it
// sends and hears, and drops what is not above it. So we always send above all that we heard (a
// node that starts listens first), and of each source demand only that it grows. A keepalived that
// crashes and has heard nobody since starts at 1 again; that is a replay to us as it is to another
// keepalived, until our own advertisement makes it jump.
//
// hmac: 64 bits, the seconds of UTC, their fraction in 1/65536, and a counter.
class SequenceNumbers {
 public:
  // For one advertisement; it may go to several destinations.
  [[nodiscard]] std::uint64_t next(const Authentication& authentication, WallTime now);

  // An authentic advertisement: false if `source` has already sent this number or a later one.
  // Otherwise the number is remembered.
  [[nodiscard]] bool accept(const Authentication& authentication, IpAddress source,
                            std::uint64_t sequence, WallTime now);

 private:
  std::uint64_t last_ = 0;                    // sent; of ah, heard too
  std::map<IpAddress, std::uint64_t> heard_;  // an entry costs a stranger the key
};

// Whether the seconds of an hmac sequence number are within the window around `now`.
[[nodiscard]] bool within_window(std::uint64_t sequence, Seconds window, WallTime now);

}  // namespace redvip::vrrp
