#include "lab/peers.hpp"

#include <sstream>

namespace redvip::lab {
namespace {

using namespace std::chrono_literals;

std::string quoted(const std::string& text) {
  return '"' + text + '"';
}

// The address that the other router expects, and no other: not the kernel's own, and none that a
// router's advertisement (FRR sends them) makes it add.
void give_link_local(const Host& host) {
  const Inside here{host.net};
  must("ip link set eth0 addrgenmode none && sysctl -qw net.ipv6.conf.eth0.accept_ra=0 && " +
       std::string{"ip address flush dev eth0 scope link && ip address add "} + link_local(host) +
       "/64 dev eth0 nodad");
}

std::string node_table(const Host& host, bool v6) {
  return "[[node]]\nname = " + quoted(host.name) + "\naddress = " + quoted(host.address) +
         (v6 ? "\nlink_local = " + quoted(link_local(host)) : "") + "\n\n";
}

std::string redvip_config(const Mode& mode, const Lab& lab, int priority, bool preempt) {
  const std::filesystem::path& folder = lab.a.folder;
  std::string vips;
  for (const std::string& vip : mode.virtual_ips()) {
    vips += (vips.empty() ? "" : ", ") + quoted(vip);
  }
  std::ostringstream text;
  text << "[daemon]\nstate_dir = " << folder / "state"
       << "\nruntime_dir = " << folder / "run"
       << "\nrealtime = false\n\n"
       << node_table(lab.a.host, mode.v6) << node_table(lab.b.host, mode.v6)
       << "[[service]]\nname = \"cache\"\nvrid = 51\nvirtual_ips = [" << vips << "]\n"
       << "advert_interval = \"" << mode.interval().count() << "ms\"\n"
       << "priorities = { redis-a = " << priority << ", redis-b = 1 }\n";
  if (preempt) text << "preempt = true\n";
  if (mode.version == 2) text << "version = 2\n";
  if (mode.unicast) text << "unicast = true\n";
  if (!mode.auth.empty()) {
    text << "auth = { type = " << (mode.auth == "AH" ? "\"ah\"" : "\"pass\"")
         << ", password_file = " << folder / "password"
         << " }\n";
  }
  return text.str();
}

}  // namespace

std::chrono::milliseconds Mode::interval() const {
  return version == 2 ? 1000ms : 200ms;
}

std::chrono::milliseconds Mode::notice() const {
  return 4 * interval() + interval() * (256 - 100) / 256;
}

std::vector<std::string> Mode::virtual_ips() const {
  if (!v6) return {"10.77.0.100/24"};
  return {"fe80::100/64", "2001:db8::100/64"};
}

std::string link_local(const Host& host) {
  return "fe80::" + host.address.substr(host.address.rfind('.') + 1);
}

Peers::Peers(Mode chosen) : mode{std::move(chosen)}, vip_{mode.virtual_ips().back()} {
  vip_.resize(vip_.find('/'));
  for (const Node* node : {&lab.a, &lab.b}) give_link_local(node->host);
  other_ =
      mode.maker == Maker::frr ? make_frr(mode, lab.b) : make_keepalived(mode, lab.b, lab.a.host);
}

void Peers::start_redvip(int priority, bool preempt) {
  write_file(lab.a.folder / "password", "s3cr3t78\n");
  write_file(lab.a.config(), redvip_config(mode, lab, priority, preempt));
  const std::vector<std::string> argv{redvip_binary(), "run", "--config", lab.a.config()};
  lab.a.daemon = std::make_unique<Process>(lab.a.host.net, argv, lab.a.folder / "daemon.log");
}

}  // namespace redvip::lab
