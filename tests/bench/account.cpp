#include "bench/account.hpp"

namespace redvip::bench {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> saves_of(const Node& node) {
  std::vector<fs::path> saves;
  const fs::path all = node.folder / "state" / "diverged";
  if (!fs::exists(all)) return saves;
  for (const auto& save : fs::directory_iterator{all}) saves.push_back(save.path());
  return saves;
}

// As the README in each save says.
std::vector<std::string> not_restored(Site& site, const fs::path& save,
                                      std::vector<std::string> keys) {
  const Host& place = site.lab.network.client;
  const fs::path folder = site.lab.workspace.path() / ("restored-" + save.filename().string());
  fs::create_directories(folder);
  if (fs::exists(save / "dataset.rdb")) fs::copy_file(save / "dataset.rdb", folder / "dump.rdb");
  const lab::Redis restored{place, folder, {}};
  if (fs::exists(save / "tail.resp")) {
    const lab::Inside here{place.net};
    (void)lab::run("redis-cli -h " + place.address + " --pipe < '" + (save / "tail.resp").string() +
                   "'");
  }
  return restored.absent(keys);
}

}  // namespace

Account account_for(Site& site, const Node& master, const std::vector<std::string>& acknowledged) {
  const auto elsewhere = master.redis.absent(acknowledged);
  auto lost = elsewhere;
  for (const Node* node : site.nodes()) {
    for (const fs::path& save : saves_of(*node)) {
      if (!lost.empty()) lost = not_restored(site, save, std::move(lost));
    }
  }
  Account account;
  account.lost = {lost.begin(), lost.end()};
  for (const std::string& key : elsewhere) {
    if (account.lost.count(key) == 0) account.saved.insert(key);
  }
  return account;
}

Node& final_master(Site& site, bool a_serves, bool b_serves,
                   const std::vector<std::string>& acknowledged) {
  lab::Lab& lab = site.lab;
  if (a_serves != b_serves) return a_serves ? lab.a : lab.b;
  return lab.a.redis.missing(acknowledged) <= lab.b.redis.missing(acknowledged) ? lab.a : lab.b;
}

}  // namespace redvip::bench
