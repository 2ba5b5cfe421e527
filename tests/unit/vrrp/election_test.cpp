// Every pair of state and event of RFC 9568 section 6.4. A step is compared as one line of text:
// the next state, then the actions in order.
#include "vrrp/election.hpp"

#include <string>

#include "catch.hpp"

namespace redvip::vrrp {
namespace {

std::string text(Timer timer) {
  return timer == Timer::adver ? "adver" : "active_down";
}

struct Text {
  std::string operator()(const Initialize&) const { return "Initialize"; }
  std::string operator()(const Backup& backup) const {
    return "Backup " + std::to_string(backup.active_adver_int.count());
  }
  std::string operator()(const Active&) const { return "Active"; }
  std::string operator()(const Arm& arm) const {
    return "arm " + text(arm.timer) + ' ' + std::to_string(arm.after.count());
  }
  std::string operator()(const Disarm& disarm) const { return "disarm " + text(disarm.timer); }
  std::string operator()(const SendAdvert& advert) const {
    return "advert " + std::to_string(advert.priority.value());
  }
  std::string operator()(const Lead&) const { return "lead"; }
  std::string operator()(const Follow&) const { return "follow"; }
};

std::string text(const Step& step) {
  std::string result = std::visit(Text{}, step.next);
  std::string separator = ": ";
  for (const auto& action : step.actions) {
    result += separator + std::visit(Text{}, action);
    separator = ", ";
  }
  return result;
}

constexpr IpAddress self{0x0A000005};
constexpr IpAddress above{0x0A000006};
constexpr IpAddress below{0x0A000004};

// Interval 20 cs: at priority 100 the skew is 121875 us and the Active_Down_Interval 721875 us.
ElectionConfig config(int priority = 100, bool preempt = true) {
  return {Priority::of(priority), Centiseconds{20}, preempt, self, Version::v3};
}

Advert advert(int priority, int centiseconds = 20, IpAddress sender = above) {
  return {Priority::of(priority), Centiseconds{centiseconds}, sender};
}

std::string in_initialize(const Event& event, const ElectionConfig& with = config()) {
  return text(step(with, Initialize{}, event));
}
std::string in_backup(const Event& event, const ElectionConfig& with = config()) {
  return text(step(with, Backup{Centiseconds{20}}, event));
}
std::string in_active(const Event& event, const ElectionConfig& with = config()) {
  return text(step(with, Active{}, event));
}

std::int64_t skew(int priority, int centiseconds) {
  return skew_time(Priority::of(priority), Centiseconds{centiseconds}).count();
}
std::int64_t down(int priority, int centiseconds) {
  return active_down_interval(Priority::of(priority), Centiseconds{centiseconds}).count();
}

}  // namespace

TEST_CASE("6.1: Skew_Time is ((256 - priority) * Active_Adver_Interval) / 256, in microseconds") {
  CHECK(skew(254, 100) == 7812);
  CHECK(skew(200, 100) == 218750);
  CHECK(skew(100, 100) == 609375);
  CHECK(skew(1, 100) == 996093);
  CHECK(skew(254, 10) == 781);
  CHECK(skew(200, 10) == 21875);
  CHECK(skew(100, 10) == 60937);
  CHECK(skew(1, 10) == 99609);
  CHECK(skew(254, 4095) == 319921);
  CHECK(skew(200, 4095) == 8957812);
  CHECK(skew(100, 4095) == 24953906);
  CHECK(skew(1, 4095) == 40790039);
}

TEST_CASE("6.1: Active_Down_Interval is (3 * Active_Adver_Interval) + Skew_Time") {
  CHECK(down(254, 100) == 3007812);
  CHECK(down(200, 100) == 3218750);
  CHECK(down(100, 100) == 3609375);
  CHECK(down(1, 100) == 3996093);
  CHECK(down(254, 10) == 300781);
  CHECK(down(200, 10) == 321875);
  CHECK(down(100, 10) == 360937);
  CHECK(down(1, 10) == 399609);
  CHECK(down(254, 4095) == 123169921);
  CHECK(down(200, 4095) == 131807812);
  CHECK(down(100, 4095) == 147803906);
  CHECK(down(1, 4095) == 163640039);
}

TEST_CASE("6.1: at the shortest interval neighbouring priorities still have different skews") {
  for (int priority = 1; priority < 255; ++priority) {
    CHECK(skew(priority, 1) > skew(priority + 1, 1));
  }
}

// --- 6.4.1 Initialize ---------------------------------------------------------------------------

TEST_CASE("6.4.1: on Startup with priority 255, send an ADVERTISEMENT and become Active") {
  CHECK(in_initialize(Startup{}, config(255)) == "Active: advert 255, lead, arm adver 200000");
}

TEST_CASE("6.4.1: on Startup otherwise, set the Active_Down_Timer and become Backup") {
  CHECK(in_initialize(Startup{}) == "Backup 20: follow, arm active_down 721875");
  CHECK(in_initialize(Startup{}, config(254)) == "Backup 20: follow, arm active_down 601562");
}

TEST_CASE("a Claim in Initialize leads at once, whatever the priority") {
  CHECK(in_initialize(Claim{}) == "Active: advert 100, lead, arm adver 200000");
}

TEST_CASE("6.4.1: in Initialize a Shutdown changes nothing") {
  CHECK(in_initialize(Shutdown{}) == "Initialize");
}

TEST_CASE("6.4.1: in Initialize a late timer changes nothing") {
  CHECK(in_initialize(AdverTimer{}) == "Initialize");
  CHECK(in_initialize(ActiveDownTimer{}) == "Initialize");
}

TEST_CASE("6.4.1: in Initialize an ADVERTISEMENT changes nothing") {
  for (const int priority : {0, 1, 100, 255}) {
    CHECK(in_initialize(advert(priority)) == "Initialize");
  }
}

// --- 6.4.2 Backup -------------------------------------------------------------------------------

TEST_CASE("6.4.2: on Shutdown, cancel the Active_Down_Timer, send nothing, become Initialize") {
  CHECK(in_backup(Shutdown{}) == "Initialize: disarm active_down");
}

TEST_CASE("6.4.2: if the Active_Down_Timer fires, send an ADVERTISEMENT and become Active") {
  CHECK(in_backup(ActiveDownTimer{}) == "Active: advert 100, lead, arm adver 200000");
}

TEST_CASE("6.4.2: the new Active advertises at its own interval, not at the learned one") {
  CHECK(text(step(config(), Backup{Centiseconds{4095}}, ActiveDownTimer{})) ==
        "Active: advert 100, lead, arm adver 200000");
}

TEST_CASE("a Claim in Backup leads as if the Active_Down_Timer had fired, and disarms it") {
  CHECK(in_backup(Claim{}) == "Active: disarm active_down, advert 100, lead, arm adver 200000");
}

TEST_CASE("6.4.2: if the priority is 0, set the Active_Down_Timer to Skew_Time") {
  CHECK(in_backup(advert(0)) == "Backup 20: arm active_down 121875");
}

TEST_CASE("6.4.2: a priority 0 ADVERTISEMENT teaches no interval") {
  CHECK(in_backup(advert(0, 100)) == "Backup 20: arm active_down 121875");
  CHECK(text(step(config(), Backup{Centiseconds{100}}, advert(0))) ==
        "Backup 100: arm active_down 609375");
}

TEST_CASE("6.4.2: if the priority is greater or equal, reset the Active_Down_Timer") {
  CHECK(in_backup(advert(100)) == "Backup 20: arm active_down 721875");
  CHECK(in_backup(advert(101)) == "Backup 20: arm active_down 721875");
  CHECK(in_backup(advert(255)) == "Backup 20: arm active_down 721875");
}

TEST_CASE("6.4.2: in Backup an equal priority from a lower address is followed: no tie-break") {
  CHECK(in_backup(advert(100, 20, below)) == "Backup 20: arm active_down 721875");
}

TEST_CASE("6.4.2: set Active_Adver_Interval to that of the ADVERTISEMENT, and recompute") {
  CHECK(in_backup(advert(200, 100)) == "Backup 100: arm active_down 3609375");
}

TEST_CASE("6.4.2: with Preempt_Mode True a lower priority is discarded and the timer runs on") {
  CHECK(in_backup(advert(99)) == "Backup 20");
  CHECK(in_backup(advert(1, 100)) == "Backup 20");
}

TEST_CASE("6.4.2: with Preempt_Mode False a lower priority is followed") {
  CHECK(in_backup(advert(1, 100), config(100, false)) == "Backup 100: arm active_down 3609375");
}

TEST_CASE("6.1: the address owner always preempts, independent of Preempt_Mode") {
  CHECK(in_backup(advert(254), config(255, false)) == "Backup 20");
  CHECK(in_backup(advert(255), config(255, false)) == "Backup 20: arm active_down 600781");
}

TEST_CASE("a priority that has moved is used at the next re-arm") {
  CHECK(in_backup(advert(200), config(50)) == "Backup 20: arm active_down 760937");
}

TEST_CASE("6.4.2: in Backup a Startup changes nothing") {
  CHECK(in_backup(Startup{}) == "Backup 20");
}

TEST_CASE("6.4.2: in Backup a late Adver_Timer changes nothing") {
  CHECK(in_backup(AdverTimer{}) == "Backup 20");
}

// --- 6.4.3 Active -------------------------------------------------------------------------------

TEST_CASE("6.4.3: on Shutdown, cancel the Adver_Timer and send an ADVERTISEMENT with priority 0") {
  CHECK(in_active(Shutdown{}) == "Initialize: disarm adver, advert 0, follow");
}

TEST_CASE("6.4.3: if the Adver_Timer fires, send an ADVERTISEMENT and reset the Adver_Timer") {
  CHECK(in_active(AdverTimer{}) == "Active: advert 100, arm adver 200000");
}

TEST_CASE("a Claim in Active sends an ADVERTISEMENT at once and resets the Adver_Timer") {
  CHECK(in_active(Claim{}) == "Active: advert 100, arm adver 200000");
}

TEST_CASE("6.4.3: if the priority is 0, send an ADVERTISEMENT and reset the Adver_Timer") {
  CHECK(in_active(advert(0)) == "Active: advert 100, arm adver 200000");
}

TEST_CASE("6.4.3: if the priority is greater, cancel the Adver_Timer and become Backup") {
  CHECK(in_active(advert(101, 20, below)) ==
        "Backup 20: disarm adver, follow, arm active_down 721875");
}

TEST_CASE("6.4.3: Preempt_Mode is not consulted in Active") {
  CHECK(in_active(advert(101), config(100, false)) ==
        "Backup 20: disarm adver, follow, arm active_down 721875");
}

TEST_CASE("6.4.3: the winner's interval is adopted") {
  CHECK(in_active(advert(200, 100)) == "Backup 100: disarm adver, follow, arm active_down 3609375");
}

TEST_CASE("6.4.3: on a tie the greater address wins, compared as unsigned integers") {
  const std::string yields = "Backup 20: disarm adver, follow, arm active_down 721875";
  CHECK(in_active(advert(100, 20, above)) == yields);
  CHECK(in_active(advert(100, 20, below)) == "Active: advert 100");
  CHECK(in_active(advert(100, 20, IpAddress{0xC0A80001})) == yields);
  CHECK(in_active(advert(100, 20, self)) == "Active: advert 100");
}

TEST_CASE("6.4.3: over IPv6 all 16 octets of the address decide a tie") {
  auto with = config();
  with.self = IpAddress::parse("fe80::8000:0:0:5").value();
  const auto from = [](const char* address) {
    return advert(100, 20, IpAddress::parse(address).value());
  };
  for (const auto higher : {"fe80::8000:0:0:6", "fe80::ffff:0:0:0", "fe81::", "ff00::"}) {
    CHECK(in_active(from(higher), with) ==
          "Backup 20: disarm adver, follow, arm active_down 721875");
  }
  for (const auto lower : {"fe80::8000:0:0:4", "fe80::7fff:ffff:ffff:ffff", "2001:db8::ffff"}) {
    CHECK(in_active(from(lower), with) == "Active: advert 100");
  }
}

TEST_CASE("erratum 8298: an address owner resolves a duplicate owner by the same rule") {
  CHECK(in_active(advert(255, 20, above), config(255)) ==
        "Backup 20: disarm adver, follow, arm active_down 600781");
  CHECK(in_active(advert(255, 20, below), config(255)) == "Active: advert 255");
}

TEST_CASE("6.4.3: otherwise discard, and send an ADVERTISEMENT without touching the Adver_Timer") {
  CHECK(in_active(advert(99)) == "Active: advert 100");
  CHECK(in_active(advert(1, 100)) == "Active: advert 100");
}

TEST_CASE("6.4.3: in Active a Startup changes nothing") {
  CHECK(in_active(Startup{}) == "Active");
}

TEST_CASE("6.4.3: in Active a late Active_Down_Timer changes nothing") {
  CHECK(in_active(ActiveDownTimer{}) == "Active");
}

}  // namespace redvip::vrrp
