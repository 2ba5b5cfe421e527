// A power cut ends every process on both hosts in the same instant; then the hosts come back in any
// order. Before the cut the standby's Redis hung for a moment, so that the owner has more.
#include "lab/scene.hpp"

using namespace redvip::lab;

namespace {

constexpr std::chrono::seconds long_enough_to_lead{3};

struct PowerCut : Scene {
  explicit PowerCut(Persistence persistence)
      : Scene{{.persistence = persistence, .born_parked = persistence == Persistence::none}} {
    require_writes_go_on(500);
    standby.redis.freeze();
    require_writes_go_on(200);
    // The standby writes down that the owner has more, at most a second later.
    const auto journal = standby.folder / "state/cache.journal.json";
    const auto before = std::filesystem::last_write_time(journal);
    require_eventually("the standby knows of it",
                       [&] { return std::filesystem::last_write_time(journal) != before; });
    writer.stop();
    owner.redis.save();
    lab.power_off({&owner, &standby});
  }

  // Only what a kind of persistence keeps can be asked for.
  void require_owner_leads_with_all() {
    require_eventually(owner.host.name + " leads", [&] { return owner.serves(); });
    const std::size_t lost = owner.redis.missing(writer.acknowledged_keys());
    require(lost == 0, std::to_string(lost) + " acknowledged writes are lost");
  }
  void require_other_follows() {
    require_settled_on(owner);
    const bool copied = eventually([&] { return standby.redis.keys() == owner.redis.keys(); });
    require(copied, "the other has all of it");
    require_nothing_lost(owner);
  }
  // Its Redis has what it had; it does not lead, and says what it has and what decides.
  void require_holds(const Node& node) {
    require_eventually(node.host.name + " holds", [&] { return node.status().state == "holding"; });
    const bool led = eventually([&] { return node.holds_vip(); }, long_enough_to_lead);
    require(!led, node.host.name + " does not lead");
    const std::string reason = node.status().reason;
    std::cout << to_text(lab.setup.persistence) << ", " << node.host.name
              << " alone: holding: " << reason << "\n";
    require(reason.find(std::to_string(node.redis.keys()) + " keys") != std::string::npos,
            "the reason says what it has: " + reason);
    require(reason.find("cannot be seen") != std::string::npos, "and why: " + reason);
  }
};

Persistence kept() {
  return GENERATE(Persistence::rdb, Persistence::aof);
}

}  // namespace

TEST_CASE("power cut, the last owner is back first: it leads, the other follows", "[power]") {
  PowerCut scene{kept()};
  scene.lab.power_on(scene.owner);
  scene.require_owner_leads_with_all();
  scene.lab.power_on(scene.standby);
  scene.require_other_follows();
}

TEST_CASE("power cut, the emptier host is back first: it holds until the fuller one leads",
          "[power]") {
  PowerCut scene{kept()};
  scene.lab.power_on(scene.standby);
  scene.require_holds(scene.standby);
  scene.lab.power_on(scene.owner);
  scene.require_owner_leads_with_all();
  scene.require_other_follows();
}

TEST_CASE("power cut, both hosts are back together: the fuller one leads", "[power]") {
  PowerCut scene{kept()};
  scene.lab.power_on(scene.standby);
  scene.lab.power_on(scene.owner);
  scene.require_owner_leads_with_all();
  scene.require_other_follows();
}

TEST_CASE("power cut without persistence, one host back: it is empty, holds and says so",
          "[power]") {
  PowerCut scene{Persistence::none};
  scene.lab.power_on(scene.owner);
  scene.require_holds(scene.owner);
}

TEST_CASE("power cut without persistence, both back: with nothing left to lose one serves",
          "[power]") {
  PowerCut scene{Persistence::none};
  scene.lab.power_on(scene.standby);
  scene.lab.power_on(scene.owner);
  scene.require_eventually("the pair is back", [&] { return scene.lab.settled(); });
}

TEST_CASE("two datasets of which nothing is known: both hold and say what each has", "[power]") {
  PowerCut scene{Persistence::aof};
  for (const Node* node : {&scene.owner, &scene.standby}) {
    std::filesystem::remove_all(node->folder / "state");
  }
  scene.lab.power_on(scene.owner);
  scene.lab.power_on(scene.standby);
  const std::string more = std::to_string(scene.owner.redis.keys()) + " keys";
  const std::string less = std::to_string(scene.standby.redis.keys()) + " keys";
  for (const Node* node : {&scene.owner, &scene.standby}) {
    std::string reason;
    scene.require_eventually(node->host.name + " says what each has", [&] {
      reason = node->status().reason;
      return node->status().state == "holding" && reason.find(more) != std::string::npos &&
             reason.find(less) != std::string::npos;
    });
    std::cout << node->host.name << ": holding: " << reason << "\n";
    scene.require(reason.find("redvip switchover --force") != std::string::npos,
                  "and the command that decides");
  }
  CHECK(scene.lab.vip_holders() == 0);
  scene.require_nothing_lost(scene.owner);
}
