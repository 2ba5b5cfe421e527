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

TEST_CASE("a replica whose full copy broke off is empty under its old ID, and is not believed") {
  const auto version = any_version();
  CAPTURE(version);
  Pair pair{version, {"--repl-diskless-load", "disabled"}};
  {
    const BrokenMaster broken{7009};
    pair.fresh.ask({"REPLICAOF", "127.0.0.1", "7009"});
    eventually([&] { return pair.fresh.look().keys == 0; });
    pair.fresh.park();
  }
  const auto liar = pair.fresh.look();
  UNSCOPED_INFO("replid " << liar.replid << ", " << liar.master_repl_offset << " and "
                          << liar.slave_repl_offset << ", " << liar.keys << " keys");
  CHECK(liar.replid == pair.old.look().replid);
  CHECK_FALSE(trusted(liar));
  CHECK(by_ids(pair.fresh, pair.old).relation == Relation::untrusted);
  CHECK(by_ids(pair.old, pair.fresh).relation == Relation::untrusted);
  // It has nothing to lose.
  CHECK(gate(pair.fresh, pair.old) == Follow::yes);
  pair.fresh.promote();
  CHECK(gate(pair.old, pair.fresh) == Follow::no);
}

}  // namespace
}  // namespace redvip::history
