#include <sstream>

#include "lab/peers.hpp"

namespace redvip::lab {
namespace {

std::string seconds(std::chrono::milliseconds time) {
  std::ostringstream text;
  text << static_cast<double>(time.count()) / 1000;
  return text.str();
}

// One directive a line: a block on one line loses all but its first (reference/keepalived.md 6.3).
std::string config(const Mode& mode, const Node& node, const Host& redvip, int priority) {
  std::ostringstream text;
  text << "global_defs {\n  router_id peer\n  script_user root\n}\n"
       << "vrrp_instance cache {\n  state BACKUP\n  interface eth0\n  virtual_router_id 51\n"
       << "  version " << mode.version << "\n  priority " << priority << "\n  advert_int "
       << seconds(mode.interval()) << "\n  notify_master " << node.folder / "master.sh"
       << "\n  notify_backup " << node.folder / "backup.sh"
       << "\n";
  if (mode.v6) text << "  mcast_src_ip " << link_local(node.host) << "\n";
  if (mode.unicast) {
    text << "  unicast_src_ip " << node.host.address << "\n  unicast_peer {\n    " << redvip.address
         << "\n  }\n";
  }
  if (!mode.auth.empty()) {
    text << "  authentication {\n    auth_type " << mode.auth << "\n    auth_pass s3cr3t78\n  }\n";
  }
  text << "  virtual_ipaddress {\n";
  for (const std::string& vip : mode.virtual_ips()) text << "    " << vip << "\n";
  text << "  }\n}\n";
  return text.str();
}

// With the scripts that are found in the wild, so that its Redis has the right role.
class Keepalived : public OtherRouter {
 public:
  Keepalived(const Mode& mode, Node& node, const Host& redvip)
      : mode_{mode}, node_{node}, redvip_{redvip} {
    const std::string cli = "#!/bin/sh\nredis-cli -h " + node.host.address + " SLAVEOF ";
    write_file(node.folder / "master.sh", cli + "NO ONE\n", true);
    write_file(node.folder / "backup.sh", cli + redvip.address + " 6379\n", true);
  }

  void start(int priority) override {
    const std::filesystem::path& folder = node_.folder;
    write_file(folder / "keepalived.conf", config(mode_, node_, redvip_, priority));
    node_.daemon = run_keepalived(node_.host.net, folder);
  }

  void stop() override { node_.daemon->end(); }

  [[nodiscard]] bool holds(const std::string& vip) const override {
    return node_.host.has_address(vip);
  }

 private:
  const Mode& mode_;
  Node& node_;
  const Host& redvip_;
};

}  // namespace

std::unique_ptr<OtherRouter> make_keepalived(const Mode& mode, Node& host, const Host& redvip) {
  return std::make_unique<Keepalived>(mode, host, redvip);
}

}  // namespace redvip::lab
