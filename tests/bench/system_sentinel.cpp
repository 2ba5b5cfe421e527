#include "bench/sentinel.hpp"
#include "bench/system.hpp"

namespace redvip::bench {
namespace {

using namespace std::chrono_literals;

constexpr const char* master_name = "cache";
constexpr auto patience = 500ms;

// One value of the flat list of names and values that SENTINEL MASTER answers with.
std::string field(const lab::Reply& reply, const std::string& name) {
  if (!reply || reply->type != REDIS_REPLY_ARRAY) return {};
  for (std::size_t i = 0; i + 1 < reply->elements; i += 2) {
    const redisReply& key = *reply->element[i];
    const redisReply& value = *reply->element[i + 1];
    if (name == std::string{key.str, key.len}) return {value.str, value.len};
  }
  return {};
}

class Sentinel : public System {
 public:
  explicit Sentinel(Site& site)
      : System{site}, witness_folder_{site.lab.workspace.path() / site.witness.name} {
    std::filesystem::create_directories(witness_folder_);
  }

  void start() override {
    lab::Lab& lab = site_.lab;
    (void)lab.b.redis.command({"REPLICAOF", lab.a.host.address, "6379"});
    (void)lab.b.redis.command({"CONFIG", "REWRITE"});
    wait_until("redis-b follows", [&] { return lab.b.redis.follows(lab.a.host); });
    write_config(lab.a.folder);
    write_config(lab.b.folder);
    write_config(witness_folder_);
    start_daemon(lab.a);
    start_daemon(lab.b);
    witness_ = start_sentinel(site_.witness, witness_folder_);
    for (const Host* host : std::vector<const Host*>{&lab.a.host, &lab.b.host, &site_.witness}) {
      wait_until("the sentinels know each other and the replica", [&] {
        const auto seen = ask(*host, {"SENTINEL", "MASTER", master_name});
        return field(seen, "num-other-sentinels") == "2" && field(seen, "num-slaves") == "1";
      });
    }
  }

  void start_daemon(Node& node) override {
    if (node.daemon) node.daemon->wait(10s);
    node.daemon = start_sentinel(node.host, node.folder);
  }

  [[nodiscard]] std::unique_ptr<Directory> directory(const Host& client) override {
    return std::make_unique<AskSentinels>(
        client,
        std::vector{site_.lab.a.host.address, site_.lab.b.host.address, site_.witness.address},
        master_name);
  }

  // By the third sentinel, which no fault strikes.
  [[nodiscard]] bool serves(const Node& node) override {
    const auto named = ask(site_.witness, {"SENTINEL", "get-master-addr-by-name", master_name});
    const bool is_named = named && named->type == REDIS_REPLY_ARRAY && named->elements == 2 &&
                          node.host.address == named->element[0]->str;
    return is_named && node.redis.is_master();
  }

  void switch_over(Node&) override {
    (void)ask(site_.witness, {"SENTINEL", "FAILOVER", master_name});
  }
  void signal_daemon(Node& node, int signal) override { node.daemon->signal(signal); }

  [[nodiscard]] std::map<std::string, std::string> settings() override {
    return {{"sentinel.conf, the same on all three hosts", config("/etc/bench")},
            {"redis.conf, the same on both hosts (a moment later with REPLICAOF on the second)",
             text_of(site_.lab.a, "redis.conf")}};
  }

 private:
  [[nodiscard]] std::string config(const std::string& folder) const {
    const std::string monitor = std::string{"sentinel monitor "} + master_name + " " +
                                site_.lab.a.host.address + " 6379 2\n";
    return "port " + std::to_string(sentinel_port) + "\nbind 0.0.0.0\nprotected-mode no\ndir " +
           folder + "\n" + monitor + "sentinel down-after-milliseconds cache 1000\n" +
           "sentinel parallel-syncs cache 1\nsentinel failover-timeout cache 10000\n";
  }
  void write_config(const std::filesystem::path& folder) const {
    lab::write_file(folder / "sentinel.conf", config(folder.string()));
  }

  static std::unique_ptr<lab::Process> start_sentinel(const Host& host,
                                                      const std::filesystem::path& folder) {
    const std::vector<std::string> argv{lab::redis_binary(), folder / "sentinel.conf",
                                        "--sentinel"};
    return std::make_unique<lab::Process>(host.net, argv, folder / "daemon.log");
  }

  static lab::Reply ask(const Host& host, const std::vector<std::string>& words) {
    return lab::RedisClient{host, host.address, patience, patience, sentinel_port}.command(words);
  }

  std::filesystem::path witness_folder_;
  std::unique_ptr<lab::Process> witness_;
};

}  // namespace

SystemKind sentinel_kind() {
  return {.id = "sentinel",
          .title = "Redis Sentinel",
          .what = "three sentinels, down-after-milliseconds 1000, clients that ask and subscribe",
          .keeps_config = true,
          .install = [](Site& site) { return std::make_unique<Sentinel>(site); }};
}

}  // namespace redvip::bench
