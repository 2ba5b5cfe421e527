#include "diverged.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include "catch.hpp"
#include "redis/info_fields.hpp"

namespace redvip::test {

std::string info(Client& client, const std::string& name) {
  const auto text = client.ask("INFO");
  return std::string{redis::InfoFields{text}.text_or(name, "")};
}

std::int64_t number(Client& client, const std::string& name) {
  return parse_integer(info(client, name)).value_or(-1);
}

void eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!condition() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(Millis{5});
  }
  REQUIRE(condition());
}

Diverged::Diverged(const std::vector<std::string>& common_writes,
                   const std::vector<std::string>& lost_writes,
                   std::vector<std::string> more_options, std::string password)
    : password_{std::move(password)} {
  std::string path = "/tmp/redvip-diverged-XXXXXX";
  REQUIRE(::mkdtemp(path.data()) != nullptr);
  folder_ = path;
  start(std::move(more_options));
  replicate();
  for (const auto& write : common_writes) old().ask(write);
  eventually(
      [&] { return number(fresh(), "slave_repl_offset") == number(old(), "master_repl_offset"); });
  REQUIRE(fresh().ask("REPLICAOF NO ONE") == "OK");
  for (const auto& write : lost_writes) old().ask(write);
  REQUIRE(old().ask("SELECT 0") == "OK");
  REQUIRE(old().ask("REPLICAOF 127.0.0.1 0") == "OK");
}

Diverged::~Diverged() {
  std::filesystem::remove_all(folder_);
}

void Diverged::start(std::vector<std::string> options) {
  options.insert(options.end(),
                 {"--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1000"});
  if (!password_.empty()) {
    options.insert(options.end(), {"--requirepass", password_, "--masterauth", password_});
  }
  const auto on = [&](const std::string& address) {
    auto all = options;
    all.insert(all.end(), {"--bind", address});
    return std::make_unique<RedisServer>(all);
  };
  old_server_ = on(loopback.text());
  fresh_server_ = on(fresh_address.text());
  eventually([] { return Client{fresh_address}.ask("PING") != "closed"; });
  old_ = std::make_unique<Client>();
  fresh_ = std::make_unique<Client>(fresh_address);
  if (password_.empty()) return;
  REQUIRE(old().ask("AUTH " + password_) == "OK");
  REQUIRE(fresh().ask("AUTH " + password_) == "OK");
}

void Diverged::replicate() {
  REQUIRE(fresh().ask("REPLICAOF 127.0.0.1 6379") == "OK");
  eventually([&] { return info(old(), "slave0").find("state=online") != std::string::npos; });
}

bool Diverged::parked() {
  return info(old(), "role") == "slave" && info(old(), "master_port") == "0";
}

std::string Diverged::read(const std::string& file) const {
  std::ifstream stream{folder_ / file};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

}  // namespace redvip::test
