#include "daemon/cli.hpp"

#include <CLI/CLI.hpp>

#include "daemon/cli_commands.hpp"
#include "daemon/cli_switchover.hpp"
#include "daemon/status_health.hpp"

namespace redvip::daemon {

namespace {

constexpr const char* about =
    "Keeps a Redis service reachable at one virtual IP.\n\n"
    "Write /etc/redvip/redvip.toml, the same on every node, then on each node:\n"
    "  redvip check          what is still wrong with this host and every Redis\n"
    "  systemctl enable --now redvip\n"
    "  redvip status         who owns the service, and who could take over\n"
    "  redvip switchover     move it to the other node without losing a write";

constexpr const char* epilogue =
    "Exit codes: 0 fine, 1 degraded or not done, 2 no standby, 3 no service, 4 two owners,\n"
    "5 daemon not running, 6 usage or configuration.";

class CommandLine {
 public:
  CommandLine() {
    app_.set_version_flag("--version", "redvip " REDVIP_VERSION);
    app_.require_subcommand(1);
    app_.footer(epilogue);
    add_node(add(Verb::run, "run", "Be the daemon, in the foreground."));
    add_check();
    auto* status = add(Verb::status, "status", "Show all nodes of each service. Exits as below.");
    status->add_flag("--watch", asked_.watch, "Redraw five times a second until Ctrl-C.");
    status->add_flag("--json", asked_.json, "The daemon's status file as it is.");
    add_switchover();
    add_service(add(Verb::pause, "pause", "Stop automatic changes on this node, for maintenance."));
    add_service(add(Verb::resume, "resume", "Allow automatic changes again."));
    auto* history = add(Verb::history, "history", "Show the last transitions, oldest first.");
    history->add_option("-n", asked_.count, "How many.")
        ->capture_default_str()
        ->check(CLI::Range(1, 1'000'000));
    history->add_flag("--json", asked_.json, "One JSON object a line.");
  }

  std::variant<Invocation, Done> parse(int argc, const char* const* argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& stop) {
      return Done{app_.exit(stop) == 0 ? 0 : exit_usage};
    }
    return asked_;
  }

 private:
  CLI::App* add(Verb verb, const std::string& name, const std::string& help) {
    auto* command = app_.add_subcommand(name, help);
    command->add_option("--config", asked_.config, "The configuration.")->capture_default_str();
    command->callback([this, verb] { asked_.verb = verb; });
    return command;
  }
  void add_node(CLI::App* command) {
    command->add_option("--node", asked_.node, "Which node this is; otherwise found by address.");
  }
  void add_service(CLI::App* command) {
    command->add_option("SERVICE", asked_.service, "Its name; all services if left out.");
  }

  void add_check() {
    auto* command =
        add(Verb::check, "check", "Check the file, this host and every Redis. Changes nothing.");
    add_node(command);
    command->add_flag("--offline", asked_.offline,
                      "The file alone: on any machine, as any user, without a network.");
    command->add_flag("--json", asked_.json, "One JSON object a line, one for each finding.");
  }

  void add_switchover() {
    auto* command = add(Verb::switchover, "switchover",
                        "Hand over to the best standby or, on a standby, take over. Through every "
                        "safety check; waits for the outcome.");
    add_service(command);
    auto* force = command->add_flag("--force", asked_.force,
                                    "Take over with the data that is here, past every check. What "
                                    "others have more may be lost; see redvip status first.");
    auto* reason = command->add_option("--reason", asked_.reason, "Why; kept in the history.");
    force->needs(reason);
  }

  CLI::App app_{about, "redvip"};
  Invocation asked_;
};

}  // namespace

std::variant<Invocation, Done> parse_command_line(int argc, const char* const* argv) {
  return CommandLine{}.parse(argc, argv);
}

int run_cli(int argc, const char* const* argv) {
  const auto parsed = parse_command_line(argc, argv);
  if (const auto* done = std::get_if<Done>(&parsed)) return done->exit_code;
  const auto& asked = std::get<Invocation>(parsed);
  switch (asked.verb) {
    case Verb::run:
      return run(asked);
    case Verb::check:
      return check(asked);
    case Verb::status:
      return show_status(asked);
    case Verb::switchover:
      return switchover(asked);
    case Verb::pause:
      return set_paused(asked, true);
    case Verb::resume:
      return set_paused(asked, false);
    case Verb::history:
      return show_history(asked);
  }
  return exit_usage;
}

}  // namespace redvip::daemon
