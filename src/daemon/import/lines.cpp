#include "daemon/import/lines.hpp"

#include <algorithm>
#include <array>

#include "daemon/import/definitions.hpp"
#include "daemon/import/text.hpp"

namespace redvip::keepalived {
namespace {

constexpr std::size_t longest_line = 1024;  // keepalived's MAXBUF; what is longer it ignores
constexpr std::size_t most_lines = 20'000;
constexpr std::size_t most_steps = 100'000;
constexpr int deepest_include = 16;
constexpr int deepest_expansion = 64;

bool has_pattern(const std::string& path) {
  return path.find_first_of("*?[{") != std::string::npos;
}

bool is_include(std::string_view word) {
  constexpr std::array<std::string_view, 6> variants{"include",  "includer", "includem",
                                                     "includew", "includeb", "includea"};
  return one_of(variants, word);
}

// $NAME= \ with its value on the lines that follow.
struct OpenDefinition {
  std::string name;
  std::vector<std::string> lines;
};

class LineReader {
 public:
  LineReader(std::string config_id, const Files& files, Diagnosis& diagnosis)
      : config_id_{std::move(config_id)}, files_{files}, diagnosis_{diagnosis} {
    definitions_.set("_HASH", {"#"});
    definitions_.set("_BANG", {"!"});
  }

  std::vector<Line> take() { return std::move(lines_); }

  void read_file(const std::string& path, const Place& from, int depth) {
    const auto text = files_.read(path);
    if (!text) {
      diagnosis_.error(from, path + ": " + text.error().message,
                       "give a path that can be read, or copy the file there");
      return;
    }
    // The names that a file sets stay, but each file has its own folder.
    const auto outer = folder_;
    folder_ = folder_of(path);
    definitions_.set("_PWD", {folder_});
    Place at{path, 0};
    std::size_t begin = 0;
    while (begin < text->size() && !stopped_) {
      const auto end = std::min(text->find('\n', begin), text->size());
      ++at.line;
      read_line(at, std::string_view{*text}.substr(begin, end - begin), depth);
      begin = end + 1;
    }
    close_definition();
    folder_ = outer;
    definitions_.set("_PWD", {folder_});
  }

 private:
  void read_line(const Place& at, std::string_view raw, int depth) {
    if (raw.find('\0') != raw.npos) {
      diagnosis_.error(at, "a line with a NUL byte, which keepalived ignores", "remove the byte");
      return;
    }
    if (raw.size() > longest_line) {
      diagnosis_.error(at, "a line of more than 1024 bytes, which keepalived ignores",
                       "break it into several");
      return;
    }
    auto bare = without_comment(raw);
    if (const auto straight = straightened(bare.text)) {
      if (!straight->empty()) {
        diagnosis_.mistake(
            at, "typographic quotes or blanks, which keepalived takes for letters",
            "write straight quotes and plain blanks; here they are read as what was meant");
      }
      bare = without_comment(*straight);
    }
    if (bare.open_quote) {
      diagnosis_.mistake(at, "a \" without its partner: what follows it is one word",
                         "add the closing quote");
    }
    if (collects(bare.text)) return;
    process(at, bare, depth, 0);
  }

  // Whether the line belongs to a definition of several lines. As in keepalived, an empty line ends
  // it as well.
  bool collects(const std::string& text) {
    if (!open_) return false;
    const bool goes_on = text.ends_with('\\');
    const auto value = std::string{trimmed(goes_on ? text.substr(0, text.size() - 1) : text)};
    if (!value.empty()) open_->lines.push_back(value);
    if (!goes_on) close_definition();
    return true;
  }

  void close_definition() {
    if (open_) definitions_.set(open_->name, open_->lines);
    open_.reset();
  }

  // One line, or what is left of it once something was replaced.
  void process(const Place& at, Bare line, int depth, int expanded) {
    while (!stopped_ && !line.text.empty()) {
      if (++steps_ > most_steps || expanded > deepest_expansion) return stop(at);
      if (line.text.starts_with('@') && !keeps(at, line.text)) return;
      if (define(line.text)) return;
      if (is_repetition(line.text)) return repeat(at, line, depth, expanded);
      if (is_include(first_word(line.text))) return include(at, line.text, depth);
      const auto replaced = definitions_.expand(line.text);
      if (!replaced) return emit(at, line);
      ++expanded;
      if (replaced->size() > 1) {
        for (const auto& each : *replaced) {
          process(at, {std::string{trimmed(each)}, false, false}, depth, expanded);
        }
        return;
      }
      line.text = std::string{trimmed(replaced->front())};
    }
  }

  // "@id rest", "@^id rest": the rest, if it is for this host.
  bool keeps(const Place& at, std::string& text) {
    if (config_id_.empty()) {
      if (!asked_for_id_) {
        diagnosis_.error(at, "a line for one host only: `" + std::string{first_word(text)} + '`',
                         "say which host to read it as with --config-id ID, once for each file; "
                         "keepalived takes the host's short name");
      }
      asked_for_id_ = true;
      return false;
    }
    const bool negated = text.starts_with("@^");
    const auto blank = text.find_first_of(" \t");
    if (blank == text.npos) return false;
    const auto begin = std::size_t{negated ? 2U : 1U};
    const bool same = std::string_view{text}.substr(begin, blank - begin) == config_id_;
    text = std::string{trimmed(std::string_view{text}.substr(blank))};
    return same != negated && !text.empty();
  }

