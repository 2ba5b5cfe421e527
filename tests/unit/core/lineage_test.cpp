// Every row of redis.md section 2.2, from both sides: whose history contains whose, in bytes.
#include "core/lineage.hpp"

#include "catch.hpp"
#include "unit/core/scene.hpp"

namespace redvip {
namespace {

using namespace scene;

Observation on_line(Observation redis, char id) {
  redis.replid = std::string(40, id);
  return redis;
}

Observation empty(Observation redis) {
  redis.keys = 0;
  return redis;
}

// The verdict as seen from `mine`, and its mirror image as seen from `theirs`.
void check_both(const Observation& mine, const Observation& theirs, Comparison expected) {
  const auto found = compare(mine, theirs);
  CHECK(describe(found) == describe(expected));
  expected.common = found.common;
  CHECK(found == expected);
  // What each has is what both have and what only it has.
  if (found.common >= 0) {
    CHECK(found.common + found.mine_only == mine.applied_offset());
    CHECK(found.common + found.theirs_only == theirs.applied_offset());
  }
  CHECK(describe(compare(theirs, mine)) == describe(mirrored(expected)));
  CHECK(compare(theirs, mine) == mirrored(expected));
}

TEST_CASE("with the same replication ID, the offsets decide") {
  check_both(master(1000), replica_of(a, 1000), {Relation::same, 0, 0});
  check_both(master(1120), replica_of(a, 1000), {Relation::ahead, 120, 0});
  check_both(replica_of(a, 1000), parked(1007), {Relation::behind, 0, 7});
}

TEST_CASE("a promoted replica contains all of a Redis that stopped at or before the fork") {
  check_both(promoted(1000, 1300), replica_of(a, 1000), {Relation::ahead, 300, 0});
  check_both(promoted(1000, 1300), parked(400), {Relation::ahead, 900, 0});
  check_both(promoted(1000, 1000), master(1000), {Relation::same, 0, 0});
}

TEST_CASE("past the fork both have bytes of their own: 53 and 49 as measured on a real pair") {
  auto promoted_redis = promoted(373, 423);
  promoted_redis.second_repl_offset = 374;
  auto old_master = master(422);
  check_both(promoted_redis, old_master, {Relation::diverged, 50, 49});
  check_both(promoted(1000, 1053), master(1049), {Relation::diverged, 53, 49});
}

TEST_CASE("the old master of one that took no writes since is ahead of it") {
  check_both(promoted(1000, 1000), master(1049), {Relation::behind, 0, 49});
}

TEST_CASE("a master without a backlog has writes that its offset does not count") {
  auto frozen = promoted(1000, 1000);
  frozen.backlog_active = false;
  check_both(frozen, master(1049), {Relation::diverged, 0, 49});
  // Nothing of its own can be hidden in an empty dataset.
  check_both(empty(frozen), master(1049), {Relation::behind, 0, 49});
}

TEST_CASE("two that were promoted from one line are compared from their earlier fork") {
  const auto left = on_line(promoted(1000, 1100), '2');
  const auto right = on_line(promoted(1000, 1040), '4');
  check_both(left, right, {Relation::diverged, 100, 40});
  // One that wrote nothing after the fork is a subset, though PSYNC would refuse it.
  check_both(left, on_line(promoted(1000, 1000), '4'), {Relation::ahead, 100, 0});
  // Promoted at 900, it never had what the other got between 900 and 1000.
  check_both(left, on_line(promoted(900, 950), '4'), {Relation::diverged, 200, 50});
}

TEST_CASE("with no ID in common, an empty Redis is known by having no keys") {
  const auto mine = on_line(master(500), '7');
  const auto theirs = on_line(master(900), '8');
  check_both(empty(mine), theirs, {Relation::mine_empty, 0, 0});
  check_both(empty(mine), empty(theirs), {Relation::same, 0, 0});
  check_both(mine, theirs, {Relation::unrelated, 0, 0});
}

TEST_CASE("data and no data at the same place of one history are not the same") {
  check_both(empty(promoted(1000, 1000)), parked(1000), {Relation::mine_empty, 0, 0});
}

TEST_CASE("two without any data have the same, wherever their offsets stand") {
  check_both(empty(master(14)), empty(promoted(0, 0)), {Relation::same, 0, 0});
  check_both(empty(promoted(1000, 1300)), empty(master(1049)), {Relation::same, 0, 0});
}

TEST_CASE("having been promoted from no line is not a line in common") {
  auto mine = on_line(master(500), '7');
  auto theirs = on_line(master(500), '8');
  REQUIRE(mine.replid2.empty());
  REQUIRE(theirs.replid2.empty());
  check_both(mine, theirs, {Relation::unrelated, 0, 0});
}

TEST_CASE("a Redis that is loading cannot be compared with anything") {
  auto loading = master(1000);
  loading.loading = true;
  check_both(loading, master(1000), {Relation::untrusted, 0, 0});
  loading.keys = 0;
  check_both(loading, on_line(master(9), '9'), {Relation::untrusted, 0, 0});
}

TEST_CASE("an emptied replica that kept its ID and offset is not believed to be in sync") {
  // Measured: a full copy that failed past the flush leaves 603 and 1 over zero keys.
  auto liar = empty(replica_of(a, 603));
  liar.slave_repl_offset = 1;
  CHECK_FALSE(trusted(liar));
  check_both(liar, master(603), {Relation::untrusted, 0, 0});
}

TEST_CASE("a Redis that was born parked says 1 and 0 and is believed") {
  auto newborn = empty(on_line(parked(1), '6'));
  newborn.master_repl_offset = 0;
  CHECK(trusted(newborn));
  check_both(newborn, master(1000), {Relation::mine_empty, 0, 0});
}

TEST_CASE("a replica has what it applied, not what its master told it about") {
  auto replica = replica_of(a, 1000);
  replica.master_repl_offset = 5000;
  CHECK(replica.applied_offset() == 1000);
  CHECK(master(1000).applied_offset() == 1000);
}

// The local dataset went through line '1' until 400 and line '2' until 700, and is in line '5' now.
const std::vector<PastLine> two_promotions{{std::string(40, '1'), 400, true},
                                           {std::string(40, '2'), 700, true}};

Observation after_two_promotions(std::int64_t offset) {
  auto redis = on_line(master(offset), '5');
  redis.replid2 = std::string(40, '2');
  redis.second_repl_offset = 701;
  return redis;
}

TEST_CASE("a Redis that stayed behind two promotions ago is known by the journal only") {
  const auto mine = after_two_promotions(1000);
  const auto returning = on_line(parked(380), '1');
  CHECK(compare(mine, returning).relation == Relation::unrelated);
  CHECK(compare(mine, returning, two_promotions) == Comparison{Relation::ahead, 620, 0, 380, true});
  CHECK(compare(mine, on_line(parked(430), '1'), two_promotions) ==
        Comparison{Relation::diverged, 600, 30, 400, true});
}

TEST_CASE("one that loaded an RDB file of two promotions ago is known by its second ID") {
  auto returning = on_line(master(380), '8');
  returning.replid2 = std::string(40, '1');
  returning.second_repl_offset = 381;
  CHECK(compare(after_two_promotions(1000), returning, two_promotions) ==
        Comparison{Relation::ahead, 620, 0, 380, true});
}

TEST_CASE("after an append-only file was replayed the journal's last look stands for its end") {
  auto mine = on_line(parked(1), '8');
  mine.master_repl_offset = 0;
  mine.aof_enabled = true;
  const std::vector<PastLine> past{{the_line, 1000, false}};
  CHECK(compare(mine, promoted(1000, 1300), past) ==
        Comparison{Relation::behind, 0, 300, 1000, false});
  CHECK(compare(mine, promoted(960, 1300), past) ==
        Comparison{Relation::diverged, 40, 340, 960, false});
  CHECK(compare(mine, parked(1000), past) == Comparison{Relation::same, 0, 0, 1000, false});
  CHECK(describe(compare(mine, promoted(960, 1300), past)) ==
        "diverged from (about 40 bytes only here, 340 only there)");
}

TEST_CASE("a master without a backlog may have written what its offset does not tell") {
  const auto mine = on_line(parked(1017), '8');
  auto theirs = promoted(1000, 1000);
  theirs.backlog_active = false;
  const std::vector<PastLine> past{{the_line, 1010, true}};
  CHECK(compare(mine, theirs, past).relation == Relation::diverged);
  theirs.backlog_active = true;
  CHECK(compare(mine, theirs, past).relation == Relation::ahead);
}

TEST_CASE("a journal that has not noted a restart yet does not vouch for what came back") {
  auto mine = on_line(parked(1), '8');
  mine.aof_enabled = true;
  const auto found = compare(mine, promoted(1000, 1300), {{the_line, 1000, true}});
  CHECK_FALSE(found.exact);
}

TEST_CASE("a comparison reads as a sentence with its bytes") {
  CHECK(describe({Relation::ahead, 120, 0}) == "is 120 bytes ahead of");
  CHECK(describe({Relation::behind, 0, 7}) == "is 7 bytes behind");
  CHECK(describe({Relation::diverged, 53, 49}) ==
        "diverged from (53 bytes only here, 49 only there)");
}

}  // namespace
}  // namespace redvip
