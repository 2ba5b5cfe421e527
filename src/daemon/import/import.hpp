// redvip import: keepalived.conf of one host or of several to one redvip.toml for all of them.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/types.hpp"
#include "daemon/import/diagnosis.hpp"
#include "daemon/import/files.hpp"

namespace redvip::keepalived {

struct Source {
  std::string path;       // of keepalived.conf
  std::string config_id;  // keepalived -i; empty: not given
  std::string scripts;    // --scripts: a copy of that host's files; empty: not given
};

// --node NAME=ADDRESS[,LINK-LOCAL]
struct NodeOption {
  std::string name;
  IpAddress address;
  std::optional<IpAddress> link_local;
};
[[nodiscard]] Result<NodeOption> parse_node_option(const std::string& text);

// --port [INSTANCE=]PORT; without an instance it is for all.
struct PortOption {
  std::string instance;
  int port = 0;
};
[[nodiscard]] Result<PortOption> parse_port_option(const std::string& text);

struct Request {
  std::vector<Source> sources{};    // one for each host
  std::vector<NodeOption> nodes{};  // in the order of the sources, then hosts without a file
  std::vector<PortOption> ports{};
  std::vector<std::string> instances{};  // only these; empty: all
  bool vrrp3 = false;                    // version 3 at 100 ms, whatever keepalived had
};

struct Outcome {
  std::string toml;  // empty if the diagnosis has an error
  Diagnosis diagnosis;
};

// Reads no file but through `files`; the same request and files give the same outcome.
[[nodiscard]] Outcome import_keepalived(const Request& request, const Files& files);

}  // namespace redvip::keepalived
