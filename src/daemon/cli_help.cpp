#include "daemon/cli_help.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>

#include "daemon/cli_manual.hpp"
#include "daemon/status_health.hpp"

namespace redvip::daemon {

namespace {

constexpr std::size_t width_of_help = 80;
constexpr char unbroken = '\x1f';  // a blank at which no line ends
constexpr const char* usual_group = "Further commands";
constexpr const char* usual_group_of_cli11 = "Subcommands";

constexpr const char* about_redvip =
    "redvip keeps a Redis service reachable at one virtual IP.\n"
    "\n"
    "To begin, write /etc/redvip/redvip.toml, the same file on every node. Then, on each:\n"
    "  redvip check                     what is still wrong with this host and every Redis\n"
    "  systemctl enable --now redvip    run it, now and after every boot\n"
    "  redvip status                    who owns the service, and who could take over\n"
    "\n"
    "usage: redvip COMMAND [OPTION]...\n"
    "       redvip COMMAND --help       one command explained, with examples\n";

std::vector<std::string> names_of(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const auto& name : option.get_snames()) names.push_back('-' + name);
  for (const auto& name : option.get_lnames()) names.push_back("--" + name);
  return names;
}

// CLI11 says "INT:INT in [1 - 1000000]": the word, then what its validators allow.
std::string value_of(const CLI::Option& option) {
  if (option.get_positional()) return option.get_name(true);
  if (option.get_items_expected_max() == 0) return {};
  const auto type = option.get_type_name();
  const auto word = type.substr(0, type.find(':'));
  return word.empty() ? "TEXT" : word;
}

OptionHelp describe_option(const CLI::Option& option) {
  OptionHelp help{names_of(option), value_of(option), {}, option.get_description()};
  if (!help.value.empty()) help.fallback = option.get_default_str();
  help.required = option.get_required();
  help.repeated = option.get_items_expected_max() > 1;
  for (const auto* other : option.get_needs()) help.help += " Needs " + other->get_name() + '.';
  return help;
}

std::vector<OptionHelp> options_of(const CLI::App& app) {
  std::vector<OptionHelp> options;
  for (const auto* option : app.get_options()) {
    if (!option->get_group().empty()) options.push_back(describe_option(*option));
  }
  // Arguments first, as in the usage line; --help last.
  const auto rank = [](const OptionHelp& option) {
    if (option.names.empty()) return 0;
    return option.names.back() == "--help" ? 2 : 1;
  };
  std::ranges::stable_sort(options, {}, rank);
  return options;
}

CommandHelp describe_command(const CLI::App& app) {
  CommandHelp help;
  help.name = app.get_name();
  help.summary = app.get_description();
  help.options = options_of(app);
  const auto* explained = find_manual_entry(help.name);
  if (explained) {
    help.explanation = explained->text;
    for (const auto& example : explained->examples) {
      help.examples.push_back({std::string{example.command}, std::string{example.meaning}});
    }
  }
  help.group = app.get_group();
  if (help.group == usual_group_of_cli11) {
    help.group = explained ? std::string{explained->group} : usual_group;
  }
  return help;
}

// Lines of at most `width`, each after `indent` blanks but the first; no line feed at the end.
std::string wrapped(const std::string& text, std::size_t indent) {
  std::string result;
  std::size_t column = indent;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at), text.size());
    const auto word = text.substr(at, end - at);
    if (column > indent && column + 1 + word.size() > width_of_help) {
      result += '\n' + std::string(indent, ' ');
      column = indent;
    }
    if (column > indent) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
    at = end + 1;
  }
  std::ranges::replace(result, unbroken, ' ');
  return result;
}

// Two columns: what, then its meaning.
std::string help_rows(const std::vector<std::pair<std::string, std::string>>& rows,
                      std::size_t widest = 0) {
  for (const auto& [what, meaning] : rows) widest = std::max(widest, what.size());
  const auto column = std::min<std::size_t>(widest, 26) + 4;
  std::string text;
  for (const auto& [what, meaning] : rows) {
    text += "  " + what;
    if (what.size() + 4 > column) {
      text += '\n' + std::string(column, ' ');
    } else {
      text += std::string(column - 2 - what.size(), ' ');
    }
    text += wrapped(meaning, column) + '\n';
  }
  return text;
}

