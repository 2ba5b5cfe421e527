// Certificates made by openssl(1) when a test wants them: a CA, what it has signed, and a
// stranger's.
#pragma once

#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace redvip::test {

class Certificates {
 public:
  Certificates() {
    std::string path = "/tmp/redvip-tls-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error{"mkdtemp"};
    folder_ = path;
    make_ca("ca");
    make_ca("stranger");
    issue("server", "ca", names);
    issue("client", "ca", "DNS:redvip");
  }
  ~Certificates() { std::filesystem::remove_all(folder_); }
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;

  // NAME.crt and NAME.key, signed by `ca`. `validity` as openssl-x509(1) has it.
  void issue(const std::string& name, const std::string& ca, const std::string& alternative_names,
             const std::string& validity = "-days 2") const {
    openssl("req -new " + new_key(name) + " -subj /CN=" + name + " -out " + name + ".csr");
    run("printf 'subjectAltName=" + alternative_names + "\\n' > " + name + ".ext");
    openssl("x509 -req -in " + name + ".csr -CA " + ca + ".crt -CAkey " + ca +
            ".key -CAcreateserial " + validity + " -extfile " + name + ".ext -out " + name +
            ".crt");
  }
  [[nodiscard]] std::string file(const std::string& name) const { return folder_ / name; }

  // redis-server's options for TLS alone on `port`, with that certificate.
  [[nodiscard]] std::vector<std::string> server_options(const std::string& name = "server",
                                                        const std::string& port = "6379") const {
    return {"--port",
            "0",
            "--tls-port",
            port,
            "--tls-cert-file",
            file(name + ".crt"),
            "--tls-key-file",
            file(name + ".key"),
            "--tls-ca-cert-file",
            file("ca.crt"),
            "--tls-replication",
            "yes"};
  }

  static constexpr auto names =
      "IP:127.0.0.1,IP:127.0.0.2,IP:10.77.0.1,IP:10.77.0.2,IP:10.77.0.100,"
      "DNS:redis.test";

 private:
  static std::string new_key(const std::string& name) {
    return "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout " + name + ".key";
  }
  void make_ca(const std::string& name) const {
    openssl("req -x509 " + new_key(name) + " -days 2 -subj /CN=" + name + " -out " + name + ".crt");
  }
  void openssl(const std::string& arguments) const {
    run("openssl " + arguments + " 2> openssl.log");
  }
  void run(const std::string& command) const {
    if (std::system(("cd " + folder_.string() + " && " + command).c_str()) != 0) {
      throw std::runtime_error{command};
    }
  }

  std::filesystem::path folder_;
};

}  // namespace redvip::test
