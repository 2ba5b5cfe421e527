#include "daemon/credentials.hpp"

#include <cstdlib>
#include <filesystem>

#include "daemon/config_values.hpp"

namespace redvip::daemon {
namespace {

constexpr std::string_view scheme = "credential:";
constexpr const char* of_the_service = "/run/credentials/redvip.service";

}  // namespace

bool is_secret_place(std::string_view text) {
  return text.starts_with(scheme) ? is_name(text.substr(scheme.size())) : is_path(text);
}

Result<std::string> secret_path(const std::string& place) {
  if (!place.starts_with(scheme)) return place;
  const auto name = place.substr(scheme.size());
  const char* given = std::getenv("CREDENTIALS_DIRECTORY");
  const std::string folder = given != nullptr ? given : of_the_service;
  auto path = folder + '/' + name;
  std::error_code error;
  if (std::filesystem::exists(path, error)) return path;
  if (error) return failure(path + ": " + error.message() + "; only root and the service may look");
  if (given == nullptr && !std::filesystem::exists(folder, error)) {
    return failure(
        "systemd keeps it only while redvip.service runs: start that, or run this as "
        "`systemd-run --pipe -p LoadCredential=" +
        name + ":FILE redvip ...`");
  }
  return failure("there is no " + path + ": put LoadCredential=" + name +
                 ":FILE into a drop-in of redvip.service and restart it");
}

}  // namespace redvip::daemon
