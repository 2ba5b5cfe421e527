// A pair whose Redis servers speak TLS only, with clients and with each other.
#include "redis/tls.hpp"
#include "lab/scene.hpp"
#include "shell/tls/certificates.hpp"

using namespace redvip::lab;
using redvip::test::Certificates;

namespace {

// The lab's clients speak TLS as long as it lives.
struct Secured {
  Secured() {
    redvip::TlsConfig config;
    config.on = true;
    config.ca_file = certificates.file("ca.crt");
    config.cert_file = certificates.file("client.crt");
    config.key_file = certificates.file("client.key");
    start_tls = [tls = std::make_shared<redvip::redis::Tls>(config)](redisContext& context,
                                                                     const std::string& address) {
      auto secured = tls->connect(*redvip::IpAddress::parse(address));
      if (!secured) throw LabError{secured.error().text()};
      return redvip::redis::start_tls(context, *secured);
    };
  }
  ~Secured() { start_tls = nullptr; }

  [[nodiscard]] std::string toml(const std::string& ca = "ca") const {
    const auto key = [](const std::string& name, const std::string& value) {
      return "redis.tls_" + name + " = \"" + value + "\"\n";
    };
    return "redis.tls = true\n" + key("ca_file", certificates.file(ca + ".crt")) +
           key("cert_file", certificates.file("client.crt")) +
           key("key_file", certificates.file("client.key"));
  }
  [[nodiscard]] Setup setup() const {
    return {.redis_options = certificates.server_options(), .redis_toml = toml()};
  }
  Certificates certificates{};
};

std::string check(const Lab& lab, const Node& node) {
  write_redvip_config(lab, node);
  const Outcome outcome = run_redvip(node, "check");
  return outcome.output;
}

}  // namespace

TEST_CASE("over TLS a switchover and a crash lose nothing", "[tls]") {
  const Secured secured;
  Scene scene{secured.setup()};
  const Outcome switchover = run_redvip(scene.owner, "switchover");
  scene.require(switchover.status == 0, switchover.output);
  scene.require_settled_on(scene.standby);
  scene.require_writes_go_on(500);
  scene.standby.redis.kill();
  scene.require_serves(scene.owner);
  scene.require_nothing_lost(scene.owner);
}

TEST_CASE("over TLS the writes of both sides of a partition are kept", "[tls]") {
  const Secured secured;
  Scene scene{secured.setup()};
  Node& loser = scene.owner;
  scene.lab.network.cut(loser.host);
  Writer minority{loser.host, virtual_ip, std::chrono::seconds{3}, "minority:"};
  scene.require_eventually("the other side serves too", [&] { return scene.standby.serves(); });
  scene.require_eventually("both write", [&] { return minority.acknowledged() > 100; });
  minority.stop();
  scene.lab.network.heal(loser.host);
  scene.require_settled_on(scene.standby);
  const auto keys = minority.acknowledged_keys();
  scene.require(loser.has_saved(keys.back()), keys.back() + " is in the tail or the dataset");
  bool tail = false;
  for (const auto& save : std::filesystem::directory_iterator{loser.folder / "state/diverged"}) {
    tail = tail || std::filesystem::exists(save.path() / "tail.resp");
  }
  scene.require(tail, "the tail was read, by PSYNC");
  scene.require_no_sanitizer_report();
}

TEST_CASE("check is content with TLS, and names what is wrong with it", "[tls]") {
  const Secured secured;
  const auto says = [](const std::string& output, const std::string& words) {
    INFO(output);
    CHECK(output.find(words) != std::string::npos);
  };
  {
    const Lab lab{secured.setup()};
    const auto output = check(lab, lab.a);
    says(output, "10.77.0.1:6379: answers by TLS, without a password");
    INFO(output);
    CHECK(output.find("PROBLEM") == std::string::npos);
  }
  {
    const Lab lab{{.redis_options = secured.certificates.server_options(),
                   .redis_toml = secured.toml("stranger")}};
    says(check(lab, lab.a), "10.77.0.2:6379: the certificate of Redis is from a CA that is not");
  }
  {
    const Lab lab{{.redis_options = secured.certificates.server_options()}};
    says(check(lab, lab.a), "10.77.0.1:6379: this port speaks TLS - set redis.tls = true");
  }
  const Lab lab{{.redis_toml = secured.toml()}};
  says(check(lab, lab.a), "10.77.0.1:6379: this port does not speak TLS - correct redis.port");
}
