// The raw socket from open to destruction: errors, link flaps, descriptors.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <filesystem>
#include <set>

#include "catch.hpp"
#include "shell/vrrp/sniffer.hpp"
#include "shell/vrrp/socket_fixture.hpp"

namespace redvip::vrrp {
namespace {

int option(int fd, int level, int name) {
  int value = -1;
  socklen_t length = sizeof value;
  REQUIRE(::getsockopt(fd, level, name, &value, &length) == 0);
  return value;
}

std::set<int> open_descriptors() {
  std::vector<int> found;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
    found.push_back(std::stoi(entry.path().filename()));
  }
  std::set<int> result;  // without the iterator's own, which is closed by now
  for (const int fd : found) {
    if (::fcntl(fd, F_GETFD) >= 0) result.insert(fd);
  }
  return result;
}

}  // namespace

TEST_CASE("an interface that goes down and up again is heard again, after an error on sending") {
  Lan lan;
  Inbox inbox;
  const auto left = lan.open(lan.left, false, ignore());
  const auto right = lan.open(lan.right, false, inbox.handler());
  lan.right.run("ip link set wire down");
  lan.left.run("ip link set wire down");
  lan.io.poll();
  CHECK_FALSE(send(*left, 150, left_address));
  lan.up("wire");
  REQUIRE(left->rejoin());
  REQUIRE(right->rejoin());
  REQUIRE(send(*left, 151, left_address));
  REQUIRE(lan.eventually([&] { return !inbox.packets.empty(); }));
  CHECK(priorities(inbox) == std::vector{151});
}

TEST_CASE("rejoin tells the network: a leave, then a report") {
  Lan lan;
  lan.left.run("sysctl -qw net.ipv4.conf.wire.force_igmp_version=2");
  const Sniffer sniffer{lan.right, "wire"};
  const auto next_igmp_about_our_group = [&]() -> int {
    const auto ours = [](OctetView frame) {  // the group is in the last four octets
      return igmp_type(frame) != 0 && read_u32(frame, igmp_at(frame) + 4) == group4.v4();
    };
    const auto frame = sniffer.next(ours);
    return frame ? igmp_type(*frame) : 0;
  };
  const auto left = lan.open(lan.left, false, ignore());
  REQUIRE(next_igmp_about_our_group() == 0x16);
  REQUIRE(left->rejoin());
  int type = next_igmp_about_our_group();
  while (type == 0x16) type = next_igmp_about_our_group();
  CHECK(type == 0x17);
  CHECK(next_igmp_about_our_group() == 0x16);
}

TEST_CASE("rejoin can be repeated, and in unicast mode there is nothing to rejoin") {
  Lan lan;
  const auto multicast = lan.open(lan.left, false, ignore());
  const auto unicast = lan.open(lan.left, true, ignore());
  CHECK(multicast->rejoin());
  CHECK(multicast->rejoin());
  CHECK(unicast->rejoin());
}

TEST_CASE("a socket that another handler destroys is not heard from again") {
  Lan lan;
  int calls = 0;
  std::unique_ptr<Socket> first;
  std::unique_ptr<Socket> second;
  first = lan.open(lan.right, false, [&](auto) { ++calls, second.reset(); });
  second = lan.open(lan.right, false, [&](auto) { ++calls, first.reset(); });
  const auto left = lan.open(lan.left, false, ignore());
  REQUIRE(send(*left, 150, left_address));
  REQUIRE(lan.eventually([&] { return calls > 0; }));
  lan.io.poll();
  CHECK(calls == 1);
}

TEST_CASE("adverts are queued first, and other programs' groups are not delivered") {
  Lan lan;
  lan.open(lan.left, false, ignore()).reset();
  const auto before = open_descriptors();
  const auto socket = lan.open(lan.left, false, ignore());
  auto opened = open_descriptors();
  for (const int fd : before) opened.erase(fd);
  REQUIRE(opened.size() == 2);
  for (const int fd : opened) {
    const bool sends = option(fd, SOL_SOCKET, SO_PROTOCOL) == IPPROTO_RAW;
    CHECK(option(fd, SOL_SOCKET, SO_PRIORITY) == (sends ? 7 : 0));
    if (!sends) CHECK(option(fd, IPPROTO_IP, IP_MULTICAST_ALL) == 0);
  }
}

TEST_CASE("an interface that does not exist is an error that names it") {
  Lan lan;
  const auto socket = lan.try_open(lan.left, {{"nowhere"}, left_address}, ignore());
  REQUIRE_FALSE(socket);
  CHECK(socket.error().where == "SO_BINDTODEVICE for VRRP on nowhere");
  CHECK_FALSE(socket.error().message.empty());
}

TEST_CASE("a source that the host does not have is an error of bind") {
  Lan lan;
  for (const bool unicast : {false, true}) {
    const auto socket = lan.try_open(lan.left, {{"wire"}, ip("10.0.0.9"), unicast}, ignore());
    REQUIRE_FALSE(socket);
    CHECK(socket.error().where == "bind for VRRP on wire");
  }
}

TEST_CASE("no descriptor is leaked by a failed open or a destroyed socket, or passed to children") {
  Lan lan;
  lan.open(lan.left, false, ignore()).reset();  // the first one makes Asio open its own
  const auto before = open_descriptors();
  CHECK_FALSE(lan.try_open(lan.left, {{"nowhere"}, left_address}, ignore()));
  CHECK_FALSE(lan.try_open(lan.left, {{"wire"}, ip("10.0.0.9")}, ignore()));
  CHECK(open_descriptors() == before);
  {
    const auto socket = lan.open(lan.left, false, ignore());
    const auto during = open_descriptors();
    CHECK(during.size() == before.size() + 2);
    for (const int fd : during) {
      if (before.count(fd) == 0) CHECK((::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    }
  }
  CHECK(open_descriptors() == before);
}

}  // namespace redvip::vrrp
