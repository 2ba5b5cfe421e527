#include "bench/data_trial.hpp"

namespace redvip::lab {
namespace {

namespace fs = std::filesystem;

// keepalived's owner is the host of higher priority, as configured and as after every start; the
// two differ by 4 ms in their timers, so on a busy machine it must be started first.
Node& started_owner(Lab& lab) {
  if (lab.setup.manager == Manager::redvip) {
    lab.start();
  } else {
    lab.start(lab.a);
    if (!eventually([&] { return lab.a.serves(); })) throw LabError{"keepalived does not serve"};
    lab.start(lab.b);
    if (!eventually([&] { return lab.settled(); })) throw LabError{"keepalived does not settle"};
  }
  lab.write();
  return lab.owner();
}

std::vector<fs::path> saves_of(const Node& node) {
  std::vector<fs::path> saves;
  const fs::path all = node.folder / "state" / "diverged";
  if (!fs::exists(all)) return saves;
  for (const auto& save : fs::directory_iterator{all}) saves.push_back(save.path());
  return saves;
}

}  // namespace

bool replay(const fs::path& tail, const Host& to) {
  const Inside here{to.net};
  return run("redis-cli -h " + to.address + " --pipe < '" + tail.string() + "'").status == 0;
}

Trial::Trial(Manager manager, Load load, std::vector<std::string> redis_options)
    : lab{{.manager = manager, .redis_options = std::move(redis_options), .realtime = true}},
      owner{started_owner(lab)},
      standby{lab.other(owner)} {
  if (load == Load::one_client) return;
  lab.writer->stop();
  crowd_ = std::make_unique<Crowd>(lab.network.client, virtual_ip);
}

std::size_t Trial::acknowledged() const {
  return lab.writer->acknowledged() + (crowd_ ? crowd_->acknowledged() : 0);
}

void Trial::more(std::size_t count) {
  const std::size_t wanted = acknowledged() + count;
  if (!eventually([&] { return acknowledged() >= wanted; })) {
    throw LabError{"the writes do not go on:\n" + lab.describe()};
  }
}

Writer& Trial::write_on_both_sides() {
  constexpr std::chrono::seconds patience{3};
  minority_ = std::make_unique<Writer>(owner.host, virtual_ip, patience, "minority:");
  return *minority_;
}

void Trial::stop_clients() {
  lab.writer->stop();
  if (crowd_) crowd_->stop();
  if (minority_) minority_->stop();
}

void Trial::settle() {
  constexpr std::chrono::seconds at_rest{2};
  const bool redvip = lab.setup.manager == Manager::redvip;
  auto since = Clock::now();
  const auto rests = [&] {
    if (!lab.settled()) since = Clock::now();
    return Clock::now() - since >= at_rest;
  };
  const auto copies = [&] { return lab.copies(); };  // under load not at every moment
  const std::chrono::seconds patience{redvip ? 30 : 15};
  if (eventually(rests, patience) && eventually(copies, patience)) return;
  if (redvip) throw LabError{"redvip does not settle:\n" + lab.describe()};
  const int masters = int{lab.a.serves()} + int{lab.b.serves()};
  remark_ = masters == 2   ? "ends with two masters"
            : masters == 0 ? "ends with nobody serving"
                           : "ends without a replica";
}

std::vector<std::string> Trial::acknowledged_keys() const {
  auto keys = lab.writer->acknowledged_keys();
  const auto add = [&keys](const auto& clients) {
    if (!clients) return;
    const auto more = clients->acknowledged_keys();
    keys.insert(keys.end(), more.begin(), more.end());
  };
  add(crowd_);
  add(minority_);
  return keys;
}

Node& Trial::final_master() {
  if (lab.a.serves() != lab.b.serves()) return lab.a.serves() ? lab.a : lab.b;
  const auto keys = acknowledged_keys();
  return lab.a.redis.missing(keys) <= lab.b.redis.missing(keys) ? lab.a : lab.b;
}

Account Trial::account() {
  stop_clients();
  const auto keys = acknowledged_keys();
  const auto elsewhere = final_master().redis.absent(keys);
  Account account{.acknowledged = keys.size()};
  account.lost_keys = not_saved(elsewhere);
  account.saved = elsewhere.size() - account.lost_keys.size();
  return account;
}

std::vector<std::string> Trial::not_saved(std::vector<std::string> keys) {
  for (const Node* node : {&lab.a, &lab.b}) {
    for (const fs::path& save : saves_of(*node)) {
      if (keys.empty()) return keys;
      const fs::path folder = lab.workspace.path() / ("restored-" + save.filename().string());
      fs::create_directories(folder);
      if (fs::exists(save / "dataset.rdb")) {
        fs::copy_file(save / "dataset.rdb", folder / "dump.rdb");
      }
      const Redis restored{lab.network.client, folder, {}};
      if (fs::exists(save / "tail.resp")) replay(save / "tail.resp", lab.network.client);
      keys = restored.absent(keys);
    }
  }
  return keys;
}

}  // namespace redvip::lab
