#include "bench/system.hpp"

#include <algorithm>

#include "bench/await.hpp"

namespace redvip::bench {

bool System::settled() {
  lab::Lab& lab = site_.lab;
  const bool first = serves(lab.a);
  if (first == serves(lab.b)) return false;
  const Node& owner = first ? lab.a : lab.b;
  const Node& other = first ? lab.b : lab.a;
  return owner.redis.is_master() && other.redis.follows(owner.host);
}

Node& System::owner() {
  return serves(site_.lab.b) ? site_.lab.b : site_.lab.a;
}

void System::power_off(Node& node) {
  signal_daemon(node, SIGKILL);
  node.redis.kill();
  site_.lab.network.cut(node.host);
  const lab::Inside here{node.host.net};
  (void)lab::run(std::string{"ip address flush to "} + lab::virtual_ip);
  std::filesystem::remove_all(node.folder / "run");
}

void System::power_on(Node& node) {
  site_.lab.network.heal(node.host);
  node.redis.start();
  start_daemon(node);
}

void System::wait_until(const std::string& what, const std::function<bool()>& condition,
                        std::chrono::milliseconds at_most) {
  if (await(condition, at_most)) return;
  throw lab::LabError{"not seen: " + what + "\n" + site_.lab.describe()};
}

std::string System::text_of(const Node& node, const std::string& file) const {
  std::string text = lab::read_file(node.folder / file);
  const std::string folder = node.folder.string();
  for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder, at)) {
    text.replace(at, folder.size(), "/etc/bench");
  }
  return text;
}

std::vector<SystemKind> all_systems() {
  return {redvip_kind(), keepalived_tuned_kind(), keepalived_untuned_kind(), sentinel_kind()};
}

const SystemKind& system_by_id(const std::string& id) {
  static const std::vector<SystemKind> all = all_systems();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const SystemKind& kind) { return kind.id == id; });
  if (found == all.end()) throw lab::LabError{"there is no system " + id};
  return *found;
}

}  // namespace redvip::bench
