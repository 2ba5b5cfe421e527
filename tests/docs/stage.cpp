#include "docs/stage.hpp"

#include <cstdlib>
#include <regex>

#include "daemon/reference.hpp"

namespace redvip::docs {

using lab::Node;
using lab::Outcome;
namespace fs = std::filesystem;

namespace {

// Its own /etc, /run and /var/lib around one program. What is in /etc is seen through links.
constexpr const char* view = R"(#!/bin/sh
# usage: view COMMAND...
folder=@FOLDER@
exec unshare --mount --propagation private sh -c '
  folder=$1; shift
  mount --rbind /etc "$folder/view/etc" &&
  mount -t tmpfs tmpfs /etc &&
  ln -s "$folder"/view/etc/* /etc/ &&
  rm -rf /etc/redvip && mkdir /etc/redvip &&
  mount --bind "$folder/etc" /etc/redvip &&
  mount -t tmpfs tmpfs /run &&
  mkdir /run/redvip &&
  mount --bind "$folder/run" /run/redvip &&
  mount -t tmpfs tmpfs /var/lib &&
  mkdir /var/lib/redvip &&
  mount --bind "$folder/state" /var/lib/redvip &&
  export PATH="$folder/bin:$PATH" &&
  exec "$@"
' sh "$folder" "$@"
)";

}  // namespace

lab::Setup documented_setup() {
  return {.born_parked = true, .redis_options = {"--repl-backlog-size", "64mb"}};
}

Stage::Stage(lab::Setup setup, const std::string& toml) : lab{std::move(setup)} {
  for (const auto* node : {&lab.a, &lab.b}) furnish(*node, toml);
}

fs::path Stage::hosts_view(const Node& node) const {
  return node.folder / "view.sh";
}

void Stage::furnish(const Node& node, const std::string& toml) const {
  for (const auto* name : {"etc", "run", "state", "bin", "view/etc"}) {
    fs::create_directories(node.folder / name);
  }
  // Where a sanitizer and a busy machine are in between, what is measured is not for the documents.
  const bool patient = std::getenv("REDVIP_DOCS_UPDATE") == nullptr;
  const std::string slowly = patient ? "advert_interval = \"500ms\"\n" : "";
  const std::string no_realtime = "\n[daemon]\nrealtime = false\n";  // see lab::Setup
  lab::write_file(node.folder / "etc" / "redvip.toml",
                  std::string{daemon::smallest_configuration()} + slowly + toml + no_realtime);
  fs::create_symlink(lab::redvip_binary(), node.folder / "bin" / "redvip");
  lab::write_file(node.folder / "bin" / "sudo", "#!/bin/sh\nexec \"$@\"\n", true);
  std::string script = view;
  const std::string word = "@FOLDER@";
  script.replace(script.find(word), word.size(), node.folder.string());
  lab::write_file(hosts_view(node), script, true);
}

void Stage::start(Node& node) {
  node.daemon = std::make_unique<lab::Process>(
      node.host.net, std::vector<std::string>{hosts_view(node), "redvip", "run"},
      node.folder / "daemon.log");
}

void Stage::start() {
  start(lab.a);
  await_state(lab.a, "serving");
  start(lab.b);
  await("one serves and the other stands by", [this] { return lab.settled(); });
}

void Stage::stop(Node& node) {
  node.daemon->end();
  node.daemon.reset();
}

Node& Stage::node(const std::string& host) {
  if (host == "redis-a") return lab.a;
  if (host == "redis-b") return lab.b;
  throw lab::LabError{"there is no host " + host};
}

void Stage::await_state(Node& node, const std::string& state) {
  await(node.host.name + " is " + state, [&] { return node.status().state == state; });
}

Outcome Stage::systemctl(Node& node, const std::string& verb) {
  if (verb == "reload") {
    node.daemon->signal(SIGHUP);
    return {};
  }
  if (verb != "start" && node.daemon) stop(node);
  if (verb == "stop") return {};
  start(node);
  await("the daemon has looked around", [&] {
    const auto state = node.status().state;
    return !state.empty() && state != "starting";
  });
  return {};
}

Outcome Stage::run(const std::string& host, const std::string& command) {
  static const std::regex of_unit{
      "(sudo )?systemctl (enable --now|start|stop|restart|reload) redvip"};
  std::smatch found;
  Outcome outcome;
  if (command == "echo $?") {
    outcome.output = std::to_string(last_status_) + '\n';
  } else if (std::regex_match(command, found, of_unit)) {
    const auto verb = found[2].str();
    outcome = systemctl(node(host), verb.starts_with("enable") ? "start" : verb);
  } else {
    const auto& at = node(host);
    const lab::Inside here{at.host.net};
    const auto script = at.folder / "command.sh";
    lab::write_file(script, command + '\n');
    outcome = lab::run(hosts_view(at).string() + " bash " + script.string());
  }
  last_status_ = outcome.status;
  return outcome;
}

}  // namespace redvip::docs
