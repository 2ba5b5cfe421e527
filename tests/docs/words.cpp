#include "docs/words.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace redvip::docs {
namespace {

using daemon::CommandHelp;
using daemon::CommandLineHelp;
using daemon::OptionHelp;

// The simple commands of a shell text, as words; quotes hold a word together.
std::vector<std::vector<std::string>> simple_commands(const std::string& text) {
  std::vector<std::vector<std::string>> commands(1);
  std::string word;
  char quote = 0;
  const auto end_word = [&] {
    if (!word.empty()) commands.back().push_back(std::exchange(word, {}));
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quote != 0) {
      if (c == quote) quote = 0;
      word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      word += c;
    } else if (c == '\\' && at + 1 < text.size() && text[at + 1] == '\n') {
      ++at;
      end_word();
    } else if (c == '#' && word.empty()) {
      at = std::min(text.find('\n', at), text.size()) - 1;
    } else if (std::string{" \t"}.find(c) != std::string::npos) {
      end_word();
    } else if (std::string{"\n|&;()<>{}"}.find(c) != std::string::npos) {
      end_word();
      commands.emplace_back();
    } else {
      word += c;
    }
  }
  end_word();
  return commands;
}

bool has_option(const std::vector<OptionHelp>& options, const std::string& word) {
  const auto name = word.substr(0, word.find('='));
  return std::ranges::any_of(options, [&](const OptionHelp& option) {
    return std::ranges::find(option.names, name) != option.names.end();
  });
}

void look_at(const CommandLineHelp& all, const std::vector<std::string>& words,
             std::vector<std::string>& found) {
  const std::set<std::string> before{"sudo", "time", "if", "then",  "else",
                                     "elif", "!",    "do", "while", "until"};
  auto at = words.begin();
  while (at != words.end() && (before.count(*at) > 0 || at->find('=') != at->npos)) ++at;
  const auto slash = at == words.end() ? std::string::npos : at->rfind('/');
  if (at == words.end() || at->substr(slash == std::string::npos ? 0 : slash + 1) != "redvip") {
    return;
  }
  const CommandHelp* command = nullptr;
  for (++at; at != words.end(); ++at) {
    if (at->starts_with("-") && at->size() > 1) {
      const bool known = has_option(command ? command->options : all.options, *at);
      const auto of = command ? "redvip " + command->name : std::string{"redvip"};
      if (!known) found.push_back(of + " has no option " + *at);
    } else if (command == nullptr && *at != "COMMAND") {
      const auto named = std::ranges::find(all.commands, *at, &CommandHelp::name);
      if (named == all.commands.end()) {
        found.push_back("redvip has no command " + *at);
        return;
      }
      command = &*named;
    }
  }
}

}  // namespace

std::vector<std::string> unknown_words(const CommandLineHelp& all, const std::string& shell_text) {
  std::vector<std::string> found;
  for (const auto& words : simple_commands(shell_text)) look_at(all, words, found);
  return found;
}

}  // namespace redvip::docs
