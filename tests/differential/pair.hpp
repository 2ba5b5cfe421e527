// Two modelled and two real Redis that are told the same, and what can be seen of each.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>

#include "differential/real_redis.hpp"
#include "sim/world.hpp"

namespace redvip::differential {

class Pair {
 public:
  Pair(std::uint64_t seed, std::uint16_t first_port);

  // One random step, on both sides.
  void step();
  // Both sides as text, a line for each Redis. IDs are random: they are numbered as they appear.
  [[nodiscard]] std::string modelled();
  [[nodiscard]] std::string real();
  [[nodiscard]] const std::string& story() const { return story_; }

 private:
  using Ids = std::map<std::string, std::size_t>;

  void restart(NodeIndex node, bool empty);
  void write(NodeIndex node);
  void read_tail(NodeIndex node);
  void tell(NodeIndex node, const Command& modelled, const Command& real);
  void tell(NodeIndex node, const Command& both) { tell(node, both, both); }
  void say(const std::string& what) { story_ += what + "\n"; }
  [[nodiscard]] static std::string describe(const Observation& seen, const std::string& keys,
                                            Ids& ids);
  [[nodiscard]] sim::Redis& model(NodeIndex node) { return world_.hosts[node]->redis; }

  sim::World world_;
  sim::Chance chance_;
  std::array<std::unique_ptr<RealRedis>, 2> real_;
  Ids modelled_ids_;
  Ids real_ids_;
  std::size_t next_key_ = 0;
  std::string story_;
};

}  // namespace redvip::differential
