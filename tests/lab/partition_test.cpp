// The two hosts lose sight of each other and each has clients: both sides acknowledge writes, and
// only one history can go on.
#include "lab/scene.hpp"

using namespace redvip::lab;

namespace {

// Its PINGs to a replica that is gone would go on counting.
void stop_pings(const Redis& redis) {
  (void)redis.command({"CONFIG", "SET", "repl-ping-replica-period", "3600"});
}

// What only `loser` has: all after the offset at which the winner was promoted.
std::int64_t private_bytes(const Redis& loser, const Redis& winner) {
  return loser.role()->offset - (std::stoll(winner.info("second_repl_offset")) - 1);
}

redvip::daemon::HistoryRecord record_of_divergence(Scene& scene, const Node& loser) {
  for (const auto& record : loser.history()) {
    if (record.diverged) return record;
  }
  scene.require(false, "the history tells of the divergence");
  return {};
}

Outcome replay(const Node& from, const std::filesystem::path& file, const Node& to) {
  const Inside here{from.host.net};
  return run("redis-cli -h " + to.host.address + " --pipe < '" + file.string() + "'");
}

}  // namespace

TEST_CASE("clients on both sides of a partition: what one side had is saved, to the byte",
          "[partition]") {
  Scene scene;
  Node& loser = scene.owner;
  Node& winner = scene.standby;
  stop_pings(loser.redis);
  scene.lab.network.cut(loser.host);
  Writer minority{loser.host, virtual_ip, std::chrono::seconds{3}, "minority:"};
  scene.require_eventually("the other side serves too", [&] { return winner.serves(); });
  scene.require_writes_go_on(1000);
  scene.require_eventually("both write", [&] { return minority.acknowledged() > 1000; });
  minority.stop();
  const std::int64_t bytes = private_bytes(loser.redis, winner.redis);
  scene.lab.network.heal(loser.host);
  scene.require_settled_on(winner);

  const auto record = record_of_divergence(scene, loser);
  const std::filesystem::path save = record.saved_in;
  const std::string readme = read_file(save / "README.txt");
  INFO(record.cause << "\n" << readme);
  CHECK(record.diverged == bytes);
  constexpr std::uintmax_t select_before_it = 23;
  CHECK(std::filesystem::file_size(save / "tail.resp") ==
        static_cast<std::uintmax_t>(bytes) + select_before_it);
  CHECK(readme.find(std::to_string(bytes) + " bytes") != std::string::npos);
  CHECK(std::filesystem::file_size(save / "dataset.rdb") > 0);

  const auto keys = minority.acknowledged_keys();
  const std::size_t before = winner.redis.missing(keys);
  const Outcome replayed = replay(winner, save / "tail.resp", winner);
  const std::size_t after = winner.redis.missing(keys);
  std::cout << "partition: " << bytes << " bytes saved; of " << keys.size()
            << " writes of the losing side the winner lacks " << before << ", after replaying "
            << after << "\n";
  INFO(replayed.output);
  CHECK(replayed.status == 0);
  CHECK(before == keys.size());
  CHECK(after == 0);
  scene.require_kept(winner);
  scene.require_no_sanitizer_report();
}
