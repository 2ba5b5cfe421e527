// What is compared: something that keeps a Redis pair writable, as its users install it. One object
// is one installation on one site.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bench/directory.hpp"
#include "bench/site.hpp"

namespace redvip::bench {

class System {
 public:
  explicit System(Site& site) : site_{site} {}
  virtual ~System() = default;
  System(const System&) = delete;
  System& operator=(const System&) = delete;

  // Installs it on the site; returns when node a serves and b follows. Throws LabError.
  virtual void start() = 0;
  // Its daemon on one host, as at boot or by a supervisor.
  virtual void start_daemon(Node& node) = 0;
  // How a client on that host finds the master.
  [[nodiscard]] virtual std::unique_ptr<Directory> directory(const Host& client) = 0;

  // Its own idea of who is the owner: a Redis that takes writes and that clients are sent to.
  [[nodiscard]] virtual bool serves(const Node& node) = 0;
  // One node serves, and the other is its replica and nothing else.
  [[nodiscard]] virtual bool settled();
  [[nodiscard]] Node& owner();  // when settled; else the one that serves, if any

  // The planned way to move the service; does not wait for it.
  virtual void switch_over(Node& owner) = 0;
  // What the operator has to do afterwards. Waits for what that needs.
  virtual void after_switch_over(Node&) {}
  // A signal to every process of its daemon on that host.
  virtual void signal_daemon(Node& node, int signal) = 0;
  virtual void power_off(Node& node);
  virtual void power_on(Node& node);

  // Every file that configures it on the two hosts; paths as on an ordinary host.
  [[nodiscard]] virtual std::map<std::string, std::string> settings() = 0;

 protected:
  void wait_until(const std::string& what, const std::function<bool()>& condition,
                  std::chrono::milliseconds at_most = std::chrono::seconds{60});
  // The text of a file of that node, with the paths of the lab shortened.
  [[nodiscard]] std::string text_of(const Node& node, const std::string& file) const;

  Site& site_;
};

// One of those that are compared, before it is installed.
struct SystemKind {
  std::string id;             // of the command line: "redvip"
  std::string title;          // "keepalived, tuned"
  std::string what;           // one sentence for the report
  bool born_parked = false;   // what its documentation asks of redis.conf
  bool keeps_config = false;  // it rewrites redis.conf itself
  bool sleeps = false;  // for seconds, by its own settings: what runs beside it matters little
  std::function<std::unique_ptr<System>(Site&)> install;
};

[[nodiscard]] SystemKind redvip_kind();
[[nodiscard]] SystemKind keepalived_tuned_kind();
[[nodiscard]] SystemKind keepalived_untuned_kind();
[[nodiscard]] SystemKind sentinel_kind();
[[nodiscard]] std::vector<SystemKind> all_systems();
[[nodiscard]] const SystemKind& system_by_id(const std::string& id);  // throws LabError

}  // namespace redvip::bench
