#include "netlink/neighbour_table.hpp"

#include <net/if.h>

#include "namespace.hpp"

using namespace redvip;
using namespace redvip::netlink;
using namespace redvip::test;

namespace {

struct NeighbourHost : Namespace {
  NeighbourHost() {
    run("ip link add v0 type veth peer name v1 && ip link set v0 up && ip link set v1 up");
    run("ip neighbour add 10.77.0.2 lladdr 02:00:00:00:00:0b dev v0 nud stale");
    run("ip neighbour add fd00:77::2 lladdr 02:00:00:00:00:0c dev v0 nud reachable");
    index = static_cast<int>(if_nametoindex("v0"));
  }
  std::optional<Mac> find(const std::string& text) {
    const auto found = table.value().find(index, address(text));
    INFO((found ? "" : found.error().text()));
    REQUIRE(found);
    return *found;
  }
  int index = 0;
  Result<NeighbourTable> table = NeighbourTable::open();
};

}  // namespace

TEST_CASE("the MAC of a neighbour is found, of either family") {
  NeighbourHost host;
  CHECK(host.find("10.77.0.2") == Mac{2, 0, 0, 0, 0, 0x0b});
  CHECK(host.find("fd00:77::2") == Mac{2, 0, 0, 0, 0, 0x0c});
}

TEST_CASE("a neighbour that is not known, or did not answer, has none") {
  NeighbourHost host;
  CHECK_FALSE(host.find("10.77.0.3"));
  CHECK_FALSE(host.find("fd00:77::3"));
  run("ip neighbour add 10.77.0.4 dev v0 nud failed");
  CHECK_FALSE(host.find("10.77.0.4"));
  CHECK(host.find("10.77.0.2"));  // what was refused before is not in its way
}

TEST_CASE("a neighbour on an interface that does not exist is an error that names both") {
  NeighbourHost host;
  const auto found = host.table->find(99, address("10.77.0.2"));
  REQUIRE_FALSE(found);
  CHECK(found.error().message.find("neighbour 10.77.0.2 on interface 99") != std::string::npos);
}
