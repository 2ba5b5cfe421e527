// Every row of redis.md section 2.2 on real servers: what compare() says about their INFO, in bytes
// that are counted here from the commands themselves; and what following then really costs.
#include "catch.hpp"
#include "pair.hpp"

namespace redvip::history {
namespace {

TEST_CASE("a replica in sync has the same data as its master, and may be followed by it") {
  const auto version = any_version();
  CAPTURE(version);
  Pair pair{version};
  const auto offset = pair.old.look().master_repl_offset;
  CHECK(by_ids(pair.fresh, pair.old) == Comparison{Relation::same, 0, 0, offset});
  pair.fresh.promote();
  CHECK(by_ids(pair.old, pair.fresh) == Comparison{Relation::same, 0, 0, offset});
  CHECK(gate(pair.old, pair.fresh) == Follow::yes);
  CHECK(lost_by_following(pair.old, pair.fresh).empty());
  CHECK(pair.fresh.counted("sync_partial_ok") == 1);
}

TEST_CASE("with one ID, a parked replica is behind by the bytes its master wrote, and may follow") {
  const auto version = any_version();
  CAPTURE(version);
  Pair pair{version};
  pair.fresh.park();
  const auto common = pair.old.look().master_repl_offset;
  const auto missed = pair.old.write(3);
  CHECK(by_ids(pair.fresh, pair.old) == Comparison{Relation::behind, 0, missed, common});
  CHECK(by_ids(pair.old, pair.fresh) == Comparison{Relation::ahead, missed, 0, common});
  CHECK(gate(pair.fresh, pair.old) == Follow::yes);
  CHECK(lost_by_following(pair.fresh, pair.old).empty());
  CHECK(pair.fresh.keys().size() == 13);
}

TEST_CASE("a promoted replica that wrote has all of an old master that stopped at the fork") {
  const auto version = any_version();
  CAPTURE(version);
  Pair pair{version};
  pair.old.park();
  pair.fresh.promote();
  const auto common = pair.old.look().slave_repl_offset;
  const auto missed = pair.fresh.write(4) + select_bytes;
  CHECK(by_ids(pair.fresh, pair.old) == Comparison{Relation::ahead, missed, 0, common});
  CHECK(by_ids(pair.old, pair.fresh) == Comparison{Relation::behind, 0, missed, common});
  CHECK(gate(pair.old, pair.fresh) == Follow::yes);
  CHECK(lost_by_following(pair.old, pair.fresh).empty());
  CHECK(pair.fresh.counted("sync_partial_ok") == 1);
}

TEST_CASE("an old master that wrote on is ahead of the promoted one, and following loses that") {
  const auto version = any_version();
  CAPTURE(version);
  Pair pair{version};
  pair.fresh.promote();
  const auto common = pair.old.look().master_repl_offset;
  const auto own = pair.old.write(2);
  CHECK(by_ids(pair.old, pair.fresh) == Comparison{Relation::ahead, own, 0, common});
  CHECK(by_ids(pair.fresh, pair.old) == Comparison{Relation::behind, 0, own, common});
  CHECK(gate(pair.old, pair.fresh) == Follow::no);
  CHECK(lost_by_following(pair.old, pair.fresh) == Keys{"7001-11", "7001-12"});
}

TEST_CASE("past the fork both have bytes of their own: followed only as on_divergence says") {
  const auto version = any_version();
  CAPTURE(version);
  Pair pair{version};
  pair.fresh.promote();
  const auto common = pair.old.look().master_repl_offset;
  const auto only_old = pair.old.write(2);
  const auto only_fresh = pair.fresh.write(3) + select_bytes;
  CHECK(by_ids(pair.old, pair.fresh) ==
        Comparison{Relation::diverged, only_old, only_fresh, common});
  CHECK(by_ids(pair.fresh, pair.old) ==
        Comparison{Relation::diverged, only_fresh, only_old, common});
  CHECK(gate(pair.old, pair.fresh, OnDivergence::save) == Follow::save_first);
  CHECK(gate(pair.old, pair.fresh, OnDivergence::hold) == Follow::no);
  CHECK(gate(pair.old, pair.fresh, OnDivergence::discard) == Follow::yes);
  CHECK(lost_by_following(pair.old, pair.fresh) == Keys{"7001-11", "7001-12"});
  CHECK(pair.fresh.counted("sync_partial_err") == 1);
}

// A third node sees to it that the old master goes on sending PINGs.
TEST_CASE("an old master that only sent PINGs counts as ahead, though it would lose no key") {
  const auto version = any_version();
  CAPTURE(version);
  Pair pair{version};
  Node third{version, 7003};
  third.follow(pair.old);
  pair.fresh.promote();
  const auto common = pair.fresh.look().master_repl_offset;
  pair.old.ask({"CONFIG", "SET", "repl-ping-replica-period", "1"});
  eventually([&] { return pair.old.look().master_repl_offset > common; });
  pair.old.ask({"CONFIG", "SET", "repl-ping-replica-period", "3600"});
  const auto found = by_ids(pair.old, pair.fresh);
  CHECK(found.relation == Relation::ahead);
  CHECK(found.mine_only % stream_bytes({"PING"}) == 0);
  CHECK(gate(pair.old, pair.fresh) == Follow::no);
  pair.fresh.write(1);
  CHECK(gate(pair.old, pair.fresh) == Follow::save_first);
  CHECK(lost_by_following(pair.old, pair.fresh).empty());
}

// Two replicas of a master that is gone; `behind` writes reached only the first of them.
struct Heirs {
  explicit Heirs(const Version& version, int behind = 0)
      : dead{version, 7001}, left{version, 7002}, right{version, 7003} {
    left.follow(dead);
    right.follow(dead);
    dead.write(10);
    left.follow(dead);
    right.follow(dead);
    right.park();
    late = dead.write(behind);
    left.follow(dead);
    dead.kill();
    left.promote();
    right.promote();
  }
  Node dead;
  Node left;
  Node right;
  std::int64_t late = 0;
};

TEST_CASE("two that were both promoted are compared from their fork") {
  const auto version = any_version();
  CAPTURE(version);
  Heirs heirs{version};
  const auto common = heirs.left.look().second_repl_offset - 1;
  CHECK(by_ids(heirs.left, heirs.right) == Comparison{Relation::same, 0, 0, common});
  const auto only_left = heirs.left.write(3) + select_bytes;
  CHECK(by_ids(heirs.right, heirs.left) == Comparison{Relation::behind, 0, only_left, common});
  CHECK(gate(heirs.right, heirs.left) == Follow::yes);
  const auto only_right = heirs.right.write(2) + select_bytes;
  CHECK(by_ids(heirs.left, heirs.right) ==
        Comparison{Relation::diverged, only_left, only_right, common});
  CHECK(gate(heirs.right, heirs.left) == Follow::save_first);
  CHECK(lost_by_following(heirs.right, heirs.left) == Keys{"7003-1", "7003-2"});
}

TEST_CASE("of two that were both promoted the one without own writes loses none by a full copy") {
  const auto version = any_version();
  CAPTURE(version);
  Heirs heirs{version};
  heirs.left.write(3);
  CHECK(gate(heirs.right, heirs.left) == Follow::yes);
  CHECK(lost_by_following(heirs.right, heirs.left).empty());
  CHECK(heirs.left.counted("sync_partial_ok") == 0);  // PSYNC cannot know what compare() knows
}

TEST_CASE("of two that were promoted at different places the earlier place is the fork") {
  const auto version = any_version();
  CAPTURE(version);
  Heirs heirs{version, 4};
  const auto common = heirs.right.look().second_repl_offset - 1;
  CHECK(by_ids(heirs.right, heirs.left) == Comparison{Relation::behind, 0, heirs.late, common});
  const auto own = heirs.right.write(1) + select_bytes;
  CHECK(by_ids(heirs.left, heirs.right) == Comparison{Relation::diverged, heirs.late, own, common});
  CHECK(gate(heirs.left, heirs.right) == Follow::save_first);
  CHECK(lost_by_following(heirs.left, heirs.right).size() == 4);
}

TEST_CASE("two masters that never met are unrelated, and neither may follow") {
  const auto version = any_version();
  CAPTURE(version);
  Node mine{version, 7001};
  Node theirs{version, 7002};
  mine.write(2);
  theirs.write(3);
  CHECK(by_ids(mine, theirs) == Comparison{Relation::unrelated, 0, 0});
  CHECK(gate(mine, theirs) == Follow::no);
  CHECK(gate(theirs, mine) == Follow::no);
  CHECK(lost_by_following(mine, theirs) == Keys{"7001-1", "7001-2"});
}

TEST_CASE("a fresh server may follow one that has data, and never the other way round") {
  const auto version = any_version();
  CAPTURE(version);
  Pair pair{version};
  Node fresh{version, 7003};
  CHECK(by_ids(fresh, pair.old) == Comparison{Relation::mine_empty, 0, 0});
  CHECK(by_ids(pair.old, fresh) == Comparison{Relation::theirs_empty, 0, 0});
  CHECK(gate(fresh, pair.old) == Follow::yes);
  CHECK(gate(pair.old, fresh) == Follow::no);
  CHECK(lost_by_following(pair.old, fresh).size() == 10);
}

TEST_CASE("two fresh servers have the same: nothing") {
  const auto version = any_version();
  CAPTURE(version);
  Node mine{version, 7001};
  Node theirs{version, 7002};
  CHECK(by_ids(mine, theirs) == Comparison{Relation::same, 0, 0});
  CHECK(gate(mine, theirs) == Follow::yes);
}

TEST_CASE("a flushed master is ahead by the bytes of the FLUSHALL, not empty and not behind") {
  const auto version = any_version();
  CAPTURE(version);
  Pair pair{version};
  pair.fresh.park();
  const auto common = pair.old.look().master_repl_offset;
  pair.old.ask({"FLUSHALL"});
  const auto flush = stream_bytes({"FLUSHALL"});
  CHECK(by_ids(pair.old, pair.fresh) == Comparison{Relation::ahead, flush, 0, common});
  CHECK(by_ids(pair.fresh, pair.old) == Comparison{Relation::behind, 0, flush, common});
  CHECK(gate(pair.fresh, pair.old) == Follow::yes);
  CHECK(lost_by_following(pair.fresh, pair.old).size() == 10);  // as its master's clients wanted
  CHECK(pair.old.counted("sync_partial_ok") == 1);
}

}  // namespace
}  // namespace redvip::history
