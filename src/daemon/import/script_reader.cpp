#include "daemon/import/script_reader.hpp"

#include <algorithm>
#include <utility>

#include "daemon/import/text.hpp"

namespace redvip::keepalived {
namespace {

constexpr int deepest_substitution = 8;
constexpr std::size_t most_words = 1000;

// Words that begin a command without being it.
constexpr std::array<std::string_view, 21> prefixes{
    "if",   "then",    "else", "elif",   "while",  "until", "do",
    "!",    "{",       "time", "exec",   "sudo",   "nohup", "command",
    "eval", "builtin", "env",  "setsid", "ionice", "nice",  "timeout"};
bool is_variable(std::string_view word) {
  return !word.empty() && !is_digit(word.front()) && std::ranges::all_of(word, is_name_letter);
}

}  // namespace

ScriptReader::ScriptReader(std::string path, const std::vector<std::string>& argv, int first_line)
    : path_{std::move(path)}, first_line_{first_line} {
  variables_.arguments = argv;
  variables_.substituted = [this](std::string_view text) { run_substitution(text); };
}

void ScriptReader::run(std::string_view text) {
  for (const auto& command : shell_commands(text)) run(command);
}

void ScriptReader::run_substitution(std::string_view text) {
  if (depth_ == deepest_substitution) return;
  ++depth_;
  const int outer = first_line_;
  first_line_ = line_;
  run(text);
  first_line_ = outer;
  --depth_;
}

void ScriptReader::run(const RawCommand& command) {
  line_ = first_line_ + command.line - 1;
  const int line = line_;
  const bool arguments = !command.in_function;
  Words words;
  for (const auto& raw : command.words) {
    if (words.size() > most_words) break;
    if (words.empty() && assign(raw, arguments)) continue;
    for (auto& word : expand_word(raw, arguments, variables_)) words.push_back(std::move(word));
    line_ = line;
  }
  for (const auto& raw : command.redirections) {
    for (const auto& word : expand_word(raw, arguments, variables_)) look_at_socket(word);
  }
  strip_prefixes(words);
  if (!words.empty()) judge(words, command.piped);
}

// NAME=value, which may stand before a command.
bool ScriptReader::assign(const std::string& raw, bool arguments) {
  const auto equals = raw.find('=');
  if (equals == raw.npos || !is_variable(std::string_view{raw}.substr(0, equals))) return false;
  const auto name = raw.substr(0, equals);
  std::string value;
  for (const auto& word : expand_word(raw.substr(equals + 1), arguments, variables_)) {
    value += (value.empty() ? "" : " ") + word;
  }
  if (name == "REDISCLI_AUTH") password(value);
  variables_.values[name] = value;
  return true;
}

// Behind export, local and their like.
void ScriptReader::assign_plain(const std::string& word) {
  const auto equals = word.find('=');
  if (equals == word.npos) return;
  if (word.substr(0, equals) == "REDISCLI_AUTH") password(word.substr(equals + 1));
  variables_.values[word.substr(0, equals)] = word.substr(equals + 1);
}

void ScriptReader::strip_prefixes(Words& words) {
  while (!words.empty() && one_of(prefixes, words.front())) {
    const bool takes_options = words.front() != "{";
    words.erase(words.begin());
    // "sudo -u redis", "timeout 2", "env A=b"
    while (takes_options && !words.empty() &&
           (words.front().starts_with('-') || parse_decimal(words.front()) ||
            words.front().find('=') != std::string::npos)) {
      const bool user = words.front() == "-u";
      words.erase(words.begin());
      if (user && !words.empty()) words.erase(words.begin());
    }
  }
}

void ScriptReader::judge(const Words& words, bool piped) {
  const auto name = base_name(words.front());
  constexpr std::array<std::string_view, 5> declarations{"export", "local", "readonly", "declare",
                                                         "typeset"};
  if (one_of(declarations, name)) {
    for (std::size_t i = 1; i < words.size(); ++i) assign_plain(words[i]);
    return;
  }
  if (name == "function" && words.size() > 1) {
    functions_.insert(words[1]);
    return;
  }
  if ((name == "for" || name == "read") && words.size() > 1) {
    variables_.values[words[1]] = std::string{unknown_value};
    return;
  }
  if ((name == "echo" || name == "printf") && piped) return look_at_typed(words);
  if (lower(name) == "slaveof" || lower(name) == "replicaof") {
    (void)look_for_role(words, 0);
    return;
  }
  if (const auto client = std::ranges::find_if(words, is_client); client != words.end()) {
    return look_at_client({client, words.end()});
  }
  look_at_tools(words);
}

}  // namespace redvip::keepalived
