#include "docs/scenes.hpp"

#include <algorithm>

namespace redvip::docs {

using lab::Persistence;

namespace {

void write_some(const lab::Node& node, const std::string& key, int count) {
  std::vector<std::string> words{"MSET"};
  for (int i = 0; i < count; ++i) {
    words.push_back(key + ':' + std::to_string(i));
    words.push_back("value " + std::to_string(i));
  }
  const auto reply = node.redis.command(words);
  if (!reply || reply->type == REDIS_REPLY_ERROR) {
    throw lab::LabError{node.host.name + " does not take a write"};
  }
}

void fill(Stage& stage) {
  write_some(stage.lab.a, "key", 2000);
  stage.await("redis-b has what redis-a has", [&] { return stage.lab.copies(); });
}

std::unique_ptr<Stage> pair(const std::string& toml = {}) {
  auto stage = std::make_unique<Stage>(documented_setup(), toml);
  stage->start();
  fill(*stage);
  return stage;
}

std::unique_ptr<Stage> nothing_runs_yet() {
  return std::make_unique<Stage>();
}

std::unique_ptr<Stage> redis_of_b_down() {
  auto stage = pair();
  stage->lab.b.redis.kill();
  stage->await("redis-a knows", [&] { return !stage->lab.a.status().failover_possible; });
  stage->await_state(stage->lab.b, "fault");
  return stage;
}

std::unique_ptr<Stage> redvip_of_b_stopped() {
  auto stage = pair();
  stage->stop(stage->lab.b);
  return stage;
}

std::unique_ptr<Stage> host_b_unreachable() {
  auto stage = pair();
  stage->lab.network.cut(stage->lab.b.host);
  stage->await("redis-a knows", [&] { return !stage->lab.a.status().failover_possible; });
  return stage;
}

// redis-a's Redis crashed and came back; redis-b serves.
std::unique_ptr<Stage> after_a_crash() {
  auto stage = pair();
  stage->lab.a.redis.kill();
  stage->await_state(stage->lab.b, "serving");
  stage->lab.a.redis.start();
  stage->await("redis-a stands by", [&] { return stage->lab.settled(); });
  return stage;
}

// Writes went on while redis-b was away; after the power cut only redis-b is back.
std::unique_ptr<Stage> only_b_is_back() {
  auto setup = documented_setup();
  setup.persistence = Persistence::rdb;
  auto stage = std::make_unique<Stage>(setup);
  stage->start();
  fill(*stage);
  auto& lab = stage->lab;
  lab.b.redis.save();
  lab.power_off({&lab.b});
  write_some(lab.a, "later", 100);
  lab.power_off({&lab.a});
  lab.network.heal(lab.b.host);
  lab.b.redis.start();
  std::filesystem::create_directories(lab.b.folder / "run");
  stage->start(lab.b);
  stage->await_state(lab.b, "holding");
  return stage;
}

// redis-a was cut off, and both took a write meanwhile.
std::unique_ptr<Stage> a_diverged() {
  auto stage = pair();
  auto& lab = stage->lab;
  lab.network.cut(lab.a.host);
  stage->await_state(lab.b, "serving");
  write_some(lab.a, "only on redis-a", 3);
  write_some(lab.b, "only on redis-b", 5);
  lab.network.heal(lab.a.host);
  stage->await("redis-a follows", [&] { return lab.settled(); });
  return stage;
}

}  // namespace

const std::vector<Scene>& scenes() {
  static const std::vector<Scene> all{
      {usual_scene, [] { return pair(); }},
      {"nothing runs yet but Redis", nothing_runs_yet},
      {"the Redis of redis-b is down", redis_of_b_down},
      {"redvip is stopped on redis-b", redvip_of_b_stopped},
      {"redis-b is unreachable", host_b_unreachable},
      {"after a crash of redis-a's Redis", after_a_crash},
      {"only redis-b is back after a power cut", only_b_is_back},
      {"redis-a comes back with writes of its own", a_diverged},
  };
  return all;
}

const Scene* find_scene(const std::string& name) {
  const auto found = std::ranges::find(scenes(), name, &Scene::name);
  return found == scenes().end() ? nullptr : &*found;
}

}  // namespace redvip::docs
