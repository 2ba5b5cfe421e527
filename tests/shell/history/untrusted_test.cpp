// Servers whose INFO must not be believed.
#include "broken_master.hpp"
#include "pair.hpp"

namespace redvip::history {
namespace {

TEST_CASE("a server that is loading cannot be compared, and neither follows nor is followed") {
  const auto version = any_version();
  CAPTURE(version);
  Pair pair{version};
  // Events are handled every 2 MB of the file, on all versions.
  pair.old.ask({"CONFIG", "SET", "rdbcompression", "no"});
  for (int i = 0; i < 20; ++i) {
    pair.old.ask({"SET", "large-" + std::to_string(i), std::string(3'000'000, 'x')});
  }
  pair.fresh.follow(pair.old);
  pair.fresh.park();
  pair.old.ask({"SAVE"});
  pair.old.kill();
  pair.old.start({"--key-load-delay", "50000"});
  REQUIRE(pair.old.look().loading);
  CHECK(by_journal(pair.old, pair.fresh).relation == Relation::untrusted);
  CHECK(by_journal(pair.fresh, pair.old).relation == Relation::untrusted);
  CHECK(gate(pair.fresh, pair.old) == Follow::no);
  pair.fresh.promote();
  CHECK(gate(pair.old, pair.fresh) == Follow::no);
}

// A pair whose replica has been through a full copy that broke off past the flush.
struct PairWithLiar : Pair {
  explicit PairWithLiar(const Version& version)
      : Pair{version, {"--repl-diskless-load", "disabled"}} {
    const BrokenMaster broken{7009};
    fresh.ask({"REPLICAOF", "127.0.0.1", "7009"});
    eventually([&] { return fresh.look().keys == 0; });
    fresh.park();
  }
};

TEST_CASE("a replica whose full copy broke off is empty under its old ID, and is not believed") {
  const auto version = any_version();
  CAPTURE(version);
  PairWithLiar pair{version};
  const auto liar = pair.fresh.look();
  CHECK(liar.replid == pair.old.look().replid);
  CHECK(liar.master_repl_offset == pair.old.look().master_repl_offset);
  CHECK(liar.keys == 0);
  CHECK_FALSE(trusted(liar));
  CHECK(by_ids(pair.fresh, pair.old).relation == Relation::untrusted);
  CHECK(by_ids(pair.old, pair.fresh).relation == Relation::untrusted);
  // It has nothing to lose.
  CHECK(gate(pair.fresh, pair.old) == Follow::yes);
  CHECK(lost_by_following(pair.fresh, pair.old).empty());
  CHECK(pair.fresh.keys().size() == 10);
}

TEST_CASE("a liar that somebody promoted may not be followed: it would cost every key") {
  const auto version = any_version();
  CAPTURE(version);
  PairWithLiar pair{version};
  pair.fresh.promote();
  CHECK(gate(pair.old, pair.fresh) == Follow::no);
  CHECK(lost_by_following(pair.old, pair.fresh).size() == 10);
}

}  // namespace
}  // namespace redvip::history
