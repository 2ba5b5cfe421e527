#include <sstream>

#include "conformance/device.hpp"

namespace redvip::conformance {
namespace {

std::string seconds(std::chrono::milliseconds interval) {
  std::ostringstream text;
  text << static_cast<double>(interval.count()) / 1000;
  return text.str();
}

// One directive a line: a block on one line loses all but its first (reference/keepalived.md 6.3).
std::string config(const Router& router) {
  std::ostringstream text;
  text << "global_defs {\n  router_id dut\n}\n"
       << "vrrp_instance dut {\n  interface eth0\n"
       << "  state " << (router.priority == 255 ? "MASTER" : "BACKUP") << "\n"
       << "  version " << router.version << "\n"
       << "  virtual_router_id " << vrid << "\n"
       << "  priority " << router.priority << "\n"
       << "  advert_int " << seconds(router.interval) << "\n";
  if (!router.preempt) text << "  nopreempt\n";
  if (router.vmac) text << "  use_vmac vrrp." << vrid << "\n";
  if (!router.accept) text << "  no_accept\n";
  if (!router.auth.empty()) {
    text << "  authentication {\n    auth_type " << router.auth << "\n    auth_pass "
         << router.password << "\n  }\n";
  }
  text << "  virtual_ipaddress {\n";
  for (const std::string& vip : router.vips) text << "    " << vip << "\n";
  text << "  }\n}\n";
  return text.str();
}

class Keepalived : public Device {
 public:
  Keepalived(const Router& router, const lab::Host& host, const std::filesystem::path& folder)
      : host_{host}, folder_{folder} {
    if (router.message_only_sum) throw NotApplicable{"2.2.7 cannot send the message-only checksum"};
    if (router.strict) throw NotApplicable{"has no such option"};
    lab::write_file(folder_ / "keepalived.conf", config(router));
  }

  void start() override { process_ = lab::run_keepalived(host_.net, folder_); }

  void meet(const lab::Host&) override {}

  [[nodiscard]] bool stands_by() const override {
    return process_->log().find("Entering BACKUP STATE") != std::string::npos;
  }

 private:
  const lab::Host& host_;
  std::filesystem::path folder_;
};

}  // namespace

std::unique_ptr<Device> make_keepalived(const Router& router, const lab::Host& host,
                                        const std::filesystem::path& folder) {
  return std::make_unique<Keepalived>(router, host, folder);
}

}  // namespace redvip::conformance
