// Several listeners on one interface hear through one NeighbourSocket.
#include "netlink/neighbour_hub.hpp"

#include <net/if.h>

#include "namespace.hpp"

using namespace redvip;
using namespace redvip::netlink;
using namespace redvip::test;

namespace {

const IpAddress first_vip = address("10.77.0.100");
const IpAddress second_vip = address("10.77.0.101");

using Claims = std::vector<Claim>;

struct Cable : Namespace {
  Cable() {
    run("ip link add v0 address 02:00:00:00:00:0a type veth "
        "peer name v1 address 02:00:00:00:00:0b");
    run("ip link set v0 up && ip link set v1 up");
    peer.emplace(open_peer());
  }

  static Interface interface(const std::string& name, Mac mac) {
    return {static_cast<int>(if_nametoindex(name.c_str())), name, true, mac, {}};
  }

  NeighbourSocket open_peer() {
    auto socket = NeighbourSocket::open(
        io, interface("v1", peer_mac), [](const Claim&) {}, [](const Error&) {});
    REQUIRE(socket);
    return std::move(*socket);
  }

  std::unique_ptr<NeighbourHub::Ear> listen(std::vector<IpAddress> about,
                                            NeighbourSocket::Heard heard) {
    auto ear = hub.listen(interface("v0", our_mac), std::move(about), std::move(heard),
                          [](const Error& error) { FAIL(error.text()); });
    REQUIRE(ear);
    return std::move(*ear);
  }

  // Until the link is up the kernel drops what is sent.
  bool until(const std::function<bool()>& condition, IpAddress claimed) {
    return eventually(io, [&] {
      REQUIRE(peer->announce(peer_mac, claimed));
      return condition();
    });
  }

  boost::asio::io_context io;
  NeighbourHub hub{io};
  std::optional<NeighbourSocket> peer;
};

}  // namespace

TEST_CASE("a claim comes to who asked about its address, and to no other") {
  Cable cable;
  Claims one, two;
  const auto first = cable.listen({first_vip}, [&](const Claim& claim) { one.push_back(claim); });
  const auto second = cable.listen({second_vip}, [&](const Claim& claim) { two.push_back(claim); });
  REQUIRE(cable.until([&] { return !two.empty(); }, second_vip));
  CHECK(one.empty());
  CHECK(two.front() == Claim{peer_mac, second_vip});
  REQUIRE(cable.until([&] { return !one.empty(); }, first_vip));
  CHECK(one.front() == Claim{peer_mac, first_vip});
}

TEST_CASE("a listener may end itself and the next in what it hears; who comes later hears again") {
  Cable cable;
  int calls = 0;
  std::unique_ptr<NeighbourHub::Ear> first, second;
  const auto end_both = [&](const Claim&) {
    ++calls;
    first.reset();
    second.reset();
  };
  first = cable.listen({first_vip}, end_both);
  second = cable.listen({first_vip, second_vip}, end_both);
  REQUIRE(cable.until([&] { return calls > 0; }, first_vip));
  cable.io.poll();
  CHECK(calls == 1);
  Claims heard;
  const auto third = cable.listen({first_vip}, [&](const Claim& claim) { heard.push_back(claim); });
  CHECK(cable.until([&] { return !heard.empty(); }, first_vip));
}

TEST_CASE("two announce through the same socket") {
  Cable cable;
  const auto none = [](const Claim&) {};
  const auto first = cable.listen({first_vip}, none);
  const auto second = cable.listen({second_vip}, none);
  Claims heard;
  auto peer = NeighbourSocket::open(
      cable.io, Cable::interface("v1", peer_mac),
      [&](const Claim& claim) { heard.push_back(claim); }, [](const Error&) {});
  REQUIRE(peer);
  REQUIRE(eventually(cable.io, [&] {
    heard.clear();
    REQUIRE(first->announce(our_mac, first_vip));
    REQUIRE(second->announce(our_mac, second_vip));
    cable.io.poll();
    return heard.size() == 2;
  }));
  CHECK(heard == Claims{{our_mac, first_vip}, {our_mac, second_vip}});
}
