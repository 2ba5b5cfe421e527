// Goes through a shell script in the order of its text, keeps what its variables hold, and notes
// what it does with Redis. Branches are all taken.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/import/script_facts.hpp"
#include "daemon/import/shell_commands.hpp"
#include "daemon/import/shell_words.hpp"

namespace redvip::keepalived {

class ScriptReader {
 public:
  // Places are lines of `path`, the first being `first_line`.
  ScriptReader(std::string path, const std::vector<std::string>& argv, int first_line);
  ScriptReader(const ScriptReader&) = delete;
  ScriptReader& operator=(const ScriptReader&) = delete;

  void run(std::string_view text);
  [[nodiscard]] ScriptFacts take() { return std::move(facts_); }

 private:
  using Words = std::vector<std::string>;

  // script_reader.cpp: the language.
  void run(const RawCommand& command);
  void run_substitution(std::string_view text);
  bool assign(const std::string& raw, bool arguments);
  void assign_plain(const std::string& word);
  static void strip_prefixes(Words& words);
  void judge(const Words& words, bool piped);

  // script_commands.cpp: what the commands mean.
  void look_at_typed(const Words& words);
  bool look_for_role(const Words& words, std::size_t from);
  void look_at_client(const Words& words);
  bool look_at_uri(const std::string& uri);
  void look_at_tools(const Words& words);
  void look_at_dialler(const Words& words);
  void look_at_socket(const std::string& path);
  void password(const std::string& word);
  void port(int number);
  void first(std::optional<Place>& slot);
  [[nodiscard]] Place here() const { return {path_, line_}; }

  std::string path_;
  int first_line_;
  int line_ = 0;
  int depth_ = 0;
  Variables variables_;
  std::set<std::string> functions_;
  ScriptFacts facts_;
};

}  // namespace redvip::keepalived
