// `redvip check`: each finding is printed as soon as it is known.
#include <iostream>

#include "daemon/check.hpp"
#include "daemon/cli_commands.hpp"
#include "daemon/config_file.hpp"
#include "daemon/status_health.hpp"

namespace redvip::daemon {

namespace {

class Checklist {
 public:
  explicit Checklist(const Invocation& asked) : asked_{asked} {}

  void add(const Findings& findings) {
    for (const auto& finding : findings) {
      std::cout << (asked_.json ? to_json_line(finding) : finding.line()) << std::endl;
      all_.push_back(finding);
    }
  }
  // The exit code.
  [[nodiscard]] int end(bool file_refused = false) const {
    if (!asked_.json) std::cout << summary(all_, asked_.offline) << std::endl;
    return file_refused ? exit_usage : any_problem(all_) ? 1 : 0;
  }

 private:
  const Invocation& asked_;
  Findings all_;
};

Findings unknown_self(const Error& why) {
  const auto cure = why.message.rfind("; ");
  return {
      {Level::problem, "host", why.message.substr(0, cure), why.message.substr(cure + 2), true}};
}

}  // namespace

int check(const Invocation& asked) {
  Checklist list{asked};
  LoadOptions options{asked.node, host_addresses(), Purpose::inspect};
  const auto file = load_config(asked.config, options);
  if (!file) {
    list.add(judge_refused_file(file.error()));
    return list.end(true);
  }
  const auto self = find_self(*file, options);
  list.add(judge_file(asked.config, *file, self ? std::optional{*self} : std::nullopt,
                      open_to_all(asked.config)));
  // That some other host is none of the nodes says nothing against the file; a wrong --node does.
  if (!self && (asked.node || !asked.offline)) list.add(unknown_self(self.error()));
  if (asked.offline) {
    list.add(judge_far_addresses(*file));
    return list.end();
  }

  options.purpose = Purpose::examine;
  auto config = load_config(asked.config, options);
  if (!config) {
    list.add(judge_refused_file(config.error()));
    return list.end(true);
  }
  if (!self) return list.end();
  config->self = *self;
  HostFacts host;
  list.add(check_host(*config, host));
  list.add(check_redis(*config, host));
  return list.end();
}

}  // namespace redvip::daemon
