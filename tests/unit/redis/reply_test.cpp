#include "redis/reply.hpp"

#include <set>

#include "catch.hpp"

using namespace redvip;
using redis::classify;

TEST_CASE("Redis's error replies are told apart as redis.md 4.3 measured them") {
  CHECK(classify("LOADING Redis is loading the dataset in memory") == Refusal::loading);
  CHECK(classify("BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN "
                 "NOSAVE.") == Refusal::busy);
  CHECK(classify("MISCONF Redis is configured to save RDB snapshots, but it's currently unable to "
                 "persist to disk.") == Refusal::misconfigured);
  CHECK(classify("NOAUTH Authentication required.") == Refusal::authentication);
  CHECK(classify("WRONGPASS invalid username-password pair or user is disabled.") ==
        Refusal::authentication);
  CHECK(classify("NOPERM User redvip has no permissions to run the 'info' command") ==
        Refusal::authentication);
  CHECK(classify("ERR AUTH <password> called without any password configured for the default "
                 "user. Are you sure your configuration is correct?") == Refusal::authentication);
  CHECK(classify("ERR max number of clients reached") == Refusal::max_clients);
  CHECK(classify("ERR max number of clients + cluster connections reached") ==
        Refusal::max_clients);
  CHECK(classify("DENIED Redis is running in protected mode because protected mode is enabled") ==
        Refusal::protected_mode);
}

TEST_CASE("an error that only begins like a known one is another") {
  CHECK(classify("BUSYKEY Target key name already exists.") == Refusal::other);
  CHECK(classify("ERR unknown command 'INFO'") == Refusal::other);
  CHECK(classify("") == Refusal::other);
}

TEST_CASE("every refusal and every loss has a name of its own") {
  std::set<std::string_view> names;
  for (const auto refusal :
       {Refusal::loading, Refusal::busy, Refusal::misconfigured, Refusal::authentication,
        Refusal::max_clients, Refusal::protected_mode, Refusal::other}) {
    CHECK(!name(refusal).empty());
    names.insert(name(refusal));
  }
  for (const auto loss : {Loss::closed, Loss::refused, Loss::unreachable, Loss::protocol}) {
    CHECK(!name(loss).empty());
    names.insert(name(loss));
  }
  CHECK(names.size() == 11);
}
