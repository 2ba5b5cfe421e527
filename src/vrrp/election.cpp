#include "vrrp/election.hpp"

#include <cassert>
#include <utility>

namespace redvip::vrrp {
namespace {

using Config = ElectionConfig;

constexpr auto release = Priority::of(0);
constexpr auto address_owner = Priority::of(255);

Step become_active(const Config& config) {
  return {Active{},
          {SendAdvert{config.priority}, Lead{}, Arm{Timer::adver, config.advert_interval}}};
}

Micros skew(const Config& config, const Backup& state) {
  return skew_time(config.priority, state.active_adver_int, config.version);
}

Arm await_active(const Config& config, const Backup& state) {
  return {Timer::active_down,
          active_down_interval(config.priority, state.active_adver_int, config.version)};
}

// v2 knows one interval, which is configured everywhere (RFC 3768 6.1).
Backup backup_of(const Config& config, const Advert& advert) {
  return {config.version == Version::v2 ? config.advert_interval : advert.max_advert_interval};
}

Step become_backup(const Config& config, const Backup& state) {
  return {state, {Follow{}, await_active(config, state)}};
}

Step disarm_and(Timer timer, Step step) {
  step.actions.insert(step.actions.begin(), Disarm{timer});
  return step;
}

Step advertise(const Config& config) {
  return {Active{}, {SendAdvert{config.priority}, Arm{Timer::adver, config.advert_interval}}};
}

Step unchanged(const State& state) {
  return {state, {}};
}

bool beats_us(const Config& config, const Advert& advert) {
  return Rank{advert.priority, advert.sender} > Rank{config.priority, config.self};
}

// One overload for each pair of state and event: a pair that is missing does not compile.

// 6.4.1 Initialize

Step on(const Config& config, const Initialize&, const Startup&) {
  return config.priority == address_owner ? become_active(config)
                                          : become_backup(config, Backup{config.advert_interval});
}

Step on(const Config& config, const Initialize&, const Claim&) {
  return become_active(config);
}

Step on(const Config&, const Initialize& state, const Shutdown&) {
  return unchanged(state);
}

Step on(const Config&, const Initialize& state, const AdverTimer&) {
  return unchanged(state);
}

Step on(const Config&, const Initialize& state, const ActiveDownTimer&) {
  return unchanged(state);
}

Step on(const Config&, const Initialize& state, const Advert&) {
  return unchanged(state);
}

// 6.4.2 Backup

Step on(const Config&, const Backup&, const Shutdown&) {
  return {Initialize{}, {Disarm{Timer::active_down}}};
}

Step on(const Config& config, const Backup&, const ActiveDownTimer&) {
  return become_active(config);
}

Step on(const Config& config, const Backup&, const Claim&) {
  return disarm_and(Timer::active_down, become_active(config));
}

Step on(const Config& config, const Backup& state, const Advert& advert) {
  if (advert.priority == release) return {state, {Arm{Timer::active_down, skew(config, state)}}};
  const bool preempts = config.preempt || config.priority == address_owner;
  if (preempts && advert.priority < config.priority) return unchanged(state);
  const auto next = backup_of(config, advert);
  return {next, {await_active(config, next)}};
}

Step on(const Config&, const Backup& state, const Startup&) {
  return unchanged(state);
}

Step on(const Config&, const Backup& state, const AdverTimer&) {
  return unchanged(state);
}

// 6.4.3 Active

Step on(const Config&, const Active&, const Shutdown&) {
  return {Initialize{}, {Disarm{Timer::adver}, SendAdvert{release}, Follow{}}};
}

Step on(const Config& config, const Active&, const AdverTimer&) {
  return advertise(config);
}

Step on(const Config& config, const Active&, const Claim&) {
  return advertise(config);
}

Step on(const Config& config, const Active& state, const Advert& advert) {
  if (advert.priority == release) return advertise(config);
  if (beats_us(config, advert)) {
    return disarm_and(Timer::adver, become_backup(config, backup_of(config, advert)));
  }
  // Our advert makes the other yield and teaches switches our port again. The Adver_Timer runs on.
  return {state, {SendAdvert{config.priority}}};
}

Step on(const Config&, const Active& state, const Startup&) {
  return unchanged(state);
}

Step on(const Config&, const Active& state, const ActiveDownTimer&) {
  return unchanged(state);
}

}  // namespace

Step step(const ElectionConfig& config, const State& state, const Event& event) {
  assert(config.priority != release);  // 0 is a message, not a priority to run with
  return std::visit([&](const auto& s, const auto& e) { return on(config, s, e); }, state, event);
}

Micros skew_time(Priority priority, Centiseconds active_adver_int, Version version) {
  const Micros unit = version == Version::v2 ? Seconds{1} : Micros{active_adver_int};
  // Multiplied before it is divided: whole centiseconds would make all skews of a 10 ms interval 0.
  return unit * (256 - priority.value()) / 256;
}

Micros active_down_interval(Priority priority, Centiseconds active_adver_int, Version version) {
  return 3 * active_adver_int + skew_time(priority, active_adver_int, version);
}

}  // namespace redvip::vrrp
