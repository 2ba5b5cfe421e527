// Listens on a port of the switch for the VRRP advertisements that its host sends.
#pragma once

#include <string>
#include <vector>

#include "lab/network.hpp"

namespace redvip::lab {

struct Advert {
  std::string source;
  int priority = 0;
};

class AdvertSniffer {
 public:
  AdvertSniffer(const Network& network, const Host& sender);
  ~AdvertSniffer();
  AdvertSniffer(const AdvertSniffer&) = delete;
  AdvertSniffer& operator=(const AdvertSniffer&) = delete;

  [[nodiscard]] std::vector<Advert> take();  // all since the last call; the kernel queues them

 private:
  int socket_;
};

}  // namespace redvip::lab
