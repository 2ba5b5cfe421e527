#include "version.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <stdexcept>

namespace redvip::history {
namespace {

std::string first_line_of(const std::string& command) {
  const auto close = [](FILE* pipe) { ::pclose(pipe); };
  const std::unique_ptr<FILE, decltype(close)> pipe{::popen(command.c_str(), "r"), close};
  std::array<char, 256> line{};
  if (!pipe || std::fgets(line.data(), line.size(), pipe.get()) == nullptr) return {};
  return line.data();
}

// "Valkey server v=8.1.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=ad0f3ed608b40934"
Version version_of(const std::string& path) {
  const auto line = first_line_of("'" + path + "' --version 2>&1");
  const auto number = line.find("v=");
  if (number == std::string::npos) throw std::runtime_error{path + " is no Redis: " + line};
  return {path, line.substr(0, line.find(' ', number)), std::atoi(line.c_str() + number + 2),
          line.rfind("Valkey", 0) == 0};
}

std::vector<Version> find() {
  if (const char* chosen = std::getenv("REDVIP_REDIS_SERVER")) return {version_of(chosen)};
  std::vector<Version> found{version_of("redis-server")};
  const std::filesystem::path fetched{REDVIP_SOURCE_DIR "/build/servers"};
  if (!std::filesystem::exists(fetched)) return found;
  for (const auto& folder : std::filesystem::directory_iterator{fetched}) {
    const auto server = folder.path() / "redis-server";
    if (std::filesystem::exists(server)) found.push_back(version_of(server));
  }
  return found;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Version& version) {
  return out << version.name;
}

const std::vector<Version>& versions() {
  static const auto found = [] {
    auto all = find();
    for (const auto& version : all) std::cout << "on " << version << '\n';
    return all;
  }();
  return found;
}

}  // namespace redvip::history
