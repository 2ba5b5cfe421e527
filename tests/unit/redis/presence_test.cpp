#include "redis/presence.hpp"

#include "catch.hpp"

namespace redvip::redis {
namespace {

const PeerName standing_by{
    "cache", "redis-b", {State::standby, Priority::of(245), false, "in sync with redis-a"}};

TEST_CASE("a presence is a client name without blanks, and comes back from it") {
  const auto text = to_client_name(standing_by);
  CHECK(text == "redvip:cache:redis-b:standby:245:-:in%20sync%20with%20redis-a");
  CHECK(from_client_name(text) == standing_by);
  auto other = standing_by;
  other.presence = {State::holding, Priority::of(254), true, "50% : \"max_lag\"\n\xc3\xa9%2"};
  const auto strange = to_client_name(other);
  CHECK(std::all_of(strange.begin(), strange.end(), [](char c) { return c > ' ' && c <= '~'; }));
  CHECK(from_client_name(strange) == other);
}

TEST_CASE("the end of a long reason is missing") {
  auto longest = standing_by;
  longest.presence.reason = std::string(1000, 'x');
  CHECK(from_client_name(to_client_name(longest))->presence.reason == std::string(300, 'x'));
}

TEST_CASE("a name that is not of our form is nobody's presence") {
  for (const auto* text :
       {"", "redvip", "redvip:cache", "other:cache:redis-b:standby:245:-:x",
        "redvip:cache:redis-b:standby:245:-", "redvip:cache:redis-b:leading:245:-:x",
        "redvip:cache:redis-b:standby:256:-:x", "redvip:cache:redis-b:standby:+1:-:x",
        "redvip:cache:redis-b:standby:245:yes:x", "redvip:cache:redis-b:standby:245:-:x:y"}) {
    INFO(text);
    CHECK_FALSE(from_client_name(text));
  }
}

TEST_CASE("the peers of a service are found in a CLIENT LIST among strangers") {
  const auto list =
      "id=3 addr=10.77.0.9:50000 laddr=10.77.0.1:6379 fd=8 name= age=5 idle=0 flags=N\n"
      "id=7 addr=10.77.0.2:50004 laddr=10.77.0.1:6379 fd=9 name=" +
      to_client_name(standing_by) +
      " age=9 idle=1 flags=N db=0\n"
      "id=8 addr=10.77.0.2:50006 name=redvip:queue:redis-b:standby:245:-:x age=9 idle=1\n"
      "id=x name=" +
      to_client_name(standing_by) + " idle=1\nid=9 name=" + to_client_name(standing_by);
  const auto peers = peers_in(list, "cache");
  REQUIRE(peers.size() == 1);
  CHECK(peers[0].id == 7);
  CHECK(peers[0].idle == Seconds{1});
  CHECK(peers[0].name == standing_by);
  CHECK(peers_in("", "cache").empty());
}

}  // namespace
}  // namespace redvip::redis
