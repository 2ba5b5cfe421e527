#include "differential/pair.hpp"

#include <thread>

namespace redvip::differential {
namespace {

constexpr std::int64_t set_bytes = 31;  // *3 $3 SET $5 k0001 $1 v

sim::Options options_of(std::uint64_t seed) {
  sim::Options options;
  options.seed = seed;
  options.born_parked = seed % 2 == 0;
  options.persistence = seed % 3 == 0 ? sim::Persistence::aof : sim::Persistence::rdb;
  options.diskless = seed % 5 == 0;
  options.write_bytes = set_bytes;
  options.ping_period = Seconds{1'000'000};
  return options;
}

std::string text_of(const std::set<std::size_t>& keys) {
  std::string text;
  for (const auto key : keys) text += " " + std::to_string(key);
  return text;
}

}  // namespace

Pair::Pair(std::uint64_t seed, std::uint16_t first_port)
    : world_{options_of(seed)}, chance_{seed * 7919 + 3} {
  const auto& options = world_.options;
  const bool aof = options.persistence == sim::Persistence::aof;
  say("seed " + std::to_string(seed) + (aof ? ", AOF" : ", RDB") +
      (options.born_parked ? ", born parked" : "") + (options.diskless ? ", diskless" : ""));
  for (NodeIndex node = 0; node < 2; ++node) {
    model(node).boot(sim::Redis::Boot::empty);
    real_[node] = std::make_unique<RealRedis>(static_cast<std::uint16_t>(first_port + node),
                                              Settings{aof, options.born_parked, options.diskless});
    real_[node]->start();
  }
}

void Pair::step() {
  const auto node = static_cast<NodeIndex>(chance_.below(2));
  const auto other = 1 - node;
  const auto name = std::to_string(node);
  switch (chance_.below(12)) {
    case 0:
    case 1:
    case 2:
      return write(node);
    case 3:
    case 4:
      say(name + " follows the other");
      return tell(node, command::Follow{world_.site.redis(other), {}},
                  command::Follow{real_[other]->at(), {}});
    case 5:
      say(name + " is promoted");
      return tell(node, command::Promote{});
    case 6:
      say(name + " is parked");
      return tell(node, command::Park{});
    case 7:
      say(name + " is parked, and its replicas are killed");
      return tell(node, command::Park{{}, true});
    case 8:
      say(name + " saves");
      tell(node, command::SaveDataset{});
      while (real_[node]->info().bgsave_in_progress) std::this_thread::sleep_for(Millis{5});
      return;
    case 9:
      return read_tail(node);
    case 10: {
      const int count = static_cast<int>(chance_.below(2));
      say(name + " requires replicas: " + std::to_string(count));
      return tell(node, command::RequireReplicas{count});
    }
    default:
      return restart(node, chance_.one_in(3));
  }
}

void Pair::write(NodeIndex node) {
  say("three writes to " + std::to_string(node));
  for (int i = 0; i < 3; ++i) {
    const auto key = next_key_++;
    bool modelled_ok = false;
    model(node).write(key, [&](bool ok) { modelled_ok = ok; });
    const bool real_ok = real_[node]->set(key);
    if (modelled_ok != real_ok) say(std::string{"  real Redis "} + (real_ok ? "took" : "refused"));
  }
  world_.run_for(Seconds{3});
}

void Pair::tell(NodeIndex node, const Command& modelled, const Command& real) {
  (void)model(node).execute(modelled);
  (void)real_[node]->execute(real);
  world_.run_for(Seconds{3});
}

// What src/redis/stream_tail.hpp does, but for the reading.
void Pair::read_tail(NodeIndex node) {
  // A replica that asks in this very moment would be served: by chance, and not in both.
  if (model(1 - node).master() == node) return write(node);
  const auto seen = model(node).info();
  if (!model(node).begin_tail({seen.replid, seen.backlog_first_byte_offset, 0})) return write(node);
  say("the tail of " + std::to_string(node) + " is read");
  model(node).end_tail();
  (void)real_[node]->execute(command::PauseWrites{Seconds{5}});
  (void)real_[node]->execute(command::Promote{});
  (void)real_[node]->execute(command::Park{{}, true});
  (void)real_[node]->execute(command::UnpauseWrites{});
  world_.run_for(Seconds{3});
}

void Pair::restart(NodeIndex node, bool empty) {
  say(std::to_string(node) + " is killed and starts " + (empty ? "empty" : "from disk"));
  real_[node]->kill();
  if (empty) real_[node]->forget();
  real_[node]->start();
  model(node).kill();
  model(node).boot(empty ? sim::Redis::Boot::empty : sim::Redis::Boot::from_disk);
  world_.run_for(Seconds{4});
}

std::string Pair::describe(const Observation& seen, const std::string& keys, Ids& ids) {
  const auto id = [&](const std::string& name) {
    if (name.empty()) return std::string{"none"};
    return "id" + std::to_string(ids.emplace(name, ids.size()).first->second);
  };
  std::string text = seen.is_master() ? "master" : seen.is_parked() ? "parked" : "replica";
  if (!seen.is_master()) text += seen.link_up ? ", link up" : ", link down";
  text += ", " + id(seen.replid) + ":" + std::to_string(seen.master_repl_offset);
  if (!seen.is_master()) text += " applied " + std::to_string(seen.slave_repl_offset);
  text += ", " + id(seen.replid2) + ":" + std::to_string(seen.second_repl_offset);
  text += seen.backlog_active ? ", backlog from " + std::to_string(seen.backlog_first_byte_offset) +
                                    " of " + std::to_string(seen.backlog_histlen)
                              : std::string{", no backlog"};
  return text + (seen.loading ? ", loading" : "") + ", keys" + keys + "\n";
}

std::string Pair::modelled() {
  std::string text;
  for (NodeIndex node = 0; node < 2; ++node) {
    std::set<std::size_t> keys;
    for (std::size_t key = 0; key < next_key_; ++key) {
      if (model(node).data().test(key)) keys.insert(key);
    }
    text += describe(model(node).info(), text_of(keys), modelled_ids_);
  }
  return text;
}

std::string Pair::real() {
  std::string text;
  auto ids = real_ids_;  // what is seen on the way to where it ends is not numbered
  for (const auto& redis : real_) text += describe(redis->info(), text_of(redis->keys()), ids);
  if (text == modelled()) real_ids_ = ids;
  return text;
}

}  // namespace redvip::differential
