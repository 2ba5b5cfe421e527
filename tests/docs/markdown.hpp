// The parts of a Markdown file that a test can hold it to: fenced blocks, code spans, links.
#pragma once

#include <string>
#include <vector>

namespace redvip::docs {

// A comment `<!-- scene: redis-b down -->` on a line of its own belongs to the block after it.
struct Block {
  std::string file;      // relative to the source tree
  std::size_t line = 0;  // of the opening fence, from 1
  std::string language;  // console, sh, toml ...; empty: none given
  std::string scene;
  bool fragment = false;   // <!-- fragment -->: keys of a [[service]]
  std::size_t indent = 0;  // of the fence, in a list
  std::vector<std::string> lines;

  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::string place() const { return file + ':' + std::to_string(line); }
};

struct Mention {
  std::string file;
  std::size_t line = 0;
  std::string text;

  [[nodiscard]] std::string place() const { return file + ':' + std::to_string(line); }
};

struct Document {
  std::string file;
  std::vector<Block> blocks;
  std::vector<Mention> code_spans;   // `like this`, outside of blocks
  std::vector<Mention> links;        // the targets of [text](target)
  std::vector<std::string> anchors;  // of its headings, as GitHub makes them
  std::vector<Mention> unended;      // fences that nothing ends
};

[[nodiscard]] Document read_markdown(const std::string& file, const std::string& text);

// One `$ command` of a console block and what it is said to print. A prompt may name the host:
// `redis-b$ command`.
struct Step {
  std::string host;
  std::string command;
  std::size_t line = 0;  // within the block, from 0
  std::vector<std::string> printed;
};

// Lines before the first prompt are an error of the document: they come as a step without command.
[[nodiscard]] std::vector<Step> steps_of(const Block& block);

}  // namespace redvip::docs
