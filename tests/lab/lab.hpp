// The whole lab: two hosts, each with a real Redis and a daemon that moves the virtual IP between
// them, and a client that writes through it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "daemon/history.hpp"
#include "daemon/status.hpp"
#include "lab/eventually.hpp"
#include "lab/network.hpp"
#include "lab/process.hpp"
#include "lab/redis.hpp"
#include "lab/writer.hpp"

namespace redvip::lab {

inline constexpr const char* virtual_ip = "10.77.0.100";

enum class Manager : std::uint8_t { redvip, keepalived };

// As whom redvip runs, and Redis beside it: both as root, or as their packages have it: Redis as
// `redis` with files of its group, redvip as a user of its own with four capabilities, in that
// group or not.
enum class Rights : std::uint8_t { root, service, service_outside_redis_group };
inline constexpr int service_user = 64321;  // and its group; of nobody else

struct Setup {
  Manager manager = Manager::redvip;
  Persistence persistence = Persistence::none;
  bool born_parked = false;
  std::vector<std::string> redis_options{};  // for both
  std::string redis_toml{};                  // further lines of [service.redis]
  bool realtime = false;                     // mlockall does not go with AddressSanitizer
  Rights rights = Rights::root;
  std::vector<std::string> environment{};  // of the daemons, as NAME=value
  bool redis_keeps_config = false;         // what CONFIG REWRITE wrote outlives a restart
  bool own_cores = false;                  // as Network has it
};

struct Node {
  Node(const Host& at, const std::filesystem::path& workspace, const Setup& setup);

  const Host& host;
  std::filesystem::path folder;
  Redis redis;
  std::unique_ptr<Process> daemon{};

  [[nodiscard]] bool holds_vip() const { return host.has_address(virtual_ip); }
  [[nodiscard]] bool serves() const { return holds_vip() && redis.is_master(); }
  // Of redvip: the first service's status (empty before the first is written) and the transitions.
  [[nodiscard]] daemon::ServiceStatus status() const;
  [[nodiscard]] std::vector<daemon::HistoryRecord> history() const;
  // It had this key, and it was kept for the operator before it followed another.
  [[nodiscard]] bool has_saved(const std::string& key) const;
  [[nodiscard]] std::filesystem::path config() const { return folder / "redvip.toml"; }
};

class Lab {
 public:
  explicit Lab(Setup setup = {});  // network and both Redis; no daemon yet
  ~Lab();                          // no daemon hands over while the lab is taken down
  Lab(const Lab&) = delete;
  Lab& operator=(const Lab&) = delete;

  void start(Node& node);  // its daemon
  void start();            // both daemons, and wait until one serves and the other follows
  // The mains fail: every process of these hosts dies at the same moment, their addresses and /run
  // are gone, and nobody hears them.
  void power_off(const std::vector<Node*>& nodes);
  void power_on(Node& node);
  // Starts the client; returns when its writes flow, to the replica too where there is one.
  Writer& write(std::chrono::milliseconds patience = std::chrono::seconds{3});

  // One serves, it alone holds the address, and the other follows it.
  [[nodiscard]] bool settled() const;

  // What the owner had a moment ago has arrived at the other. A link that is up does not feed yet:
  // after a diskless copy Redis holds its stream back until the replica's next acknowledgement, up
  // to a second later, and loses it all when it dies meanwhile.
  [[nodiscard]] bool copies();

  [[nodiscard]] int vip_holders() const { return int{a.holds_vip()} + int{b.holds_vip()}; }
  [[nodiscard]] Node& owner() { return b.holds_vip() ? b : a; }
  [[nodiscard]] Node& other(const Node& node) { return &node == &a ? b : a; }
  // Acknowledged writes that this Redis does not have. Stops the client.
  [[nodiscard]] std::size_t lost(const Node& at);
  // For an operator who asks why a test failed: roles, addresses, states, the last lines of logs.
  [[nodiscard]] std::string describe() const;

  Workspace workspace{};
  const Setup setup;
  Network network;
  Node a;
  Node b;
  std::unique_ptr<Writer> writer{};
};

// REDVIP_BINARY of the environment, or the one of this build.
[[nodiscard]] std::string redvip_binary();
// Runs `redvip <arguments> --config <its file>` on the node.
Outcome run_redvip(const Node& node, const std::string& arguments);
void write_redvip_config(const Lab& lab, const Node& node);
// In its configuration file, which is read again on SIGHUP. Throws LabError where there is no
// `old`.
void rewrite(const Node& node, const std::string& old, const std::string& now);
// With the file that is there, else with that of write_redvip_config().
[[nodiscard]] std::unique_ptr<Process> start_redvip(const Lab& lab, const Node& node);
// The classic: VRRPv3 at 100 ms, a check script each second, notify scripts with SLAVEOF.
[[nodiscard]] std::unique_ptr<Process> start_keepalived(const Lab& lab, const Node& node);

}  // namespace redvip::lab
