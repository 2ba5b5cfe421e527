// The manual pages and completions, as they are built and installed, in the programs that read
// them.
#include <algorithm>

#include "catch.hpp"
#include "daemon/config_keys.hpp"
#include "daemon/reference.hpp"
#include "docs/printed.hpp"
#include "docs/sources.hpp"
#include "lab/command.hpp"
#include "lab/lab.hpp"

namespace redvip::docs {
namespace {

using Lines = std::vector<std::string>;

const std::string built = REDVIP_BINARY_DIR "/reference/";

// As a reader sees it, on a terminal too wide for anything to be broken.
std::string shown(const std::string& name) {
  const auto outcome =
      lab::run("groff -man -Tascii -rLL=2000n -P-cbou " + built + name + " | tr -s ' '");
  REQUIRE(outcome.status == 0);
  return outcome.output;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

TEST_CASE("the manual pages are read without a warning") {
  for (const auto* name : {"redvip.8", "redvip.toml.5"}) {
    const auto outcome = lab::run("groff -ww -man -Tutf8 -z " + built + name);
    INFO(outcome.output);
    CHECK(outcome.status == 0);
    CHECK(outcome.output.empty());
  }
}

TEST_CASE("redvip(8) has every command with its options, and the sections of its kind") {
  const auto text = shown("redvip.8");
  for (const auto* section : {"NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "SIGNALS",
                              "EXIT STATUS", "FILES", "ENVIRONMENT", "EXAMPLES", "SEE ALSO"}) {
    INFO(section);
    CHECK(has(text, '\n' + std::string{section} + '\n'));
  }
  for (const auto& command : daemon::command_line_reference().commands) {
    INFO(command.name);
    CHECK(has(text, "\n redvip " + command.name + '\n') == !command.name.starts_with('_'));
    for (const auto& option : command.options) {
      if (command.name.starts_with('_')) continue;
      INFO(daemon::usage(option));
      if (!option.names.empty() && option.names.back() == "--help") continue;
      CHECK(has(text, option.names.empty() ? option.value : daemon::usage(option)));
      CHECK(has(text, option.help));
    }
    for (const auto& example : command.examples) CHECK(has(text, example.command));
  }
}

TEST_CASE("redvip.toml(5) has every key with its default, what is allowed and what it means") {
  const auto text = shown("redvip.toml.5");
  for (const auto& section : daemon::config_sections()) {
    CHECK(has(text, "\n " + section.header + '\n'));
    for (const auto& key : section.keys) {
      INFO(key.name);
      const auto name = key.name.substr(section.name.size() + 1);
      CHECK(has(text, name + (key.fallback.empty() ? " (required)" : " = " + key.fallback)));
      CHECK(has(text, key.help + " Allowed: " + key.allowed + '.'));
    }
  }
}

TEST_CASE("the manual's smallest configuration is the one that is installed as an example") {
  std::string without_comments;
  for (auto line : lines_of(lab::read_file(source_path("config/redvip.toml")))) {
    line = line.substr(0, line.find('#'));
    line.erase(line.find_last_not_of(' ') + 1);
    without_comments += line + '\n';
  }
  without_comments.erase(0, without_comments.find_first_not_of('\n'));
  CHECK(without_comments == daemon::smallest_configuration());
}

TEST_CASE("every command is explained with an example, and nothing else is") {
  const auto all = daemon::command_line_reference();
  CHECK(daemon::unexplained(all) == Lines{});
  for (const auto& command : all.commands) {
    INFO(command.name);
    CHECK((command.group.empty() || !command.examples.empty()));
  }
}

// --- Completion ---------------------------------------------------------------------------------

// A shell in a folder where `redvip` is this build's and conf.toml the smallest configuration.
class Shell {
 public:
  Shell() {
    lab::write_file(here_.path() / "conf.toml", std::string{daemon::smallest_configuration()});
    lab::write_file(here_.path() / "wrong.toml", "nonsense");
    std::filesystem::create_symlink(lab::redvip_binary(), here_.path() / "redvip");
  }

  [[nodiscard]] Lines run(const std::string& command) const {
    const auto path = here_.path().string();
    const auto outcome =
        lab::run("cd " + path + " && export PATH=" + path + ":$PATH && " + command);
    auto lines = lines_of(outcome.output);
    std::ranges::sort(lines);
    return lines;
  }

  // What bash offers when the cursor is at the end of these words, the last of which is begun.
  [[nodiscard]] Lines bash(const std::string& words) const {
    lab::write_file(here_.path() / "complete.bash", ". " + built + "redvip.bash\n" +
                                                        "COMP_WORDS=(" + words + ")\n" +
                                                        "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
                                                        "_redvip\n"
                                                        "((${#COMPREPLY[@]} == 0)) ||"
                                                        " printf '%s\\n' \"${COMPREPLY[@]}\"\n");
    return run("bash complete.bash");
  }

  [[nodiscard]] Lines zsh(const std::string& line) const {
    return run("zsh -f " + source_path("tests/docs/complete.zsh").string() + " " + built + " '" +
               line + "'");
  }

 private:
  lab::Workspace here_;
};

Lines listed_commands() {
  Lines names;
  for (const auto& command : daemon::command_line_reference().commands) {
    if (!command.group.empty()) names.push_back(command.name);
  }
  std::ranges::sort(names);
  return names;
}

Lines long_options(const daemon::CommandHelp& command) {
  Lines result;
  for (const auto& option : command.options) {
    std::ranges::copy_if(option.names, std::back_inserter(result),
                         [](const auto& name) { return name.starts_with("--"); });
  }
  std::ranges::sort(result);
  return result;
}

// Of every command that takes one of a kind, here one of each.
TEST_CASE("bash completes commands, options, names of services and nodes, and files") {
  const Shell shell;
  const auto first = shell.bash("redvip ''");
  for (const auto& command : listed_commands()) {
    INFO(command);
    CHECK(std::ranges::count(first, command) == 1);
  }
  CHECK(std::ranges::count(first, "_names") == 0);
  CHECK(shell.bash("redvip stat") == Lines{"status"});
  CHECK(shell.bash("redvip status --wa") == Lines{"--watch"});
  CHECK(shell.bash("redvip status --force") == Lines{});
  CHECK(shell.bash("redvip switchover --config conf.toml ''") == Lines{"cache"});
  CHECK(shell.bash("redvip switchover --config = conf.toml c") == Lines{"cache"});
  CHECK(shell.bash("redvip switchover --reason ''") == Lines{});
  CHECK(shell.bash("redvip check --config conf.toml --node ''") == Lines{"redis-a", "redis-b"});
  CHECK(shell.bash("redvip run --config conf") == Lines{"conf.toml"});
  CHECK(shell.bash("redvip run --config = conf") == Lines{"conf.toml"});
}

TEST_CASE("bash completes every option of every command") {
  const Shell shell;
  for (const auto& command : daemon::command_line_reference().commands) {
    if (command.group.empty()) continue;
    Lines expected;
    for (const auto& option : command.options) {
      expected.insert(expected.end(), option.names.begin(), option.names.end());
    }
    std::ranges::sort(expected);
    CHECK(shell.bash("redvip " + command.name + " -") == expected);
  }
}

TEST_CASE("completion of names keeps quiet where the configuration is wrong or missing") {
  const Shell shell;
  CHECK(shell.bash("redvip switchover --config wrong.toml ''") == Lines{});
  CHECK(shell.bash("redvip switchover --config nowhere.toml ''") == Lines{});
  CHECK(shell.run("redvip _names services --config wrong.toml 2>&1") == Lines{});
  CHECK(shell.run("redvip _names nodes --config conf.toml") == Lines{"redis-a", "redis-b"});
}

TEST_CASE("zsh completes commands, options, and names of services and nodes") {
  const Shell shell;
  CHECK(shell.run("zsh -n " + built + "_redvip") == Lines{});
  CHECK(shell.zsh("redvip ") == listed_commands());
  for (const auto& command : daemon::command_line_reference().commands) {
    if (command.name == "status") CHECK(shell.zsh("redvip status --") == long_options(command));
  }
  CHECK(shell.zsh("redvip switchover --config conf.toml ") == Lines{"cache"});
  CHECK(shell.zsh("redvip check --config conf.toml --node ") == Lines{"redis-a", "redis-b"});
}

}  // namespace
}  // namespace redvip::docs
