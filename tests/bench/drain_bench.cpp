// What the drain guard is worth: a slow replica is seconds behind a master that is then killed, and
// promoted at once, after its drain, and after its drain under the guard. Same bytes, same moment.
// About 10 s each and way.
//
// Every write is a SET of 4 kB and a ZUNIONSTORE that takes about 15 ms, in one transaction. The
// replica is stopped until all are acknowledged; that much fits the kernels of the two hosts.
#include <algorithm>
#include <cstdio>
#include <vector>

#include "bench/benches.hpp"
#include "lab/eventually.hpp"
#include "lab/redis.hpp"
#include "netlink/drain_guard.hpp"
#include "netlink/socket_diag.hpp"

namespace redvip::bench {
namespace {

using namespace redvip::lab;
using namespace std::chrono_literals;
using redvip::netlink::DrainGuard;
using redvip::netlink::Nft;
using redvip::netlink::SocketDiag;

constexpr int writes = 340;
constexpr std::size_t value_bytes = 4096;
constexpr int members = 30'000;

enum class Way { at_once, drained, guarded };
constexpr const char* name(Way way) {
  return way == Way::at_once ? "at once" : way == Way::drained ? "drained" : "guarded";
}

struct Loss {
  std::size_t writes;
  std::chrono::milliseconds took;  // from the master's death to the promotion
  bool drained;
  std::int64_t behind;    // bytes that the replica had not executed
  std::uint32_t arrived;  // of these, in its host's kernel
};

template <class T>
T worked(redvip::Result<T> result) {
  if (!result) throw LabError{result.error().text()};
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

std::string info(const Redis& redis, const std::string& section) {
  const Reply reply = redis.command({"INFO", section});
  return reply && reply->type == REDIS_REPLY_STRING ? std::string{reply->str, reply->len} : "";
}

bool says(const Redis& redis, const std::string& field) {
  return info(redis, "replication").find(field) != std::string::npos;
}

// All acknowledged when this returns.
std::vector<std::string> write_all(const Host& from, const Host& master) {
  RedisClient client{from, master.address, 500ms, 20s};
  std::vector<std::string> keys;
  const std::string value(value_bytes, 'v');
  for (int i = 0; i < writes; ++i) {
    keys.push_back("key" + std::to_string(i));
    (void)client.command({"MULTI"});
    (void)client.command({"SET", keys.back(), value});
    (void)client.command({"ZUNIONSTORE", "copy", "1", "set"});
    const Reply reply = client.command({"EXEC"});
    if (!reply || reply->type != REDIS_REPLY_ARRAY) throw LabError{"a write is not acknowledged"};
  }
  return keys;
}

Loss lose_the_master(Way way) {
  const Workspace folder;
  Network network;
  Redis master{network.a, folder.path() / "a", {}};
  Redis replica{network.b, folder.path() / "b", {}};
  (void)RedisClient{network.a, network.a.address, 500ms, 20s}.command(
      {"EVAL", "for i=1,ARGV[1] do redis.call('ZADD','set',i,i) end", "0",
       std::to_string(members)});
  (void)replica.command({"REPLICAOF", network.a.address, "6379"});
  if (!eventually([&] { return master.feeds(network.b); })) throw LabError{"no replication"};

  const auto before = master.role().value_or(Role{}).offset;
  replica.freeze();
  const auto keys = write_all(network.client, network.a);
  const auto behind = master.role().value_or(Role{}).offset - before;
  const Inside here{network.b.net};
  const redvip::Endpoint dead{*redvip::IpAddress::parse(network.a.address), 6379};
  auto guard = worked(DrainGuard::open(Nft{}, "bench"));
  auto diag = worked(SocketDiag::open());
  const auto arrived = worked(diag.unread(dead)).value_or(0);

  replica.thaw();
  std::this_thread::sleep_for(20ms);  // what the kernel owes the replica moves on
  master.kill();
  const auto death = std::chrono::steady_clock::now();
  if (way == Way::guarded) worked(guard.raise(dead));
  const bool drained =
      way == Way::at_once || eventually([&] { return says(replica, "link_status:down"); }, 40s);
  const auto promoted = eventually([&] {
    return replica.command({"REPLICAOF", "NO", "ONE"}) != nullptr;
  });
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - death);
  if (!promoted || !replica.is_master()) throw LabError{"the promotion failed"};
  return {replica.missing(keys), took, drained, behind, arrived};
}

void measure(Way way, int runs) {
  for (int run = 0; run < runs; ++run) {
    const auto loss = lose_the_master(way);
    std::printf("%-8s lost %3zu of %d, promoted after %5lld ms%s; %lld bytes behind, %u arrived\n",
                name(way), loss.writes, writes, static_cast<long long>(loss.took.count()),
                loss.drained ? "" : " (link still up)", static_cast<long long>(loss.behind),
                loss.arrived);
    std::fflush(stdout);
  }
}

}  // namespace

void drain_bench(int runs) {
  for (const auto way : {Way::at_once, Way::drained, Way::guarded}) measure(way, runs);
}

}  // namespace redvip::bench
