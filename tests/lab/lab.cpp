#include "lab/lab.hpp"

#include <algorithm>

namespace redvip::lab {
namespace {

std::string tail(const std::string& text, int lines) {
  std::size_t from = text.size();
  while (from > 0 && (text[from - 1] != '\n' || lines-- > 0)) --from;
  return text.substr(from);
}

std::string describe(const Node& node) {
  const auto role = node.redis.role();
  std::string text = node.host.name + (node.holds_vip() ? " holds the VIP" : " has no VIP");
  if (!role) {
    text += ", Redis does not answer";
  } else if (role->master) {
    text += ", Redis is master";
  } else {
    text += ", Redis follows " + role->master_host + (role->connected ? "" : " (not connected)");
  }
  const auto status = node.status();
  text += ", redvip: " + status.state + " (" + status.reason + ")\n";
  return text + (node.daemon ? tail(node.daemon->log(), 12) : "");
}

}  // namespace

Node::Node(const Host& at, const std::filesystem::path& workspace, const Setup& setup)
    : host{at},
      folder{workspace / at.name},
      redis{at,
            folder,
            {setup.persistence, setup.born_parked, setup.redis_options,
             setup.rights != Rights::root, setup.redis_keeps_config}} {}

Lab::Lab(Setup chosen)
    : setup{std::move(chosen)},
      network{setup.own_cores},
      a{network.a, workspace.path(), setup},
      b{network.b, workspace.path(), setup} {}

Lab::~Lab() {
  if (setup.manager != Manager::redvip) return;
  for (const Node* node : {&a, &b}) {
    if (node->daemon) node->daemon->signal(SIGKILL);
  }
}

void Lab::start(Node& node) {
  node.daemon =
      setup.manager == Manager::redvip ? start_redvip(*this, node) : start_keepalived(*this, node);
}

void Lab::start() {
  start(a);
  start(b);
  if (!eventually([this] { return settled(); }, std::chrono::seconds{30})) {
    throw LabError{"the lab does not settle:\n" + describe()};
  }
}

void Lab::power_off(const std::vector<Node*>& nodes) {
  for (Node* node : nodes) {
    if (node->daemon) node->daemon->signal(SIGKILL);
    node->redis.signal(SIGKILL);
  }
  for (Node* node : nodes) {
    node->redis.kill();
    if (node->daemon) node->daemon->wait(std::chrono::seconds{5});
    network.cut(node->host);
    {
      const Inside here{node->host.net};
      must(std::string{"ip address flush to "} + virtual_ip);
    }
    std::filesystem::remove_all(node->folder / "run");
  }
}

void Lab::power_on(Node& node) {
  network.heal(node.host);
  node.redis.start();
  start(node);
}

Writer& Lab::write(std::chrono::milliseconds patience) {
  writer = std::make_unique<Writer>(network.client, virtual_ip, patience);
  const auto flows = [this] {
    const bool alone = !other(owner()).redis.follows(owner().host);
    return writer->acknowledged() > 100 && (alone || (settled() && copies()));
  };
  if (!eventually(flows)) throw LabError{"no write is acknowledged and copied:\n" + describe()};
  return *writer;
}

bool Lab::settled() const {
  if (vip_holders() != 1) return false;
  const Node& owner = a.holds_vip() ? a : b;
  const Node& standby = a.holds_vip() ? b : a;
  if (!owner.redis.is_master() || !standby.redis.follows(owner.host)) return false;
  if (setup.manager == Manager::keepalived) return true;
  return owner.status().failover_possible && standby.status().state == "standby";
}

bool Lab::copies() {
  const auto sent = owner().redis.role();
  const auto applied = other(owner()).redis.role();
  return sent && applied && sent->master && !applied->master && applied->offset >= sent->offset;
}

std::size_t Lab::lost(const Node& at) {
  writer->stop();
  return at.redis.missing(writer->acknowledged_keys());
}

std::string Lab::describe() const {
  std::string text = lab::describe(a) + lab::describe(b);
  if (!writer) return text;
  const auto failures = writer->failures();
  const std::size_t shown = std::min<std::size_t>(failures.size(), 5);
  for (auto f = failures.end() - static_cast<std::ptrdiff_t>(shown); f != failures.end(); ++f) {
    text += std::string{"client: "} + to_text(f->trouble) + ": " + f->text + "\n";
  }
  return text;
}

}  // namespace redvip::lab
