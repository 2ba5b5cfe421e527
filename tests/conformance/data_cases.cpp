// Who answers for the VIP and its MAC (RFC 9568 sections 6.4 and 8).
#include <algorithm>

#include "conformance/case.hpp"

namespace redvip::conformance {
namespace {

using namespace std::chrono_literals;

const Octets vmac_v4 = mac("00:00:5e:00:01:33");
const Octets vmac_v6 = mac("00:00:5e:00:02:33");

Octets first_vip(const Bench& bench) {
  return address(bench.router.vips.front());
}

Octets own_address(const Bench& bench) {
  return address(bench.router.v6() ? above.link_local : above.address);
}

// Who has the VIP?
void ask(Bench& bench) {
  bench.send(bench.router.v6()
                 ? neighbour_solicitation(tester_mac, own_address(bench), first_vip(bench))
                 : arp_request(tester_mac, own_address(bench), first_vip(bench)));
}

// The MACs that the answers name.
std::vector<Octets> answers(const Bench& bench, Nanos since) {
  std::vector<Octets> macs;
  for (const Arp& arp : bench.arps(since)) {
    if (arp.operation == 2 && arp.sender == first_vip(bench)) macs.push_back(arp.sender_mac);
  }
  for (const NeighbourAdvert& advert : bench.neighbour_adverts(since)) {
    if (!advert.solicited || advert.target != first_vip(bench)) continue;
    require(advert.router, "an answer without the router flag");
    macs.push_back(advert.target_mac);
  }
  return macs;
}

bool pings(Bench& bench, const Octets& to) {
  ask(bench);  // so that the device knows us
  bench.listen(200ms);
  const Nanos began = now();
  bench.send(echo_request(to, tester_mac, own_address(bench), first_vip(bench)));
  bench.listen(500ms);
  const auto replies = bench.echo_replies(began);
  return std::count(replies.begin(), replies.end(), first_vip(bench)) > 0;
}

void require_backup_is_mute(Kind kind, const Router& router) {
  Bench bench{kind, router};
  bench.until_backup();
  const Nanos began = now();
  const Nanos period = 2 * router.interval;
  bench.listen(3 * period, period, [&] {
    bench.send(bench.advert(200));
    ask(bench);
    bench.send(echo_request(device_mac, tester_mac, own_address(bench), first_vip(bench)));
  });
  require(answers(bench, began).empty(), "it says that it has the VIP");
  require(bench.echo_replies(began).empty(), "it answers a ping");
}

void backup_is_mute(Kind kind) {
  require_backup_is_mute(kind, v4());
}

void backup_is_mute_v6(Kind kind) {
  require_backup_is_mute(kind, v6());
}

void require_one_answers(Kind kind, const Router& router, const Octets& expected) {
  Bench bench{kind, router};
  bench.in_device("sysctl -qw net.ipv6.conf.all.forwarding=1");
  bench.until_active();
  const Nanos began = now();
  bench.listen(900ms, 300ms, [&] { ask(bench); });
  const auto macs = answers(bench, began);
  require(macs.size() == 3, std::to_string(macs.size()) + " answers to 3 questions");
  for (const Octets& one : macs) require(one == expected, "the answer names " + to_hex(one));
}

void interface_answers(Kind kind) {
  require_one_answers(kind, v4(), device_mac);
}

void vmac_answers(Kind kind) {
  require_one_answers(kind, with_vmac(v4()), vmac_v4);
}

void vmac_answers_v6(Kind kind) {
  require_one_answers(kind, with_vmac(v6()), vmac_v6);
}

void require_accepts(Kind kind, const Router& router, bool expected) {
  Bench bench{kind, router};
  bench.in_device("sysctl -qw net.ipv6.conf.all.forwarding=1");
  bench.until_active();
  bench.listen(300ms);
  require(pings(bench, device_mac) == expected, expected ? "no answer" : "it answers a ping");
  require(!answers(bench, {}).empty(), "nobody says that he has the VIP");
}

Router closed(Router router) {
  router.accept = false;
  return router;
}

void accept_mode(Kind kind) {
  require_accepts(kind, closed(v4()), false);
  require_accepts(kind, v4(), true);
}

void accept_mode_v6(Kind kind) {
  require_accepts(kind, closed(v6()), false);
  require_accepts(kind, v6(), true);
}

void accept_of_owner(Kind kind) {
  Router router = v4();
  router.priority = 255;
  require_accepts(kind, router, true);
}

// A frame to the virtual MAC for a host behind the device; whether it gets there.
bool forwards(Bench& bench, Tester& far) {
  const Octets beyond = address("10.9.0.9");
  bench.send(echo_request(vmac_v4, tester_mac, own_address(bench), beyond));
  const Nanos deadline = now() + 300ms;
  while (const auto frame = far.receive(deadline)) {
    const auto ip = read_ip(*frame);
    if (ip && ip->destination == beyond) return true;
  }
  return false;
}

void add_far_net(const Bench& bench) {
  bench.in_tester("ip link add far type veth peer name far netns " + bench.device_end().path() +
                  " && ip link set far up");
  bench.in_device(
      "ip address add 10.9.0.1/24 dev far && ip link set far up && "
      "ip neighbour add 10.9.0.9 lladdr 02:00:00:00:00:99 dev far nud permanent && "
      "sysctl -qw net.ipv4.ip_forward=1");
}

void forwarding(Kind kind) {
  Bench backup{kind, with_vmac(v4())};
  add_far_net(backup);
  Tester beyond_backup{backup.tester_end(), "far"};
  backup.until_backup();
  require(!forwards(backup, beyond_backup), "as backup it forwards");
  Bench active{kind, with_vmac(v4())};
  add_far_net(active);
  Tester beyond_active{active.tester_end(), "far"};
  active.until_active();
  require(forwards(active, beyond_active), "as active it does not forward");
}

void killed(Kind kind) {
  Bench bench{kind, v4()};
  bench.until_active();
  bench.device().kill();
  bench.listen(1s + 500ms + 250ms);  // the shortest lifetime, and how late the kernel may be
  require(!bench.holds_any_vip(), "the VIP is still there");
}

void peers(Kind) {
  throw NotApplicable{"tests/lab/peers_test.cpp"};
}

}  // namespace

std::vector<Case> data_cases() {
  return {
      {"DP01", "backup: no ARP reply, no ping reply for the VIP", backup_is_mute},
      {"DP01-v6", "the same over IPv6", backup_is_mute_v6},
      {"DP02", "active: the virtual MAC alone answers", vmac_answers},
      {"DP02-v6", "the same over IPv6, with the router flag", vmac_answers_v6},
      {"DP02-plain", "active without a virtual MAC: the interface's answers", interface_answers},
      {"DP03", "Accept_Mode false: the VIP is resolved, not pinged", accept_mode},
      {"DP03-v6", "the same over IPv6", accept_mode_v6},
      {"DP03-owner", "an address owner answers pings", accept_of_owner},
      {"DP04", "frames to the virtual MAC: forwarded by the active alone", forwarding},
      {"DP05", "killed: the VIP is gone by itself", killed},
      {"DP06", "with a real keepalived", peers},
  };
}

}  // namespace redvip::conformance
