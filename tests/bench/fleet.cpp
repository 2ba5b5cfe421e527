#include "bench/fleet.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <ranges>

#include "bench/await.hpp"
#include "daemon/status.hpp"
#include "lab/lab.hpp"

namespace redvip::bench {
namespace {

using namespace std::chrono_literals;

// The smallest Redis that there is: two times 255 of them have to fit.
constexpr const char* redis_config =
    "bind 0.0.0.0\nprotected-mode no\nsave \"\"\nmaxmemory 2mb\nrepl-backlog-size 64kb\n"
    "repl-diskless-sync-delay 0\nhz 1\ndatabases 1\nactiverehashing no\nset-proc-title no\n";

lab::Reply ask(const lab::Host& host, int port, const std::vector<std::string>& words) {
  return lab::RedisClient{host, host.address, 500ms, 500ms, port}.command(words);
}

bool is_master(const lab::Host& host, int port) {
  const auto role = ask(host, port, {"ROLE"});
  return role && role->type == REDIS_REPLY_ARRAY && role->element[0]->str == std::string{"master"};
}

bool follows(const lab::Host& host, int port) {
  const auto role = ask(host, port, {"ROLE"});
  return role && role->type == REDIS_REPLY_ARRAY && role->elements >= 4 &&
         role->element[0]->str == std::string{"slave"} &&
         role->element[3]->str == std::string{"connected"};
}

}  // namespace

const char* to_text(FleetManager manager) {
  switch (manager) {
    case FleetManager::nobody:
      return "Redis alone";
    case FleetManager::redvip:
      return "redvip";
    case FleetManager::keepalived:
      return "keepalived, tuned";
  }
  return "?";
}

Fleet::Fleet(FleetOptions wanted)
    : options{std::move(wanted)},
      a{network.a, workspace.path() / "redis-a"},
      b{network.b, workspace.path() / "redis-b"} {
  for (const lab::Host* host : {&network.a, &network.b, &network.client}) route(*host);
  start_redis(a);
  start_redis(b);
  const auto all = [this](int count) { return count == options.services; };
  wait_until("every Redis answers", [&] { return all(masters_of(a)) && all(masters_of(b)); });
  if (options.manager == FleetManager::nobody) return;
  start_daemon(a);
  wait_until("the first host has every address", [&] { return all(vips_of(a)); });
  const bool scripts = options.manager == FleetManager::keepalived;
  if (scripts) await_role(a, is_master, "", 20s);
  wait_until("its Redis servers are masters", [&] { return all(masters_of(a)); });
  start_daemon(b);
  if (scripts) await_role(b, follows, network.a.address, 60s);
  wait_until("every second Redis follows", [&] { return all(followers()); });
  if (options.manager != FleetManager::redvip) return;
  // The first daemon alone sees to it that they follow, before the second has started.
  wait_until("the second daemon can take over", [&] { return all(standbys()); });
}

// keepalived runs the scripts of BACKUP and of MASTER side by side. Of many services some end in
// the wrong order, and their Redis would keep the wrong role for good.
void Fleet::await_role(const Member& member, bool (*has_it)(const lab::Host&, int),
                       const std::string& master, std::chrono::seconds patience) {
  const auto right = [&](int service) { return has_it(member.host, port(service)); };
  const auto services = std::views::iota(0, options.services);
  if (await([&] { return std::ranges::all_of(services, right); }, patience)) return;
  for (const int service : services) {
    if (right(service)) continue;
    ++put_right_;
    (void)ask(member.host, port(service),
              master.empty()
                  ? std::vector<std::string>{"REPLICAOF", "NO", "ONE"}
                  : std::vector<std::string>{"REPLICAOF", master, std::to_string(port(service))});
  }
}

// No daemon hands over while all is taken down.
Fleet::~Fleet() {
  for (const Member* member : {&a, &b}) {
    if (member->daemon) ::kill(-member->daemon->pid(), SIGKILL);
    for (const auto& redis : member->redis) redis->signal(SIGKILL);
  }
}

// A check is two processes, some 20 ms of a core: with each a second, hundreds of services on the
// two hosts of this one machine would leave it no time for anything else, and keepalived, whose
// checks all begin at once, would never settle.
int Fleet::check_seconds() const {
  constexpr int checks_per_second = 10;
  return std::max(1, (options.services + checks_per_second - 1) / checks_per_second);
}

std::string Fleet::vip(int service) {
  constexpr int per_net = 200;
  return fmt::format("10.77.{}.{}", 1 + service / per_net, 1 + service % per_net);
}

void Fleet::route(const lab::Host& host) const {
  const lab::Inside here{host.net};
  lab::must("ip route add 10.77.0.0/16 dev eth0");
}

void Fleet::start_redis(Member& member) {
  std::filesystem::create_directories(member.folder);
  for (int i = 0; i < options.services; ++i) {
    const auto folder = member.folder / std::to_string(port(i));
    std::filesystem::create_directories(folder);
    lab::write_file(folder / "redis.conf",
                    fmt::format("port {}\ndir {}\n{}", port(i), folder.string(), redis_config));
    const std::vector<std::string> argv{lab::redis_binary(), folder / "redis.conf"};
    member.redis.push_back(
        std::make_unique<lab::Process>(member.host.net, argv, folder / "redis.log"));
  }
}

void Fleet::write_redvip_files(const Member& member) const {
  std::string text = fmt::format(
      "[daemon]\nstate_dir = \"{0}/state\"\nruntime_dir = \"{0}/run\"\n"
      "realtime = {1}\n\n",
      member.folder.string(), options.realtime);
  for (const lab::Host* host : {&network.a, &network.b}) {
    text += fmt::format("[[node]]\nname = \"{}\"\naddress = \"{}\"\n\n", host->name, host->address);
  }
  const auto down_after = std::max<std::chrono::milliseconds>(options.services > 10 ? patience : 1s,
                                                              10 * options.probe_interval);
  const std::string probed =
      options.probe_interval > 0ms
          ? fmt::format("redis.probe_interval = \"{}ms\"\n", options.probe_interval.count())
          : "";
  for (int i = 0; i < options.services; ++i) {
    text += fmt::format(
        "[[service]]\nname = \"cache{0}\"\nvrid = {1}\nvirtual_ips = [\"{2}/32\"]\n"
        "advert_interval = \"{3}ms\"\nredis.port = {4}\nredis.down_after = \"{5}ms\"\n{6}\n",
        i, i + 1, vip(i), options.advert_interval.count(), port(i), down_after.count(), probed);
  }
  lab::write_file(member.folder / "redvip.toml", text);
}

std::filesystem::path Fleet::write_check(const Member& member) {
  auto check = member.folder / "check.sh";
  lab::write_file(
      check, "#!/bin/sh\n[ \"$(redis-cli -h " + member.host.address + " -p $1 PING)\" = PONG ]\n",
      true);
  return check;
}

// As bench/system_keepalived.cpp has it, tuned; one check and one pair of scripts for each
// instance.
void Fleet::write_keepalived_files(const Member& member) const {
  const std::string folder = member.folder.string();
  const bool first = &member == &a;
  constexpr int patient = 60;  // seconds: many checks begin at once, and the last has to wait
  const std::string peer = (first ? network.b : network.a).address;
  const std::string cli = "#!/bin/sh\nredis-cli -h " + member.host.address + " -p \"$1\" ";
  const std::string check = write_check(member);
  lab::write_file(member.folder / "master.sh", cli + "SLAVEOF NO ONE\n", true);
  lab::write_file(member.folder / "backup.sh", cli + "SLAVEOF " + peer + " \"$1\"\n", true);
  std::string text =
      "global_defs {\n  script_user root\n  vrrp_version 3\n  vrrp_rt_priority 50\n"
      "  vrrp_rlimit_rttime 1000000\n  vrrp_no_swap\n}\n";
  for (int i = 0; i < options.services; ++i) {
    text += fmt::format(
        "vrrp_script redis{0} {{\n  script \"{9} {2}\"\n  interval {7}\n  timeout {8}\n"
        "  fall 1\n  rise 1\n}}\n"
        "vrrp_instance cache{0} {{\n  state BACKUP\n  nopreempt\n  interface eth0\n"
        "  virtual_router_id {3}\n  priority {4}\n  advert_int {5}\n"
        "  virtual_ipaddress {{\n    {6}/32\n  }}\n  track_script {{\n    redis{0}\n  }}\n"
        "  notify_master \"{1}/master.sh {2}\"\n  notify_backup \"{1}/backup.sh {2}\"\n}}\n",
        i, folder, port(i), i + 1, first ? 250 : 245,
        static_cast<double>(options.advert_interval.count()) / 1000, vip(i), check_seconds(),
        check_seconds() == 1 ? 1 : patient, check);
  }
  lab::write_file(member.folder / "keepalived.conf", text);
}

void Fleet::start_daemon(Member& member) {
  const std::string folder = member.folder.string();
  std::vector<std::string> argv;
  if (&member == &b && options.callgrind) {
    argv = {"valgrind",
            "--tool=callgrind",
            "--instr-atstart=no",
            "--separate-threads=yes",
            "-q",
            "--callgrind-out-file=" + folder + "/callgrind.out"};
  }
  std::vector<std::string> command;
  if (options.manager == FleetManager::redvip) {
    write_redvip_files(member);
    command = {lab::redvip_binary(), "run", "--config", folder + "/redvip.toml"};
  } else {
    write_keepalived_files(member);
    command = {"keepalived", "-P",
               "-n",         "-l",
               "-f",         folder + "/keepalived.conf",
               "-p",         folder + "/keepalived.pid",
               "-r",         folder + "/vrrp.pid"};
  }
  argv.insert(argv.end(), command.begin(), command.end());
  member.daemon = std::make_unique<lab::Process>(member.host.net, argv, folder + "/daemon.log");
}

int Fleet::vips_of(const Member& member) const {
  const lab::Inside here{member.host.net};
  const std::string listed = lab::run("ip -4 -o address show dev eth0").output;
  int count = 0;
  for (int i = 0; i < options.services; ++i) {
    count += listed.find(fmt::format(" {}/32 ", vip(i))) != std::string::npos;
  }
  return count;
}

int Fleet::masters_of(const Member& member) const {
  int count = 0;
  for (int i = 0; i < options.services; ++i) count += is_master(member.host, port(i));
  return count;
}

int Fleet::followers() const {
  int count = 0;
  for (int i = 0; i < options.services; ++i) count += follows(b.host, port(i));
  return count;
}

int Fleet::standbys() const {
  const auto status = daemon::status_from_json(lab::read_file(b.folder / "run" / "status.json"));
  if (!status) return 0;
  return static_cast<int>(
      std::ranges::count(status->services, "standby", &daemon::ServiceStatus::state));
}

std::vector<std::unique_ptr<Clients>> Fleet::write(std::chrono::microseconds between) {
  std::vector<std::unique_ptr<Clients>> all;
  for (int i = 0; i < options.services; ++i) {
    directories_.push_back(std::make_unique<FixedAddress>(vip(i)));
    const Load load{.between = between, .port = port(i), .patience = 100ms};
    std::vector<std::string> servers;
    for (const Member* member : {&a, &b}) {
      servers.push_back(member->folder / std::to_string(port(i)));
    }
    all.push_back(std::make_unique<Clients>(network.client, *directories_.back(), load, "k",
                                            std::move(servers)));
  }
  return all;
}

void Fleet::wait_until(const std::string& what, const std::function<bool()>& condition) const {
  if (await(condition, 180s)) return;
  throw lab::LabError{fmt::format("{} with {} services: not seen: {}\n{}", to_text(options.manager),
                                  options.services, what,
                                  b.daemon ? lab::read_file(b.folder / "daemon.log") : "")};
}

}  // namespace redvip::bench
