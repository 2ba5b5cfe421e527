// Redis remembers two replication IDs. The journal, folded from every look, remembers the others.
#include "pair.hpp"

namespace redvip::history {
namespace {

TEST_CASE("a Redis that stayed behind three promotions ago is compared exactly by the journal") {
  const auto version = any_version();
  CAPTURE(version);
  Pair pair{version};
  Node away{version, 7003};
  away.follow(pair.old);
  away.park();
  const auto common = away.look().slave_repl_offset;
  std::int64_t since = 0;
  auto* owner = &pair.fresh;
  auto* other = &pair.old;
  for (int promotions = 0; promotions < 3; ++promotions) {
    owner->promote();
    since += owner->write(2) + select_bytes;
    other->follow(*owner);
    std::swap(owner, other);
  }
  CHECK(owner->look().replid2 != away.look().replid);
  CHECK(by_ids(*other, away) == Comparison{Relation::unrelated, 0, 0});
  CHECK(other->past().size() == 3);
  CHECK(by_journal(*other, away) == Comparison{Relation::ahead, since, 0, common});
  CHECK(by_journal(*owner, away) == Comparison{Relation::ahead, since, 0, common});
  // Its own journal ends where it left: by that it may not follow, although it would lose nothing.
  CHECK(by_journal(away, *other) == Comparison{Relation::unrelated, 0, 0});
  CHECK(gate(away, *other) == Follow::no);
  CHECK(lost_by_following(away, *other).empty());
}

TEST_CASE("what the one that stayed behind wrote for itself is counted over three promotions") {
  const auto version = any_version();
  CAPTURE(version);
  Pair pair{version};
  Node third{version, 7003};
  third.follow(pair.fresh);  // as a chain: fresh has a replica of its own
  pair.fresh.promote();
  const auto fork = pair.fresh.look().second_repl_offset - 1;
  const auto own = pair.old.write(4);
  third.follow(pair.fresh);
  auto since = pair.fresh.write(2) + select_bytes;
  third.follow(pair.fresh);
  third.promote();
  pair.fresh.follow(third);
  since += third.write(1) + select_bytes;
  pair.fresh.follow(third);
  pair.fresh.promote();
  CHECK(by_ids(pair.fresh, pair.old).relation == Relation::unrelated);
  CHECK(by_journal(pair.fresh, pair.old) == Comparison{Relation::diverged, since, own, fork});
  CHECK(lost_by_following(pair.old, pair.fresh).size() == 4);
}

TEST_CASE("a full copy clears the second ID, and the journal knows where the histories met") {
  const auto version = any_version();
  CAPTURE(version);
  Pair pair{version};
  Node away{version, 7003};
  away.follow(pair.old);
  away.park();
  const auto behind = pair.old.write(2) + select_bytes;  // again, for the new replica
  pair.fresh.follow(pair.old);
  pair.fresh.promote();
  pair.old.write(3);
  const auto since = pair.fresh.write(1) + select_bytes;
  CHECK(gate(pair.old, pair.fresh) == Follow::save_first);
  CHECK(lost_by_following(pair.old, pair.fresh).size() == 3);
  CHECK(pair.old.look().replid2.empty());
  CHECK(by_ids(pair.old, away) == Comparison{Relation::unrelated, 0, 0});
  const auto common = away.look().slave_repl_offset;
  CHECK(by_journal(pair.old, away) == Comparison{Relation::ahead, behind + since, 0, common});
}

TEST_CASE("a promotion after an AOF restart leaves the journal's chain whole, but inexact") {
  const auto version = any_version();
  CAPTURE(version);
  Pair pair{version, {"--appendonly", "yes", "--appendfsync", "always"}};
  pair.fresh.park();
  const auto common = pair.old.look().master_repl_offset;
  pair.old.kill();
  pair.old.start({"--replicaof", "127.0.0.1", "0"});
  pair.old.wait_until_loaded();
  pair.old.look();
  pair.old.promote();
  CHECK(by_journal(pair.old, pair.fresh) == Comparison{Relation::same, 0, 0, common, false});
}

TEST_CASE("the first replica after an AOF restart changes the ID, and the data is still known") {
  const auto version = any_version();
  CAPTURE(version);
  Pair pair{version, {"--appendonly", "yes", "--appendfsync", "always"}};
  Node next{version, 7003};
  pair.fresh.park();
  const auto common = pair.old.look().master_repl_offset;
  pair.old.kill();
  pair.old.start();
  pair.old.wait_until_loaded();
  next.follow(pair.old);
  CHECK(by_journal(pair.old, pair.fresh) == Comparison{Relation::same, 0, 0, common, false});
}

TEST_CASE("the first replica ever gives a master another ID and no second one") {
  const auto version = any_version();
  CAPTURE(version);
  Node master{version, 7001};
  Node replica{version, 7002};
  master.write(5);
  const auto before = master.look();
  CHECK(before.master_repl_offset == 0);
  CHECK_FALSE(before.backlog_active);
  replica.follow(master);
  CHECK(master.look().replid != before.replid);
  CHECK(master.look().replid2.empty());
  CHECK(by_ids(replica, master).relation == Relation::same);
}

TEST_CASE("a lone master whose backlog expired has another ID, and its journal knows the old one") {
  const auto version = any_version();
  CAPTURE(version);
  Pair pair{version};
  const auto replid = pair.old.look().replid;
  pair.fresh.park();
  pair.old.ask({"CONFIG", "SET", "repl-backlog-ttl", "1"});
  eventually([&] { return pair.old.look().replid != replid; });
  CHECK_FALSE(pair.old.look().backlog_active);
  CHECK(pair.old.look().replid2.empty());
  CHECK(by_ids(pair.old, pair.fresh).relation == Relation::unrelated);
  const auto known = by_journal(pair.old, pair.fresh);
  CHECK(known.relation == Relation::same);
  CHECK_FALSE(known.exact);  // it does not count its writes
  CHECK(gate(pair.fresh, pair.old) == Follow::no);
}

}  // namespace
}  // namespace redvip::history
