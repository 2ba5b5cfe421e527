#include "daemon/import/tree.hpp"

#include <algorithm>
#include <optional>

#include "core/spelling.hpp"
#include "daemon/import/text.hpp"

namespace redvip::keepalived {
namespace {

constexpr std::size_t deepest_block = 32;

class TreeParser {
 public:
  explicit TreeParser(Diagnosis& diagnosis) : diagnosis_{diagnosis} {
    open_.push_back({Block::root, &tree_, {}, ""});
  }

  void take(const Line& line) {
    if (line.text == "{") return begin(line);
    tell_unknown();
    opener_ = nullptr;
    if (line.text == "}") return end(line);
    const auto words = plain_words(line.text);
    if (words.empty()) return;
    close_unclosed(line, words.front());
    auto& statements = *open_.back().statements;
    statements.push_back({line.at, line.text, words, line.cut_in_word, false, {}});
    opener_ = &statements.back();
    judge(statements.back());
  }

  std::vector<Statement> finish() {
    tell_unknown();
    for (; open_.size() > 1; open_.pop_back()) blame_unclosed(open_.back(), "the end of the file");
    return std::move(tree_);
  }

 private:
  struct Open {
    Block block;
    std::vector<Statement>* statements;
    Place at;
    std::string keyword;
  };

  void begin(const Line& line) {
    if (opener_ == nullptr || open_.size() > deepest_block) {
      diagnosis_.error(line.at, "a { that belongs to nothing", "remove it, or name its block");
      open_.push_back({Block::skipped, open_.back().statements, line.at, ""});
      return;
    }
    Statement& opener = *opener_;
    opener_ = nullptr;
    const Block block = opened_by(opener);
    unknown_.reset();
    opener.has_block = true;
    open_.push_back({block, &opener.block, opener.at, opener.keyword()});
  }

  // What kind of block a statement of the innermost open one opens; errors are told.
  Block opened_by(const Statement& opener) {
    const Block inside = open_.back().block;
    if (inside == Block::skipped) return Block::skipped;
    const auto keyword = find_keyword(inside, opener.keyword());
    if (keyword && keyword->opens != Block::none) return keyword->opens;
    if (keyword) {
      diagnosis_.error(opener.at, in_quotes(opener.keyword()) + " with a {, but it opens no block",
                       "remove the brace, or put it inside \"...\": '...' does not protect it");
    } else {
      diagnosis_.error(opener.at,
                       "unknown block " + in_quotes(opener.keyword()) +
                           did_you_mean(opener.keyword(), keywords_of(inside)) +
                           "; keepalived would take its } for that of the block around it",
                       "correct or remove the block");
    }
    return Block::skipped;
  }

  void end(const Line& line) {
    if (open_.size() > 1) {
      open_.pop_back();
    } else {
      diagnosis_.error(line.at, "a } too many",
                       "remove it, or the one that ends a block too early");
    }
  }

  // A word that is none of this block's but of one around it: this one was not closed.
  void close_unclosed(const Line& line, const std::string& word) {
    const auto inner = open_.back().block;
    if (open_.size() == 1 || inner == Block::skipped || find_keyword(inner, word)) return;
    const auto owner = std::find_if(open_.rbegin() + 1, open_.rend(), [&](const Open& outer) {
      const auto keyword = find_keyword(outer.block, word);
      return keyword && (outer.block != Block::root || keyword->opens != Block::none);
    });
    if (owner == open_.rend()) return;
    const auto keep = static_cast<std::size_t>(open_.rend() - owner);
    for (; open_.size() > keep; open_.pop_back()) {
      blame_unclosed(open_.back(), in_quotes(word) + " in line " + std::to_string(line.at.line));
    }
  }

  void blame_unclosed(const Open& open, const std::string& what_follows) {
    diagnosis_.error(open.at,
                     (open.keyword.empty() ? "{" : in_quotes(open.keyword + " {")) +
                         " has no closing brace before " + what_follows,
                     "add the }");
  }

  void judge(const Statement& statement) {
    const Block inside = open_.back().block;
    if (!has_keywords(inside)) return;
    const auto keyword = find_keyword(inside, statement.keyword());
    if (!keyword) {
      // With a { behind it, it will be an unknown block.
      unknown_ = Unknown{statement.at, statement.keyword(), inside};
      return;
    }
    const auto what = in_quotes(statement.shown()) + ": " + std::string{keyword->why};
    if (keyword->fate == Fate::ours)
      diagnosis_.ours(statement.at, what, std::string{keyword->cure});
    if (keyword->fate == Fate::dropped) {
      diagnosis_.dropped(statement.at, what, std::string{keyword->cure});
    }
  }

  struct Unknown {
    Place at;
    std::string word;
    Block inside;
  };

  void tell_unknown() {
    if (!unknown_) return;
    const auto& [at, word, inside] = *unknown_;
    if (inside == Block::root && find_keyword(Block::instance, word)) {
      diagnosis_.error(at, in_quotes(word) + " outside of every block",
                       "it belongs into a vrrp_instance: a } above comes too early");
    } else {
      diagnosis_.mistake(at,
                         "unknown word " + in_quotes(word) + ", so keepalived ignores the line" +
                             did_you_mean(word, keywords_of(inside)),
                         "it is not in the TOML: write there what was meant");
    }
    unknown_.reset();
  }

  Diagnosis& diagnosis_;
  std::vector<Statement> tree_;
  std::vector<Open> open_;
  Statement* opener_ = nullptr;
  std::optional<Unknown> unknown_;
};

}  // namespace

std::string in_quotes(std::string_view word) {
  return '`' + std::string{word} + '`';
}

std::string_view Statement::rest() const {
  return trimmed(std::string_view{text}.substr(first_word(text).size()));
}

std::string Statement::shown() const {
  auto short_text = words.front();
  if (words.size() > 1) short_text += ' ' + words[1];
  return words.size() > 2 ? short_text + " ..." : short_text;
}

std::vector<Statement> parse_tree(const std::vector<Line>& lines, Diagnosis& diagnosis) {
  TreeParser parser{diagnosis};
  for (const auto& line : lines) parser.take(line);
  return parser.finish();
}

}  // namespace redvip::keepalived
