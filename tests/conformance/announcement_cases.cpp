// Whom it speaks as, how it stops, and how it tells the neighbours who has the VIP.
#include <signal.h>

#include <algorithm>

#include "conformance/case.hpp"

namespace redvip::conformance {
namespace {

using namespace std::chrono_literals;

void require_link_source(Kind kind, const Router& router, const Octets& source) {
  Bench bench{kind, router};
  bench.until_active();
  for (int i = 0; i < 3; ++i) {
    const Octets from = bench.next_advert().ip.link_source;
    require(from == source, "from the MAC " + to_hex(from));
  }
}

void interface_mac(Kind kind) {
  require_link_source(kind, v4(), device_mac);
}

void virtual_mac(Kind kind) {
  require_link_source(kind, with_vmac(v4()), mac("00:00:5e:00:01:33"));
}

void virtual_mac_v6(Kind kind) {
  require_link_source(kind, with_vmac(v6()), mac("00:00:5e:00:02:33"));
}

void require_source(Kind kind, const Router& router, const std::string& more,
                    const std::string& source) {
  Bench bench{kind, router};
  bench.in_device(more);
  bench.until_active();
  bench.listen(3 * router.interval);
  for (const Advert& advert : bench.adverts()) {
    require(advert.ip.source == address(source), "from " + to_hex(advert.ip.source));
  }
}

void primary_source(Kind kind) {
  require_source(kind, v4(),
                 "ip address add 10.0.0.3/24 dev eth0 && ip address add 10.0.0.200/24 dev eth0",
                 device_address);
}

void link_local_source(Kind kind) {
  require_source(kind, v6(), "ip address add 2001:db8::5/64 dev eth0 nodad", device_link_local);
}

void stops_as_active(Kind kind) {
  Bench bench{kind, v4()};
  bench.until_active();
  bench.next_advert();
  const Nanos told = now();
  bench.device().process().signal(SIGTERM);
  bench.listen(2s);
  const auto heard = bench.adverts(told);
  const auto resigns = [](const Advert& advert) { return advert.priority == 0; };
  const auto resignations = std::count_if(heard.begin(), heard.end(), resigns);
  require(resignations == 1, std::to_string(resignations) + " adverts of priority 0");
  require(resigns(heard.back()), "it advertises after it resigned");
  require(bench.announcements(heard.back().at).empty(), "it announces the VIP after it resigned");
  require(!bench.holds_any_vip(), "the VIP is still there");
}

void stops_as_backup(Kind kind) {
  Bench bench{kind, v4()};
  bench.until_backup();
  bench.device().process().signal(SIGTERM);
  bench.hold(1s);
  bench.listen(1s);
  bench.require_silent({}, "it advertises");
  require(bench.announcements().empty(), "it announces the VIP");
}

void require_order(Kind kind, const Router& router) {
  Bench bench{kind, router};
  bench.until_active();
  bench.listen(500ms);
  const auto announced = bench.announcements();
  require(announced.size() >= router.vips.size(),
          std::to_string(announced.size()) + " announcements");
  require(announced.front() >= bench.adverts().front().at, "it announces before it advertises");
}

void order_of_promotion(Kind kind) {
  Router router = v4();
  router.vips = {"10.0.0.100/24", "10.0.0.101/24"};
  require_order(kind, router);
}

void order_of_promotion_v6(Kind kind) {
  require_order(kind, v6());
}

void require_garp(Kind kind, const Router& router, const Octets& source) {
  Bench bench{kind, router};
  bench.until_active();
  bench.listen(500ms);
  int seen = 0;
  for (const Arp& arp : bench.arps()) {
    if (arp.sender != address(router.vips.front()) || arp.target != arp.sender) continue;
    ++seen;
    require(arp.operation == 1, "operation " + std::to_string(arp.operation));
    require(arp.link_destination == Octets(6, 0xff), "to " + to_hex(arp.link_destination));
    require(arp.link_source == source && arp.sender_mac == source,
            "from " + to_hex(arp.link_source) + ", which is said to be " + to_hex(arp.sender_mac));
  }
  require(seen > 0, "there is none");
}

void garp(Kind kind) {
  require_garp(kind, v4(), device_mac);
}

void garp_of_virtual_mac(Kind kind) {
  require_garp(kind, with_vmac(v4()), mac("00:00:5e:00:01:33"));
}

void require_unsolicited_na(Kind kind, const Router& router, const Octets& source) {
  Bench bench{kind, router};
  bench.in_device("sysctl -qw net.ipv6.conf.all.forwarding=1");
  bench.until_active();
  bench.listen(500ms);
  std::size_t seen = 0;
  for (const NeighbourAdvert& advert : bench.neighbour_adverts()) {
    if (advert.target != address(router.vips.back()) || advert.solicited) continue;
    ++seen;
    require(advert.ip.destination == address("ff02::1"), "to " + to_hex(advert.ip.destination));
    require(advert.router, "without the router flag");
    require(advert.override, "without the override flag");
    require(advert.ip.hops == 255, "hop limit " + std::to_string(advert.ip.hops));
    require(advert.target_mac == source, "it names the MAC " + to_hex(advert.target_mac));
    require(advert.checksum_right, "the checksum is wrong");
  }
  require(seen > 0, "there is none");
}

void unsolicited_na(Kind kind) {
  require_unsolicited_na(kind, v6(), device_mac);
}

void unsolicited_na_of_virtual_mac(Kind kind) {
  require_unsolicited_na(kind, with_vmac(v6()), mac("00:00:5e:00:02:33"));
}

}  // namespace

std::vector<Case> announcement_cases() {
  return {
      {"TX09", "without a virtual MAC: from the interface's", interface_mac},
      {"TX09-vmac", "with a virtual MAC: from it", virtual_mac},
      {"TX09-vmac6", "the same over IPv6", virtual_mac_v6},
      {"TX10", "the source is the primary address among many", primary_source},
      {"TX10-v6", "the source is the link-local address, not the VIP", link_local_source},
      {"TX14", "stopped while active: one priority 0, no VIP, no announcement", stops_as_active},
      {"TX15", "stopped while backup: not a word", stops_as_backup},
      {"TX16", "promoted: the advert before the announcement of each VIP", order_of_promotion},
      {"TX16-v6", "the same over IPv6", order_of_promotion_v6},
      {"TX17", "gratuitous ARP: a request of the VIP for itself", garp},
      {"TX17-vmac", "the same with a virtual MAC", garp_of_virtual_mac},
      {"TX18", "unsolicited NA: router, override, link-layer address", unsolicited_na},
      {"TX18-vmac", "the same with a virtual MAC", unsolicited_na_of_virtual_mac},
  };
}

}  // namespace redvip::conformance
