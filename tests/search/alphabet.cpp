#include "search/alphabet.hpp"

#include <cassert>

#include "unit/core/scene.hpp"

namespace redvip::search {
namespace {

using namespace scene;
using S = Surroundings;

constexpr int above_all = 252;  // more than an owner with the incumbent's advantage
constexpr int below_all = 200;

Observation restarted_with_data() {
  Observation redis = master(700);
  redis.run_id = "third run";
  redis.replid = std::string(40, '4');
  return redis;
}

// Promoted 100 bytes earlier than the other node's, and written to.
Observation diverged() {
  Observation redis = promoted(900, 1100);
  redis.replid = std::string(40, '5');
  return redis;
}

Observation half_copied(NodeIndex of) {
  Observation redis = link_down(replica_of(of, 1000), Seconds{0});
  redis.sync_in_progress = true;
  return redis;
}

Observation never_to_lead(NodeIndex of) {
  Observation redis = replica_of(of, 1000);
  redis.replica_priority = 0;
  return redis;
}

bool always(const S&) {
  return true;
}
bool mine_asked(const S& s) {
  return s.look_waiting(s.self());
}
bool theirs_asked(const S& s) {
  return s.look_waiting(s.other());
}
template <bool mine>
NodeIndex node(const S& s) {
  return mine ? s.self() : s.other();
}

void mine_is(S& s, const Observation& redis) {
  s.observe(s.self(), redis);
}
void theirs_is(S& s, const Observation& redis) {
  s.observe(s.other(), redis);
}

std::vector<Letter> of_time() {
  return {
      {"the next timer is due", always, [](S& s) { s.next_timer(); }},
      {"100 ms pass, all is answered", always,
       [](S& s) { s.pass(Millis{100}, S::World::answering); }},
      {"1 s passes, all is answered", always,
       [](S& s) { s.pass(Seconds{1}, S::World::answering); }},
      {"310 ms pass in silence", always, [](S& s) { s.pass(Millis{310}, S::World::silent); }},
      {"the process is frozen for 3 s", always, [](S& s) { s.stall(Seconds{3}); }},
  };
}

std::vector<Letter> of_the_other_node() {
  return {
      {"higher advert", always, [](S& s) { s.advert(above_all); }},
      {"lower advert", always, [](S& s) { s.advert(below_all); }},
      {"advert of priority 0", always, [](S& s) { s.advert(0); }},
      {"its Redis: master", theirs_asked, [](S& s) { theirs_is(s, master(1000)); }},
      {"its Redis: promoted from ours", theirs_asked,
       [](S& s) { theirs_is(s, promoted(1000, 1500)); }},
      {"its Redis: parked ahead", theirs_asked, [](S& s) { theirs_is(s, parked(1200)); }},
      {"its Redis: restarted empty", theirs_asked, [](S& s) { theirs_is(s, restarted_empty()); }},
      {"its Redis: our replica", theirs_asked,
       [](S& s) { theirs_is(s, replica_of(s.self(), 1000)); }},
  };
}

std::vector<Letter> of_the_own_redis() {
  return {
      {"own Redis: master", mine_asked,
       [](S& s) {
         const auto& before = s.redis(s.self());
         const bool promoted = before && before->is_master() && !before->replid2.empty();
         mine_is(s, promoted ? Observation{*before} : master(1000));
       }},
      {"own Redis: replica in sync", mine_asked,
       [](S& s) { mine_is(s, replica_of(s.other(), 1000)); }},
      {"own Redis: replica, link down", mine_asked,
       [](S& s) { mine_is(s, link_down(replica_of(s.other(), 1000), Seconds{0})); }},
      {"own Redis: replica in mid-sync", mine_asked,
       [](S& s) { mine_is(s, half_copied(s.other())); }},
      {"own Redis: replica of priority 0", mine_asked,
       [](S& s) { mine_is(s, never_to_lead(s.other())); }},
      {"own Redis: parked", mine_asked, [](S& s) { mine_is(s, parked(1000)); }},
      {"own Redis: restarted empty", mine_asked, [](S& s) { mine_is(s, restarted_empty()); }},
      {"own Redis: restarted with data", mine_asked,
       [](S& s) { mine_is(s, restarted_with_data()); }},
      {"own Redis: diverged master", mine_asked, [](S& s) { mine_is(s, diverged()); }},
  };
}

template <bool mine>
std::vector<Letter> of_a_connection() {
  const std::string whose = mine ? "own Redis: " : "its Redis: ";
  const auto connected = [](const S& s) { return s.connected(node<mine>(s)); };
  const auto commanded = [](const S& s) { return s.command_waiting(node<mine>(s)); };
  return {
      {whose + "connection closed", connected, [](S& s) { s.lose(node<mine>(s), Loss::closed); }},
      {whose + "connection refused", always, [](S& s) { s.lose(node<mine>(s), Loss::refused); }},
      {whose + "connected again", [](const S& s) { return !s.connected(node<mine>(s)); },
       [](S& s) { s.connect(node<mine>(s)); }},
      {whose + "OK", commanded, [](S& s) { s.command_done(node<mine>(s), true); }},
      {whose + "-ERR", commanded, [](S& s) { s.command_done(node<mine>(s), false); }},
  };
}

std::vector<Letter> of_the_host() {
  const auto measuring = [](const S& s) { return s.measuring(); };
  const auto adding = [](const S& s) { return s.adding_address(); };
  const auto addressed = [](const S& s) { return s.watch().has_address(); };
  return {
      {"link measured: 0 unread", measuring, [](S& s) { s.measure(0U); }},
      {"link measured: 4096 unread", measuring, [](S& s) { s.measure(4096U); }},
      {"address added", adding, [](S& s) { s.address_added(true); }},
      {"address could not be added", adding, [](S& s) { s.address_added(false); }},
      {"address missing", addressed, [](S& s) { s.tell(event::VipsMissing{}); }},
      {"address claimed by another", addressed, [](S& s) { s.tell(event::AddressClaimed{}); }},
      {"interface up or down", always, [](S& s) { s.interface(!s.interface_up()); }},
      {"tail read", [](const S& s) { return s.reading_tail(); }, [](S& s) { s.tail_read(); }},
      {"dataset kept", [](const S& s) { return s.keeping_dataset(); },
       [](S& s) { s.dataset_kept(); }},
  };
}

std::vector<Letter> of_the_operator() {
  return {
      {"switchover asked", always, [](S& s) { s.tell(event::SwitchoverAsked{}); }},
      {"end asked", [](const S& s) { return !s.watch().terminating(); },
       [](S& s) { s.tell(event::TerminateAsked{}); }},
      {"paused or resumed", always,
       [](S& s) {
         if (s.watch().paused()) return s.tell(event::ResumeAsked{});
         s.tell(event::PauseAsked{});
       }},
  };
}

void begin(S& s) {
  s.tell(event::Start{});
}

// The two Redis are as they should be with that owner; what they say is heard once.
void look_around(S& s, NodeIndex owner) {
  s.set_redis(owner, master(1000));
  s.set_redis(1 - owner, replica_of(owner, 1000));
  begin(s);
  s.next_timer();
  s.answer_all();
}

void stand_by(S& s) {
  look_around(s, s.other());
  s.pass(Millis{350}, S::World::silent);
  s.advert(250);
  s.pass(Millis{60}, S::World::silent);
  s.answer_all();
}

void take_over(S& s) {
  stand_by(s);
  s.silence();
  s.pass(Millis{305}, S::World::silent);
}

void serve(S& s) {
  look_around(s, s.self());
  s.pass(Millis{750}, S::World::silent);
  s.answer_all();
}

void hand_over(S& s) {
  serve(s);
  s.tell(event::SwitchoverAsked{});
}

void hold(S& s) {
  look_around(s, s.other());
  s.set_redis(s.self(), half_copied(s.other()));
  s.pass(Millis{350}, S::World::silent);
  s.advert(250);
  s.pass(Millis{60}, S::World::silent);
  s.answer_all();
}

}  // namespace

std::vector<Letter> alphabet() {
  std::vector<Letter> all;
  for (auto* part : {of_time, of_the_other_node, of_the_own_redis, of_a_connection<true>,
                     of_a_connection<false>, of_the_host, of_the_operator}) {
    for (auto& letter : part()) all.push_back(std::move(letter));
  }
  return all;
}

std::vector<Letter> named(const std::set<std::string>& names) {
  auto letters = alphabet();
  std::erase_if(letters, [&](const Letter& letter) { return names.count(letter.name) == 0; });
  assert(letters.size() == names.size());
  return letters;
}

std::vector<Letter> everyday() {
  return named({
      "the next timer is due",
      "100 ms pass, all is answered",
      "310 ms pass in silence",
      "higher advert",
      "advert of priority 0",
      "its Redis: promoted from ours",
      "its Redis: connection refused",
      "own Redis: master",
      "own Redis: replica, link down",
      "own Redis: OK",
      "interface up or down",
      "switchover asked",
  });
}

const std::vector<Root>& roots() {
  static const std::vector<Root> all{
      {"just started", b, begin}, {"standing by", b, stand_by},   {"taking over", b, take_over},
      {"serving", a, serve},      {"handing over", a, hand_over}, {"holding", b, hold},
  };
  return all;
}

}  // namespace redvip::search
