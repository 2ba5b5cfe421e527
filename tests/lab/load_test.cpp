// Fifty clients that pipeline small and large values while the owner changes.
#include "lab/crowd.hpp"
#include "lab/scene.hpp"

using namespace redvip::lab;

namespace {

void require_more(Scene& scene, const Crowd& crowd, std::size_t count) {
  const std::size_t before = crowd.acknowledged();
  scene.require_eventually("the crowd goes on",
                           [&] { return crowd.acknowledged() >= before + count; });
}

// With a backlog as `redvip check` advises: the default of 1 MB is written in the time that the old
// owner takes to follow, and it would need a full copy each time.
void switches_over(int times, std::size_t between, std::size_t demanded) {
  Scene scene{{.redis_options = {"--repl-backlog-size", "64mb"}}};
  Crowd crowd{scene.lab.network.client, virtual_ip};
  for (int i = 0; i < times; ++i) {
    Node& owner = scene.lab.owner();
    require_more(scene, crowd, between);
    owner.daemon->signal(SIGUSR2);
    scene.require_settled_on(scene.lab.other(owner));
  }
  require_more(scene, crowd, between);
  crowd.stop();
  const Node& owner = scene.lab.owner();
  const std::size_t lost = owner.redis.missing(crowd.acknowledged_keys());
  std::cout << times << " switchovers: " << crowd.acknowledged() << " writes acknowledged, " << lost
            << " lost, " << crowd.unanswered() << " unanswered when their connection ended\n";
  scene.require(lost == 0, std::to_string(lost) + " acknowledged writes of the crowd are lost");
  CHECK(crowd.acknowledged() >= demanded);
  CHECK(crowd.count(Trouble::readonly) == 0);
  CHECK(scene.writer.count(Trouble::readonly) == 0);
  scene.require_nothing_lost(owner);
}

}  // namespace

TEST_CASE("20 switchovers under 50 pipelining clients: nothing lost of 100,000 writes", "[load]") {
  switches_over(20, 3000, 100'000);
}

TEST_CASE("200 switchovers under 50 pipelining clients: nothing lost of 1,000,000 writes",
          "[.long]") {
  switches_over(200, 3000, 1'000'000);
}

TEST_CASE("Redis killed under 50 pipelining clients: no more is lost than the history says",
          "[load]") {
  Scene scene;
  Crowd crowd{scene.lab.network.client, virtual_ip};
  require_more(scene, crowd, 20'000);
  scene.owner.redis.kill();
  scene.require_serves(scene.standby);
  require_more(scene, crowd, 5000);
  crowd.stop();
  auto lost = scene.standby.redis.absent(crowd.acknowledged_keys());
  const auto bound = scene.standby.history().back().at_most_lost;
  std::cout << "Redis killed under load: " << crowd.acknowledged() << " writes acknowledged, "
            << lost.size() << " lost (" << Crowd::bytes(lost) << " bytes, at most "
            << bound.value_or(-1) << " said), " << crowd.unanswered() << " unanswered\n";
  scene.require(bound.has_value(), "the history tells an upper bound");
  CHECK(static_cast<std::int64_t>(Crowd::bytes(lost)) <= *bound);
  scene.require_no_sanitizer_report();
}
