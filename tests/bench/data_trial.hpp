// One pair under load, from the fault to the final account of what was acknowledged.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lab/crowd.hpp"
#include "lab/lab.hpp"

namespace redvip::lab {

enum class Load : std::uint8_t { one_client, crowd };

struct Account {
  std::size_t acknowledged = 0;
  std::size_t saved = 0;                 // not in the final master, but in state_dir/diverged
  std::vector<std::string> lost_keys{};  // in neither
};

class Trial {
 public:
  Trial(Manager manager, Load load, std::vector<std::string> redis_options);

  // Returns when that many more writes are acknowledged to the clients of the virtual IP.
  void more(std::size_t count);
  [[nodiscard]] std::size_t acknowledged() const;
  // Clients on the owner's own host.
  Writer& write_on_both_sides();
  void stop_clients();

  // Waits until one serves, the other follows, and nothing has changed for two seconds. keepalived
  // may never get there: then, after 15 s, remark() says what it has come to.
  void settle();
  [[nodiscard]] const std::string& remark() const { return remark_; }

  [[nodiscard]] std::vector<std::string> acknowledged_keys() const;
  // Of keepalived's two masters, the one that has lost less.
  [[nodiscard]] Node& final_master();
  [[nodiscard]] Account account();

  Lab lab;
  Node& owner;  // before the fault
  Node& standby;

 private:
  // Those of the keys that no save brings back, when restored as its README says.
  [[nodiscard]] std::vector<std::string> not_saved(std::vector<std::string> keys);

  std::string remark_{};
  std::unique_ptr<Crowd> crowd_{};
  std::unique_ptr<Writer> minority_{};
};

// The command file, replayed as its README says; whether Redis took all of it.
bool replay(const std::filesystem::path& tail, const Host& to);

}  // namespace redvip::lab
