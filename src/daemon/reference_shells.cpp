// What bash and zsh complete `redvip` with.
#include <algorithm>

#include "daemon/reference.hpp"

namespace redvip::daemon {

namespace {

constexpr const char* bash_template =
    R"sh(# bash completion of redvip(8). Written by redvip_reference from the program's own tables.
_redvip()
{
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
  local command='' file='' words='' argument='' kind='' i
  COMPREPLY=()
  # --config=FILE comes as three words.
  if [[ $cur == = ]]; then
    cur=''
  elif [[ $prev == = ]]; then
    prev=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      --config)
        file=${COMP_WORDS[i + 1]}
        [[ $file == = ]] && file=${COMP_WORDS[i + 2]}
        ;;
      [!-=]*) [[ -n $command ]] || command=${COMP_WORDS[i]} ;;
    esac
  done
  case $command in
    '') words=@NAMES@ ;;
@COMMANDS@  esac
  case $command:$prev in
@VALUES@  esac
  [[ -n $kind || $cur == -* ]] || kind=$argument
  case $kind in
    files)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$cur")
      ;;
    services | nodes)
      mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" _names "$kind" \
        ${file:+--config "${file/#\~/$HOME}"} 2>/dev/null)" -- "$cur")
      ;;
    '') mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur") ;;
  esac
}
complete -F _redvip redvip
)sh";

constexpr const char* zsh_template = R"sh(#compdef redvip
# zsh completion of redvip(8). Written by redvip_reference from the program's own tables.

_redvip_names() {
  local -a names
  local file=${opt_args[--config]:-}
  names=(${(f)"$(redvip _names $1 ${file:+--config} ${file:+${~file}} 2>/dev/null)"})
  compadd -a names
}

_redvip() {
  local curcontext=$curcontext state line
  local -A opt_args
  local -a commands
  commands=(
@COMMANDS@  )
  _arguments -C \
@OPTIONS@    '1:command:->command' \
    '*::argument:->argument'
  case $state in
    command) _describe -t commands 'redvip command' commands ;;
    argument)
      case $words[1] in
@ARGUMENTS@      esac
      ;;
  esac
}

_redvip "$@"
)sh";

std::string replace_word(std::string text, std::string_view word, const std::string& by) {
  return text.replace(text.find(word), word.size(), by);
}

std::string shell_quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string{"'\\''"} : std::string{c};
  return result + '\'';
}

std::vector<const CommandHelp*> listed(const CommandLineHelp& all) {
  std::vector<const CommandHelp*> commands;
  for (const auto& command : all.commands) {
    if (!command.group.empty()) commands.push_back(&command);
  }
  return commands;
}

const char* word_of(Offer offer) {
  switch (offer) {
    case Offer::nothing:
      return "nothing";
    case Offer::files:
      return "files";
    case Offer::services:
      return "services";
    case Offer::nodes:
      return "nodes";
  }
  return "";
}

std::string option_words(const std::vector<OptionHelp>& options) {
  std::string words;
  for (const auto& option : options) {
    for (const auto& name : option.names) words += (words.empty() ? "" : " ") + name;
  }
  return words;
}

// "    status) words='--config ...'; argument=services ;;"
std::string bash_command(const CommandHelp& command) {
  std::string argument;
  for (const auto& option : command.options) {
    if (option.names.empty()) argument = word_of(offer_for(option));
  }
  return "    " + command.name + ") words=" + shell_quoted(option_words(command.options)) +
         (argument.empty() ? "" : " argument=" + argument) + " ;;\n";
}

// "    status:--config) kind=files ;;"
std::string bash_values(const CommandHelp& command) {
  std::string text;
  for (const auto& option : command.options) {
    if (option.names.empty() || option.value.empty()) continue;
    std::string patterns;
    for (const auto& name : option.names) {
      patterns += (patterns.empty() ? "" : " | ") + command.name + ':' + name;
    }
    text += "    " + patterns + ") kind=" + word_of(offer_for(option)) + " ;;\n";
  }
  return text;
}

// _arguments(1): a colon and brackets mean something.
std::string zsh_text(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == ':' || c == '[' || c == ']' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string zsh_action(const OptionHelp& option) {
  switch (offer_for(option)) {
    case Offer::files:
      return "_files";
    case Offer::services:
      return " _redvip_names services";
    case Offer::nodes:
      return " _redvip_names nodes";
    case Offer::nothing:
      break;
  }
  return " ";
}

std::string zsh_spec(const OptionHelp& option) {
  const auto value = option.value.empty() ? "" : ":" + zsh_text(option.value) + ':';
  if (option.names.empty()) {
    return shell_quoted((option.repeated ? "*" : "") + value + zsh_action(option));
  }
  const auto meaning = '[' + zsh_text(option.help) + ']';
  const auto rest = meaning + (value.empty() ? "" : value + zsh_action(option));
  std::string all;
  for (const auto& name : option.names) all += (all.empty() ? "" : " ") + name;
  const auto unless = option.repeated ? std::string{"*"} : '(' + all + ')';
  std::string text;
  for (const auto& name : option.names) {
    text += (text.empty() ? "" : " ") + shell_quoted(unless + name + rest);
  }
  return text;
}

std::string zsh_command(const CommandHelp& command) {
  std::string text = "        " + command.name + ")\n          _arguments";
  for (const auto& option : command.options) text += " \\\n            " + zsh_spec(option);
  return text + "\n          ;;\n";
}

}  // namespace

Offer offer_for(const OptionHelp& option) {
  if (option.value == "SERVICE") return Offer::services;
  if (option.value == "NODE") return Offer::nodes;
  return option.value.starts_with("FILE") ? Offer::files : Offer::nothing;
}

std::string bash_completion(const CommandLineHelp& all) {
  std::string names;
  std::string commands;
  std::string values;
  for (const auto* command : listed(all)) {
    names += command->name + ' ';
    commands += bash_command(*command);
    values += bash_values(*command);
  }
  names += option_words(all.options);
  auto text = replace_word(bash_template, "@NAMES@", shell_quoted(names));
  text = replace_word(text, "@COMMANDS@", commands);
  return replace_word(text, "@VALUES@", values);
}

std::string zsh_completion(const CommandLineHelp& all) {
  std::string commands;
  std::string arguments;
  for (const auto* command : listed(all)) {
    commands += "    " + shell_quoted(zsh_text(command->name) + ':' + command->summary) + '\n';
    arguments += zsh_command(*command);
  }
  std::string options;
  for (const auto& option : all.options) options += "    " + zsh_spec(option) + " \\\n";
  auto text = replace_word(zsh_template, "@COMMANDS@", commands);
  text = replace_word(text, "@OPTIONS@", options);
  return replace_word(text, "@ARGUMENTS@", arguments);
}

}  // namespace redvip::daemon