std::string option_rows(const std::vector<OptionHelp>& options) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const auto& option : options) {
    const auto fallback = option.fallback.empty() ? "" : " Default: " + option.fallback;
    rows.emplace_back(option.names.empty() ? option.value : usage(option), option.help + fallback);
  }
  return help_rows(rows);
}

}  // namespace

CommandLineHelp describe(const CLI::App& app) {
  CommandLineHelp all{options_of(app), {}};
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    all.commands.push_back(describe_command(*command));
  }
  return all;
}

std::string usage(const OptionHelp& option) {
  if (option.names.empty()) {
    const auto one = option.required ? option.value : '[' + option.value + ']';
    return option.repeated ? one + "..." : one;
  }
  std::string text;
  for (const auto& name : option.names) text += (text.empty() ? "" : ", ") + name;
  return option.value.empty() ? text : text + ' ' + option.value;
}

std::string help_text(const CommandLineHelp& all) {
  std::string text = about_redvip;
  std::vector<std::string> groups;
  std::size_t widest = 0;
  for (const auto& command : all.commands) {
    if (!command.group.empty()) widest = std::max(widest, command.name.size());
    const bool known = std::ranges::find(groups, command.group) != groups.end();
    if (!command.group.empty() && !known) groups.push_back(command.group);
  }
  for (const auto& group : groups) {
    std::vector<std::pair<std::string, std::string>> rows;
    for (const auto& command : all.commands) {
      if (command.group == group) rows.emplace_back(command.name, command.summary);
    }
    text += '\n' + group + ":\n" + help_rows(rows, widest);
  }
  std::string codes;
  for (const auto& [code, meaning] : exit_code_reference()) {
    auto one = std::to_string(code) + ' ' + meaning;
    std::ranges::replace(one, ' ', unbroken);
    codes += (codes.empty() ? "" : ", ") + one;
  }
  return text + "\nOptions:\n" + option_rows(all.options) + "\nExit codes:\n  " +
         wrapped(codes, 2) + ".\nManuals: redvip(8), redvip.toml(5).\n";
}

std::string help_text(const CommandHelp& command) {
  std::string text = wrapped("redvip " + command.name + ": " + command.summary, 0) + '\n';
  if (!command.explanation.empty()) text += '\n' + wrapped(command.explanation, 0) + '\n';
  text += "\nusage: redvip " + command.name;
  if (std::ranges::any_of(command.options, [](const auto& it) { return !it.names.empty(); })) {
    text += " [OPTION]...";
  }
  for (const auto& option : command.options) {
    if (option.names.empty()) text += ' ' + usage(option);
  }
  text += "\n\n" + option_rows(command.options);
  if (command.examples.empty()) return text;
  text += "\nExamples:\n";
  for (const auto& example : command.examples) {
    text += "  " + example.command + '\n' + "      " + wrapped(example.meaning, 6) + '\n';
  }
  return text;
}

std::vector<std::string> unexplained(const CommandLineHelp& all) {
  std::vector<std::string> names;
  for (const auto& command : all.commands) {
    if (!command.group.empty() && !find_manual_entry(command.name)) names.push_back(command.name);
  }
  for (const auto& explained : manual_entries()) {
    const auto known = std::ranges::find(all.commands, explained.name, &CommandHelp::name);
    if (known == all.commands.end()) names.emplace_back(explained.name);
  }
  return names;
}

std::vector<ExitCodeHelp> exit_code_reference() {
  std::vector<ExitCodeHelp> codes;
  for (int code = 0; code < exit_usage; ++code) {
    codes.push_back({code, std::string{words(static_cast<Health>(code))}});
  }
  codes.at(1).meaning += " or not done";
  codes.push_back({exit_usage, "usage or configuration"});
  return codes;
}

}  // namespace redvip::daemon
