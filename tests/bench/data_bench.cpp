#include "bench/data_bench.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <memory>

#include "bench/data_trial.hpp"

namespace redvip::lab {
namespace {

using namespace std::chrono_literals;

constexpr auto absence = 8s;
constexpr int switchovers = 5;
constexpr std::size_t demanded_under_switchovers = 100'000;

struct Case {
  std::string name;
  Load load;
  std::vector<std::string> redis_options;
  std::function<void(Trial&)> strike_and_heal;
  // What else there is to say, once all has settled.
  std::function<std::string(Trial&, const Account&)> note;
  bool loss_is_physical = false;
};

std::string nothing_else(Trial&, const Account&) {
  return {};
}

void require_served_by(Trial& trial, const Node& node) {
  if (eventually([&] { return node.serves(); })) return;
  throw LabError{node.host.name + " does not serve:\n" + trial.lab.describe()};
}

Case owner_cut_off() {
  const auto strike_and_heal = [](Trial& trial) {
    trial.lab.network.cut(trial.owner.host);
    std::this_thread::sleep_for(absence);
    trial.lab.network.heal(trial.owner.host);
  };
  return {"owner cut off for 8 s and back", Load::one_client, {}, strike_and_heal, nothing_else};
}

// Redis would keep the copy of its last full sync in dump.rdb.
Case restarted_empty() {
  auto took = std::make_shared<Clock::duration>();
  auto before = std::make_shared<std::size_t>();
  const auto strike_and_heal = [took, before](Trial& trial) {
    trial.more(5000);
    const auto killed = Clock::now();
    trial.owner.redis.kill();
    *before = trial.acknowledged();
    trial.owner.redis.start();
    *took = Clock::now() - killed;
  };
  const auto note = [took, before](Trial&, const Account&) {
    return fmt::format("ready again, empty, {} ms after it was killed; {} writes until then",
                       *took / 1ms, *before);
  };
  return {"Redis restarted empty at once",
          Load::one_client,
          {"--rdb-del-sync-files", "yes"},
          strike_and_heal,
          note};
}

// keepalived's planned way is to stop it on the owner; it is started again once the other serves.
void switch_over(Trial& trial) {
  Lab& lab = trial.lab;
  Node& owner = lab.owner();
  Node& next = lab.other(owner);
  const bool keepalived = lab.setup.manager == Manager::keepalived;
  owner.daemon->signal(keepalived ? SIGTERM : SIGUSR2);
  require_served_by(trial, next);
  if (keepalived) {
    if (!owner.daemon->wait(10s)) throw LabError{"keepalived does not end"};
    trial.more(1000);
    lab.start(owner);
  }
  trial.settle();
}

// With a backlog as `redvip check` advises for such a load; no tail.resp reaches further back.
constexpr const char* advised_backlog = "64mb";

Case switched_over() {
  const auto strike_and_heal = [](Trial& trial) {
    for (int i = 0; i < switchovers; ++i) {
      trial.more(5000);
      switch_over(trial);
    }
    trial.more(5000);
    if (trial.acknowledged() < demanded_under_switchovers) {
      trial.more(demanded_under_switchovers - trial.acknowledged());
    }
  };
  return {fmt::format("{} planned switchovers, 50 clients", switchovers),
          Load::crowd,
          {"--repl-backlog-size", advised_backlog},
          strike_and_heal,
          nothing_else};
}

// keepalived's VRRP is in a child of the process that was started.
pid_t vrrp_process(const Lab& lab, const Node& node) {
  if (lab.setup.manager == Manager::redvip) return node.daemon->pid();
  return std::stoi(read_file(node.folder / "vrrp.pid"));
}

class Frozen {
 public:
  explicit Frozen(pid_t pid) : pid_{pid} { ::kill(pid_, SIGSTOP); }
  ~Frozen() { ::kill(pid_, SIGCONT); }
  Frozen(const Frozen&) = delete;
  Frozen& operator=(const Frozen&) = delete;

