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

// Refuses, with the reason that helps most for something that should have been an IPv4 address.
void refuse_address(const Site& site, const std::string& allowed, Problems& problems) {
  const auto* text = as_string(site.value);
  if (text == nullptr || text->find(':') == std::string::npos)
    return refuse(site, allowed, problems);
  problems.add(site.value.at, site.name,
               "not supported yet: IPv6; found \"" + *text + "\", an IPv4 address is");
}

std::optional<Ipv4> read_host(const TomlValue& value) {
  const auto* text = as_string(value);
  const auto address = text == nullptr ? std::nullopt : Ipv4::parse(*text);
  return address && is_host(*address) ? address : std::nullopt;
}

// The all-zeros and all-ones addresses of a subnet are not a host's, except in /31 (RFC 3021), /32.
bool is_host_of_subnet(const Ipv4Prefix& ip) {
  if (ip.length == 0 || !is_host(ip.address)) return false;
  if (ip.length >= 31) return true;
  const auto host_bits = ~std::uint32_t{0} >> ip.length;
  const auto host = ip.address.value() & host_bits;
  return host != 0 && host != host_bits;
}

void read_virtual_ip(const Site& site, std::vector<Located<Ipv4Prefix>>& ips, Problems& problems) {
  const auto* text = as_string(site.value);
  if (text != nullptr && Ipv4::parse(*text)) {
    problems.add(site.value.at, site.name,
                 "found \"" + *text +
                     "\" without a prefix length; write it as the subnet has it, such as \"" +
                     *text + "/24\"");
    return;
  }
  const auto ip = text == nullptr ? std::nullopt : Ipv4Prefix::parse(*text);
  if (ip && is_host_of_subnet(*ip)) {
    ips.push_back({*ip, site.value.at});
  } else {
    refuse_address(site, "a host's address with its prefix length, such as \"10.77.0.100/24\"",
                   problems);
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

bool is_host(Ipv4 address) {
  const auto first_octet = address.value() >> 24;
  return first_octet != 0 && first_octet < 224;
}

Kind<RedisConfig> secret(std::string RedisConfig::*member) {
  return {"a string",
          [member](const Site& site, RedisConfig& target, Problems& problems) {
            if (const auto* text = as_string(site.value)) {
              target.*member = *text;
            } else {
              problems.add(site.value.at, site.name, "not a string; allowed: a string in quotes");
            }
          },
          {}};
}

Kind<NodeConfig> host_address(Ipv4 NodeConfig::*member) {
  const std::string allowed = "an IPv4 address of a host, such as \"10.77.0.1\"";
  return {allowed,
          [member, allowed](const Site& site, NodeConfig& target, Problems& problems) {
            const auto address = read_host(site.value);
            // A loopback address is the same on every node: no peer could reach it.
            if (!address || address->value() >> 24 == 127) {
              return refuse_address(site, allowed, problems);
            }
            target.*member = *address;
          },
          {}};
}

Kind<RedisConfig> optional_address(std::optional<Ipv4> RedisConfig::*member) {
  const std::string allowed = "an IPv4 address of this host, such as \"127.0.0.1\", or \"\"";
  return {allowed,
          [member, allowed](const Site& site, RedisConfig& target, Problems& problems) {
            const auto* text = as_string(site.value);
            if (text != nullptr && text->empty()) return;
            target.*member = read_host(site.value);
            if (!(target.*member)) refuse_address(site, allowed, problems);
          },
          {}};
}

Kind<ServiceDraft> node_names(std::vector<Located<std::string>> ServiceDraft::*member) {
  const std::string allowed = "an array of node names, such as [\"redis-a\", \"redis-b\"]";
  return {allowed,
          [member, allowed](const Site& site, ServiceDraft& target, Problems& problems) {
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
      "a table of node names and integers 1..254, such as { redis-a = 200 }";
  return {allowed,
          [member, allowed](const Site& site, ServiceDraft& target, Problems& problems) {
            const auto* table = std::get_if<TomlValue::Table>(&site.value.data);
            if (table == nullptr) return refuse(site, allowed, problems);
            for (const auto& entry : *table) {
              const auto* number = std::get_if<std::int64_t>(&entry.value.data);
              const bool good = number != nullptr && *number >= 1 && *number <= 254;
              if (!good) {
                refuse({entry.value, site.name + '.' + entry.key}, "an integer 1..254", problems);
              }
              (target.*member)
                  .push_back({{entry.key, good ? static_cast<int>(*number) : 0}, entry.value.at});
            }
          },
          {}};
}

Kind<ServiceDraft> virtual_ips(std::vector<Located<Ipv4Prefix>> ServiceDraft::*member) {
  const std::string allowed = "1 to 255 addresses with prefix length, such as [\"10.77.0.100/24\"]";
  return {allowed,
          [member, allowed](const Site& site, ServiceDraft& target, Problems& problems) {
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
