// What must neither move it nor delay an advert.
#include <algorithm>
#include <random>

#include "conformance/case.hpp"

namespace redvip::conformance {
namespace {

using namespace std::chrono_literals;

constexpr Nanos quiet_phase = 2s;
constexpr Nanos noisy_phase = 4s;
constexpr std::size_t few_lines = 50;

Nanos longest_gap(const Bench& bench, Nanos since) {
  Nanos last = since;
  Nanos longest{};
  for (const Advert& advert : bench.adverts(since)) {
    require(advert.priority > 0, "it resigns");
    longest = std::max(longest, advert.at - last);
    last = advert.at;
  }
  return std::max(longest, now() - last);
}

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

// An active device, and the same in peace: no advert comes later than a fifth more.
void require_unmoved(Bench& bench, Nanos period, const std::function<void()>& chatter) {
  bench.until_active();
  bench.listen(2 * bench.router.interval);
  const Nanos quiet_since = bench.next_advert().at;
  bench.listen(quiet_phase);
  const Nanos quiet = std::max<Nanos>(longest_gap(bench, quiet_since), bench.router.interval);
  const std::size_t said = lines(bench.device().process().log());
  const Nanos noisy_since = bench.next_advert().at;
  bench.listen(noisy_phase, period, chatter);
  const Nanos noisy = longest_gap(bench, noisy_since);
  require(bench.is_alive(), "it is dead");
  require(noisy <= quiet * 6 / 5, "no advert for " + millis(noisy) + "; in peace " + millis(quiet));
  require(bench.holds_vips(), "the VIP is gone");
  const std::size_t new_lines = lines(bench.device().process().log()) - said;
  require(new_lines <= few_lines, std::to_string(new_lines) + " log lines");
}

Octets bad_sum(const Bench& bench) {
  Stimulus stimulus = bench.advert(200);
  stimulus.checksum_error = 1;
  return frame(stimulus);
}

void bad_sums(Kind kind) {
  Bench bench{kind, v4()};
  const Octets words = bad_sum(bench);
  require_unmoved(bench, bench.router.interval / 2, [&] { bench.send(words); });
}

void bad_sums_at_the_advert_rate(Kind kind) {
  Bench bench{kind, v4()};
  const Octets words = bad_sum(bench);
  require_unmoved(bench, bench.router.interval, [&] { bench.send(words); });
}

// 10,000 a second: 20 every 2 ms.
constexpr Nanos beat = 2ms;
constexpr int per_beat = 20;

void flood_of_bad_sums(Kind kind) {
  Bench bench{kind, v4()};
  const Octets words = bad_sum(bench);
  require_unmoved(bench, beat, [&] {
    for (int i = 0; i < per_beat; ++i) bench.send(words);
  });
}

// Each wrong in another way, many with any octets for a message.
std::vector<Octets> malformed(const Bench& bench) {
  std::mt19937 random{51};
  std::vector<Octets> frames;
  for (int i = 0; i < 500; ++i) {
    Stimulus s = bench.advert(static_cast<int>(random() % 256));
    switch (i % 5) {
      case 0:
        s.count = 1 + static_cast<int>(2 + random() % 200);
        break;
      case 1:
        s.version = static_cast<int>(4 + random() % 12);
        break;
      case 2:
        s.type = static_cast<int>(2 + random() % 14);
        break;
      case 3:
        s.hops = static_cast<int>(random() % 255);
        break;
      default:
        s.checksum_error = 1 + static_cast<int>(random() % 1000);
    }
    if (i % 3 == 0) s.length = random() % 64;
    if (i % 3 == 0) s.checksum_error += 1;  // some lengths would be right
    frames.push_back(frame(s));
  }
  return frames;
}

void flood_of_malformed(Kind kind) {
  Bench bench{kind, v4()};
  const auto frames = malformed(bench);
  std::size_t next = 0;
  require_unmoved(bench, beat, [&] {
    for (int i = 0; i < per_beat; ++i) bench.send(frames[next++ % frames.size()]);
  });
}

// A router of the same number that nobody configured, with everything else right.
void strangers(Kind kind) {
  Bench bench{kind, v4()};
  const Octets words = frame(bench.advert(255, {"10.0.0.77", ""}));
  require_unmoved(bench, bench.router.interval, [&] { bench.send(words); });
}

// The active router's adverts are still heard.
void backup_in_a_flood(Kind kind) {
  Bench bench{kind, v4()};
  bench.until_backup();
  const auto frames = malformed(bench);
  const Octets words = frame(bench.advert(200));
  const Nanos began = now();
  std::size_t next = 0;
  Nanos due = began;
  bench.listen(noisy_phase, beat, [&] {
    for (int i = 0; i < per_beat; ++i) bench.send(frames[next++ % frames.size()]);
    if (now() < due) return;
    bench.send(words);
    due += bench.router.interval;
  });
  bench.require_silent(began, "it leads");
}

}  // namespace

std::vector<Case> noise_cases() {
  std::vector<Case> cases{
      {"RX27", "wrong checksums at twice the advert rate: no advert is late", bad_sums},
      {"RX27-flood", "wrong checksums, 10,000 a second: no advert is late", flood_of_bad_sums},
      {"NZ01", "10,000 malformed a second: no advert is late", flood_of_malformed},
      {"NZ02", "wrong checksums at the advert rate: no advert is late",
       bad_sums_at_the_advert_rate},
      {"NZ03", "adverts of a stranger with priority 255: no advert is late", strangers},
      {"NZ04", "backup among 10,000 malformed a second: it does not lead", backup_in_a_flood},
  };
  for (Case& one : cases) one.turn = Turn::last;
  return cases;
}

}  // namespace redvip::conformance
