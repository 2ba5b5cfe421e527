#include <cstdlib>
#include <sstream>

#include "conformance/device.hpp"
#include "lab/redis.hpp"

namespace redvip::conformance {
namespace {

std::string quoted(const std::string& text) {
  return '"' + text + '"';
}

std::string binary() {
  const char* chosen = std::getenv("REDVIP_BINARY");
  return chosen != nullptr ? chosen : REDVIP_BINARY_DIR "/redvip";
}

std::string node(const std::string& name, const Peer& at, bool v6) {
  return "[[node]]\nname = " + quoted(name) + "\naddress = " + quoted(at.address) + "\n" +
         (v6 ? "link_local = " + quoted(at.link_local) + "\n" : "") + "\n";
}

std::string nodes(const Router& router) {
  std::string text = node("dut", {device_address, device_link_local}, router.v6());
  for (std::size_t i = 0; i < router.peers.size(); ++i) {
    text += node("peer-" + std::to_string(i), router.peers[i], router.v6());
  }
  return text;
}

std::string priorities(const Router& router) {
  std::string text = "{ dut = " + std::to_string(router.priority);
  for (std::size_t i = 0; i < router.peers.size(); ++i) {
    // What a peer says decides, not this; but no two may be the same.
    text += ", peer-" + std::to_string(i) + " = " + std::to_string(i + 1);
  }
  return text + " }";
}

std::string virtual_ips(const Router& router) {
  std::string text;
  for (const std::string& vip : router.vips) text += (text.empty() ? "" : ", ") + quoted(vip);
  return "[" + text + "]";
}

// Only what differs from the defaults, so that a case needs no more of redvip than it is about.
std::string service(const Router& router, const std::filesystem::path& folder) {
  std::ostringstream text;
  text << "[[service]]\nname = \"dut\"\nvrid = " << vrid
       << "\nvirtual_ips = " << virtual_ips(router) << "\npriorities = " << priorities(router)
       << "\nadvert_interval = \"" << router.interval.count() << "ms\"\n";
  if (router.version != 3) text << "version = " << router.version << "\n";
  if (router.preempt) text << "preempt = true\n";
  if (router.vmac) text << "vmac = true\n";
  if (!router.accept) text << "accept = false\n";
  if (router.strict || router.keeps_skew_time) text << "strict = true\n";
  if (router.message_only_sum) text << "checksum = \"rfc9568\"\n";
  if (!router.auth.empty()) {
    text << "auth = { type = " << (router.auth == "AH" ? "\"ah\"" : "\"pass\"")
         << ", password_file = " << quoted(folder / "password") << " }\n";
  }
  return text.str();
}

class Redvip : public Device {
 public:
  Redvip(const Router& router, const lab::Host& host, const std::filesystem::path& folder)
      : host_{host}, folder_{folder}, redis_{host, folder, {}} {
    lab::write_file(folder_ / "password", router.password + "\n");
    lab::write_file(folder_ / "redvip.toml", "[daemon]\nstate_dir = " + quoted(folder_ / "state") +
                                                 "\nruntime_dir = " + quoted(folder_ / "run") +
                                                 "\nrealtime = false\n\n" + nodes(router) +
                                                 service(router, folder_));
  }

  void start() override {
    const std::vector<std::string> argv{binary(), "run", "--config", folder_ / "redvip.toml",
                                        "--node", "dut"};
    process_ = std::make_unique<lab::Process>(host_.net, argv, folder_ / "daemon.log");
  }

  // It leads only with a Redis that has followed the owner's.
  void meet(const lab::Host& owner) override {
    owners_redis_ = std::make_unique<lab::Redis>(owner, folder_ / "owner", lab::RedisSetup{});
  }

  [[nodiscard]] bool stands_by() const override {
    return lab::read_file(folder_ / "run" / "status.json").find("\"standby\"") != std::string::npos;
  }

 private:
  const lab::Host& host_;
  std::filesystem::path folder_;
  lab::Redis redis_;
  std::unique_ptr<lab::Redis> owners_redis_;
};

}  // namespace

std::unique_ptr<Device> make_redvip(const Router& router, const lab::Host& host,
                                    const std::filesystem::path& folder) {
  return std::make_unique<Redvip>(router, host, folder);
}

}  // namespace redvip::conformance
