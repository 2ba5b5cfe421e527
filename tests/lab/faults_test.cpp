// Every fault with every kind of persistence, one after the other on the same pair: each fault also
// meets what the one before it left behind.
#include "lab/fault.hpp"
#include "lab/scene.hpp"

using namespace redvip::lab;

namespace {

// The node that serves, alone and seen by the client, once the fault has struck. A host that is cut
// off or whose daemon is frozen cannot be asked to let go of the address.
Node& require_served(Scene& scene, const Fault& fault, Node& owner) {
  Node& other = scene.lab.other(owner);
  const auto may_serve = [&](const Node& node) {
    const bool same = &node == &owner;
    return node.serves() && fault.successor != (same ? Successor::the_other : Successor::the_same);
  };
  scene.require_eventually(fault.name + ": somebody serves",
                           [&] { return may_serve(owner) || may_serve(other); });
  scene.require_writes_go_on(500);
  return may_serve(other) ? other : owner;
}

void survives(Scene& scene, const Fault& fault) {
  Lab& lab = scene.lab;
  Node& owner = lab.owner();
  scene.struck = Clock::now();
  fault.strike(lab, owner);
  Node& winner = require_served(scene, fault, owner);
  std::this_thread::sleep_until(scene.struck + fault.lasts);
  fault.heal(lab, owner);
  scene.require_settled_on(winner);
  scene.require_writes_go_on(500);
  scene.require_kept(winner);
  scene.print(std::string{to_text(lab.setup.persistence)} + ", " + fault.name);
}

void survives_all(Persistence persistence) {
  Scene scene{{.persistence = persistence}};
  for (const Fault& fault : all_faults()) survives(scene, fault);
  scene.require_no_sanitizer_report();
}

}  // namespace

TEST_CASE("without persistence no acknowledged write is lost by any fault", "[faults]") {
  survives_all(Persistence::none);
}

TEST_CASE("with RDB no acknowledged write is lost by any fault", "[faults]") {
  survives_all(Persistence::rdb);
}

TEST_CASE("with AOF no acknowledged write is lost by any fault", "[faults]") {
  survives_all(Persistence::aof);
}
