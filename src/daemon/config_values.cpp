#include "daemon/config_values.hpp"

namespace redvip::daemon {

namespace {

const std::string* as_string(const TomlValue& value) {
  return std::get_if<std::string>(&value.data);
}

std::optional<IpAddress> read_host(const TomlValue& value) {
  const auto* text = as_string(value);
  const auto address = text == nullptr ? std::nullopt : IpAddress::parse(*text);
  return address && is_host(*address) ? address : std::nullopt;
}

void read_virtual_ip(const Found& found, std::vector<Located<IpPrefix>>& ips, Problems& problems) {
  const auto* text = as_string(found.value);
  if (text != nullptr && IpAddress::parse(*text)) {
    problems.add(found.value.at, found.name,
                 "found \"" + *text +
                     "\" without a prefix length; write it as the subnet has it, such as \"" +
                     *text + (IpAddress::parse(*text)->is_v4() ? "/24\"" : "/64\""));
    return;
  }
  const auto ip = text == nullptr ? std::nullopt : IpPrefix::parse(*text);
  if (ip && is_host_of_subnet(*ip)) {
    ips.push_back({*ip, found.value.at});
  } else {
    refuse(found, "a host's address with its prefix length, such as \"10.77.0.100/24\"", problems);
  }
}

}  // namespace

Kind<NodeConfig> host_address(IpAddress NodeConfig::*member) {
  const std::string allowed = "an address of a host, such as \"10.77.0.1\" or \"2001:db8::1\"";
  return {allowed,
          [member, allowed](const Found& found, NodeConfig& target, Problems& problems) {
            const auto address = read_host(found.value);
            // A loopback address is the same on every node, and a link-local one means nothing
            // without an interface: no peer could reach it.
            if (!address || is_loopback(*address) || address->link_local()) {
              return refuse(found, allowed, problems);
            }
            target.*member = *address;
          },
          {}};
}

// "ADDRESS:PORT", IPv6 in brackets; not an IPv6 link-local one, which means nothing without an
// interface.
std::optional<Endpoint> read_listen_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  auto host = text.substr(0, colon);
  const bool brackets = host.starts_with('[') && host.ends_with(']');
  if (brackets) host = host.substr(1, host.size() - 2);
  const auto address = IpAddress::parse(host);
  const auto port = parse_integer(text.substr(colon + 1));
  if (!address || address->is_v4() == brackets || !port || *port < 1 || *port > 65535) {
    return std::nullopt;
  }
  const bool every = std::ranges::count(address->octets(), 0) == std::ssize(address->octets());
  const bool needs_interface = !address->is_v4() && address->link_local();
  if (!every && (!is_host(*address) || needs_interface)) return std::nullopt;
  return Endpoint{*address, static_cast<std::uint16_t>(*port)};
}

Kind<DaemonConfig> listen_address(std::optional<Endpoint> DaemonConfig::*member) {
  return single<DaemonConfig>(
      "an address and a port, such as \"127.0.0.1:9652\" or \"[::1]:9652\", or \"\"",
      [member](const TomlValue& value, DaemonConfig& target) {
        const auto* text = as_string(value);
        if (text == nullptr) return false;
        target.*member = read_listen_address(*text);
        return text->empty() || target.*member;
      });
}

bool read_optional_address(const TomlValue& value, std::optional<IpAddress>& target) {
  const auto* text = as_string(value);
  if (text != nullptr && text->empty()) return true;
  target = read_host(value);
  return target.has_value();
}

Kind<NodeConfig> link_local(std::optional<IpAddress> NodeConfig::*member) {
  return single<NodeConfig>("an IPv6 link-local address, such as \"fe80::1\", or \"\"",
                            [member](const TomlValue& value, NodeConfig& target) {
                              auto& found = target.*member;
                              return read_optional_address(value, found) &&
                                     (!found || (!found->is_v4() && found->link_local()));
                            });
}

