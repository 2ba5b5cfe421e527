#include "daemon/config_values.hpp"

namespace redvip::daemon {

namespace {

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

const std::string* as_string(const TomlValue& value) {
  return std::get_if<std::string>(&value.data);
}

std::optional<IpAddress> read_host(const TomlValue& value) {
  const auto* text = as_string(value);
  const auto address = text == nullptr ? std::nullopt : IpAddress::parse(*text);
  return address && is_host(*address) ? address : std::nullopt;
}

// The all-zeros and all-ones addresses of a subnet are not a host's, except in /31 (RFC 3021), /32.
bool is_host_of_subnet(const IpPrefix& ip) {
  if (ip.length == 0 || !is_host(ip.address)) return false;
  if (!ip.address.is_v4() || ip.length >= 31) return true;
  const auto host_bits = ~std::uint32_t{0} >> ip.length;
  const auto host = ip.address.v4() & host_bits;
  return host != 0 && host != host_bits;
}

void read_virtual_ip(const ConfigSite& site, std::vector<Located<IpPrefix>>& ips,
                     Problems& problems) {
  const auto* text = as_string(site.value);
  if (text != nullptr && IpAddress::parse(*text)) {
    problems.add(site.value.at, site.name,
                 "found \"" + *text +
                     "\" without a prefix length; write it as the subnet has it, such as \"" +
                     *text + (IpAddress::parse(*text)->is_v4() ? "/24\"" : "/64\""));
    return;
  }
  const auto ip = text == nullptr ? std::nullopt : IpPrefix::parse(*text);
  if (ip && is_host_of_subnet(*ip)) {
    ips.push_back({*ip, site.value.at});
  } else {
    refuse(site, "a host's address with its prefix length, such as \"10.77.0.100/24\"", problems);
  }
}

}  // namespace

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 63 && std::ranges::all_of(text, is_word_character);
}

bool is_interface(std::string_view text) {
  return !text.empty() && text.size() <= 15 && text != "." && text != ".." &&
         std::ranges::all_of(text,
                             [](char c) { return c > ' ' && c < 127 && c != '/' && c != ':'; });
}

bool is_path(std::string_view text) {
  return text.starts_with('/') && text.find('\0') == std::string_view::npos;
}

bool is_host(IpAddress address) {
  if (address.is_v4()) return address.octets()[0] != 0 && address.octets()[0] < 224;
  const bool reserved_or_mapped = address.octets()[0] == 0 && address != *IpAddress::parse("::1");
  return !address.multicast() && !reserved_or_mapped;
}

bool is_loopback(IpAddress address) {
  return address.is_v4() ? address.octets()[0] == 127 : address == *IpAddress::parse("::1");
}

Kind<NodeConfig> host_address(IpAddress NodeConfig::*member) {
  const std::string allowed = "an address of a host, such as \"10.77.0.1\" or \"2001:db8::1\"";
  return {allowed,
          [member, allowed](const ConfigSite& site, NodeConfig& target, Problems& problems) {
            const auto address = read_host(site.value);
            // A loopback address is the same on every node, and a link-local one means nothing
            // without an interface: no peer could reach it.
            if (!address || is_loopback(*address) || address->link_local()) {
              return refuse(site, allowed, problems);
            }
            target.*member = *address;
          },
          {}};
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
          [member, allowed](const ConfigSite& site, ServiceConfig& target, Problems& problems) {
            const auto* array = std::get_if<TomlValue::Array>(&site.value.data);
            if (array == nullptr) return refuse(site, allowed, problems);
            for (const auto& value : *array) {
              const auto* text = as_string(value);
              const auto route = text == nullptr ? std::nullopt : parse_route(*text);
              if (route) {
                (target.*member).push_back(*route);
              } else {
                refuse({value, site.name},
                       "DESTINATION/LENGTH, then any of: via ADDRESS, src ADDRESS, dev INTERFACE, "
                       "metric N, table N",
                       problems);
              }
            }
          },
          {}};
}

Kind<TrackDraft> command_line(std::vector<std::string> TrackDraft::*member) {
  const std::string allowed =
      "an absolute path, or an array of it and arguments, such as [\"/usr/bin/test\", \"-e\", "
      "\"/x\"]";
  return single<TrackDraft>(allowed, [member](const TomlValue& value, TrackDraft& target) {
    auto& words = target.*member;
    words.clear();
    const auto* array = std::get_if<TomlValue::Array>(&value.data);
    for (const auto& each : array != nullptr ? *array : TomlValue::Array{value}) {
      const auto* text = as_string(each);
      if (text == nullptr || text->find('\0') != std::string::npos) return false;
      words.push_back(*text);
    }
    return words.empty() || is_path(words.front());
  });
}

Kind<ServiceDraft> node_names(std::vector<Located<std::string>> ServiceDraft::*member) {
  const std::string allowed = "an array of node names, such as [\"redis-a\", \"redis-b\"]";
  return {allowed,
          [member, allowed](const ConfigSite& site, ServiceDraft& target, Problems& problems) {
            const auto* array = std::get_if<TomlValue::Array>(&site.value.data);
            if (array == nullptr) return refuse(site, allowed, problems);
            for (const auto& value : *array) {
              const auto* text = as_string(value);
              if (text == nullptr) {
                refuse({value, site.name}, "a node's name", problems);
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
          [member, allowed](const ConfigSite& site, ServiceDraft& target, Problems& problems) {
            const auto* table = std::get_if<TomlValue::Table>(&site.value.data);
            if (table == nullptr) return refuse(site, allowed, problems);
            for (const auto& entry : *table) {
              const auto* number = std::get_if<std::int64_t>(&entry.value.data);
              const bool good = number != nullptr && *number >= 1 && *number <= 255;
              if (!good) {
                refuse({entry.value, site.name + '.' + entry.key}, "an integer 1..255", problems);
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
          [member, allowed](const ConfigSite& site, ServiceDraft& target, Problems& problems) {
            const auto* array = std::get_if<TomlValue::Array>(&site.value.data);
            // RFC 9568 5.2.5 counts them in one octet.
            if (array == nullptr || array->empty() || array->size() > 255)
              return refuse(site, allowed, problems);
            for (const auto& value : *array) {
              read_virtual_ip({value, site.name}, target.*member, problems);
            }
          },
          {}};
}

}  // namespace redvip::daemon
