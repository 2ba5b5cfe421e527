#include <ifaddrs.h>
#include <net/if.h>
#include <pwd.h>
#include <unistd.h>

#include <memory>
#include <sstream>

#include "lab/eventually.hpp"
#include "lab/peers.hpp"

namespace redvip::lab {
namespace {

// FRR wants a macvlan with the virtual router's MAC and addresses to be there already; it never
// adds an address, but takes the macvlan's carrier away (protodown) while it is backup.
constexpr const char* macvlan = "vrrp51";

std::string plain(const std::string& vip) {
  return vip.substr(0, vip.find('/'));
}

// Over IPv6 it sends from the last link-local address of the macvlan, so that a link-local VIP must
// not be there.
void add_macvlan(const Mode& mode, const Host& host) {
  const Inside here{host.net};
  const std::string mac = std::string{"00:00:5e:00:0"} + (mode.v6 ? "2" : "1") + ":33";
  must(std::string{"ip link add "} + macvlan + " link eth0 address " + mac +
       " type macvlan mode bridge && ip link set " + macvlan + " addrgenmode none && " +
       "ip address add " + mode.virtual_ips().back() + " dev " + macvlan +
       (mode.v6 ? " nodad" : ""));
  if (mode.v6) {
    must("ip address flush dev eth0 scope link && ip address add fe80::22/64 dev eth0 nodad && " +
         std::string{"ip address add "} + link_local(host) + "/64 dev " + macvlan + " nodad");
  }
  must(std::string{"ip link set "} + macvlan + " up");
}

std::string config(const Mode& mode, int priority) {
  std::ostringstream text;
  text << "log stdout\ninterface eth0\n vrrp 51 version " << mode.version << "\n vrrp 51 priority "
       << priority << "\n vrrp 51 advertisement-interval " << mode.interval().count() << "\n";
  for (const std::string& vip : mode.virtual_ips()) {
    text << " vrrp 51 " << (mode.v6 ? "ipv6 " : "ip ") << plain(vip) << "\n";
  }
  return text.str();
}

class Frr : public OtherRouter {
 public:
  Frr(const Mode& mode, Node& node) : mode_{mode}, node_{node} {
    add_macvlan(mode, node.host);
    write_file(folder() / "zebra.conf", "log stdout\n");
    give_away();
    zebra_ = run("zebra");
    const bool listens = eventually([this] { return exists(folder() / "zserv.api"); });
    if (!listens) throw LabError{"zebra: " + zebra_->log()};
  }

  void start(int priority) override {
    write_file(folder() / "vrrpd.conf", config(mode_, priority));
    give_away();
    node_.daemon = run("vrrpd");
    // Until then the macvlan's carrier is there without anybody's leading.
    const bool backup = eventually([this] { return !holds(""); });
    if (!backup) throw LabError{"vrrpd does not begin as backup: " + node_.daemon->log()};
  }

  void stop() override { node_.daemon->end(); }

  [[nodiscard]] bool holds(const std::string&) const override {
    const Inside here{node_.host.net};
    ifaddrs* raw = nullptr;
    if (::getifaddrs(&raw) != 0) throw system_error("getifaddrs");
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> all{raw, &::freeifaddrs};
    for (const ifaddrs* entry = raw; entry != nullptr; entry = entry->ifa_next) {
      if (std::string{macvlan} == entry->ifa_name) return (entry->ifa_flags & IFF_RUNNING) != 0;
    }
    return false;
  }

 private:
  [[nodiscard]] const std::filesystem::path& folder() const { return workspace_.path(); }

  // The daemons run as the user of their package.
  void give_away() const {
    const passwd* frr = ::getpwnam("frr");
    if (frr == nullptr) throw LabError{"there is no user frr: is the package frr installed?"};
    for (const auto& name : {folder(), folder() / "zebra.conf", folder() / "vrrpd.conf"}) {
      if (exists(name) && ::chown(name.c_str(), frr->pw_uid, frr->pw_gid) != 0) {
        throw system_error("chown " + name.string());
      }
    }
  }

  [[nodiscard]] std::unique_ptr<Process> run(const std::string& name) const {
    const std::vector<std::string> argv{"/usr/lib/frr/" + name,
                                        "-z",
                                        folder() / "zserv.api",
                                        "-i",
                                        folder() / (name + ".pid"),
                                        "-f",
                                        folder() / (name + ".conf"),
                                        "--vty_socket",
                                        folder()};
    return std::make_unique<Process>(node_.host.net, argv, node_.folder / (name + ".log"));
  }

  const Mode& mode_;
  Node& node_;
  Workspace workspace_;
  std::unique_ptr<Process> zebra_;
};

}  // namespace

std::unique_ptr<OtherRouter> make_frr(const Mode& mode, Node& host) {
  return std::make_unique<Frr>(mode, host);
}

}  // namespace redvip::lab
