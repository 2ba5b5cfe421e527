#include "daemon/import/shell_commands.hpp"

#include <algorithm>

#include "daemon/import/text.hpp"

namespace redvip::keepalived {

std::size_t skip_quoted(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (++at; at < text.size() && text[at] != quote;) {
    if (text[at] == '\\' && quote != '\'') {
      at += 2;
    } else if (quote == '"' && text.substr(at).starts_with("$(")) {
      at = skip_nested(text, at + 1, '(', ')');
    } else {
      ++at;
    }
  }
  return std::min(at + 1, text.size());
}

std::size_t skip_nested(std::string_view text, std::size_t at, char open, char close) {
  int depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '\\') {
      at += 2;
    } else if (c == '"' || c == '\'') {
      at = skip_quoted(text, at);
    } else {
      depth += c == open ? 1 : 0;
      depth -= c == close ? 1 : 0;
      ++at;
      if (depth == 0) break;
    }
  }
  return std::min(at, text.size());
}

namespace {

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_{text} {}

  std::vector<RawCommand> split() {
    while (at_ < text_.size()) step();
    end_command(false);
    return std::move(commands_);
  }

 private:
  void step() {
    const char c = text_[at_];
    if (c == '\n') return end_line();
    if (is_blank(c) || c == '\r') return advance();
    if (c == '#') return skip_comment();
    if (c == ';' || c == '&') return end_at_operator(false);
    if (c == '|') return end_at_operator(text_.substr(at_, 2) != "||");
    if (c == '(') return open_paren();
    if (c == ')') return close_paren();
    if (c == '<' || c == '>') return redirect();
    if (c == '\\' && text_.substr(at_, 2) == "\\\n") {
      ++line_;
      at_ += 2;
      return;
    }
    auto word = take_word();
    const bool stream = at_ < text_.size() && (text_[at_] == '<' || text_[at_] == '>') &&
                        word.size() == 1 && word[0] >= '0' && word[0] <= '9';
    if (!stream) add(std::move(word));
  }

  void advance() { ++at_; }

  void add(std::string word) {
    if (now_.words.empty()) now_.line = line_;
    now_.words.push_back(std::move(word));
  }

  void skip_comment() { at_ = std::min(text_.find('\n', at_), text_.size()); }

  void end_at_operator(bool piped) {
    end_command(piped);
    ++at_;
  }

  void end_line() {
    end_command(false);
    ++line_;
    ++at_;
    while (!documents_.empty()) take_document();
  }

  void end_command(bool piped) {
    if (now_.words.size() == 1 && now_.words[0] == "}") function_ = false;
    if (!now_.words.empty() && now_.words[0] == "function") function_ = true;
    now_.piped = piped;
    now_.in_function = function_;
    if (!now_.words.empty() || !now_.redirections.empty()) commands_.push_back(now_);
    now_ = {};
    now_.line = line_;
  }

  // A subshell, an array's values, or the () of a function.
  void open_paren() {
    const bool array = !now_.words.empty() && now_.words.back().ends_with('=');
    if (array) {
      const auto end = skip_nested(text_, at_, '(', ')');
      line_ += static_cast<int>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                                           text_.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
      at_ = end;
      now_.words.back() += "()";  // an array: nothing that is looked at
      return;
    }
    if (!now_.words.empty() && text_.substr(at_).starts_with("()")) {
      now_.words = {"function", now_.words.back()};
      end_command(false);
      at_ += 2;
      return;
    }
    end_command(false);
    ++depth_;
    ++at_;
  }

  // Without its partner it ends the pattern of a case: "MASTER|master)" is no command.
  void close_paren() {
    if (depth_ > 0) {
      --depth_;
      end_command(false);
    } else {
      now_ = {};
      while (!commands_.empty() && commands_.back().piped && commands_.back().line == line_) {
        commands_.pop_back();
      }
    }
    ++at_;
  }

  void redirect() {
    const bool document =
        text_.substr(at_).starts_with("<<") && !text_.substr(at_).starts_with("<<<");
    while (at_ < text_.size() && (text_[at_] == '<' || text_[at_] == '>')) ++at_;
    if (document && at_ < text_.size() && text_[at_] == '-') ++at_;
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    if (at_ < text_.size() && text_[at_] == '&') {  // 2>&1
      ++at_;
      while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
      return;
    }
    auto target = take_word();
    if (now_.words.empty()) now_.line = line_;
    if (document) {
      std::erase_if(target, [](char c) { return c == '"' || c == '\'' || c == '\\'; });
      documents_.push_back(target);
    } else if (!target.empty()) {
      now_.redirections.push_back(std::move(target));
    }
  }

  // Its lines are commands too, for redis-cli.
  void take_document() {
    const auto delimiter = documents_.front();
    documents_.erase(documents_.begin());
    while (at_ < text_.size()) {
      const auto end = std::min(text_.find('\n', at_), text_.size());
      const auto line = trimmed(text_.substr(at_, end - at_));
      at_ = std::min(end + 1, text_.size());
      const bool last = line == delimiter;
      if (!last && !line.empty()) {
        commands_.push_back({plain_words(line), {}, line_, false, function_});
      }
      ++line_;
      if (last) return;
    }
  }

  std::string take_word() {
    const auto begin = at_;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"' || c == '\'' || c == '`') {
        at_ = skip_quoted(text_, at_);
      } else if (c == '$' && text_.substr(at_ + 1).starts_with('(')) {
        at_ = skip_nested(text_, at_ + 1, '(', ')');
      } else if (c == '$' && text_.substr(at_ + 1).starts_with('{')) {
        at_ = skip_nested(text_, at_ + 1, '{', '}');
      } else if (c == '\\') {
        at_ = std::min(at_ + 2, text_.size());
      } else if (std::string_view{" \t\r\n;&|()<>"}.find(c) != std::string_view::npos) {
        break;
      } else {
        ++at_;
      }
    }
    const auto word = text_.substr(begin, at_ - begin);
    line_ += static_cast<int>(std::ranges::count(word, '\n'));
    return std::string{word};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  int depth_ = 0;
  bool function_ = false;
  RawCommand now_{{}, {}, 1, false, false};
  std::vector<RawCommand> commands_;
  std::vector<std::string> documents_;
};

}  // namespace

std::vector<RawCommand> shell_commands(std::string_view text) {
  return Splitter{text}.split();
}

}  // namespace redvip::keepalived