  bool define(const std::string& text) {
    const auto definition = parse_definition(text);
    if (!definition) return false;
    auto value = definition->value;
    if (value.ends_with('\\')) {
      value = std::string{trimmed(value.substr(0, value.size() - 1))};
      open_ = OpenDefinition{definition->name, {}};
      if (!value.empty()) open_->lines.push_back(value);
    } else {
      definitions_.set(definition->name, {value});
    }
    return true;
  }

  void repeat(const Place& at, const Bare& line, int depth, int expanded) {
    const auto repetition = parse_repetition(line.text, most_lines);
    if (!repetition) {
      diagnosis_.error(at, "a repetition that is not understood: `" + line.text + '`',
                       "write ~SEQ(name, start, step, end) or ~LST(name, value, value)");
      return;
    }
    for (const auto& round : repetition->rounds) {
      for (const auto& [name, value] : round) definitions_.set(name, {value});
      process(at, {repetition->rest, line.cut_in_word, false}, depth, expanded + 1);
    }
  }

  void include(const Place& at, const std::string& text, int depth) {
    const auto words = plain_words(text);
    if (words.size() < 2) {
      diagnosis_.error(at, "`include` without a file", "name the file");
      return;
    }
    if (depth >= deepest_include) {
      diagnosis_.error(at, "includes more than 16 deep", "a file includes itself: break the ring");
      stopped_ = true;
      return;
    }
    const auto paths = found(words[1]);
    if (paths.empty() && has_pattern(words[1])) {
      diagnosis_.dropped(at, "`" + text + "`: no file matches",
                         "if there should be one, copy it beside " + at.file);
    } else if (paths.empty()) {
      diagnosis_.error(at, "`" + text + "`: there is no such file",
                       "copy it to the same place beside " + at.file + ", or remove the line");
    }
    for (const auto& [path, executable] : paths) {
      if (executable) {
        diagnosis_.mistake(at, path + " is executable, so keepalived does not include it",
                           "if it is configuration, not a script: chmod -x " + path);
      } else {
        read_file(path, at, depth + 1);
      }
    }
  }

  // Where it says, or, for a configuration that was copied from its host, beside the copy.
  std::vector<FoundFile> found(const std::string& pattern) {
    auto paths = files_.matching(path_in(folder_, pattern));
    for (auto slash = pattern.find('/'); paths.empty() && pattern.starts_with('/');
         slash = pattern.find('/', slash + 1)) {
      if (slash == pattern.npos) break;
      paths = files_.matching(path_in(folder_, pattern.substr(slash + 1)));
    }
    return paths;
  }

  void emit(const Place& at, const Bare& line) {
    if (const auto mark = template_mark(line.text)) return refuse_template(at, *mark);
    if (const auto name = undefined_name(line.text)) {
      diagnosis_.error(at, *name + " is not defined, and its braces break keepalived's blocks",
                       "define it above, as $NAME=value");
      return;
    }
    std::string_view rest = line.text;
    while (!rest.empty()) {
      const auto brace = find_brace(rest);
      const auto end = brace == 0 ? 1 : std::min(brace, rest.size());
      const auto piece = trimmed(rest.substr(0, end));
      const bool last = end == rest.size();
      if (lines_.size() == most_lines) return stop(at);
      if (!piece.empty()) lines_.push_back({at, std::string{piece}, last && line.cut_in_word});
      rest = trimmed(rest.substr(end));
    }
  }

  void refuse_template(const Place& at, const std::string& mark) {
    if (template_of_ != at.file) {
      diagnosis_.error(at, "a template that nobody has filled in: `" + mark + '`',
                       "import the file as it is on the host, in /etc/keepalived");
    }
    template_of_ = at.file;
    stopped_ = true;
  }

  void stop(const Place& at) {
    diagnosis_.error(at, "definitions or repetitions make more than 20,000 lines, or go in a ring",
                     "import a file with the instances of one Redis");
    stopped_ = true;
  }

  std::string config_id_;
  const Files& files_;
  Diagnosis& diagnosis_;
  Definitions definitions_;
  std::optional<OpenDefinition> open_;
  std::vector<Line> lines_;
  std::string folder_ = ".";
  std::string template_of_;
  std::size_t steps_ = 0;
  bool asked_for_id_ = false;
  bool stopped_ = false;
};

}  // namespace

std::vector<Line> read_lines(const std::string& path, const std::string& config_id,
                             const Files& files, Diagnosis& diagnosis) {
  LineReader reader{config_id, files, diagnosis};
  reader.read_file(path, {path, 0}, 0);
  return reader.take();
}

}  // namespace redvip::keepalived
