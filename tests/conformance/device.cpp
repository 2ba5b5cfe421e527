#include "conformance/device.hpp"

#include <signal.h>

namespace redvip::conformance {

const char* to_text(Kind kind) {
  return kind == Kind::redvip ? "redvip" : "keepalived";
}

std::chrono::microseconds Router::skew() const {
  const std::chrono::microseconds whole = version == 2 ? std::chrono::seconds{1} : interval;
  return whole * (256 - priority) / 256;
}

void Device::kill() {
  ::kill(-process_->pid(), SIGKILL);  // its process group, which the lab made its own
  if (!process_->wait(std::chrono::seconds{5})) throw lab::LabError{"it outlives SIGKILL"};
}

std::unique_ptr<Device> make_device(Kind kind, const Router& router, const lab::Host& host,
                                    const std::filesystem::path& folder) {
  return kind == Kind::redvip ? make_redvip(router, host, folder)
                              : make_keepalived(router, host, folder);
}

}  // namespace redvip::conformance
