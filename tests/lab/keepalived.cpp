#include "lab/lab.hpp"

namespace redvip::lab {
namespace {

// As found in the wild, and tuned: no sleep before the promotion, one failed check is enough.
std::string config(const Lab& lab, const Node& node) {
  const std::string folder = node.folder;
  const std::string priority = &node == &lab.a ? "110" : "100";
  return "global_defs {\n  router_id " + node.host.name + R"(
  script_user root
  vrrp_version 3
}
vrrp_script redis {
  script ")" +
         folder + R"(/check.sh"
  interval 1
  fall 1
  rise 1
}
vrrp_instance cache {
  state BACKUP
  nopreempt
  interface eth0
  virtual_router_id 51
  priority )" +
         priority + R"(
  advert_int 0.1
  virtual_ipaddress { )" +
         virtual_ip + R"(/24 }
  track_script { redis }
  notify_master ")" +
         folder + R"(/master.sh"
  notify_backup ")" +
         folder + R"(/backup.sh"
}
)";
}

}  // namespace

std::unique_ptr<Process> start_keepalived(const Lab& lab, const Node& node) {
  const std::string peer = &node == &lab.a ? lab.b.host.address : lab.a.host.address;
  const std::string cli = "redis-cli -h " + node.host.address + " ";
  write_file(node.folder / "check.sh", "#!/bin/sh\n" + cli + "PING | grep -q PONG\n", true);
  write_file(node.folder / "master.sh", "#!/bin/sh\n" + cli + "SLAVEOF NO ONE\n", true);
  write_file(node.folder / "backup.sh", "#!/bin/sh\n" + cli + "SLAVEOF " + peer + " 6379\n", true);
  write_file(node.folder / "keepalived.conf", config(lab, node));
  return run_keepalived(node.host.net, node.folder);
}

}  // namespace redvip::lab
