// A master that promises a full copy and sends something that is none: what a replica makes of it
// is redis.md's "liar node". Real masters do this when their disk or network corrupts the copy.
#pragma once

#include <cstdint>
#include <thread>

namespace redvip::history {

class BrokenMaster {
 public:
  explicit BrokenMaster(std::uint16_t port);
  ~BrokenMaster();  // when one replica has been served
  BrokenMaster(const BrokenMaster&) = delete;
  BrokenMaster& operator=(const BrokenMaster&) = delete;

 private:
  void serve_once();

  int listener_;
  std::thread thread_;
};

}  // namespace redvip::history
