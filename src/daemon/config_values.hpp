// The kinds of value that only redvip.toml has: names, paths, addresses, lists of them.
#pragma once

#include "daemon/config_keys.hpp"
#include "daemon/config_kinds.hpp"

namespace redvip::daemon {

[[nodiscard]] bool is_name(std::string_view text);       // 1..63 letters, digits, '.', '_', '-'
[[nodiscard]] bool is_interface(std::string_view text);  // 1..15 characters (IFNAMSIZ), no '/'
[[nodiscard]] bool is_path(std::string_view text);       // absolute
// An address that a host can have: not 0.0.0.0/8 or ::/8 (but for ::1), not multicast or above.
[[nodiscard]] bool is_host(IpAddress address);
[[nodiscard]] bool is_loopback(IpAddress address);

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
          [member](const ConfigSite& site, T& target, Problems& problems) {
            if (const auto* text = std::get_if<std::string>(&site.value.data)) {
              target.*member = *text;
            } else {
              problems.add(site.value.at, site.name, "not a string; allowed: a string in quotes");
            }
          },
          {}};
}

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
[[nodiscard]] Kind<TrackDraft> command_line(std::vector<std::string> TrackDraft::*member);

}  // namespace redvip::daemon
