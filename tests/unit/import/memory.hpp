// Files that are only in memory, and what becomes of them.
#pragma once

#include <fnmatch.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "daemon/config_file.hpp"
#include "daemon/import/import.hpp"

namespace redvip::keepalived {

using Texts = std::map<std::string, std::string>;  // by path

inline Files in_memory(const Texts& texts) {
  Files files;
  files.read = [texts](const std::string& path) -> Result<std::string> {
    const auto found = texts.find(path);
    if (found == texts.end()) return failure("cannot be read: No such file or directory");
    return found->second;
  };
  files.matching = [texts](const std::string& pattern) {
    std::vector<FoundFile> found;
    for (const auto& [path, text] : texts) {
      const bool matches = path == pattern || ::fnmatch(pattern.c_str(), path.c_str(), 0) == 0;
      if (matches) found.push_back({path, text.starts_with("#!") && !path.ends_with(".sh")});
    }
    return found;
  };
  return files;
}

// An outcome that is easy to make claims about.
struct Converted {
  std::string toml;
  std::string told;  // the diagnosis, a line each

  [[nodiscard]] bool has(const std::string& text) const { return toml.find(text) != toml.npos; }
  // A line of the diagnosis has all of these, in this order.
  [[nodiscard]] bool says(const std::vector<std::string>& parts) const {
    std::size_t begin = 0;
    while (begin < told.size()) {
      const auto end = told.find('\n', begin);
      const auto line = told.substr(begin, end - begin);
      std::size_t at = 0;
      const bool all = std::ranges::all_of(parts, [&](const std::string& part) {
        at = line.find(part, at);
        return at != line.npos;
      });
      if (all) return true;
      begin = end + 1;
    }
    return false;
  }
  // What redvip itself thinks of it; "" is nothing wrong.
  [[nodiscard]] std::string refusal() const {
    const daemon::LoadOptions inspect{
        .node = {}, .host_addresses = {}, .purpose = daemon::Purpose::inspect};
    const auto config = daemon::parse_config(toml, "redvip.toml", inspect);
    std::string text;
    if (!config) {
      for (const auto& error : config.error()) text += error.text() + '\n';
    }
    return text;
  }
};

inline Converted convert(const Request& request, const Files& files) {
  const auto outcome = import_keepalived(request, files);
  Converted result{outcome.toml, {}};
  for (const auto& line : outcome.diagnosis.lines()) result.told += line + '\n';
  return result;
}

inline std::vector<NodeOption> two_nodes() {
  return {{"redis-a", IpAddress{0x0a000001}, {}}, {"redis-b", IpAddress{0x0a000002}, {}}};
}

// One host's file, or two, with addresses given.
inline Converted convert(const Texts& texts, Request request = {}) {
  const bool given = !request.sources.empty();
  for (const auto* name : {"a.conf", "b.conf"}) {
    if (texts.contains(name) && !given) request.sources.push_back({name, "", ""});
  }
  if (request.nodes.empty()) request.nodes = two_nodes();
  return convert(request, in_memory(texts));
}

// A whole vrrp_instance with these lines in it.
inline std::string instance(const std::string& lines, const std::string& name = "VI_1",
                            int vrid = 51) {
  return "vrrp_instance " + name + " {\n  interface eth0\n  virtual_router_id " +
         std::to_string(vrid) + "\n  virtual_ipaddress {\n    10.0.0." + std::to_string(vrid + 49) +
         "/24\n  }\n" + lines + "\n}\n";
}

inline std::string check_script(const std::string& script, const std::string& more = "") {
  return "vrrp_script c {\n  script \"" + script + "\"\n" + more + "}\n";
}
inline const std::string tracked = "track_script {\nc\n}\n";

}  // namespace redvip::keepalived
