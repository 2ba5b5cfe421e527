// The two hosts of the documents: redis-a and redis-b with everything where an operator finds it,
// /etc/redvip/redvip.toml, /run/redvip, /var/lib/redvip, `redvip` in PATH. Each command sees them
// in a mount namespace of its own; the machine that runs the test is left as it is.
#pragma once

#include <string>

#include "lab/lab.hpp"

namespace redvip::docs {

// redis.conf as the README has it.
[[nodiscard]] lab::Setup documented_setup();

class Stage {
 public:
  // `toml` comes after the README's file: further keys of its [[service]].
  explicit Stage(lab::Setup setup = documented_setup(), const std::string& toml = {});

  void start(lab::Node& node);  // its redvip
  void start();                 // redis-a's, then redis-b's, until one serves and one stands by
  void stop(lab::Node& node);   // as systemctl stop

  // As root on redis-a, redis-b or client. sudo is left out, systemctl of redvip means start(),
  // stop() and SIGHUP, and `echo $?` the command before.
  lab::Outcome run(const std::string& host, const std::string& command);

  [[nodiscard]] lab::Node& node(const std::string& host);
  // Waits for it, and throws what the lab looks like when it does not come.
  template <class Condition>
  void await(const std::string& what, Condition condition) {
    if (!lab::eventually(condition)) {
      throw lab::LabError{"the stage is not set: " + what + "\n" + lab.describe()};
    }
  }
  void await_state(lab::Node& node, const std::string& state);

  lab::Lab lab;

 private:
  [[nodiscard]] lab::Outcome systemctl(lab::Node& node, const std::string& verb);
  [[nodiscard]] std::filesystem::path hosts_view(const lab::Node& node) const;
  void furnish(const lab::Node& node, const std::string& toml) const;

  int last_status_ = 0;
};

}  // namespace redvip::docs
