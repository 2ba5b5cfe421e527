#include "daemon/explain.hpp"

#include "catch.hpp"
#include "status_sample.hpp"

namespace redvip::daemon {

namespace {

std::string explained(const ServiceStatus& service, std::vector<HistoryRecord> history = {}) {
  return explain(service, history, sample_now);
}

}  // namespace

TEST_CASE("an owner is explained by what made it one, with what it knew then") {
  auto record = sample_record();
  record.from = "promoting";
  record.to = "serving";
  auto refusal = record;
  refusal.from = refusal.to;
  refusal.cause = "not this one";
  const auto text = explained(sample_status().services[0], {sample_record(), record, refusal});
  CHECK(contains(text,
                 "cache: redis-a owns it\n  this node is in serving, for 2 s: redis-b fell silent\n"
                 "  that ends when its Redis"));
  CHECK(contains(text,
                 "  decided at 2026-11-19T03:12:07.113Z: redis-b fell silent\n"
                 "    priority: 250\n    adverts: none for 305 ms\n"));
  CHECK_FALSE(contains(text, "not this one"));
  CHECK(contains(
      text, "    redis-a (this one): serving; its Redis is a master, 12 keys; priority 250\n"));
  CHECK(contains(text, "  failover now: yes, to redis-b\n"));
}

TEST_CASE("a node that does not own it is explained by what it lacks") {
  auto service = sample_status().services[0];
  auto& other = service.nodes[1];
  other.state = "holding";
  other.reason = "copying the dataset from redis-a";
  other.objection = "its Redis is not in sync with this one";
  other.redis->link = "syncing";
  CHECK(contains(
      explained(service),
      "    redis-b: holding: copying the dataset from redis-a; its Redis is a replica, link "
      "syncing, 0 B behind the owner's, 12 keys; priority 245; cannot take over: its Redis "
      "is not in sync with this one\n"));
  other.objection = "";
  CHECK(contains(explained(service), "; could take over now\n"));
  other.objection.reset();
  CHECK(contains(explained(service), "; whether it could take over is for the owner to judge\n"));
}

TEST_CASE("what is not known is not explained away") {
  auto service = sample_status().services[0];
  service.owner.reset();
  service.nodes[1].redis.reset();
  service.nodes[1].problem = "its redvip is not running, or hangs";
  const auto text = explained(service);
  CHECK(contains(text, "cache: nobody is known to own it\n"));
  CHECK(contains(
      text, "redis-b: unknown; its Redis is not seen; priority 245; its redvip is not running"));
}

TEST_CASE("a pause and every track are named") {
  auto service = sample_status().services[0];
  service.paused = true;
  service.paused_until = "2026-11-19T05:00:00.000Z";
  service.tracks = {{"eth1", true, 0, ""}, {"gateway", false, -20, "no answer"}};
  const auto text = explained(service);
  CHECK(contains(text, "until 'redvip resume' or 2026-11-19T05:00:00.000Z\n"));
  CHECK(contains(text, "  track eth1: well; its loss is a fault\n"));
  CHECK(contains(text, "  track gateway: fails, no answer; moves the priority by -20\n"));
}

TEST_CASE("a Redis or a peer cannot send escape sequences through an explanation") {
  auto service = sample_status().services[0];
  service.nodes[1].reason = "\x1b[2J\nroot owns it";
  const auto text = explained(service);
  CHECK_FALSE(contains(text, "\x1b"));
  CHECK_FALSE(contains(text, "\nroot"));
}

}  // namespace redvip::daemon
