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

constexpr const char* import_about =
    "Convert the keepalived.conf of your hosts, and the Redis scripts that they name, to one\n"
    "redvip.toml on standard output. The diagnosis is on standard error. Changes nothing.";

constexpr const char* import_epilogue =
    "Fetch the other host's /etc/keepalived, then for example:\n"
    "  scp -r redis-b:/etc/keepalived b\n"
    "  redvip import --node redis-a=10.77.0.1 --node redis-b=10.77.0.2 \\\n"
    "    /etc/keepalived/keepalived.conf b/keepalived.conf > redvip.toml\n\n"
    "Each line of the diagnosis: FILE:LINE: mapped, done by redvip, dropped, mistake (of the old\n"
    "file) or error: what - what to do. Exit codes: 0 converted, 6 nothing written.";

class CommandLine {
 public:
  CommandLine() {
    app_.set_version_flag("--version", "redvip " REDVIP_VERSION);
    app_.require_subcommand(1);
    app_.footer(epilogue);
    add_node(add(Verb::run, "run", "Be the daemon, in the foreground."));
    add_node(
        add(Verb::check, "check", "Check the file, this host and every Redis. Changes nothing."));
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
    add_import();
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

  void add_import() {
    auto* command = app_.add_subcommand("import", import_about);
    auto& words = asked_.to_import;
    command->callback([this] { asked_.verb = Verb::convert; });
    command->footer(import_epilogue);
    command->add_option("FILE", words.files, "keepalived.conf of each host.")->required();
    const auto add_many = [command](const char* name, std::vector<std::string>& to,
                                    const char* help) {
      command->add_option(name, to, help)->allow_extra_args(false);
    };
    add_many("--node", words.nodes,
             "NAME=ADDRESS of each host, in the order of the files, where these do not tell; "
             "NAME=ADDRESS,LINK-LOCAL for VRRP over IPv6.");
    add_many("--config-id", words.config_ids,
             "keepalived -i, for each file: which lines with @ID count. One file with several: "
             "one for each host.");
    add_many("--scripts", words.scripts,
             "For each file: a copy of that host's files, where its scripts are read.");
    add_many("--port", words.ports, "[INSTANCE=]PORT of Redis, where no script tells it.");
    add_many("--instance", words.instances, "Convert only this vrrp_instance.");
    command->add_flag("--vrrp3", words.vrrp3,
                      "VRRP version 3 every 100 ms, instead of what keepalived had: for hosts "
                      "that are switched both at once.");
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
    case Verb::convert:
      return import_files(asked.to_import);
  }
  return exit_usage;
}

}  // namespace redvip::daemon
