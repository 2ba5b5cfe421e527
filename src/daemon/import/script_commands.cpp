// What the commands of a script mean for Redis.
#include <algorithm>

#include "daemon/import/script_reader.hpp"
#include "daemon/import/text.hpp"

namespace redvip::keepalived {
namespace {

std::optional<int> as_port(const std::string& word) {
  const auto port = parse_number(word);
  return port && *port > 0 && *port <= 65535 ? port : std::nullopt;
}

// Commands without a bearing on who is master.
constexpr std::array<std::string_view, 66> harmless{
    "echo",   "printf",   "date",   "sleep",    "exit",    "return",  "set",    "unset",
    "shift",  "true",     "false",  ":",        "test",    "[",       "[[",     "grep",
    "egrep",  "fgrep",    "awk",    "gawk",     "sed",     "cut",     "tr",     "wc",
    "head",   "tail",     "cat",    "logger",   "tee",     "touch",   "mkdir",  "chmod",
    "chown",  "hostname", "ps",     "basename", "dirname", "cd",      "source", ".",
    "trap",   "ulimit",   "let",    "expr",     "bc",      "seq",     "break",  "continue",
    "wait",   "}",        "fi",     "done",     "esac",    "case",    "for",    "in",
    "read",   "local",    "export", "readonly", "declare", "typeset", "umask",  "id",
    "whoami", "function"};

}  // namespace

// echo "SLAVEOF NO ONE" | redis-cli, or | nc
void ScriptReader::look_at_typed(const Words& words) {
  Words typed;
  for (const auto& word : words) {
    auto text = word;
    for (const auto* escape : {"\\r", "\\n"}) {
      for (auto at = text.find(escape); at != text.npos; at = text.find(escape)) {
        text.replace(at, 2, "  ");
      }
    }
    std::ranges::replace(text, '\n', ' ');
    for (auto& each : plain_words(text)) typed.push_back(std::move(each));
  }
  (void)look_for_role(typed, 0);
}

// Whether there is a SLAVEOF or REPLICAOF among the words.
bool ScriptReader::look_for_role(const Words& words, std::size_t from) {
  bool found = false;
  for (std::size_t i = from; i + 1 < words.size(); ++i) {
    const auto word = lower(words[i]);
    if (word == "auth" || word == "masterauth" || word == "requirepass") password(words[i + 1]);
    if ((word != "slaveof" && word != "replicaof") || i + 2 >= words.size()) continue;
    found = true;
    if (lower(words[i + 1]) == "no" && lower(words[i + 2]) == "one") {
      if (facts_.follows && !facts_.promotes) facts_.follows_then_promotes = true;
      first(facts_.promotes);
    } else {
      first(facts_.follows);
      if (is_known(words[i + 1])) facts_.masters.push_back({words[i + 1], here()});
      if (const auto number = as_port(words[i + 2])) port(*number);
    }
  }
  return found;
}

// redis-cli [options] command
void ScriptReader::look_at_client(const Words& words) {
  constexpr std::array<std::string_view, 13> with_value{
      "-h", "-s", "-n", "-r", "-i", "-d", "-D", "-t", "--cacert", "--cert", "--key", "--sni", "-X"};
  std::size_t i = 1;
  bool said_port = false;
  for (; i < words.size() && words[i].starts_with('-'); ++i) {
    const bool more = i + 1 < words.size();
    if (words[i] == "-p" && more) {
      if (const auto number = as_port(words[++i])) port(*number);
      said_port = true;
    } else if ((words[i] == "-a" || words[i] == "--pass") && more) {
      password(words[++i]);
    } else if (words[i] == "--user" && more) {
      if (is_known(words[++i])) facts_.users.push_back({words[i], here()});
    } else if (words[i] == "-u" && more) {
      said_port = look_at_uri(words[++i]) || said_port;
    } else if (one_of(with_value, words[i]) && more) {
      ++i;
    }
  }
  if (!said_port) facts_.default_port = true;
  if (!look_for_role(words, i)) first(facts_.asks);
}

// redis://user:password@host:port/0
bool ScriptReader::look_at_uri(const std::string& uri) {
  const auto authority = uri.substr(uri.find("//") == uri.npos ? 0 : uri.find("//") + 2);
  const auto at = authority.rfind('@');
  const auto colon = authority.find(':');
  if (at != authority.npos && colon < at) password(authority.substr(colon + 1, at - colon - 1));
  const auto host = at == authority.npos ? authority : authority.substr(at + 1);
  const auto port_at = host.find(':');
  if (port_at == host.npos) return false;
  const auto number = as_port(host.substr(port_at + 1, host.find('/') - port_at - 1));
  if (number) port(*number);
  return number.has_value();
}

void ScriptReader::look_at_tools(const Words& words) {
  const auto name = base_name(words.front());
  constexpr std::array<std::string_view, 4> process_tools{"killall", "pkill", "pgrep", "pidof"};
  constexpr std::array<std::string_view, 4> service_tools{"systemctl", "service", "rc-service",
                                                          "initctl"};
  const auto says = [&words](const char* text) {
    return std::ranges::any_of(words, [text](const std::string& word) {
      return lower(word).find(text) != std::string::npos;
    });
  };
  const bool redis = std::ranges::any_of(words, mentions_redis);
  for (const auto& word : words) {
    if (!is_known(word) || !word.ends_with(".conf") || !mentions_redis(word)) continue;
    facts_.configurations.push_back({word, here()});
  }
  if (says("keepalived") && (one_of(process_tools, name) || one_of(service_tools, name) ||
                             words[0].find("init.d/keepalived") != std::string::npos)) {
    return first(facts_.stops_keepalived);
  }
  if (redis && one_of(process_tools, name)) return first(facts_.looks);
  if (redis && (one_of(service_tools, name) || words[0].find("init.d/") != words[0].npos ||
                name.ends_with("-server"))) {
    return first(facts_.restarts);
  }
  if ((name == "grep" || name == "egrep") && redis) return first(facts_.looks);
  if (name == "nc" || name == "ncat" || name == "telnet") return look_at_dialler(words);
  const bool program = is_known(name) && !name.starts_with('-') && !name.empty();
  if (program && !one_of(harmless, name) && !functions_.contains(name)) {
    facts_.others.push_back({name, here()});
  }
}

// nc -z 127.0.0.1 6379
void ScriptReader::look_at_dialler(const Words& words) {
  const auto number = as_port(words.back());
  if (!number) return;
  port(*number);
  first(facts_.asks);
}

// bash's </dev/tcp/127.0.0.1/6379
void ScriptReader::look_at_socket(const std::string& path) {
  constexpr std::string_view beginning = "/dev/tcp/";
  if (!path.starts_with(beginning)) return;
  const auto number = as_port(base_name(path));
  if (number) port(*number);
  first(facts_.asks);
}

void ScriptReader::password(const std::string& word) {
  if (!word.empty() && is_known(word)) facts_.passwords.push_back({word, here()});
}

void ScriptReader::port(int number) {
  facts_.ports.push_back({number, here()});
}

void ScriptReader::first(std::optional<Place>& slot) {
  if (!slot) slot = here();
}

}  // namespace redvip::keepalived
