#include "daemon/cli_import.hpp"

#include <iostream>

#include "daemon/config_file.hpp"
#include "daemon/import/disk.hpp"
#include "daemon/import/import.hpp"
#include "daemon/status_health.hpp"

namespace redvip::daemon {
namespace {

// One file for every host, or one and the same for all with --config-id for each.
Result<void> add_sources(const ImportWords& words, keepalived::Request& request) {
  const auto ids = words.config_ids.size();
  const bool shared = words.files.size() == 1 && ids > 1;
  const auto hosts = shared ? ids : words.files.size();
  if (ids != 0 && ids != hosts) {
    return failure("--config-id " + std::to_string(ids) + " times for " + std::to_string(hosts) +
                   " files; give one for each, or one file with one for each host");
  }
  if (words.scripts.size() > hosts) return failure("--scripts more often than there are files");
  for (std::size_t i = 0; i < hosts; ++i) {
    request.sources.push_back({words.files[shared ? 0 : i], ids == 0 ? "" : words.config_ids[i],
                               i < words.scripts.size() ? words.scripts[i] : ""});
  }
  return {};
}

Result<keepalived::Request> read_words(const ImportWords& words) {
  keepalived::Request request;
  if (const auto added = add_sources(words, request); !added) {
    return tl::unexpected(added.error());
  }
  for (const auto& text : words.nodes) {
    auto node = keepalived::parse_node_option(text);
    if (!node) return tl::unexpected(node.error());
    request.nodes.push_back(*std::move(node));
  }
  for (const auto& text : words.ports) {
    auto port = keepalived::parse_port_option(text);
    if (!port) return tl::unexpected(port.error());
    request.ports.push_back(*std::move(port));
  }
  request.instances = words.instances;
  request.vrrp3 = words.vrrp3;
  return request;
}

}  // namespace

int import_files(const ImportWords& words) {
  const auto request = read_words(words);
  if (!request) {
    std::cerr << "redvip import: " << request.error().text() << '\n';
    return exit_usage;
  }
  const auto outcome = keepalived::import_keepalived(*request, keepalived::files_on_disk());
  for (const auto& line : outcome.diagnosis.lines()) std::cerr << line << '\n';
  std::cerr << outcome.diagnosis.summary() << '\n';
  if (outcome.toml.empty()) {
    std::cerr << "Nothing is written because of the errors.\n";
    return exit_usage;
  }
  // What redvip would refuse is never handed out.
  const LoadOptions inspect{.node = {}, .host_addresses = {}, .purpose = Purpose::inspect};
  const auto config = parse_config(outcome.toml, "the result", inspect);
  if (!config) {
    for (const auto& error : config.error()) std::cerr << error.text() << '\n';
    std::cerr << "Nothing is written: redvip would refuse the result. Correct in keepalived.conf "
                 "what is named above.\n";
    return exit_usage;
  }
  std::cout << outcome.toml << std::flush;
  std::cerr
      << "Next: put it on every host as /etc/redvip/redvip.toml, then `redvip check` there.\n";
  return std::cout ? 0 : exit_usage;
}

}  // namespace redvip::daemon