Kind<ServiceConfig> version(VrrpVersion ServiceConfig::*member) {
  return single<ServiceConfig>("2 or 3", [member](const TomlValue& value, ServiceConfig& target) {
    const auto* number = std::get_if<std::int64_t>(&value.data);
    if (number == nullptr || (*number != 2 && *number != 3)) return false;
    target.*member = static_cast<VrrpVersion>(*number);
    return true;
  });
}

Kind<ServiceConfig> routes(std::vector<Route> ServiceConfig::*member) {
  const std::string allowed =
      "an array of routes, such as [\"default via 10.77.0.254 src 10.77.0.100 metric 50\"]";
  return {allowed,
          [member, allowed](const Found& found, ServiceConfig& target, Problems& problems) {
            const auto* array = std::get_if<TomlValue::Array>(&found.value.data);
            if (array == nullptr) return refuse(found, allowed, problems);
            for (const auto& value : *array) {
              const auto* text = as_string(value);
              const auto route = text == nullptr ? std::nullopt : parse_route(*text);
              if (route) {
                (target.*member).push_back(*route);
              } else {
                refuse({value, found.name},
                       "DESTINATION/LENGTH, then any of: via ADDRESS, src ADDRESS, dev INTERFACE, "
                       "metric N, table N",
                       problems);
              }
            }
          },
          {}};
}

std::optional<std::vector<std::string>> read_command_line(const TomlValue& value) {
  std::vector<std::string> words;
  const auto* array = std::get_if<TomlValue::Array>(&value.data);
  for (const auto& each : array != nullptr ? *array : TomlValue::Array{value}) {
    const auto* text = as_string(each);
    if (text == nullptr || text->find('\0') != std::string::npos) return std::nullopt;
    words.push_back(*text);
  }
  if (!words.empty() && !is_path(words.front())) return std::nullopt;
  return words;
}

Kind<ServiceDraft> node_names(std::vector<Located<std::string>> ServiceDraft::*member) {
  const std::string allowed = "an array of node names, such as [\"redis-a\", \"redis-b\"]";
  return {allowed,
          [member, allowed](const Found& found, ServiceDraft& target, Problems& problems) {
            const auto* array = std::get_if<TomlValue::Array>(&found.value.data);
            if (array == nullptr) return refuse(found, allowed, problems);
            for (const auto& value : *array) {
              const auto* text = as_string(value);
              if (text == nullptr) {
                refuse({value, found.name}, "a node's name", problems);
              } else {
                (target.*member).push_back({*text, value.at});
              }
            }
          },
          {}};
}

Kind<ServiceDraft> priorities(
    std::vector<Located<std::pair<std::string, int>>> ServiceDraft::*member) {
  const std::string allowed =
      "a table of node names and integers 1..255, such as { redis-a = 200 }";
  return {allowed,
          [member, allowed](const Found& found, ServiceDraft& target, Problems& problems) {
            const auto* table = std::get_if<TomlValue::Table>(&found.value.data);
            if (table == nullptr) return refuse(found, allowed, problems);
            for (const auto& entry : *table) {
              const auto* number = std::get_if<std::int64_t>(&entry.value.data);
              const bool good = number != nullptr && *number >= 1 && *number <= 255;
              if (!good) {
                refuse({entry.value, found.name + '.' + entry.key}, "an integer 1..255", problems);
              }
              (target.*member)
                  .push_back({{entry.key, good ? static_cast<int>(*number) : 0}, entry.value.at});
            }
          },
          {}};
}

Kind<ServiceDraft> virtual_ips(std::vector<Located<IpPrefix>> ServiceDraft::*member) {
  const std::string allowed = "1 to 255 addresses with prefix length, such as [\"10.77.0.100/24\"]";
  return {allowed,
          [member, allowed](const Found& found, ServiceDraft& target, Problems& problems) {
            const auto* array = std::get_if<TomlValue::Array>(&found.value.data);
            // RFC 9568 5.2.5 counts them in one octet.
            if (array == nullptr || array->empty() || array->size() > 255)
              return refuse(found, allowed, problems);
            for (const auto& value : *array) {
              read_virtual_ip({value, found.name}, target.*member, problems);
            }
          },
          {}};
}

}  // namespace redvip::daemon
