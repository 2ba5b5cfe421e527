// A site replaces keepalived by redvip, one host after the other, and its clients go on writing.
#include "catch.hpp"
#include "lab/lab.hpp"
#include "lab/watch.hpp"

using namespace redvip::lab;
using namespace std::chrono_literals;

namespace {

// From keepalived to redvip; what is different on that host ends here.
void replace_manager(Lab& lab, Node& node) {
  node.daemon->end();
  node.daemon = start_redvip(lab, node);
}

}  // namespace

TEST_CASE("two keepalived hosts are replaced one after the other: one owner, and every write kept",
          "[migration]") {
  Lab lab{{.manager = Manager::keepalived}};
  lab.start();
  Writer& writer = lab.write();
  Node& first = lab.other(lab.owner());
  Node& second = lab.owner();
  const auto require_eventually = [&](const std::string& claim, auto condition) {
    const bool held = eventually(condition, 30s);
    INFO(claim << "\n" << lab.describe());
    REQUIRE(held);
  };
  const auto require_writes_go_on = [&] {
    const std::size_t before = writer.acknowledged();
    require_eventually("writes go on", [&] { return writer.acknowledged() > before + 500; });
  };
  // Its adverts come every 100 ms, so that it is missed after 400.
  constexpr auto one_failover = 400ms;
  constexpr auto busy_machine = 500ms;
  Watch one_owner{[&] { return lab.vip_holders() == 1; }};

  replace_manager(lab, first);
  require_eventually("redvip stands by below keepalived",
                     [&] { return first.status().state == "standby" && second.serves(); });
  require_writes_go_on();
  REQUIRE(first.status().state == "standby");  // keepalived's priorities are not in redvip.toml
  replace_manager(lab, second);
  require_eventually("redvip serves, and redvip stands by", [&] {
    return first.serves() && first.status().failover_possible && second.status().state == "standby";
  });
  require_writes_go_on();

  CHECK(one_owner.longest_lapse() <= one_failover + busy_machine);
  CHECK(lab.lost(first) == 0);
}
