#include "daemon/credentials.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "catch.hpp"
#include "config_text.hpp"

namespace redvip::daemon {
namespace {

namespace fs = std::filesystem;

// A folder such as systemd gives to a service, with one credential in it.
class Credentials {
 public:
  Credentials() {
    fs::create_directories(folder);
    std::ofstream{folder / "redis"} << "s3cret\n";
    ::setenv("CREDENTIALS_DIRECTORY", folder.c_str(), 1);
  }
  ~Credentials() {
    ::unsetenv("CREDENTIALS_DIRECTORY");
    fs::remove_all(folder);
  }
  Credentials(const Credentials&) = delete;
  Credentials& operator=(const Credentials&) = delete;

  const fs::path folder =
      fs::temp_directory_path() / ("redvip-credentials-" + std::to_string(::getpid()));
};

TEST_CASE("a secret is at an absolute path or is a credential by name, and nowhere else") {
  CHECK(is_secret_place("/etc/redvip/redis.password"));
  CHECK(is_secret_place("credential:redis"));
  CHECK_FALSE(is_secret_place("redis.password"));
  CHECK_FALSE(is_secret_place("credential:"));
  CHECK_FALSE(is_secret_place("credential:../../etc/shadow"));
}

TEST_CASE("a credential of the service is read where systemd put it") {
  const Credentials credentials;
  const auto config =
      parse_config(minimal + "redis.password_file = \"credential:redis\"\n", "f", on_node_a());
  REQUIRE(config);
  CHECK(config->services[0].redis.password == "s3cret");
}

TEST_CASE("a credential that the unit does not load is an error that says how to load it") {
  const Credentials credentials;
  const auto found = secret_path("credential:other");
  REQUIRE_FALSE(found);
  CHECK(found.error().message ==
        "there is no " + (credentials.folder / "other").string() +
            ": put LoadCredential=other:FILE into a drop-in of redvip.service and restart it");
}

TEST_CASE("outside the service, and while that does not run, an error says where credentials are") {
  const auto found = secret_path("credential:redis");
  REQUIRE_FALSE(found);
  CHECK(found.error().message ==
        "systemd keeps it only while redvip.service runs: start that, or run this as `systemd-run "
        "--pipe -p LoadCredential=redis:FILE redvip ...`");
}

}  // namespace
}  // namespace redvip::daemon
