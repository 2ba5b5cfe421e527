// keepalived with the scripts that people use: as good as it gets, and as tutorials have it.
#include <unistd.h>

#include "bench/system.hpp"

namespace redvip::bench {
namespace {

using namespace std::chrono_literals;

struct Profile {
  const char* globals;
  const char* check;                    // the rest of vrrp_script
  const char* (*instance)(bool first);  // the rest of vrrp_instance
  const char* check_script;
  const char* master_script;  // REDIS: this node's address, PEER: the other's
  const char* backup_script;
};

// Everything that makes it faster without making it wrong. Checks by the whole second are what
// version 2.2.7 of Debian 12 has; the priorities make the skew 2 and 4 ms; nopreempt spares the
// second move. Debian's redis-cli comes from redis-tools.
constexpr Profile tuned{
    "  vrrp_version 3\n  vrrp_rt_priority 50\n  vrrp_rlimit_rttime 1000000\n  vrrp_no_swap\n"
    "  vrrp_garp_master_refresh 60\n",
    "  interval 1\n  timeout 1\n  fall 1\n  rise 1\n",
    [](bool first) {
      return first ? "  state BACKUP\n  nopreempt\n  priority 250\n  advert_int 0.1\n"
                   : "  state BACKUP\n  nopreempt\n  priority 245\n  advert_int 0.1\n";
    },
    "#!/bin/sh\n[ \"$(redis-cli -h REDIS PING)\" = PONG ]\n",
    "#!/bin/sh\nredis-cli -h REDIS SLAVEOF NO ONE\n",
    "#!/bin/sh\nredis-cli -h REDIS SLAVEOF PEER 6379\n"};

// The shape of most tutorials: the check lowers the priority, the new master first copies what the
// old one has, waits, and then stops following; the new backup waits until that is done.
constexpr Profile untuned{
    "",
    "  interval 2\n  weight -20\n",
    [](bool first) {
      return first ? "  state MASTER\n  priority 101\n  advert_int 3\n"
                     "  authentication {\n    auth_type PASS\n    auth_pass 1111\n  }\n"
                   : "  state BACKUP\n  priority 100\n  advert_int 3\n"
                     "  authentication {\n    auth_type PASS\n    auth_pass 1111\n  }\n";
    },
    "#!/bin/sh\n[ \"$(redis-cli -h REDIS PING)\" = PONG ]\n",
    "#!/bin/sh\nredis-cli -h REDIS SLAVEOF PEER 6379\nsleep 10\nredis-cli -h REDIS SLAVEOF NO "
    "ONE\n",
    "#!/bin/sh\nsleep 15\nredis-cli -h REDIS SLAVEOF PEER 6379\n"};

std::string replaced(std::string text, const std::string& word, const std::string& by) {
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at)) {
    text.replace(at, word.size(), by);
  }
  return text;
}

class Keepalived : public System {
 public:
  Keepalived(Site& site, const Profile& profile) : System{site}, profile_{profile} {}

  // The owner is the host of higher priority; the two differ by a few ms in their timers, so that
  // it is started first.
  void start() override {
    lab::Lab& lab = site_.lab;
    start_daemon(lab.a);
    wait_until("redis-a serves", [&] { return serves(lab.a); });
    start_daemon(lab.b);
    wait_until("the pair settles", [&] { return settled(); });
    // The scripts with their sleeps must all have ended, or they would strike later.
    wait_until("its scripts have ended", [&] { return scripts() == 0; });
    wait_until("the pair is still settled", [&] { return settled(); });
  }

  void start_daemon(Node& node) override {
    if (node.daemon) node.daemon->wait(10s);
    write_files(node);
    node.daemon = lab::run_keepalived(node.host.net, node.folder);
  }

  [[nodiscard]] std::unique_ptr<Directory> directory(const Host&) override {
    return std::make_unique<FixedAddress>(lab::virtual_ip);
  }

  [[nodiscard]] bool serves(const Node& node) override { return node.serves(); }

  // There is no command for it: one stops the service on the owner, and starts it again.
  void switch_over(Node& owner) override { owner.daemon->signal(SIGTERM); }
  void after_switch_over(Node& owner) override { start_daemon(owner); }

  // The parent and its VRRP process are one process group; scripts have their own.
  void signal_daemon(Node& node, int signal) override {
    if (node.daemon->running()) ::kill(-node.daemon->pid(), signal);
  }

  [[nodiscard]] std::map<std::string, std::string> settings() override {
    const Node& a = site_.lab.a;
    return {{"keepalived.conf of the first host", text_of(a, "keepalived.conf")},
            {"keepalived.conf of the second host", text_of(site_.lab.b, "keepalived.conf")},
            {"check.sh", text_of(a, "check.sh")},
            {"master.sh", text_of(a, "master.sh")},
            {"backup.sh", text_of(a, "backup.sh")},
            {"redis.conf, the same on both hosts", text_of(a, "redis.conf")}};
  }

 private:
  [[nodiscard]] std::string config(const Node& node) const {
    const std::string folder = node.folder;
    return "global_defs {\n  router_id " + node.host.name + "\n  script_user root\n" +
           profile_.globals + "}\nvrrp_script redis {\n  script \"" + folder + "/check.sh\"\n" +
           profile_.check + "}\nvrrp_instance cache {\n" +
           profile_.instance(&node == &site_.lab.a) +
           "  interface eth0\n  virtual_router_id 51\n  virtual_ipaddress {\n    " +
           lab::virtual_ip + "/24\n  }\n  track_script {\n    redis\n  }\n  notify_master \"" +
           folder + "/master.sh\"\n  notify_backup \"" + folder + "/backup.sh\"\n}\n";
  }

  void write_files(Node& node) const {
    const auto write = [&](const std::string& name, const std::string& text, bool executable) {
      const std::string here = replaced(text, "REDIS", node.host.address);
      const std::string peer = site_.lab.other(node).host.address;
      lab::write_file(node.folder / name, replaced(here, "PEER", peer), executable);
    };
    write("check.sh", profile_.check_script, true);
    write("master.sh", profile_.master_script, true);
    write("backup.sh", profile_.backup_script, true);
    lab::write_file(node.folder / "keepalived.conf", config(node));
  }

  // How many of master.sh and backup.sh run.
  [[nodiscard]] int scripts() const {
    const std::string folder = site_.lab.workspace.path();
    return std::atoi(
        lab::run("pgrep -c -f '" + folder + "/.*/(master|backup)[.]sh'").output.c_str());
  }

  const Profile& profile_;
};

SystemKind kind(std::string id, std::string title, std::string what, const Profile& profile) {
  return {
      .id = std::move(id),
      .title = std::move(title),
      .what = std::move(what),
      .install = [&profile](Site& site) { return std::make_unique<Keepalived>(site, profile); }};
}

}  // namespace

SystemKind keepalived_tuned_kind() {
  return kind(
      "keepalived-tuned", "keepalived, tuned",
      "VRRPv3, an advert each 100 ms, a check each second, the usual scripts without sleeps",
      tuned);
}

SystemKind keepalived_untuned_kind() {
  SystemKind untuned_kind = kind(
      "keepalived-untuned", "keepalived, as in tutorials",
      "VRRPv2, an advert each 3 s, a check each 2 s, the usual scripts with `sleep 10`", untuned);
  untuned_kind.sleeps = true;
  return untuned_kind;
}

}  // namespace redvip::bench
