// The operator's programs beside a real daemon: what they hear, and that none can disturb it.
#include <algorithm>
#include <sstream>

#include "lab/adverts.hpp"
#include "lab/scene.hpp"

using namespace redvip::lab;

namespace {

using Lines = std::vector<std::string>;

// Scripts and what they wrote: they must be there before the lab's configuration names them.
struct Scripts {
  // Writes what it hears and whether the host has the address, and hangs when it hears MASTER.
  explicit Scripts() {
    write_file(folder.path() / "notify.sh",
               "#!/bin/sh\nip -o address show | grep -q 'inet " + std::string{virtual_ip} +
                   "/' && with=with || with=without\necho \"$1 $2 $3 $with $REDVIP_PEER\" >> " +
                   (folder.path() / "$REDVIP_NODE").string() +
                   "\n[ $3 != MASTER ] || exec sleep 20\n",
               true);
  }
  [[nodiscard]] std::string toml() const {
    return "notify = \"" + (folder.path() / "notify.sh").string() + "\"\nnotify_timeout = \"5s\"\n";
  }
  [[nodiscard]] Lines heard_by(const Node& node) const {
    std::istringstream text{read_file(folder.path() / node.host.name)};
    Lines lines;
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
  }
  Workspace folder{};
};

}  // namespace

TEST_CASE("a program that hangs delays no advert, is killed, and the next ones are run in order",
          "[notify]") {
  const Scripts scripts;
  Lab lab{{.redis_toml = scripts.toml()}};
  lab.start();
  // One that has been told that it stands by before it is the owner, however late the script runs.
  const Node& standby = lab.owner();
  Node& owner = lab.other(standby);
  AdvertSniffer adverts{lab.network, owner.host};
  const auto hears = [&](const Lines& wanted) {
    const bool heard = eventually([&] { return scripts.heard_by(owner) == wanted; });
    std::string text;
    for (const auto& line : scripts.heard_by(owner)) text += line + '\n';
    INFO(text << lab.describe());
    CHECK(heard);
  };
  Lines wanted{"INSTANCE cache BACKUP without "};
  hears(wanted);
  CHECK(eventually([&] { return standby.status().failover_possible; }));
  CHECK(run_redvip(standby, "switchover").status == 0);
  wanted.push_back("INSTANCE cache MASTER with " + standby.host.name);
  hears(wanted);

  static_cast<void>(adverts.take());
  std::size_t sent = 0;
  CHECK(eventually([&] { return (sent += adverts.take()) >= 20; }));
  CHECK(owner.daemon->log().find("notify MASTER") == std::string::npos);  // it still hangs

  CHECK(run_redvip(owner, "switchover").status == 0);
  wanted.push_back("INSTANCE cache BACKUP without " + standby.host.name);
  hears(wanted);
  CHECK(
      owner.daemon->log().find("notify MASTER: " + (scripts.folder.path() / "notify.sh").string() +
                               ": took longer than 5000 ms and was killed") != std::string::npos);
  owner.daemon->end();
  wanted.push_back("INSTANCE cache STOP without " + standby.host.name);
  hears(wanted);
}
