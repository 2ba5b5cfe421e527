// redvip(8)
#include <utility>

#include "core/config.hpp"
#include "daemon/reference.hpp"
#include "daemon/roff.hpp"
#include "daemon/signals.hpp"

namespace redvip::daemon {

namespace {

std::string roff_usage(const OptionHelp& option) {
  std::string text;
  for (const auto& name : option.names) text += (text.empty() ? "" : ", ") + Roff::bold(name);
  if (option.value.empty()) return text;
  return text + (text.empty() ? "" : " ") + Roff::italic(option.value);
}

std::string roff_synopsis(const CommandHelp& command) {
  std::string text = Roff::bold("redvip " + command.name);
  for (const auto& option : command.options) {
    if (!option.names.empty() && option.names.back() == "--help") continue;
    auto shortest = option;
    if (shortest.names.size() > 1) shortest.names.erase(shortest.names.begin());
    const auto one = roff_usage(shortest) + (option.repeated ? " ..." : "");
    text += option.required ? ' ' + one : " [" + one + ']';
  }
  return text;
}

void write_command(Roff& page, const CommandHelp& command) {
  page.subheading("redvip " + command.name);
  page.prose(command.summary);
  if (!command.explanation.empty()) page.prose(command.explanation);
  for (const auto& option : command.options) {
    if (!option.names.empty() && option.names.back() == "--help") continue;
    const auto fallback = option.fallback.empty() ? "" : " Default: " + option.fallback + '.';
    page.item(roff_usage(option), option.help + fallback);
  }
}

// Not for people, but somebody may find them in a unit or a package's script.
bool is_internal(const CommandHelp& command) {
  return command.group.empty() && !command.name.starts_with('_');
}

void write_files(Roff& page) {
  const DaemonConfig usual;
  const auto& run = usual.runtime_dir;
  const auto& state = usual.state_dir;
  page.heading("FILES");
  page.item(Roff::italic("/etc/redvip/redvip.toml"),
            "The configuration, the same on every node: redvip.toml(5).");
  page.item(Roff::italic(run + "/status.json"),
            "What redvip status shows; written twice a second and after every change.");
  page.item(Roff::italic(run + "/redvip.pid"), "The daemon's process, for signals.");
  page.item(Roff::italic(run + "/request"),
            "What a command asks for besides its signal, until the daemon has read it.");
  page.item(Roff::italic(state + "/history.jsonl"),
            "A JSON object a line for each change of state on this node.");
  page.item(Roff::italic(state + "/SERVICE.journal.json"),
            "What this node's dataset went through, and what the owner was last known to have. "
            "Without it this is a first installation.");
  page.item(Roff::italic(state + "/diverged/SERVICE-TIME/"),
            "What a Redis had before it had to follow another one, with a README.txt that tells "
            "how to apply it again.");
}

void write_environment(Roff& page) {
  page.heading("ENVIRONMENT");
  page.prose("Of the program named by notify, which is run as INSTANCE name STATE priority:");
  page.item(Roff::bold("REDVIP_SERVICE") + ", " + Roff::bold("REDVIP_NODE"), "Whose news it is.");
  page.item(Roff::bold("REDVIP_CAUSE"), "Why the state changed, a sentence.");
  page.item(Roff::bold("REDVIP_PREVIOUS"), "The state before, in redvip's own words.");
  page.item(Roff::bold("REDVIP_STATE"), "The state now.");
  page.item(Roff::bold("REDVIP_PEER") + ", " + Roff::bold("REDVIP_PEER_ADDRESS"),
            "The node with which the service was exchanged last; empty: none yet.");
  page.prose("Of a tracked script:");
  page.item(Roff::bold("REDVIP_SERVICE"), "The service for which it is run.");
  page.prose("Of the daemon:");
  page.item(Roff::bold("JOURNAL_STREAM"),
            "Set by systemd: the journal has time stamps of its own, the log does without.");
}

void write_numbers(Roff& page) {
  page.heading("SIGNALS");
  page.prose(
      "The commands only read files and send these to the daemon. The value that sigqueue(3) gives "
      "along selects the service with that VRID; 0 or none means every service.");
  for (const auto& signal : signal_reference()) page.item(Roff::bold(signal.name), signal.does);
  page.heading("EXIT STATUS");
  for (const auto& [code, meaning] : exit_code_reference()) {
    page.item(Roff::bold(std::to_string(code)), meaning + '.');
  }
  page.prose(
      "2, 3 and 4 are redvip status's alone. With several services the worst counts. redvip run "
      "ends with 0 when it was stopped.");
}

}  // namespace

std::string manual_of_commands(const CommandLineHelp& all, std::string_view date) {
  Roff page{"redvip", 8, date};
  page.heading("NAME");
  page.line("redvip \\- keep a Redis service reachable at one virtual IP");
  page.heading("SYNOPSIS");
  for (const auto& command : all.commands) {
    if (!command.group.empty()) page.line(roff_synopsis(command), true);
  }
  page.line(Roff::bold("redvip") + ' ' + Roff::italic("COMMAND") + ' ' + Roff::bold("--help"));
  page.heading("DESCRIPTION");
  page.prose(
      "One redvip runs on each host beside its Redis. It speaks VRRP with the others, owns the "
      "virtual IP, watches every Redis and changes replication roles: promotes first, then adds "
      "the address, then announces it. The same file is put on every node; then, on each:");
  page.code("redvip check\nsystemctl enable --now redvip\nredvip status");
  page.heading("COMMANDS");
  for (const auto& command : all.commands) {
    if (!command.group.empty()) write_command(page, command);
  }
  bool any = false;
  for (const auto& command : all.commands) {
    if (!is_internal(command)) continue;
    if (!std::exchange(any, true)) page.heading("COMMANDS OF THE UNIT AND THE PACKAGE");
    write_command(page, command);
  }
  write_numbers(page);
  write_files(page);
  write_environment(page);
  page.heading("EXAMPLES");
  for (const auto& command : all.commands) {
    for (const auto& example : command.examples) {
      page.item(Roff::bold(example.command), example.meaning);
    }
  }
  page.heading("SEE ALSO");
  page.prose("redvip.toml(5), redis-cli(1), systemctl(1), journalctl(1), /usr/share/doc/redvip");
  return page.text();
}

}  // namespace redvip::daemon
