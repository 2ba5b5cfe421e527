// What the lab tests share: a running pair under load, and the claims that every fault must leave
// true. What failed is explained by Lab::describe().
#pragma once

#include <iostream>

#include "catch.hpp"
#include "lab/lab.hpp"

namespace redvip::lab {

// A settled pair with a client that writes.
struct Scene {
  explicit Scene(Setup setup = {})
      : lab{std::move(setup)},
        writer{run(lab)},
        owner{lab.owner()},
        standby{lab.other(owner)},
        struck{Clock::now()} {}
  static Writer& run(Lab& lab) {
    lab.start();
    return lab.write();
  }

  Lab lab;
  Writer& writer;
  Node& owner;
  Node& standby;
  Clock::time_point struck;  // gaps and failures are looked for from here on

  void require(bool held, const std::string& claim) {
    INFO(claim << "\n" << lab.describe());
    REQUIRE(held);
  }
  template <class Condition>
  void require_eventually(const std::string& claim, Condition condition) {
    require(eventually(condition), claim);
  }

  // One owner, one master, the other follows and is fed.
  void require_settled_on(Node& winner) {
    require_eventually(winner.host.name + " serves alone and the other follows",
                       [&] { return winner.holds_vip() && lab.settled() && lab.copies(); });
  }
  void require_serves(Node& winner) {
    require_eventually(winner.host.name + " serves",
                       [&] { return winner.serves() && lab.vip_holders() == 1; });
    require_writes_go_on(500);
  }
  void require_writes_go_on(std::size_t count) {
    const std::size_t before = writer.acknowledged();
    require_eventually("writes go on", [&] { return writer.acknowledged() >= before + count; });
  }
  // What has been acknowledged up to now is there; the client goes on. A cut or a kill may come
  // between the answer to the client and the copy to the replica: such a write, and this client has
  // one at a time under way, is physically elsewhere, and must have been saved from there.
  void require_kept(const Node& at) {
    constexpr std::size_t under_way = 2;
    const auto elsewhere = at.redis.absent(writer.acknowledged_keys());
    require(elsewhere.size() <= under_way,
            std::to_string(elsewhere.size()) + " acknowledged writes are lost");
    for (const std::string& key : elsewhere) {
      require(owner.has_saved(key) || standby.has_saved(key), key + " is lost and not saved");
      std::cout << key << " was on its way, and is saved\n";
    }
  }
  void require_nothing_lost(const Node& at) {
    const std::size_t lost = lab.lost(at);
    require(lost == 0, std::to_string(lost) + " acknowledged writes are lost");
    require_no_sanitizer_report();
  }
  // The last claim of every scenario: what a sanitizer stops may look like a fault that was
  // mastered.
  void require_no_sanitizer_report() {
    for (const Node* node : {&owner, &standby}) {
      const std::string log = node->daemon->log();
      const bool clean = log.find("Sanitizer") == std::string::npos &&
                         log.find("runtime error:") == std::string::npos;
      require(clean, "no sanitizer report on " + node->host.name);
    }
  }
  // For the reader of the test's output only: no test depends on a duration.
  void print(const std::string& fault) const {
    using std::chrono::duration_cast, std::chrono::microseconds;
    const auto gap = duration_cast<microseconds>(writer.outage(struck)).count();
    std::cout << fault << ": longest gap " << static_cast<double>(gap) / 1000 << " ms, "
              << writer.acknowledged() << " writes acknowledged, " << writer.failures(struck).size()
              << " failed\n";
  }
};

}  // namespace redvip::lab
