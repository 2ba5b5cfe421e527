#include "daemon/cli.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>

#include "daemon/cli_commands.hpp"
#include "daemon/cli_help.hpp"
#include "daemon/cli_names.hpp"
#include "daemon/cli_pause.hpp"
#include "daemon/cli_release.hpp"
#include "daemon/cli_switchover.hpp"
#include "daemon/config_kinds.hpp"
#include "daemon/status_health.hpp"

namespace redvip::daemon {

namespace {

std::string help_of(const CLI::App* app, const std::string& /*name*/, CLI::AppFormatMode /*mode*/) {
  const auto all = command_line_reference();
  const auto command = std::ranges::find(all.commands, app->get_name(), &CommandHelp::name);
  return command == all.commands.end() ? help_text(all) : help_text(*command);
}

class CommandLine {
 public:
  CommandLine() {
    app_.set_version_flag("--version", "redvip " REDVIP_VERSION, "Print the version and exit.");
    app_.set_help_flag("-h,--help", "Print this help and exit.");
    app_.formatter_fn(help_of);
    app_.require_subcommand(1);
    add_node(add(Verb::run, "run", "Be the daemon, in the foreground."));
    add_check();
    auto* status = add(Verb::status, "status", "Show all nodes of each service.");
    status->add_flag("--watch", asked_.watch, "Redraw five times a second until Ctrl-C.");
    status->add_flag("--json", asked_.json, "The daemon's status file as it is.");
    add_service(add(Verb::explain, "explain",
                    "Why this node owns each service or does not, and what the others lack."));
    add_switchover();
    auto* pause =
        add(Verb::pause, "pause", "Stop automatic changes on this node, for maintenance.");
    add_service(pause);
    add_duration(pause, "--for", asked_.length, "Resume by itself after this time, such as 2h.");
    add_service(add(Verb::resume, "resume", "Allow automatic changes again."));
    auto* history = add(Verb::history, "history", "Show the last transitions, oldest first.");
    add_service(history);
    add_duration(history, "--since", asked_.since, "Not older than this, such as 2d.");
    history->add_option("-n", asked_.count, "How many.")
        ->type_name("COUNT")
        ->capture_default_str()
        ->check(CLI::Range(1, 1'000'000));
    history->add_flag("--json", asked_.json, "One JSON object a line.");
    add_import();
    add_hidden();
    add_names();
  }

  [[nodiscard]] const CLI::App& app() const { return app_; }

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
    command->add_option("--config", asked_.config, "The configuration.")
        ->type_name("FILE")
        ->capture_default_str();
    command->callback([this, verb] { asked_.verb = verb; });
    return command;
  }
  void add_node(CLI::App* command) {
    command->add_option("--node", asked_.node, "Which node this is; otherwise found by address.")
        ->type_name("NODE");
  }
  void add_service(CLI::App* command) {
    command->add_option("SERVICE", asked_.service, "Its name; all services if left out.");
  }

  static void add_duration(CLI::App* command, const std::string& name,
                           std::optional<Seconds>& target, const std::string& help) {
    command
        ->add_option_function<std::string>(
            name,
            [name, &target](const std::string& text) {
              const auto duration = parse_duration(text);
              if (!duration || *duration < Seconds{1}) {
                throw CLI::ValidationError{
                    name, "found \"" + text + "\"; allowed: 1s or more, such as 90s, 30m, 2h, 1d"};
              }
              target = std::chrono::floor<Seconds>(*duration);
            },
            help)
        ->type_name("DURATION");
  }

  void add_hidden() {
    auto* release = add(Verb::release, "release",
                        "Remove what a redvip that was killed has left on this host: virtual IPs, "
                        "once another node has them or they are about to expire; routes; macvlans. "
                        "For ExecStopPost=.");
    release->add_flag("--now", asked_.now, "Do not wait for another node.");
    release->group("");
    add(Verb::prepare_restart, "prepare-restart",
        "The next stop of the daemon, within 30 s, is for a restart: where no node could take "
        "over, "
        "it leaves its addresses in place for 15 s. For the package's upgrade.")
        ->group("");
  }

  void add_names() {
    auto* command = add(Verb::names, "_names", "For the shells: the names in the configuration.");
    command->add_option("KIND", asked_.kind, "services or nodes.")->required();
    command->group("");
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
                        "Hand over to the best standby or, on a standby, take over.");
    add_service(command);
    command->add_option("--to", asked_.to, "To this node; otherwise the best one.")
        ->type_name("NODE");
    command->add_flag("--dry-run", asked_.dry_run, "Show the checks and change nothing.");
    auto* force = command->add_flag("--force", asked_.force,
                                    "Take over with the data that is here, past every check. What "
                                    "others have more may be lost; see redvip status first.");
    auto* reason = command->add_option("--reason", asked_.reason, "Why; kept in the history.");
    force->needs(reason);
  }

  void add_import() {
    auto* command =
        add(Verb::convert, "import", "Make redvip.toml from the keepalived.conf of your hosts.");
    auto& words = asked_.to_import;
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

  CLI::App app_{"keeps a Redis service reachable at one virtual IP", "redvip"};
  Invocation asked_;
};

}  // namespace

std::variant<Invocation, Done> parse_command_line(int argc, const char* const* argv) {
  return CommandLine{}.parse(argc, argv);
}

CommandLineHelp command_line_reference() {
  return describe(CommandLine{}.app());
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
    case Verb::explain:
      return show_explanation(asked);
    case Verb::switchover:
      return switchover(asked);
    case Verb::pause:
      return pause(asked);
    case Verb::resume:
      return resume(asked);
    case Verb::history:
      return show_history(asked);
    case Verb::release:
      return release(asked);
    case Verb::prepare_restart:
      return prepare_restart(asked);
    case Verb::names:
      return print_names(asked);
    case Verb::convert:
      return import_files(asked.to_import);
  }
  return exit_usage;
}

}  // namespace redvip::daemon
