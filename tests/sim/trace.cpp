#include "sim/trace.hpp"

#include <cstdio>

#include "core/overload.hpp"

namespace redvip::sim {
namespace {

std::string node(NodeIndex index) {
  return "node " + std::to_string(index);
}

std::string describe(const Command& command) {
  return std::visit(
      Overload{
          [](const command::PauseWrites& pause) {
            return "CLIENT PAUSE " + std::to_string(pause.duration.count()) + " WRITE";
          },
          [](command::UnpauseWrites) { return std::string{"CLIENT UNPAUSE"}; },
          [](command::Promote) { return std::string{"REPLICAOF NO ONE"}; },
          [](const command::Follow& follow) { return "REPLICAOF " + follow.master.text(); },
          [](const command::Park& park) {
            return std::string{"REPLICAOF 127.0.0.1 0"} +
                   (park.kill_replicas ? ", CLIENT KILL TYPE replica" : "");
          },
          [](command::RequireReplicas require) {
            return "CONFIG SET min-replicas-to-write " + std::to_string(require.count);
          },
          [](command::SaveDataset) { return std::string{"BGSAVE"}; },
      },
      command);
}

const char* name(Loss loss) {
  constexpr const char* names[] = {"closed", "refused", "unreachable", "protocol"};
  return names[static_cast<std::size_t>(loss)];
}

}  // namespace

std::string Trace::stamp(Instant now) {
  char text[32];
  const auto since = now.time_since_epoch() - Micros{Seconds{1000}};
  std::snprintf(text, sizeof text, "%10.4f ", static_cast<double>(since.count()) / 1e6);
  return text;
}

std::string describe(const Event& event) {
  return std::visit(
      Overload{
          [](event::Start) { return std::string{"started"}; },
          [](const event::TimerFired&) { return std::string{}; },
          [](const event::AdvertHeard& advert) {
            return advert.priority.value() > 0 ? std::string{}
                                               : "hears priority 0 from " + node(advert.from);
          },
          [](event::Led) { return std::string{"leads"}; },
          [](const event::Followed&) { return std::string{"follows"}; },
          [](event::Stalled) { return std::string{"stalled"}; },
          [](event::Settled) { return std::string{"settled"}; },
          [](event::RedisConnected e) { return "connected to the Redis of " + node(e.node); },
          [](const event::RedisObserved&) { return std::string{}; },
          [](const event::RedisRefused& e) { return "refused by the Redis of " + node(e.node); },
          [](const event::RedisLost& e) {
            return "lost the Redis of " + node(e.node) + ": " + name(e.loss);
          },
          [](const event::CommandDone& e) {
            return node(e.node) + " answers " + describe(e.command) + ": " +
                   (e.error ? e.error->message : "OK");
          },
          [](const event::LinkMeasured&) { return std::string{}; },
          [](const event::TailRead& tail) { return "the tail is read: " + tail.text; },
          [](const event::DatasetKept&) { return std::string{"the dataset is kept"}; },
          [](const event::VipsAdded& e) {
            return std::string{e.error ? "the VIP cannot be added" : "the VIP is added"};
          },
          [](event::VipsMissing) { return std::string{"the VIP is missing"}; },
          [](event::AddressClaimed) { return std::string{"hears a claim to the VIP"}; },
          [](const event::InterfaceChanged& e) {
            return e.interface + (e.up ? " is up" : " is down");
          },
          [](const event::StrangerAnswered&) { return std::string{"hears a stranger"}; },
          [](const event::TrackChanged& e) {
            return "track " + std::to_string(e.track) + (e.up ? " is well" : " fails: " + e.why);
          },
          [](const event::GroupChanged& e) {
            return e.blocked_by.empty() ? std::string{"its group is well"}
                                        : "its group is blocked by " + e.blocked_by;
          },
          [](const event::Reconfigured&) { return std::string{"is reconfigured"}; },
          [](const event::ForeignAdvertHeard& e) { return "hears " + e.sender.text(); },
          [](const event::SwitchoverAsked&) { return std::string{"is asked for a switchover"}; },
          [](event::TerminateAsked) { return std::string{"is asked to terminate"}; },
          [](const event::PauseAsked&) { return std::string{"is asked to pause"}; },
          [](const event::ResumeAsked&) { return std::string{"is asked to resume"}; },
          [](const event::PeerSeen& e) {
            return "sees the redvip of " + node(e.node) + " in " + name(e.presence.state);
          },
          [](const event::PeerMissing& e) { return "misses the redvip of " + node(e.node); },
      },
      event);
}

std::string describe(const Action& action) {
  return std::visit(
      Overload{
          [](const action::Arm&) { return std::string{}; },
          [](action::SendAdvert advert) {
            return advert.priority.value() > 0 ? std::string{}
                                               : std::string{"> advertises priority 0"};
          },
          [](action::AddVips) { return std::string{"> adds the VIP"}; },
          [](action::RefreshVips) { return std::string{}; },
          [](action::RemoveVips) { return std::string{"> removes the VIP"}; },
          [](action::ProbeVips) { return std::string{}; },
          [](action::Announce) { return std::string{"> announces the VIP"}; },
          [](action::FindClients) { return std::string{}; },
          [](action::ResetClients) { return std::string{"> resets the clients"}; },
          [](action::RefuseClients) { return std::string{"> refuses clients"}; },
          [](action::AdmitClients) { return std::string{"> admits clients"}; },
          [](action::Observe) { return std::string{}; },
          [](action::Reconnect e) { return "> connects anew to " + node(e.node); },
          [](const action::Send& e) {
            return "> to the Redis of " + node(e.node) + ": " + describe(e.command);
          },
          [](const action::MeasureLink&) { return std::string{}; },
          [](const action::ReadTail&) { return std::string{"> reads the tail"}; },
          [](const action::KeepDataset&) { return std::string{"> keeps the dataset"}; },
          [](const action::GuardLink& e) { return "> guards the link to " + e.master.text(); },
          [](action::UnguardLink) { return std::string{"> ends the guard"}; },
          [](const action::Record& e) {
            std::string text = std::string{"* "} + redvip::name(e.transition.from) + " -> " +
                               redvip::name(e.transition.to) + ": " + e.transition.cause;
            for (const auto& [key, value] : e.transition.inputs) text += "; " + key + ": " + value;
            return text;
          },
          [](const action::Remember&) { return std::string{}; },
          [](const action::Note& note) { return "! " + note.text; },
          [](action::Exit) { return std::string{"> exits"}; },
      },
      action);
}

}  // namespace redvip::sim
