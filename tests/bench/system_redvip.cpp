#include "bench/system.hpp"

namespace redvip::bench {
namespace {

class Redvip : public System {
 public:
  using System::System;

  void start() override {
    start_daemon(site_.lab.a);
    wait_until("redis-a serves", [&] { return serves(site_.lab.a); });
    start_daemon(site_.lab.b);
    wait_until("the pair settles", [&] { return site_.lab.settled(); });
  }

  void start_daemon(Node& node) override {
    // A supervisor starts it when the one before has ended.
    if (node.daemon) node.daemon->wait(std::chrono::seconds{10});
    node.daemon = lab::start_redvip(site_.lab, node);
  }

  [[nodiscard]] std::unique_ptr<Directory> directory(const Host&) override {
    return std::make_unique<FixedAddress>(lab::virtual_ip);
  }

  [[nodiscard]] bool serves(const Node& node) override { return node.serves(); }

  void switch_over(Node& owner) override { owner.daemon->signal(SIGUSR2); }
  void signal_daemon(Node& node, int signal) override { node.daemon->signal(signal); }

  [[nodiscard]] std::map<std::string, std::string> settings() override {
    return {{"redvip.toml, the same on both hosts", text_of(site_.lab.a, "redvip.toml")},
            {"redis.conf, the same on both hosts", text_of(site_.lab.a, "redis.conf")}};
  }
};

}  // namespace

SystemKind redvip_kind() {
  return {.id = "redvip",
          .title = "redvip",
          .what = "with its defaults, and the redis.conf that its README asks for",
          .born_parked = true,
          .install = [](Site& site) { return std::make_unique<Redvip>(site); }};
}

}  // namespace redvip::bench
