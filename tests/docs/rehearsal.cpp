#include "docs/rehearsal.hpp"

#include <algorithm>
#include <regex>

#include "docs/printed.hpp"
#include "docs/scenes.hpp"
#include "docs/sources.hpp"

namespace redvip::docs {
namespace {

constexpr std::chrono::seconds patience_with_readers{8};

// What only looks may be asked again until the world has come to rest.
bool only_looks(const std::string& command) {
  static const std::regex reading{
      "^(sudo )?(redvip (status|history|explain|check)|cat|ls|ip|nft|redis-cli|echo) .*|^echo .*"};
  return std::regex_match(command + ' ', reading);
}

Difference carry_out(Stage& stage, const Block& block, const Step& step) {
  Difference difference{&block, step, {}, {}};
  const bool repeat = only_looks(step.command) && step.command != "echo $?";
  const auto attempt = [&] {
    difference.printed = lines_of(stage.run(step.host, step.command).output);
    return !repeat || as_documented(step.printed, difference.printed);
  };
  lab::eventually(attempt, patience_with_readers);
  return difference;
}

std::string quoted_lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += "    " + line + '\n';
  return text;
}

}  // namespace

std::string Difference::text() const {
  const auto where = block->file + ':' + std::to_string(block->line + 1 + step.line) + ": ";
  if (!trouble.empty()) return where + trouble;
  return where + step.host + "$ " + step.command + "\n  documented:\n" +
         quoted_lines(step.printed) + "  printed:\n" + quoted_lines(printed);
}

std::vector<Difference> rehearse(const Document& document) {
  std::vector<Difference> differences;
  std::unique_ptr<Stage> stage;
  for (const auto& block : document.blocks) {
    if (block.language != "console") continue;
    if (!stage || !block.scene.empty()) {
      stage.reset();  // before the next one: it has the same addresses
      const auto* scene = find_scene(block.scene.empty() ? usual_scene : block.scene);
      if (scene) stage = scene->set();
    }
    if (!stage) {
      differences.push_back({&block, {}, {}, "there is no scene \"" + block.scene + '"'});
      continue;
    }
    for (const auto& step : steps_of(block)) {
      if (step.command.empty()) {
        differences.push_back({&block, step, {}, "lines before the first prompt"});
        continue;
      }
      auto difference = carry_out(*stage, block, step);
      if (!as_documented(step.printed, difference.printed)) differences.push_back(difference);
    }
  }
  return differences;
}

void correct(const Document& document, const std::vector<Difference>& differences) {
  auto lines = lines_of(lab::read_file(source_path(document.file)));
  for (auto it = differences.rbegin(); it != differences.rend(); ++it) {
    if (!it->trouble.empty()) continue;
    const auto command_lines = 1 + std::ranges::count(it->step.command, '\n');
    const auto from = lines.begin() + static_cast<std::ptrdiff_t>(it->block->line + it->step.line) +
                      command_lines;
    auto at = lines.erase(from, from + static_cast<std::ptrdiff_t>(it->step.printed.size()));
    for (const auto& line : it->printed) {
      const auto indent = line.empty() ? std::string{} : std::string(it->block->indent, ' ');
      at = std::next(lines.insert(at, indent + line));
    }
  }
  std::string text;
  for (const auto& line : lines) text += line + '\n';
  lab::write_file(source_path(document.file), text);
}

}  // namespace redvip::docs
