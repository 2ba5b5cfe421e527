#include "bench/trial.hpp"

#include <algorithm>

#include "bench/account.hpp"
#include "bench/await.hpp"
#include "bench/measure.hpp"
#include "bench/results.hpp"
#include "bench/turn.hpp"

namespace redvip::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto before_the_fault = 1s;
constexpr auto flowing = 1s;   // so long without a pause
constexpr auto pause = 100ms;  // and this would be one
constexpr auto patience_for_writes = 30s;
constexpr auto patience_for_pair = 45s;
constexpr auto at_rest = 2s;
constexpr Ms lane_pause = 20;       // what is drawn as a gap
constexpr Ms writable_pause = 100;  // between two answers of a server that is writable

// Redis would keep the copy of its last full sync; and a node that was away copies what it missed.
const std::vector<std::string> common_options{"--rdb-del-sync-files", "yes", "--repl-backlog-size",
                                              "64mb"};

std::vector<std::string> redis_options(const Fault& fault) {
  auto options = common_options;
  options.insert(options.end(), fault.redis_options.begin(), fault.redis_options.end());
  return options;
}

lab::Setup setup_of(const SystemKind& kind, const Fault& fault) {
  return {.persistence = fault.persistence,
          .born_parked = kind.born_parked,
          .redis_options = redis_options(fault),
          .realtime = can_be_realtime,
          .redis_keeps_config = kind.keeps_config,
          .own_cores = fault.alone};
}

class Trial {
 public:
  Trial(const SystemKind& kind, const Fault& fault, const TrialOptions& options, Run& run);
  void play();

 private:
  void load();
  void strike();
  void wait_for_writes();
  void settle();
  void stop();
  void count();
  void count_outages(const std::vector<Ack>& acks);
  void count_failures();
  void count_two_masters();
  void count_lost();
  [[nodiscard]] Lane lane_of(const std::string& name, const Clients& clients,
                             const Account& account) const;
  [[nodiscard]] Ms since_strike(Clock::time_point at) const {
    return std::chrono::duration<double, std::milli>(at - struck_).count();
  }
  // Every group of clients whose writes count, with its name.
  [[nodiscard]] std::vector<std::pair<std::string, const Clients*>> writers() const;
  [[nodiscard]] bool copies();

  const Fault& fault_;
  const bool alone_;
  const TrialOptions& options_;
  Run& run_;
  Site site_;
  std::unique_ptr<System> system_;
  std::unique_ptr<Directory> main_directory_;
  std::unique_ptr<Directory> side_directory_;
  std::vector<std::unique_ptr<Directory>> probe_directories_;
  std::unique_ptr<Clients> clients_;
  std::unique_ptr<Clients> beside_owner_;
  std::vector<std::unique_ptr<Clients>> probes_;
  std::optional<UseMeter> meter_;
  Node* owner_ = nullptr;
  Clock::time_point struck_{};
};

Trial::Trial(const SystemKind& kind, const Fault& fault, const TrialOptions& options, Run& run)
    : fault_{fault},
      alone_{runs_alone(kind, fault)},
      options_{options},
      run_{run},
      site_{setup_of(kind, fault)},
      system_{kind.install(site_)} {}

void Trial::play() {
  system_->start();
  run_.settings = system_->settings();
  std::string line;
  for (const auto& word : common_options) line += word + " ";
  run_.settings["redis-server's command line, after the file"] = line;
  {
    const auto asked = Clock::now();
    const Turn turn{options_.lock_file, alone_};
    run_.took = -std::chrono::duration<double, std::milli>(Clock::now() - asked).count();
    load();
    strike();
    settle();
    stop();
  }
  count();
}

// The clients, and a probe on each host.
void Trial::load() {
  const auto folders = site_.redis_folders();
  const auto& network = site_.lab.network;
  main_directory_ = system_->directory(network.client);
  clients_ = std::make_unique<Clients>(network.client, *main_directory_, fault_.load, "k", folders);
  if (fault_.both_sides) {
    side_directory_ = system_->directory(site_.second_client);
    beside_owner_ = std::make_unique<Clients>(site_.second_client, *side_directory_, fault_.load,
                                              "side", folders);
  }
  for (const Node* node : site_.nodes()) {
    probe_directories_.push_back(system_->directory(node->host));
    probes_.push_back(std::make_unique<Clients>(node->host, *probe_directories_.back(),
                                                Load{.between = 5ms, .probing = true}, "",
                                                folders));
  }
  const auto ready = [&] {
    return clients_->acknowledged() > 100 && system_->settled() && copies();
  };
  if (!await(ready, 20s)) {
    throw lab::LabError{"no write is acknowledged and copied:\n" + site_.lab.describe()};
  }
  meter_.emplace(options_.root);
  std::this_thread::sleep_for(before_the_fault + options_.phase);
}

void Trial::strike() {
  owner_ = &system_->owner();
  Scene scene{site_, *system_, *owner_, site_.lab.other(*owner_), *clients_};
  struck_ = Clock::now();
  fault_.strike(scene);
  std::this_thread::sleep_until(struck_ + fault_.lasts);
  if (!fault_.heals_anyway) wait_for_writes();
  fault_.heal(scene);
  run_.healed = since_strike(Clock::now());
}

// Writes since the strike, for a while without a pause.
void Trial::wait_for_writes() {
  auto since = struck_;
  await(
      [&] {
        const auto now = Clock::now();
        if (now - std::max(clients_->last_ack(), struck_) > pause) since = now;
        return now - since > flowing;
      },
      patience_for_writes);
}

