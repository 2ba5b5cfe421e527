// The kinds of value that only redvip.toml has: names, paths, addresses, lists of them.
#pragma once

#include "core/accepted.hpp"
#include "daemon/config_keys.hpp"
#include "daemon/config_kinds.hpp"
#include "daemon/credentials.hpp"

namespace redvip::daemon {

template <class T>
Kind<T> name(std::string T::*member) {
  return string(member, "1 to 63 letters, digits, '.', '_' or '-'", is_name);
}

template <class T>
Kind<T> optional_name(std::string T::*member) {
  return string(member, "1 to 63 letters, digits, '.', '_' or '-', or \"\"",
                [](std::string_view text) { return text.empty() || is_name(text); });
}

template <class T>
Kind<T> path(std::string T::*member) {
  return string(member, "an absolute path", is_path);
}

template <class T>
Kind<T> optional_path(std::string T::*member) {
  return string(member, "an absolute path, or \"\"",
                [](std::string_view text) { return text.empty() || is_path(text); });
}

// Where a secret is.
template <class T>
Kind<T> secret_file(std::string T::*member) {
  return string(member, "an absolute path, \"credential:NAME\", or \"\"",
                [](std::string_view text) { return text.empty() || is_secret_place(text); });
}

template <class T>
Kind<T> interface_name(std::string T::*member) {
  return string(member, "the name of a network interface", is_interface);
}

template <class T>
Kind<T> optional_interface(std::string T::*member) {
  return string(member, "the name of a network interface, or \"\"",
                [](std::string_view text) { return text.empty() || is_interface(text); });
}

template <class T>
Kind<T> any_string(std::string T::*member) {
  return string(member, "a string", [](std::string_view) { return true; });
}

// As any_string, but what was found is not shown: it may be the secret, without its quotes.
template <class T>
Kind<T> secret(std::string T::*member) {
  return {"a string",
          [member](const Found& found, T& target, Problems& problems) {
            if (const auto* text = std::get_if<std::string>(&found.value.data)) {
              target.*member = *text;
            } else {
              problems.add(found.value.at, found.name, "not a string; allowed: a string in quotes");
            }
          },
          {}};
}

// Where to listen: 0.0.0.0 and [::] are every address of their family.
[[nodiscard]] Kind<DaemonConfig> listen_address(std::optional<Endpoint> DaemonConfig::*member);

[[nodiscard]] Kind<NodeConfig> host_address(IpAddress NodeConfig::*member);
[[nodiscard]] Kind<NodeConfig> link_local(std::optional<IpAddress> NodeConfig::*member);
// Some host's address, or "".
[[nodiscard]] bool read_optional_address(const TomlValue& value, std::optional<IpAddress>& target);

template <class T>
Kind<T> optional_address(std::optional<IpAddress> T::*member) {
  return single<T>("a host's address, such as \"10.77.0.1\", or \"\"",
                   [member](const TomlValue& value, T& target) {
                     return read_optional_address(value, target.*member);
                   });
}

[[nodiscard]] Kind<ServiceDraft> node_names(
    std::vector<Located<std::string>> ServiceDraft::*member);
[[nodiscard]] Kind<ServiceDraft> priorities(
    std::vector<Located<std::pair<std::string, int>>> ServiceDraft::*member);
[[nodiscard]] Kind<ServiceDraft> virtual_ips(std::vector<Located<IpPrefix>> ServiceDraft::*member);

[[nodiscard]] Kind<ServiceConfig> version(VrrpVersion ServiceConfig::*member);
[[nodiscard]] Kind<ServiceConfig> routes(std::vector<Route> ServiceConfig::*member);

// An absolute path, or an array of it and arguments.
[[nodiscard]] std::optional<std::vector<std::string>> read_command_line(const TomlValue& value);
inline constexpr auto allowed_command_line =
    "an absolute path, or an array of it and arguments, such as [\"/usr/bin/test\", \"-e\", "
    "\"/x\"]";

template <class T>
Kind<T> command_line(std::vector<std::string> T::*member) {
  return single<T>(allowed_command_line, [member](const TomlValue& value, T& target) {
    const auto words = read_command_line(value);
    if (words) target.*member = *words;
    return words.has_value();
  });
}

// As command_line; "" is none.
template <class T>
Kind<T> optional_command_line(std::vector<std::string> T::*member) {
  return single<T>(
      std::string{allowed_command_line} + ", or \"\"", [member](const TomlValue& value, T& target) {
        const auto* text = std::get_if<std::string>(&value.data);
        const bool none = text != nullptr && text->empty();
        const auto words = none ? std::vector<std::string>{} : read_command_line(value);
        if (words) target.*member = *words;
        return words.has_value();
      });
}

}  // namespace redvip::daemon
