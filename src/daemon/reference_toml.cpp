// redvip.toml(5)
#include "daemon/config_keys.hpp"
#include "daemon/reference.hpp"
#include "daemon/roff.hpp"

namespace redvip::daemon {

namespace {

void write_section(Roff& page, const SectionHelp& section) {
  page.subheading(section.header);
  page.prose(section.help);
  for (const auto& key : section.keys) {
    const auto name = Roff::bold(key.name.substr(section.name.size() + 1));
    const auto fallback = key.fallback.empty() ? " (required)" : " = " + Roff::plain(key.fallback);
    page.item(name + fallback, key.help + " Allowed: " + key.allowed + '.');
  }
}

}  // namespace

std::string_view smallest_configuration() {
  return R"([[node]]
name = "redis-a"
address = "10.77.0.1"

[[node]]
name = "redis-b"
address = "10.77.0.2"

[[service]]
name = "cache"
vrid = 51
virtual_ips = ["10.77.0.100/24"]
redis.port = 6379
)";
}

std::string manual_of_configuration(std::string_view date) {
  Roff page{"redvip.toml", 5, date};
  page.heading("NAME");
  page.line("redvip.toml \\- the configuration of redvip");
  page.heading("SYNOPSIS");
  page.line(Roff::italic("/etc/redvip/redvip.toml"));
  page.heading("DESCRIPTION");
  page.prose(
      "One TOML file, the same on every node. A node finds itself among the nodes by the addresses "
      "of its host, or by --node NAME. Durations are strings with a unit: \"500us\", \"100ms\", "
      "\"1.5s\", \"2m\", \"1h\". A table may be written as a section or with dotted keys: "
      "redis.port = 6379 in a service is port = 6379 in [service.redis].");
  page.prose(
      "An unknown key is an error. Every error names file, line, column and key, what was found "
      "and what is allowed, and all of them are told in one run. With an error redvip run ends "
      "with 6 and touches nothing; a reload changes nothing.");
  page.heading("EXAMPLE");
  page.prose("A complete file; everything else has a default:");
  page.code(smallest_configuration());
  page.heading("KEYS");
  page.prose("Each with its default, or as required.");
  for (const auto& section : config_sections()) write_section(page, section);
  page.heading("FILES");
  page.item(Roff::italic("/usr/share/doc/redvip/redvip.full.toml"), "Every key with its default.");
  page.heading("SEE ALSO");
  page.prose("redvip(8)");
  return page.text();
}

}  // namespace redvip::daemon
