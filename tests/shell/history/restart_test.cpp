// What a restart leaves of a history (redis.md section 2.1), by version and persistence, and what
// the journal still knows where Redis has forgotten.
#include "pair.hpp"

namespace redvip::history {
namespace {

const Words parked{"--replicaof", "127.0.0.1", "0"};
const Words append_only{"--appendonly", "yes", "--appendfsync", "always"};

void restart(Node& node, const Words& options = {}) {
  node.kill();
  node.start(options);
  node.wait_until_loaded();
}

TEST_CASE("a replica restarted from its RDB file has its history still and syncs partially") {
  const auto version = any_version();
  CAPTURE(version);
  Pair pair{version};
  const auto common = pair.old.look().master_repl_offset;
  pair.fresh.ask({"SAVE"});
  restart(pair.fresh, parked);
  CHECK(by_ids(pair.fresh, pair.old) == Comparison{Relation::same, 0, 0, common});
  const auto missed = pair.old.write(2);
  CHECK(by_ids(pair.fresh, pair.old) == Comparison{Relation::behind, 0, missed, common});
  CHECK(gate(pair.fresh, pair.old) == Follow::yes);
  CHECK(lost_by_following(pair.fresh, pair.old).empty());
  CHECK(pair.old.counted("sync_partial_ok") == 1);
}

TEST_CASE("a master restarted from its RDB file has its history as second ID since 7.0") {
  const auto version = any_version();
  CAPTURE(version);
  Pair pair{version};
  pair.fresh.park();
  const auto common = pair.old.look().master_repl_offset;
  pair.old.ask({"SAVE"});
  restart(pair.old);
  const bool known = version.keeps_lineage_in_rdb();
  CHECK(by_ids(pair.old, pair.fresh) ==
        (known ? Comparison{Relation::same, 0, 0, common} : Comparison{Relation::unrelated, 0, 0}));
  CHECK(by_journal(pair.old, pair.fresh) == Comparison{Relation::same, 0, 0, common, known});
  pair.fresh.promote();
  pair.fresh.write(1);
  // What it may have written since is counted only where the lineage was kept.
  CHECK(pair.old.look().backlog_active == known);
  CHECK(gate(pair.old, pair.fresh) == (known ? Follow::yes : Follow::save_first));
  CHECK(lost_by_following(pair.old, pair.fresh).empty());
}

TEST_CASE("a master restarted from an older RDB file is behind by what the file misses") {
  const auto version = any_version();
  CAPTURE(version);
  Pair pair{version};
  const auto common = pair.old.look().master_repl_offset;
  pair.old.ask({"SAVE"});
  const auto unsaved = pair.old.write(3);
  pair.fresh.follow(pair.old);
  pair.fresh.park();
  pair.old.look();
  restart(pair.old);
  pair.fresh.promote();
  const auto found = by_journal(pair.old, pair.fresh);
  if (version.keeps_lineage_in_rdb()) {
    CHECK(found == Comparison{Relation::behind, 0, unsaved, common});
    CHECK(gate(pair.old, pair.fresh) == Follow::yes);
  } else {
    // 6.x does not say how old the file was: only what was there before the restart is known.
    CHECK(found == Comparison{Relation::same, 0, 0, common + unsaved, false});
    CHECK(gate(pair.old, pair.fresh) == Follow::save_first);
  }
  CHECK(lost_by_following(pair.old, pair.fresh).empty());
  CHECK(pair.old.keys().size() == 13);
}

TEST_CASE("a master restarted from its AOF is known by the journal only, and not to the byte") {
  const auto version = any_version();
  CAPTURE(version);
  Pair pair{version, append_only};
  pair.fresh.park();
  const auto common = pair.fresh.look().slave_repl_offset;
  const auto more = pair.old.write(3);
  pair.old.look();
  restart(pair.old);
  CHECK(pair.old.keys().size() == 13);
  CHECK(by_ids(pair.old, pair.fresh) == Comparison{Relation::unrelated, 0, 0});
  const Comparison ahead{Relation::ahead, more, 0, common, false};
  CHECK(by_journal(pair.old, pair.fresh) == ahead);
  pair.fresh.promote();
  CHECK(by_journal(pair.old, pair.fresh) == ahead);
  CHECK(gate(pair.old, pair.fresh) == Follow::no);
  CHECK(lost_by_following(pair.old, pair.fresh).size() == 3);
}

TEST_CASE("a master restarted from its AOF that seems to be behind is saved before it follows") {
  const auto version = any_version();
  CAPTURE(version);
  Pair pair{version, append_only};
  const auto common = pair.old.look().master_repl_offset;
  pair.fresh.park();
  restart(pair.old);
  pair.fresh.promote();
  const auto missed = pair.fresh.write(2) + select_bytes;
  CHECK(by_journal(pair.old, pair.fresh) == Comparison{Relation::behind, 0, missed, common, false});
  CHECK(gate(pair.old, pair.fresh) == Follow::save_first);
  CHECK(lost_by_following(pair.old, pair.fresh).empty());
}

// With appendfsync always nothing that was acknowledged is missing, and the journal cannot know.
TEST_CASE("writes between the last look and an AOF restart are not in the journal's figures") {
  const auto version = any_version();
  CAPTURE(version);
  Pair pair{version, append_only};
  const auto common = pair.old.look().master_repl_offset;
  pair.fresh.park();
  pair.old.write(2);  // nobody looks
  restart(pair.old);
  CHECK(by_journal(pair.old, pair.fresh) == Comparison{Relation::same, 0, 0, common, false});
  pair.fresh.promote();
  CHECK(gate(pair.old, pair.fresh) == Follow::save_first);
  CHECK(lost_by_following(pair.old, pair.fresh) == Keys{"7001-11", "7001-12"});
}

// A liar's offsets differ as well, but under an ID that others know.
TEST_CASE("a parked replica restarted from its AOF has a fresh ID, and the journal knows its end") {
  const auto version = any_version();
  CAPTURE(version);
  Pair pair{version, append_only};
  // 6.0 would come back empty: the full copy is in its AOF only when that has been rewritten.
  eventually([&] {
    return pair.fresh.counted("aof_rewrite_in_progress") == 0 &&
           pair.fresh.counted("aof_rewrite_scheduled") == 0;
  });
  pair.fresh.park();
  const auto had = pair.fresh.look().slave_repl_offset;
  const auto missed = pair.old.write(2);
  restart(pair.fresh, parked);
  const auto seen = pair.fresh.look();
  CHECK(seen.keys == 10);
  CHECK(seen.slave_repl_offset == 1);
  CHECK(seen.master_repl_offset == (version.keeps_offset_in_aof() ? had : 0));
  CHECK(by_ids(pair.fresh, pair.old) == Comparison{Relation::unrelated, 0, 0});
  CHECK(by_journal(pair.fresh, pair.old) == Comparison{Relation::behind, 0, missed, had, false});
  CHECK(gate(pair.fresh, pair.old) == Follow::save_first);
  CHECK(lost_by_following(pair.fresh, pair.old).empty());
}

TEST_CASE("a master restarted without persistence is empty, its journal vouches for nothing") {
  const auto version = any_version();
  CAPTURE(version);
  Pair pair{version};
  pair.fresh.park();
  pair.old.kill();
  pair.old.remove_files();
  pair.old.start();
  CHECK(by_journal(pair.old, pair.fresh) == Comparison{Relation::mine_empty, 0, 0});
  CHECK(pair.old.past().empty());
  CHECK(gate(pair.fresh, pair.old) == Follow::no);
  CHECK(lost_by_following(pair.fresh, pair.old).size() == 10);  // the trap of redis.md section 5
}

// redis.md section 2.1: a copy by way of the disk leaves a dump.rdb behind, save points or not.
TEST_CASE("without persistence the file of the last full copy comes back, at its old offset") {
  const auto version = any_version();
  CAPTURE(version);
  Pair pair{version};
  const auto all = pair.old.look().master_repl_offset;
  restart(pair.fresh, parked);
  CHECK(pair.fresh.keys().empty());
  CHECK(by_ids(pair.fresh, pair.old) == Comparison{Relation::behind, 0, all, 0});
  CHECK(gate(pair.fresh, pair.old) == Follow::yes);
  CHECK(lost_by_following(pair.fresh, pair.old).empty());
  CHECK(pair.fresh.keys().size() == 10);
}

TEST_CASE("a restarted replica that is promoted has no backlog and hides what it writes") {
  const auto version = any_version();
  CAPTURE(version);
  Pair pair{version};
  const auto common = pair.old.look().master_repl_offset;
  pair.fresh.ask({"SAVE"});
  restart(pair.fresh, parked);
  pair.fresh.promote();
  pair.fresh.write(3);
  const auto seen = pair.fresh.look();
  CHECK_FALSE(seen.backlog_active);
  CHECK(seen.master_repl_offset == common);
  CHECK(by_ids(pair.fresh, pair.old) == Comparison{Relation::same, 0, 0, common});
  CHECK(gate(pair.fresh, pair.old) == Follow::save_first);
  const auto more = pair.old.write(2);
  CHECK(by_ids(pair.fresh, pair.old) == Comparison{Relation::diverged, 0, more, common});
  CHECK(by_ids(pair.old, pair.fresh) == Comparison{Relation::diverged, more, 0, common});
  CHECK(gate(pair.fresh, pair.old) == Follow::save_first);
  CHECK(lost_by_following(pair.fresh, pair.old).size() == 3);
}

}  // namespace
}  // namespace redvip::history