bool Trial::copies() {
  const Node& owner = system_->owner();
  const auto sent = owner.redis.role();
  const auto applied = site_.lab.other(owner).redis.role();
  return sent && applied && sent->master && !applied->master && applied->offset >= sent->offset;
}

// Redundant is when it was first so and remained so: a pair that breaks up again is none.
void Trial::settle() {
  const auto healed = Clock::now();
  bool before = false;
  auto since = healed;
  const auto rests = [&] {
    const bool now = system_->settled();
    if (!before) since = Clock::now();
    before = now;
    return now && Clock::now() - since >= at_rest;
  };
  const auto copied = [&] { return copies(); };
  if (await(rests, patience_for_pair) && await(copied, 10s)) {
    run_.redundant = std::chrono::duration<double, std::milli>(since - healed).count();
    return;
  }
  const int serving = int{system_->serves(site_.lab.a)} + int{system_->serves(site_.lab.b)};
  run_.remark = serving == 2   ? "ends with two masters"
                : serving == 0 ? "ends with nobody serving"
                               : "ends without a replica";
}

std::vector<std::pair<std::string, const Clients*>> Trial::writers() const {
  std::vector<std::pair<std::string, const Clients*>> all{{"client", clients_.get()}};
  if (beside_owner_) all.emplace_back("client beside the old owner", beside_owner_.get());
  return all;
}

void Trial::stop() {
  run_.ended = since_strike(Clock::now());
  run_.machine = meter_->taken();
  clients_->stop();
  if (beside_owner_) beside_owner_->stop();
  for (const auto& probe : probes_) probe->stop();
}

void Trial::count() {
  count_outages(clients_->acks());
  count_failures();
  count_two_masters();
  count_lost();
}

void Trial::count_outages(const std::vector<Ack>& acks) {
  std::vector<Ms> all;
  std::map<std::uint32_t, std::vector<Ms>> by_connection;
  for (const Ack& ack : acks) {
    all.push_back(since_strike(ack.at));
    by_connection[ack.connection].push_back(all.back());
  }
  const Ms end = run_.ended;
  run_.longest = longest_gap(all, 0, end);
  run_.summed = std::max(run_.longest, summed_gaps(all, 0, end, summed_from));
  for (const auto& [connection, times] : by_connection) {
    run_.unluckiest = std::max(run_.unluckiest, longest_gap(times, 0, end));
  }
  const auto strike = std::lower_bound(all.begin(), all.end(), 0.0);
  run_.noise = longest_gap({all.begin(), strike}, -1000, -1000);
}

void Trial::count_failures() {
  for (const auto& [name, clients] : writers()) {
    for (const Failure& failure : clients->failures()) {
      if (since_strike(failure.at) < 0) continue;
      ++(failure.sent ? run_.errors : run_.failed_connects);
      if (failure.sent) ++run_.errors_by_kind[lab::to_text(failure.trouble)];
    }
  }
}

// By the answers to everybody: the clients, and the probes on both hosts.
void Trial::count_two_masters() {
  std::array<std::vector<Ms>, 2> answers;
  const auto add = [&](const Clients& clients) {
    for (const Ack& ack : clients.acks()) {
      if (ack.server < answers.size()) answers[ack.server].push_back(since_strike(ack.at));
    }
  };
  for (const auto& [name, clients] : writers()) add(*clients);
  for (const auto& probe : probes_) add(*probe);
  for (auto& times : answers) std::sort(times.begin(), times.end());
  run_.two_masters = overlap(spans(answers[0], writable_pause), spans(answers[1], writable_pause));
}

void Trial::count_lost() {
  std::vector<std::string> keys;
  for (const auto& [name, clients] : writers()) {
    for (const Ack& ack : clients->acks()) keys.push_back(clients->key(ack));
  }
  const Node& master =
      final_master(site_, system_->serves(site_.lab.a), system_->serves(site_.lab.b), keys);
  const Account account = account_for(site_, master, keys);
  run_.acknowledged = keys.size();
  run_.lost = account.lost.size();
  run_.saved = account.saved.size();
  for (const auto& [name, clients] : writers())
    run_.lanes.push_back(lane_of(name, *clients, account));
}

Lane Trial::lane_of(const std::string& name, const Clients& clients, const Account& account) const {
  std::vector<Ms> kept, lost, saved, failed;
  for (const Ack& ack : clients.acks()) {
    const std::string key = clients.key(ack);
    auto& kind = account.lost.count(key) ? lost : account.saved.count(key) ? saved : kept;
    kind.push_back(since_strike(ack.at));
  }
  for (const Failure& failure : clients.failures()) failed.push_back(since_strike(failure.at));
  std::sort(failed.begin(), failed.end());
  return {name, spans(kept, lane_pause), spans(lost, lane_pause), spans(saved, lane_pause),
          spans(failed, lane_pause)};
}

}  // namespace

Run run_trial(const SystemKind& kind, const Fault& fault, const TrialOptions& options) {
  Run run{.system = kind.id, .fault = fault.id};
  run.phase = static_cast<Ms>(options.phase.count());
  const auto began = Clock::now();
  try {
    Trial{kind, fault, options, run}.play();
  } catch (const std::exception& error) {
    run.problem = error.what();
  }
  run.took += std::chrono::duration<double, std::milli>(Clock::now() - began).count();
  return run;
}

}  // namespace redvip::bench
