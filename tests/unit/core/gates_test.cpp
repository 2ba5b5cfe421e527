// DESIGN section 6: who may be promoted, who may lead, and who may follow without losing anything.
#include "core/gates.hpp"

#include "catch.hpp"
#include "unit/core/scene.hpp"

namespace redvip {
namespace {

using namespace scene;

const Instant now{Seconds{1000}};

struct Spoiler {
  const char* name;
  void (*spoil)(Observation&);
  const char* why;
};

TEST_CASE("a replica is not promoted, and the reason is named, when") {
  const auto spoiler = GENERATE(
      Spoiler{"an operator forbade it", [](Observation& r) { r.replica_priority = 0; },
              "replica-priority is 0"},
      Spoiler{"it is a cluster node", [](Observation& r) { r.cluster_enabled = true; },
              "cluster mode"},
      Spoiler{"it is loading", [](Observation& r) { r.loading = true; }, "loading"},
      Spoiler{"it is mid-sync", [](Observation& r) { r.sync_in_progress = true; }, "full copy"},
      Spoiler{"it is writable", [](Observation& r) { r.replica_read_only = false; },
              "replica-read-only is off"},
      Spoiler{"its full copy broke off", [](Observation& r) { r.slave_repl_offset = 1; },
              "data is incomplete"},
      Spoiler{"it never was in sync", [](Observation& r) { r.link_up = false; },
              "never been in sync"},
      Spoiler{"its link broke too long ago", [](Observation& r) { r = link_down(r, Seconds{11}); },
              "longer than max_lag"});
  INFO(spoiler.name);
  auto redis = replica_of(a, 1000);
  REQUIRE(may_promote(site(b), redis).yes);
  spoiler.spoil(redis);
  const auto verdict = may_promote(site(b), redis);
  CHECK_FALSE(verdict.yes);
  INFO(verdict.why);
  CHECK(contains(verdict.why, spoiler.why));
}

TEST_CASE("a replica whose link broke no longer ago than max_lag is promoted") {
  CHECK(may_promote(site(b), link_down(replica_of(a, 1000), Seconds{10})).yes);
}

TEST_CASE("a master need not be promoted, but must not be one that was forbidden to lead") {
  CHECK(may_promote(site(a), master(1000)).yes);
  auto forbidden = master(1000);
  forbidden.replica_priority = 0;
  CHECK_FALSE(may_promote(site(a), forbidden).yes);
}

Journal remembers(bool served, const std::string& served_by, Dataset needed) {
  Journal journal;
  journal.last.served = served;
  journal.last.served_by = served_by;
  journal.last.needed = std::move(needed);
  return journal;
}

// What node a thinks of leading with `local`, while b's Redis is seen as `theirs` (or not at all).
Verdict lead(const Observation& local, const std::optional<Observation>& theirs,
             const std::optional<Journal>& journal, const Site& where = site(a),
             Micros unowned = Micros{0}) {
  Facts facts{where};
  facts.update(now, event::RedisObserved{a, local});
  if (theirs) facts.update(now, event::RedisObserved{b, *theirs});
  return may_lead(where, facts, journal, now, unowned);
}

TEST_CASE("with every peer in sight, whoever's history contains the others leads") {
  CHECK(lead(master(1000), replica_of(a, 1000), std::nullopt).yes);
  CHECK(lead(parked(1000), parked(1000), std::nullopt).yes);
  CHECK(lead(parked(1001), parked(1000), std::nullopt).yes);
  CHECK(lead(master(1000), restarted_empty(), std::nullopt).yes);
}

TEST_CASE("a node does not lead while a peer in sight has something that it has not") {
  CHECK(
      contains(lead(parked(1000), parked(1120), std::nullopt).why, "is 120 bytes behind redis-b"));
  CHECK(contains(lead(restarted_empty(), replica_of(a, 1000), std::nullopt).why,
                 "is empty, unlike redis-b"));
  auto stranger = master(1000);
  stranger.replid = std::string(40, '9');
  const auto verdict = lead(master(1000), stranger, std::nullopt);
  CHECK_FALSE(verdict.yes);
  CHECK(contains(verdict.why, "shares no history with redis-b"));
  auto loading = master(1000);
  loading.loading = true;
  CHECK_FALSE(lead(master(1000), loading, std::nullopt).yes);
  CHECK_FALSE(lead(loading, master(1000), std::nullopt).yes);
}

TEST_CASE("a master whose replica seems to have more of its line was looked at earlier, and leads") {
  CHECK(lead(master(1000), replica_of(a, 1120), std::nullopt).yes);
  CHECK(lead(master(1000), parked(1120), std::nullopt).yes);
  CHECK_FALSE(lead(parked(1000), replica_of(a, 1120), std::nullopt).yes);
}

TEST_CASE("a third node that has the same as a full copy tells how that is related to a peer") {
  // redis-c copied redis-b whole, once that had left the line of redis-a after 1000 bytes.
  auto copy = promoted(1000, 1300);
  copy.replid2.clear();
  copy.second_repl_offset = -1;
  const auto look_from = [&](NodeIndex self) {
    auto where = site_of_three(self);
    Facts facts{where};
    facts.update(now, event::RedisObserved{a, parked(1000)});
    facts.update(now, event::RedisObserved{b, promoted(1000, 1300)});
    facts.update(now, event::RedisObserved{c, copy});
    return may_lead(where, facts, std::nullopt, now, Micros{0});
  };
  CHECK(look_from(c).yes);
  CHECK(contains(look_from(a).why, "is 300 bytes behind redis-"));
  copy.master_repl_offset = 1200;  // no longer the same
  CHECK(contains(look_from(c).why, "shares no history with redis-a"));
}

TEST_CASE("what a replica took over from its new master is not its own: that one's IDs tell") {
  // redis-c led on after 1200 bytes of the line of redis-b, which has 1500. redis-a had 1000 of it
  // when it began to follow redis-c, and takes the rest for the new line's.
  auto follower = promoted(1000, 1200);
  follower.role = Role::replica;
  follower.slave_repl_offset = 1200;
  auto where = site_of_three(a);
  Facts facts{where};
  facts.update(now, event::RedisObserved{a, follower});
  facts.update(now, event::RedisObserved{b, parked(1500)});
  CHECK(longer_history(where, facts, follower, now) == std::nullopt);
  facts.update(now, event::RedisObserved{c, promoted(1200, 1200)});
  CHECK(longer_history(where, facts, follower, now) == b);
}

TEST_CASE("a journal does not excuse being behind a peer that can be seen") {
  const auto last_owner = remembers(true, "first run", {the_line, 1000, 100});
  CHECK_FALSE(lead(parked(1000), parked(1120), last_owner).yes);
}

TEST_CASE("of two that diverged, the one with more bytes of its own leads, unless hold is wanted") {
  CHECK(lead(promoted(1000, 1053), master(1049), std::nullopt).yes);
  CHECK_FALSE(lead(master(1049), promoted(1000, 1053), std::nullopt).yes);
  auto hold = site(a);
  hold.service.redis.on_divergence = OnDivergence::hold;
  CHECK_FALSE(lead(promoted(1000, 1053), master(1049), std::nullopt, hold).yes);
}

TEST_CASE("a node outside service.nodes, or without a Redis, does not lead") {
  auto outside = site(a);
  outside.service.nodes = {b};
  outside.service.priorities = {Priority::of(250)};
  CHECK(contains(lead(master(1000), replica_of(a, 1000), std::nullopt, outside).why,
                 "not in service.nodes"));
  const auto where = site(a);
  const Facts nothing{where};
  CHECK(may_lead(where, nothing, std::nullopt, now, Micros{0}).why == "Redis does not answer");
}

TEST_CASE("at the first installation a master leads alone, a replica of nothing does not") {
  CHECK(lead(master(1000), std::nullopt, std::nullopt).yes);
  const auto verdict = lead(parked(1000), std::nullopt, std::nullopt);
  CHECK_FALSE(verdict.yes);
  CHECK(contains(verdict.why, "redis-b cannot be seen"));
  CHECK(contains(verdict.why, "redvip switchover --force"));  // the command that decides
}

// After a power cut node a is alone: its Redis came back with another run_id and as `local`.
struct Alone {
  const char* name;
  Journal journal;
  Observation local;
  bool leads;
};

Observation rebooted(Observation redis) {
  redis.run_id = "after the power cut";
  return redis;
}

Observation with_aof(Observation redis) {
  redis.replid = std::string(40, '5');
  redis.aof_enabled = true;
  return redis;
}

TEST_CASE("alone after a power cut, only what the journal says lets it lead") {
  const auto owner = remembers(true, "first run", {the_line, 1000, 100});
  const auto standby = remembers(false, {}, {the_line, 1000, 100});
  auto replaying = owner;
  replaying.past = {{the_line, 1000, false}};
  auto replaying_standby = standby;
  replaying_standby.past = replaying.past;
  const auto owner_of_nothing = remembers(true, "first run", {the_line, 0, 0});
  auto snapshot = rebooted(promoted(1000, 1000));  // Redis 7: the file's ID becomes replid2
  const auto alone = GENERATE_COPY(
      Alone{"the last owner's Redis still runs", owner, parked(900), true},
      Alone{"the last owner has all it had", owner, rebooted(parked(1000)), true},
      Alone{"the last owner has all it had, by its snapshot", owner, snapshot, true},
      Alone{"the last owner lost its last writes", owner, rebooted(parked(999)), false},
      Alone{"the last owner lost its data", owner, rebooted(restarted_empty()), false},
      Alone{"the last owner never had data", owner_of_nothing, rebooted(restarted_empty()), true},
      Alone{"the last owner replayed its append-only file", replaying,
            rebooted(with_aof(master(0))), true},
      Alone{"a standby had applied all that the owner was known to have", standby,
            rebooted(parked(1000)), true},
      Alone{"a standby lacks what the owner was known to have", standby, parked(999), false},
      Alone{"the last owner came back with other data", owner, rebooted(with_aof(master(0))),
            false},
      Alone{"a standby replayed its append-only file", replaying_standby,
            rebooted(with_aof(master(0))), false});
  INFO(alone.name);
  const auto verdict = lead(alone.local, std::nullopt, alone.journal);
  INFO(verdict.why);
  CHECK(verdict.yes == alone.leads);
  CHECK(verdict.why.empty() == alone.leads);
}

TEST_CASE("a replica whose link broke a moment ago takes over without any comparison") {
  const auto where = site(b);
  const Facts nothing{where};
  const auto replica = link_down(replica_of(a, 1000), Seconds{1});
  CHECK(may_take_over(where, nothing, std::nullopt, replica, now, Micros{0}).yes);
  CHECK_FALSE(may_take_over(where, nothing, std::nullopt, master(1000), now, Micros{0}).yes);
}

FollowVerdict follow_verdict(const RedisConfig& config, const Observation& follower,
                             const Observation& owner, const std::vector<PastLine>& past = {},
                             bool was_copy = false) {
  return may_follow(config, follower, owner, compare(follower, owner, past), was_copy);
}

TEST_CASE("only a master is followed, and only once it has loaded its data") {
  const RedisConfig config;
  CHECK(follow_verdict(config, replica_of(a, 1000), replica_of(a, 1000)).follow == Follow::no);
  auto loading = master(1000);
  loading.loading = true;
  CHECK(follow_verdict(config, parked(1000), loading).follow == Follow::no);
}

TEST_CASE("a Redis follows a master that contains all it has") {
  const RedisConfig config;
  CHECK(follow_verdict(config, parked(1000), master(1000)).follow == Follow::yes);
  CHECK(follow_verdict(config, parked(1000), promoted(1000, 1300)).follow == Follow::yes);
  CHECK(follow_verdict(config, restarted_empty(), master(1000)).follow == Follow::yes);
}

TEST_CASE("a fuller Redis never follows an emptier, an older or an unrelated one") {
  RedisConfig config;
  config.on_divergence = GENERATE(OnDivergence::save, OnDivergence::hold, OnDivergence::discard);
  CHECK(follow_verdict(config, parked(1000), restarted_empty()).follow == Follow::no);
  CHECK(follow_verdict(config, parked(1000), master(999)).follow == Follow::no);
  auto stranger = master(1000);
  stranger.replid = std::string(40, '9');
  CHECK(follow_verdict(config, parked(1000), stranger).follow == Follow::no);
}

TEST_CASE("what becomes of diverged data is what on_divergence says, and its size is told") {
  RedisConfig config;
  const auto follow = [&](OnDivergence wanted) {
    config.on_divergence = wanted;
    const auto verdict = follow_verdict(config, master(1049), promoted(1000, 1053));
    CHECK(contains(verdict.why, "49 bytes only here, 53 only there"));
    return verdict.follow;
  };
  CHECK(follow(OnDivergence::save) == Follow::save_first);
  CHECK(follow(OnDivergence::hold) == Follow::no);
  CHECK(follow(OnDivergence::discard) == Follow::yes);
}

Observation replayed(std::int64_t keys) {
  auto redis = rebooted(with_aof(parked(1)));
  redis.keys = keys;
  return redis;
}

TEST_CASE(
    "what came back from an append-only file is saved before it follows: its end is unknown") {
  const std::vector<PastLine> past{{the_line, 1000, false}};
  RedisConfig config;
  auto verdict = follow_verdict(config, replayed(100), promoted(1000, 1300), past);
  CHECK(verdict.follow == Follow::save_first);
  CHECK(contains(verdict.why, "about 300 bytes behind"));
  config.on_divergence = OnDivergence::hold;
  verdict = follow_verdict(config, replayed(100), promoted(1000, 1300), past);
  CHECK(verdict.follow == Follow::no);
}

TEST_CASE("a copy of an owner's data follows the next owner even where no ID tells") {
  auto stranger = master(1000);
  stranger.replid = std::string(40, '9');
  CHECK(follow_verdict({}, replayed(100), stranger, {}, true).follow == Follow::save_first);
  CHECK(follow_verdict({}, replayed(100), stranger, {}, false).follow == Follow::no);
  // But never an empty one.
  CHECK(follow_verdict({}, replayed(100), restarted_empty(), {}, true).follow == Follow::no);
}

TEST_CASE(
    "after a power cut with append-only files, the last owner leads and the standby does not") {
  auto owner = remembers(true, "first run", {the_line, 1000, 100});
  auto standby = remembers(false, {}, {the_line, 1000, 100});
  owner.past = standby.past = {{the_line, 1000, false}};
  auto other = replayed(100);
  other.replid = std::string(40, '6');
  CHECK(lead(replayed(100), other, owner).yes);
  const auto verdict = lead(replayed(100), other, standby);
  CHECK_FALSE(verdict.yes);
  CHECK(contains(verdict.why, "redvip switchover --force"));
}

TEST_CASE("of two with the same data, the one that was not restarted goes first, for a while") {
  auto journal = remembers(true, "first run", {the_line, 1000, 100});
  journal.past = {{the_line, 1000, false}};
  CHECK(contains(lead(replayed(100), parked(1000), journal).why, "was not restarted"));
  CHECK(lead(replayed(100), parked(1000), journal, site(a), Seconds{3}).yes);
  auto never = parked(1000);
  never.replica_priority = 0;
  CHECK(lead(replayed(100), never, journal).yes);
}

TEST_CASE("among several that lost their master, the longest history leads") {
  auto where = site(a);
  Facts facts{where};
  facts.update(now, event::RedisObserved{b, link_down(replica_of(a, 1014), Seconds{0})});
  CHECK(longer_history(where, facts, parked(1000), now) == b);
  CHECK(longer_history(where, facts, parked(1014), now) == std::nullopt);
  SECTION("but not one that may not lead") {
    auto forbidden = link_down(replica_of(a, 1014), Seconds{0});
    forbidden.replica_priority = 0;
    facts.update(now, event::RedisObserved{b, forbidden});
    CHECK(longer_history(where, facts, parked(1000), now) == std::nullopt);
  }
  SECTION("a parked one as well, whose link broke who knows when, unless it is mid-copy") {
    auto other = parked(1014);
    facts.update(now, event::RedisObserved{b, other});
    CHECK(longer_history(where, facts, parked(1000), now) == b);
    other.sync_in_progress = true;
    facts.update(now, event::RedisObserved{b, other});
    CHECK(longer_history(where, facts, parked(1000), now) == std::nullopt);
  }
  SECTION("nor one outside of service.nodes") {
    where.service.nodes = {a};
    CHECK(longer_history(where, facts, parked(1000), now) == std::nullopt);
  }
}

TEST_CASE("a replica whose full copy broke off has nothing to lose and starts over") {
  auto liar = replica_of(a, 603);
  liar.slave_repl_offset = 1;
  CHECK(follow_verdict({}, liar, master(603)).follow == Follow::no);  // it still has keys
  liar.keys = 0;
  CHECK(follow_verdict({}, liar, master(603)).follow == Follow::yes);
}

}  // namespace
}  // namespace redvip
