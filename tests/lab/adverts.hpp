// Listens on a port of the switch for the VRRP advertisements that its host sends.
#pragma once

#include <cstddef>

#include "lab/network.hpp"

namespace redvip::lab {

class AdvertSniffer {
 public:
  AdvertSniffer(const Network& network, const Host& sender);
  ~AdvertSniffer();
  AdvertSniffer(const AdvertSniffer&) = delete;
  AdvertSniffer& operator=(const AdvertSniffer&) = delete;

  // How many since the last call; the kernel queues them meanwhile.
  [[nodiscard]] std::size_t take();

 private:
  int socket_;
};

}  // namespace redvip::lab
