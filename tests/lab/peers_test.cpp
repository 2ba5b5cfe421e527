// The other router is another maker's, in every mode that it has: each takes over from the other,
// by failover and by preemption, and never is it unclear for longer than VRRP allows who leads.
#include "lab/peers.hpp"

#include "catch.hpp"
#include "lab/watch.hpp"

using namespace redvip::lab;

namespace {

using namespace std::chrono_literals;

// One of them moves the VIP; after the protocol's notice exactly one holds it, at every look.
template <class Action, class Condition>
void require_moves(Peers& peers, const std::string& claim, Action action, Condition condition) {
  constexpr auto busy_machine = 500ms;  // three daemons with sanitizers on two cores
  Watch one_owner{[&] { return peers.redvip_leads() || peers.other_leads(); }};
  action();
  const bool held = eventually(condition, 30s);
  INFO(peers.mode.name << ": " << claim << "\n" << peers.lab.describe());
  REQUIRE(held);
  std::this_thread::sleep_for(peers.mode.notice());
  CHECK(condition());
  CHECK(one_owner.longest_lapse() <= peers.mode.notice() + busy_machine);
}

void require_interoperates(const Mode& mode) {
  Peers peers{mode};
  const auto redvip_leads = [&] { return peers.redvip_leads(); };
  const auto other_leads = [&] { return peers.other_leads(); };
  const auto standby_below = [&] { return peers.other_leads() && peers.redvip_stands_by(); };
  peers.start_other(100);
  REQUIRE(eventually(other_leads, 30s));
  require_moves(
      peers, "the other leads, redvip of a higher priority stands by",
      [&] { peers.start_redvip(150, false); }, standby_below);
  require_moves(
      peers, "the other stops, redvip leads", [&] { peers.stop_other(); }, redvip_leads);
  require_moves(
      peers, "the other comes back below redvip, which goes on leading",
      [&] { peers.start_other(100); }, redvip_leads);
  require_moves(
      peers, "the other comes back above redvip, and preempts",
      [&] {
        peers.stop_other();
        peers.start_other(200);
      },
      other_leads);
  if (mode.maker == Maker::frr) (void)peers.lab.b.redis.command({"REPLICAOF", "NO", "ONE"});
  REQUIRE(eventually(standby_below, 30s));
  require_moves(
      peers, "redvip comes back above the other, and preempts",
      [&] {
        peers.stop_redvip();
        peers.start_redvip(250, true);
      },
      redvip_leads);
  require_moves(
      peers, "redvip stops, the other leads", [&] { peers.stop_redvip(); }, other_leads);
}

}  // namespace

TEST_CASE("keepalived, version 3 over IPv4: failover and preemption each way", "[peers]") {
  require_interoperates({.name = "version 3, IPv4"});
}

TEST_CASE("keepalived, version 3 unicast: failover and preemption each way", "[peers]") {
  require_interoperates({.name = "version 3, unicast", .unicast = true});
}

TEST_CASE("keepalived, version 3 over IPv6: failover and preemption each way", "[peers]") {
  require_interoperates({.name = "version 3, IPv6", .v6 = true});
}

TEST_CASE("keepalived, version 2: failover and preemption each way", "[peers]") {
  require_interoperates({.name = "version 2", .version = 2});
}

TEST_CASE("keepalived, version 2 PASS: failover and preemption each way", "[peers]") {
  require_interoperates({.name = "version 2, PASS", .version = 2, .auth = "PASS"});
}

TEST_CASE("keepalived, version 2 AH: failover and preemption each way", "[peers]") {
  require_interoperates({.name = "version 2, AH", .version = 2, .auth = "AH"});
}

TEST_CASE("FRR, version 3 over IPv4: failover and preemption each way", "[peers]") {
  require_interoperates({.name = "FRR, IPv4", .maker = Maker::frr});
}

TEST_CASE("FRR, version 3 over IPv6: failover and preemption each way", "[peers]") {
  require_interoperates({.name = "FRR, IPv6", .maker = Maker::frr, .v6 = true});
}
