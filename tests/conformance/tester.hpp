// The tester's side of the cable: sends any frame, and hears every frame of the device under test
// with the time at which the kernel got it.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "conformance/wire.hpp"
#include "lab/network.hpp"

namespace redvip::conformance {

[[nodiscard]] Nanos now();  // the clock of the kernel's time stamps

class Tester {
 public:
  Tester(const lab::NetworkNamespace& where, const std::string& interface);
  ~Tester();
  Tester(const Tester&) = delete;
  Tester& operator=(const Tester&) = delete;

  void send(const Octets& frame);
  // The next frame that came in, in order; nullopt: none until then. What is queued is given even
  // when that time has passed.
  [[nodiscard]] std::optional<Frame> receive(Nanos until);

 private:
  int socket_;
};

}  // namespace redvip::conformance