 private:
  pid_t pid_;
};

Case daemon_frozen_and_continued() {
  const auto strike_and_heal = [](Trial& trial) {
    const Frozen frozen{vrrp_process(trial.lab, trial.owner)};
    std::this_thread::sleep_for(absence);
  };
  return {"daemon frozen for 8 s", Load::one_client, {}, strike_and_heal, nothing_else};
}

// Between the two hosts only: the client sees both.
void part(const Network& network, bool parted) {
  const Inside here{network.wire()};
  if (!parted) return must("nft 'flush chain bridge lab parted; delete chain bridge lab parted'");
  must(
      "nft 'add chain bridge lab parted { type filter hook forward priority 1; }; "
      "add rule bridge lab parted iifname redis-a oifname redis-b drop; "
      "add rule bridge lab parted iifname redis-b oifname redis-a drop'");
}

// What each side has alone: all after the offset at which the standby was promoted.
struct PrivateBytes {
  std::int64_t owner = 0;
  std::int64_t standby = 0;
};

PrivateBytes private_bytes(const Trial& trial) {
  const auto offset = [](const Node& node) { return node.redis.role().value_or(Role{}).offset; };
  const auto fork = std::stoll(trial.standby.redis.info("second_repl_offset")) - 1;
  return {offset(trial.owner) - fork, offset(trial.standby) - fork};
}

// Of the losing side: what redvip reported, and what an operator gets back.
std::string divergence(Trial& trial, const PrivateBytes& bytes) {
  Node& winner = trial.final_master();
  const Node& loser = trial.lab.other(winner);
  const auto diverged = &loser == &trial.owner ? bytes.owner : bytes.standby;
  for (const auto& record : loser.history()) {
    if (!record.diverged) continue;
    const auto keys = trial.acknowledged_keys();
    const std::size_t before = winner.redis.missing(keys);
    const auto tail = std::filesystem::path{record.saved_in} / "tail.resp";
    const bool replayed = std::filesystem::exists(tail) && replay(tail, winner.host);
    return fmt::format("{} bytes reported of {} diverged; {} of {} back by {}", *record.diverged,
                       diverged, before - winner.redis.missing(keys), before,
                       replayed ? "replaying tail.resp" : "a tail.resp that is not there");
  }
  return fmt::format("nothing reported of {} diverged bytes", diverged);
}

Case parted_hosts() {
  auto bytes = std::make_shared<PrivateBytes>();
  const auto strike_and_heal = [bytes](Trial& trial) {
    for (const Node* node : {&trial.owner, &trial.standby}) {  // PINGs would be counted, too
      (void)node->redis.command({"CONFIG", "SET", "repl-ping-replica-period", "3600"});
    }
    part(trial.lab.network, true);
    const Writer& minority = trial.write_on_both_sides();
    std::this_thread::sleep_for(absence);
    if (minority.acknowledged() == 0) throw LabError{"no write on the owner's side"};
    trial.stop_clients();
    *bytes = private_bytes(trial);
    part(trial.lab.network, false);
  };
  const auto note = [bytes](Trial& trial, const Account& account) {
    if (trial.lab.setup.manager == Manager::redvip) return divergence(trial, *bytes);
    return fmt::format("{} silently gone", account.lost_keys.size());
  };
  return {"hosts parted for 8 s, clients of both",
          Load::one_client,
          {"--repl-backlog-size", advised_backlog},
          strike_and_heal,
          note};
}

Case killed_mid_load() {
  const auto strike_and_heal = [](Trial& trial) {
    trial.more(20'000);
    trial.owner.redis.kill();
    require_served_by(trial, trial.standby);
    trial.more(5000);
    trial.owner.redis.start();
  };
  const auto note = [](Trial& trial, const Account& account) -> std::string {
    const auto history = trial.standby.history();
    const auto bound = std::find_if(history.rbegin(), history.rend(),
                                    [](const auto& record) { return record.at_most_lost; });
    if (bound == history.rend()) return {};
    return fmt::format("{} bytes lost, at most {} said at once", Crowd::bytes(account.lost_keys),
                       *bound->at_most_lost);
  };
  return {.name = "Redis killed, 50 clients",
          .load = Load::crowd,
          .redis_options = {"--repl-backlog-size", advised_backlog},
          .strike_and_heal = strike_and_heal,
          .note = note,
          .loss_is_physical = true};
}

// One line of the table, summed over its runs.
struct Row {
  std::size_t acknowledged = 0;
  std::size_t lost = 0;
  std::size_t saved = 0;
  std::vector<std::string> notes{};
};

// `phase` is where in keepalived's one-second check period the fault strikes.
void run_once(Manager manager, const Case& what, std::chrono::milliseconds phase, Row& row) {
  Trial trial{manager, what.load, what.redis_options};
  trial.more(500);
  std::this_thread::sleep_for(phase);
  what.strike_and_heal(trial);
  trial.settle();
  const Account account = trial.account();
  row.acknowledged += account.acknowledged;
  row.lost += account.lost_keys.size();
  row.saved += account.saved;
  for (const std::string& note : {trial.remark(), what.note(trial, account)}) {
    if (!note.empty()) row.notes.push_back(note);
  }
}

void print(const std::string& name, const std::string& manager, const Row& row) {
  std::cout << fmt::format("{:<40}{:<12}{:>10}{:>10}{:>10}\n", name, manager, row.acknowledged,
                           row.lost, row.saved);
  for (const std::string& note : row.notes) std::cout << "    " << note << "\n";
  std::cout << std::flush;
}

bool compare(const Case& what, int runs) {
  Row keepalived;
  Row redvip;
  for (int i = 0; i < runs; ++i) {
    const std::chrono::milliseconds phase{(2 * i + 1) * 1000 / (2 * runs)};
    run_once(Manager::keepalived, what, phase, keepalived);
    run_once(Manager::redvip, what, phase, redvip);
  }
  print(what.name, "keepalived", keepalived);
  print("", "redvip", redvip);
  return redvip.lost == 0 || what.loss_is_physical;
}

}  // namespace

bool data_bench(int runs) {
  std::cout << fmt::format(
      "acknowledged writes, and those that are neither in the final master nor saved; {} run{}\n\n"
      "{:<40}{:<12}{:>10}{:>10}{:>10}\n",
      runs, runs == 1 ? "" : "s each", "", "", "writes", "lost", "saved");
  bool good = true;
  for (const Case& what : {owner_cut_off(), restarted_empty(), switched_over(),
                           daemon_frozen_and_continued(), parted_hosts(), killed_mid_load()}) {
    good = compare(what, runs) && good;
  }
  std::cout
      << "\nkeepalived's owner is the host of higher priority: it leads again when it is back.\n"
         "With the other host as owner it follows, and lost none in the cut and the freeze.\n";
  return good;
}

}  // namespace redvip::lab
