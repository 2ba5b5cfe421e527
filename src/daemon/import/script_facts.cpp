#include "daemon/import/script_facts.hpp"

#include <algorithm>

#include "daemon/import/script_reader.hpp"
#include "daemon/import/text.hpp"

namespace redvip::keepalived {

bool mentions_redis(std::string_view word) {
  const auto small = lower(word);
  return small.find("redis") != small.npos || small.find("valkey") != small.npos;
}

bool is_client(std::string_view word) {
  constexpr std::array<std::string_view, 3> clients{"redis-cli", "valkey-cli", "keydb-cli"};
  return one_of(clients, base_name(word));
}

namespace {

// Python, Perl and their like: only whether the words occur.
ScriptFacts search(std::string_view text, const std::string& path) {
  ScriptFacts facts;
  Place at{path, 0};
  std::size_t begin = 0;
  while (begin < text.size()) {
    const auto end = std::min(text.find('\n', begin), text.size());
    ++at.line;
    const auto line = lower(text.substr(begin, end - begin));
    begin = end + 1;
    if (trimmed(line).starts_with('#')) continue;
    const bool role = line.find("slaveof") != line.npos || line.find("replicaof") != line.npos;
    if (role && !facts.follows) facts.follows = facts.promotes = at;
    if (line.find("redis") != line.npos && !facts.asks) facts.asks = at;
  }
  return facts;
}

bool is_shell(std::string_view text) {
  if (!text.starts_with("#!")) return true;
  const auto first = text.substr(0, text.find('\n'));
  return first.find("sh") != first.npos;
}

}  // namespace

ScriptFacts read_script(std::string_view text, const std::string& path,
                        const std::vector<std::string>& argv, int first_line) {
  if (!is_shell(text)) return search(text, path);
  ScriptReader reader{path, argv, first_line};
  reader.run(text);
  return reader.take();
}

ScriptFacts read_command_line(const std::vector<std::string>& argv, const Place& at) {
  std::string text;
  for (const auto& word : argv) {
    const bool plain = word.find_first_of(" '\"$`\\") == word.npos;
    text += (text.empty() ? "" : " ") + (plain ? word : '\'' + word + '\'');
  }
  ScriptReader reader{at.file, {}, at.line};
  reader.run(text);
  return reader.take();
}

void read_redis_conf(std::string_view text, const std::string& path, ScriptFacts& facts) {
  Place at{path, 0};
  std::size_t begin = 0;
  while (begin < text.size()) {
    const auto end = std::min(text.find('\n', begin), text.size());
    ++at.line;
    const auto words = quoted_words(trimmed(text.substr(begin, end - begin)));
    begin = end + 1;
    if (words.size() < 2 || words[0].starts_with('#')) continue;
    const auto word = lower(words[0]);
    if (word == "requirepass" || word == "masterauth") facts.passwords.push_back({words[1], at});
    const auto port = word == "port" ? parse_number(words[1]) : std::nullopt;
    if (port && *port > 0 && *port <= 65535) facts.ports.push_back({*port, at});
  }
}

}  // namespace redvip::keepalived
