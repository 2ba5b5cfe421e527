#include <spdlog/fmt/fmt.h>

#include <cstdlib>
#include <sstream>

#include "lab/lab.hpp"

namespace redvip::lab {
namespace {

std::string quoted(const std::string& text) {
  return '"' + text + '"';
}

std::string node_table(const Host& host) {
  return "[[node]]\nname = " + quoted(host.name) + "\naddress = " + quoted(host.address) + "\n\n";
}

// What packaging/redvip.service says, by setpriv(1). Its folders are made beforehand, as systemd
// does.
void give_up_rights(const Lab& lab, const Node& node, std::vector<std::string>& argv) {
  const auto user = std::to_string(service_user);
  for (const auto* name : {"state", "run"}) {
    must("install -d -m 0750 -o " + user + " -g " + user + ' ' + (node.folder / name).string());
  }
  must("chmod 0711 " + lab.workspace.path().string());
  const bool member = lab.setup.rights == Rights::service;
  const std::string capabilities = "-all,+net_admin,+net_raw,+sys_nice,+ipc_lock";
  // The configuration is in Redis's folder here, so an outsider must be let through.
  if (!member) must("chmod 0751 " + node.folder.string());
  argv.insert(argv.begin(), {"setpriv", "--reuid=" + user, "--regid=" + user,
                             member ? "--groups=" + user + ",redis" : "--groups=" + user,
                             "--inh-caps=" + capabilities, "--ambient-caps=" + capabilities,
                             "--bounding-set=" + capabilities, "--no-new-privs"});
}

}  // namespace

std::string redvip_binary() {
  const char* chosen = std::getenv("REDVIP_BINARY");
  return chosen != nullptr ? chosen : REDVIP_BINARY_DIR "/redvip";
}

// DESIGN section 2's complete file, and where this node keeps its own files.
void write_redvip_config(const Lab& lab, const Node& node) {
  std::string text = "[daemon]\nstate_dir = " + quoted(node.folder / "state") +
                     "\nruntime_dir = " + quoted(node.folder / "run") +
                     "\nrealtime = " + (lab.setup.realtime ? "true" : "false") + "\n\n";
  text += node_table(lab.a.host) + node_table(lab.b.host);
  text += "[[service]]\nname = \"cache\"\nvrid = 51\nvirtual_ips = [\"" + std::string{virtual_ip} +
          "/24\"]\nredis.port = 6379\n" + lab.setup.redis_toml;
  write_file(node.config(), text);
}

void rewrite(const Node& node, const std::string& old, const std::string& now) {
  auto text = read_file(node.config());
  const auto at = text.find(old);
  if (at == std::string::npos) throw LabError{"there is no " + old};
  write_file(node.config(), text.replace(at, old.size(), now));
}

std::unique_ptr<Process> start_redvip(const Lab& lab, const Node& node) {
  if (!std::filesystem::exists(node.config())) write_redvip_config(lab, node);
  std::vector<std::string> argv{"env", "UBSAN_OPTIONS=print_stacktrace=1"};
  argv.insert(argv.end(), lab.setup.environment.begin(), lab.setup.environment.end());
  argv.insert(argv.end(), {redvip_binary(), "run", "--config", node.config()});
  if (lab.setup.rights != Rights::root) give_up_rights(lab, node, argv);
  return std::make_unique<Process>(node.host.net, argv, node.folder / "daemon.log");
}

Outcome run_redvip(const Node& node, const std::string& arguments) {
  const Inside here{node.host.net};
  return run(redvip_binary() + " " + arguments + " --config " + node.config().string());
}

daemon::ServiceStatus Node::status() const {
  const auto status = daemon::status_from_json(read_file(folder / "run" / "status.json"));
  return status && !status->services.empty() ? status->services.front() : daemon::ServiceStatus{};
}

std::vector<daemon::HistoryRecord> Node::history() const {
  std::vector<daemon::HistoryRecord> records;
  std::istringstream lines{read_file(folder / "state" / "history.jsonl")};
  for (std::string line; std::getline(lines, line);) {
    const auto record = daemon::history_from_json_line(line);
    if (!record) throw LabError{"history.jsonl: " + record.error().text()};
    records.push_back(*record);
  }
  return records;
}

// A key stands in a command file as $<length>, and in an RDB file after a byte with its length.
bool Node::has_saved(const std::string& key) const {
  const std::string in_tail = fmt::format("${}\r\n{}\r\n", key.size(), key);
  const std::string in_rdb = static_cast<char>(key.size()) + key;
  const std::filesystem::path all = folder / "state" / "diverged";
  if (!std::filesystem::exists(all)) return false;
  for (const auto& save : std::filesystem::directory_iterator{all}) {
    if (read_file(save.path() / "tail.resp").find(in_tail) != std::string::npos) return true;
    if (read_file(save.path() / "dataset.rdb").find(in_rdb) != std::string::npos) return true;
  }
  return false;
}

}  // namespace redvip::lab
