// serving: the owner. Watches for every reason to stop, keeps the address and the peers in step.
#include <algorithm>

#include "core/service.hpp"

namespace redvip {
namespace {

// Whoever else has the address answers a probe well within this.
constexpr Millis time_to_object{20};

constexpr Seconds kernel_lifetime_of_addresses{5};

// The old owner's own daemon demotes it within milliseconds; only if nobody does, the winner does.
constexpr Millis patience_with_peers{500};

// From its end to a listening Redis: to be started and to read its configuration takes it more.
constexpr Millis soonest_restart{5};

}  // namespace

void Service::serving() {
  if (owner_must_stop()) return;
  // At the latest look at its own Redis: what clients wrote since the last one tells a peer that
  // has more of the same history from one that has something else.
  if (observed(site_.self)) align_peers();
  if (state_ != State::serving) return;
  guard_address();
  if (fired(Timer::tick)) {
    give_up_advantage();
    require_replicas();
    reason_ = "the owner";
  }
  if (terminating_) return begin_handover("redvip is stopping", Motive::stopping);
  if (const auto* asked = happened<event::SwitchoverAsked>()) asked_to_hand_over(*asked);
}

// Everything that ends ownership at once. True: it has ended.
bool Service::owner_must_stop() {
  if (const auto interface = failed_interface()) {
    lose(State::fault, *interface, Address::off);
    return true;
  }
  if (tracked_failure_ends_it()) return true;
  if (const auto* added = happened<event::VipsAdded>(); added && added->error) {
    held_until_ = now_ + Seconds{1};
    lose(State::holding, "the address cannot be kept: " + added->error->text(), Address::off);
    return true;
  }
  if (!facts_.local_up(now_)) {
    // With a weight the priority falls instead; but never does the address stay on a dead Redis
    // while a fit one is there.
    const auto stays = site_.service.redis.weight != 0 && !successor(now_).first;
    if (!stays) {
      lose(State::fault, facts_.local_problem(now_), Address::until_claimed);
      return true;
    }
  }
  const auto* redis = local();
  if (redis && redis->run_id != serving_run_id_) {
    // A stranger under the same address: no replica may copy from it before it has been compared.
    park(site_.self, *redis, true);
    lose(State::holding, "Redis was restarted", Address::until_claimed);
    return true;
  }
  if (!facts_.leading()) {
    const auto owner = facts_.owner(now_);
    lose(State::holding,
         owner ? site_.name(owner->node) + " leads with priority " +
                     std::to_string(owner->priority.value())
               : "another node leads",
         Address::off);
    return true;
  }
  if (redis && !redis->is_master()) {
    const auto owner = facts_.owner(now_);
    if (owner && follows(*redis, owner->node)) {
      lose(State::holding, site_.name(owner->node) + " has taken over", Address::off);
    } else {
      held_until_ = now_ + Seconds{1};  // the other node's turn first
      lose(State::holding, "Redis was made a replica of " + redis->master_host + " by someone else",
           Address::until_claimed);
    }
    return true;
  }
  return false;
}

// Redis is well: clients need not notice. Once nobody took it over it ends all the same, but for
// the sake of another service of the group only where somebody takes it.
bool Service::tracked_failure_ends_it() {
  constexpr Seconds another_try{10};
  const auto why = failure();
  if (!why || state_ != State::serving) return false;
  const bool tried = handover_failed_ && now_ - *handover_failed_ < another_try;
  if (facts_.local_up(now_) && !tried && successor(now_).first) {
    begin_handover(*why, Motive::fault);
    return true;
  }
  if (!own_failure()) return false;
  lose(State::fault, *why, Address::off);
  return true;
}

// Priority 0 first, so that the successor starts counting. Then the clients are reset: they try
// again at once. A connection attempt to an address that nobody has is not refused but lost, and
// costs the client a second; so where a successor is likely the address stays, on a Redis that
// refuses, for the milliseconds until the successor announces it.
//
// A process that has gone has no connections, for the kernel has closed them: to look for some, 2
// ms while the successor may need the same cores, can wait until the address goes.
void Service::lose(State next, const std::string& cause, Address address) {
  advantage_.reset();
  follow_sent_.reset();
  park_sent_.reset();
  if (!facts_.leading()) end_our_pause();
  order(election::Leave{});
  const bool gone = facts_.redis(site_.self).gone();
  if (address == Address::until_claimed) {
    // A supervisor may start Redis again meanwhile, empty: nobody gets through to it.
    refuse_clients_at_ = now_ + (gone ? soonest_restart : Millis{0});
    if (gone) arm(Timer::poll, soonest_restart);
    refuse_clients();
  }
  if (!gone) order(action::ResetClients{});
  if (address == Address::until_claimed) {
    let_go_at_ = now_ + 2 * site_.service.redis.probe_interval;
    arm(Timer::deadline, 2 * site_.service.redis.probe_interval);
  } else {
    order(action::RemoveVips{});
    facts_.set_vips_present(false);
  }
  enter(next, cause);
}

void Service::guard_address() {
  const bool look =
      happened<event::VipsMissing>() || happened<event::Settled>() || fired(Timer::tick);
  if (look && !facts_.vips_present() && local()) {
    note(true, "the address was gone from the interface: put back");
    order(action::AddVips{});
    order(action::Announce{});
    arm(Timer::refresh, Millis{250});
  }
  keep_address();
}

// Nothing changes by it, so a paused owner does it too; but what somebody took away meanwhile stays
// away until it is resumed.
void Service::keep_address() {
  if (fired(Timer::refresh)) {
    if (facts_.vips_present()) order(action::RefreshVips{});
    arm(Timer::refresh, Millis{250});
  }
  if (fired(Timer::announce) && !asked_before_announcing_) {
    if (cut_off_perhaps()) return arm(Timer::announce, Seconds{1});
    asked_before_announcing_ = true;
    probe_vips();
    arm(Timer::announce, time_to_object);
  } else if (fired(Timer::announce)) {
    asked_before_announcing_ = false;
    order(action::Announce{});
    // A dead daemon's address answers for itself until the kernel takes it away.
    const bool early = now_ - state_since_ < kernel_lifetime_of_addresses;
    const auto& garp = site_.service.garp;
    const auto again = rival_heard(now_) || early ? garp.delay : garp.refresh;
    if (again > Micros{0}) arm(Timer::announce, again);
  }
  announce_again();
}

// Every peer's Redis that was there has gone silent. A probe that nobody answers then says nothing,
// and what follows it could be the first that is heard after the cut.
bool Service::cut_off_perhaps() const {
  bool silent = false;
  for (NodeIndex peer = 0; peer < site_.nodes.size(); ++peer) {
    if (peer == site_.self) continue;
    if (facts_.heard_from(now_, peer, site_.service.redis.probe_interval)) return false;
    if (facts_.redis(peer).gone()) return false;  // its host says so
    silent = silent || facts_.redis(peer).answered_at >= state_since_;
  }
  return silent;
}

// A partition may just have healed; it can be a claim, or a probe's answer, that tells. If the
// other side leads on, its advert comes within an interval and we are no longer serving when this
// fires: to announce before that would draw the clients to the wrong Redis. If not, it lets go
// without a word, and the neighbours must be told whose it is.
void Service::announce_again() {
  const Micros interval = site_.service.advert_interval;
  if (happened<event::AdvertHeard>()) {  // a lower one: it is the other that yields
    rival_heard_ = now_;
    asked_before_announcing_ = true;
    arm(Timer::announce, interval / 2);
  } else if (happened<event::AddressClaimed>() || peer_is_back()) {
    asked_before_announcing_ = true;
    arm(Timer::announce, interval * 3 / 2);
  }
}

// Heard again after so long that it may have been cut off from here, and have led meanwhile. A
// short cut breaks no connection. Or its redvip, which stood still and had the address for so long,
// is seen to have let go, whatever its Redis does.
bool Service::peer_is_back() const {
  const auto long_enough =
      std::max<Micros>(3 * site_.service.advert_interval, 2 * site_.service.redis.probe_interval);
  for (NodeIndex peer = 0; peer < site_.nodes.size(); ++peer) {
    const auto& redis = facts_.redis(peer);
    const bool spoke = peer != site_.self && redis.spoke_at == now_;
    if (spoke && redis.silent_for >= long_enough) return true;
  }
  const auto* seen = happened<event::PeerSeen>();
  if (seen && facts_.peer_lets_go(seen->node)) return true;
  const auto* connected = happened<event::RedisConnected>();
  return connected && connected->node != site_.self;
}

void Service::align_peers() {
  const auto* mine = local();
  if (!mine) return;
  for (NodeIndex peer = 0; peer < site_.nodes.size(); ++peer) {
    if (peer == site_.self) continue;
    const auto* theirs = at(peer);
    auto& since = misaligned_since_[peer];
    if (!theirs || follows(*theirs, site_.self)) {
      since.reset();
      continue;
    }
    if (!since) since = now_;
    if (now_ - *since < patience_with_peers) continue;
    // Only on a fresh look: cut off from here it may have been promoted, and written to.
    if (!facts_.responsive(now_, peer, site_.service.redis.probe_interval)) continue;
    since = now_;
    const auto comparison = mirrored(compared_with(*theirs));
    if (theirs->is_master()) {
      // Parked, it keeps what it has and takes no more; its own daemon compares and saves. But two
      // datasets that never had to do with one another are an operator's business.
      if (comparison.relation == Relation::unrelated) continue;
      note(true, site_.name(peer) + " is still a master: parked, then compared");
      park(peer, *theirs);
      continue;
    }
    // Its redvip, if it is known, has to be able to take what is given up.
    const auto* redvip = facts_.peer(now_, peer);
    const bool able = !redvip || (!redvip->paused && redvip->state != State::fault);
    if (comparison.relation == Relation::ahead && comparison.exact && site_.priority(peer) &&
        theirs->replica_priority > 0 && able) {
      return lose(State::holding,
                  site_.name(peer) + " has " + std::to_string(comparison.mine_only) +
                      " bytes more of the same history",
                  Address::until_claimed);
    }
    const auto [follow, why] = may_follow(site_.service.redis, *theirs, *mine, comparison, false);
    if (follow == Follow::yes) {
      command(peer, command::Follow{site_.redis(site_.self), killable_clients(*theirs)});
    } else if (facts_.peer_missing(now_, peer) && may_copy_another(*theirs)) {
      note(true, site_.name(peer) + " has what nobody else has, and no redvip: parked");
      park(peer, *theirs);
    }
  }
}

// The incumbent's advantage lasts until nobody is left who could come back with another history.
void Service::give_up_advantage() {
  if (!advantage_) return;
  for (NodeIndex peer = 0; peer < site_.nodes.size(); ++peer) {
    if (peer == site_.self) continue;
    const auto* theirs = at(peer);
    if (!theirs || !follows(*theirs, site_.self) || !theirs->link_up) return;
  }
  advantage_.reset();
}

bool Service::rival_heard(Instant now) const {
  return state_ == State::serving && rival_heard_ && now - *rival_heard_ <= silence();
}

}  // namespace redvip
