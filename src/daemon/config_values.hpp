// The kinds of value that only redvip.toml has: names, paths, addresses, lists of them.
#pragma once

#include "daemon/config_keys.hpp"
#include "daemon/config_kinds.hpp"

namespace redvip::daemon {

[[nodiscard]] bool is_name(std::string_view text);       // 1..63 letters, digits, '.', '_', '-'
[[nodiscard]] bool is_interface(std::string_view text);  // 1..15 characters (IFNAMSIZ), no '/'
[[nodiscard]] bool is_path(std::string_view text);       // absolute
// An address that a host can have: not 0.0.0.0/8, not multicast or above.
[[nodiscard]] bool is_host(Ipv4 address);

template <class T>
Kind<T> name(std::string T::*member) {
  return string(member, "1 to 63 letters, digits, '.', '_' or '-'", is_name);
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
[[nodiscard]] Kind<RedisConfig> secret(std::string RedisConfig::*member);

[[nodiscard]] Kind<NodeConfig> host_address(Ipv4 NodeConfig::*member);
[[nodiscard]] Kind<RedisConfig> optional_address(std::optional<Ipv4> RedisConfig::*member);

[[nodiscard]] Kind<ServiceDraft> node_names(
    std::vector<Located<std::string>> ServiceDraft::*member);
[[nodiscard]] Kind<ServiceDraft> priorities(
    std::vector<Located<std::pair<std::string, int>>> ServiceDraft::*member);
[[nodiscard]] Kind<ServiceDraft> virtual_ips(
    std::vector<Located<Ipv4Prefix>> ServiceDraft::*member);

template <class T>
Kind<T> version_three() {
  return {"3",
          [](const Site& site, T&, Problems& problems) {
            const auto* number = std::get_if<std::int64_t>(&site.value.data);
            if (number != nullptr && *number == 3) return;
            if (number == nullptr || *number != 2) return refuse(site, "3", problems);
            problems.add(site.value.at, site.name, "not supported yet: VRRPv2; found 2, 3 is");
          },
          {}};
}

}  // namespace redvip::daemon
